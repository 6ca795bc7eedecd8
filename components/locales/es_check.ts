import { byMode } from "../mode.ts";
import type { Texts } from "./en.ts";

export const check: Texts["check"] = {
  title: "Comprueba lo que sabes",
  lead:
    "Seis preguntas: cuatro sobre la sesión en este servidor, dos sobre la que harás tú. Di lo que crees, y luego mira si es así.",
  send: "Comprobar mis respuestas",
  score: (right) => `${right} de 6 son correctas`,
  right: "Correcto.",
  wrong: "No es así.",
  missing: "Elige también aquí una respuesta.",
  again: "Intentarlo otra vez",
  toSummary: "Ver el resumen, en una página",
  question: {
    holds: {
      text: "¿Qué lleva la cookie de la sesión?",
      answer: {
        data: "Mi nombre, mi correo, las páginas que vi",
        id: "Solo una dirección y un identificador",
        secret: "La clave secreta del servidor",
      },
    },
    reads: {
      text: "Alguien copia la cookie. ¿Puede leer en ella tu correo?",
      answer: {
        signed: "Sí, está a la vista",
        encrypted: "No, está cifrado",
        server: "No, no está en la cookie",
      },
    },
    changes: {
      text: "Escribes otro nombre en la cookie y la envías. ¿Qué pasa?",
      answer: {
        believed: "El servidor saluda al otro nombre",
        refused: "El servidor rechaza la cookie",
        browser: "El navegador no me deja",
      },
    },
    ends: {
      text:
        "Terminas la sesión. Alguien tiene una copia de la cookie. ¿Se abre?",
      answer: {
        until: "Sí, hasta que se le acabe el tiempo",
        never: "No, nunca más",
        forever: "Sí, para siempre",
      },
    },
    restart: {
      text:
        "Tu propia aplicación Flask arranca otra vez, con una clave secreta nueva. ¿Qué pasa?",
      answer: {
        goes: "Nada: las cookies están en los navegadores",
        refused: "Rechaza las cookies de antes",
        asks: "Los navegadores firman otra vez sus cookies",
      },
    },
    password: {
      text: "¿Puede haber una contraseña en la sesión?",
      answer: {
        signed: "Sí, si la cookie está firmada",
        encrypted: "Sí, si la cookie está cifrada",
        no: "No",
      },
    },
  },
  fact: {
    holds: byMode(
      "La cookie lleva la sesión misma: tu nombre, tu correo y las páginas que viste, con una firma.",
      "La cookie lleva la sesión misma, cifrada: tu nombre, tu correo y las páginas que viste.",
      "La cookie lleva solo una dirección y un identificador, al azar y demasiado largos para adivinarlos.",
    ),
    reads: byMode(
      "Puede leerla cualquiera que tenga la cookie: está firmada, y una firma no oculta nada.",
      "Solo puede leerla el servidor: está cifrada, y solo el servidor tiene la clave secreta.",
      "Quien tiene la cookie no encuentra en ella ni nombre ni correo: los datos están en el servidor.",
    ),
    changes: byMode(
      "Solo puede cambiarla el servidor: la firma con su clave secreta. Si cambia un carácter, la firma no encaja y el servidor rechaza la cookie.",
      "Solo puede cambiarla el servidor: la cifra con su clave secreta. Si cambia un carácter, no se descifra y el servidor rechaza la cookie.",
      "Solo puede cambiarla el servidor: la protege con su clave secreta. Si cambia un carácter, el servidor ve que la cookie no es suya y la rechaza.",
    ),
    restart:
      "Una clave secreta nueva no encaja con las cookies de antes: el servidor las rechaza, y sus visitantes empiezan de nuevo. Guárdala en secreto, la misma en cada arranque.",
    password:
      "No. Guarda solo lo que necesitan las páginas siguientes, como quién entró. Una contraseña se comprueba una vez; luego no hace falta.",
  },
  summary: {
    title: "Las sesiones, en una página",
    print: "Imprímela: cabe en una hoja.",
  },
};
