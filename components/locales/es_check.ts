import type { Texts } from "./en.ts";

export const check: Texts["check"] = {
  title: "Comprueba lo que sabes",
  lead:
    "Seis preguntas sobre la sesión en este mismo servidor. Di lo que crees, y luego mira si es así.",
  send: "Comprobar mis respuestas",
  score: (right) => `${right} de 6 son correctas`,
  right: "Correcto.",
  wrong: "No es así.",
  missing: "Sin respuesta.",
  again: "Intentarlo otra vez",
  toSummary: "Ver el resumen, en una página",
  question: {
    holds: {
      text: "¿Qué lleva la cookie de la sesión?",
      answer: {
        data: "Mi nombre, mi correo, las páginas que vi",
        id: "Solo un identificador",
        secret: "La clave secreta del servidor",
      },
    },
    reads: {
      text: "Alguien copia la cookie. ¿Puede leer en ella tu correo?",
      answer: {
        yes: "Sí, está a la vista",
        encrypted: "No, está cifrado",
        absent: "No, no está en la cookie",
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
    where: {
      text: "¿Dónde están tus datos entre dos peticiones?",
      answer: {
        browser: "En mi navegador, en la cookie",
        store: "En el almacén del servidor",
        url: "En la dirección de la página",
      },
    },
    secret: {
      text: "¿Qué hace la clave secreta?",
      answer: {
        password: "Es mi contraseña, y entro con ella",
        seal: "Hace el sello, para que el servidor conozca sus propias cookies",
        connection: "Cifra la conexión",
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
  },
  fact: {
    holds: {
      signed:
        "La cookie lleva la sesión misma: tu nombre, tu correo y las páginas que viste, con un sello.",
      encrypted:
        "La cookie lleva la sesión misma, cifrada: tu nombre, tu correo y las páginas que viste.",
      server:
        "La cookie lleva solo un identificador, con un sello. Tu nombre y tu correo no están en ella.",
    },
    reads: {
      signed:
        "Puede leerla cualquiera que tenga la cookie: está firmada, y una firma no oculta nada.",
      encrypted:
        "Solo puede leerla el servidor: está cifrada, y solo el servidor tiene la clave secreta.",
      server:
        "Quien tiene la cookie no encuentra en ella ni nombre ni correo: los datos están en el servidor.",
    },
    changes: {
      signed:
        "Solo puede cambiarla el servidor: si cambia un carácter, el sello no encaja y el servidor rechaza la cookie.",
      encrypted:
        "Solo puede cambiarla el servidor: si cambia un carácter, no se descifra y el servidor rechaza la cookie.",
      server:
        "Solo puede cambiarla el servidor: si cambia un carácter, el sello no encaja y el servidor rechaza la cookie.",
    },
    where: {
      signed:
        "Entre dos peticiones los datos están en el navegador, en la cookie. El servidor no tiene almacén.",
      encrypted:
        "Entre dos peticiones los datos están en el navegador, en la cookie. El servidor no tiene almacén.",
      server:
        "Entre dos peticiones los datos están en el almacén del servidor. El navegador guarda solo el identificador.",
    },
    secret: {
      signed:
        "La clave secreta hace el sello y lo comprueba. Quien tiene la clave puede escribir una cookie a cualquier nombre.",
      encrypted:
        "La clave secreta cifra la cookie y la descifra. Quien tiene la clave puede leer todas las cookies y escribir una a cualquier nombre.",
      server:
        "La clave secreta hace el sello y lo comprueba: el servidor solo busca identificadores que selló él mismo.",
    },
    ends: {
      signed: (idle, latest) =>
        `Termina tras ${idle} sin usarse y, como tarde, ${latest}. Si la terminas tú, el navegador borra la cookie, pero una copia aún se abre hasta que se le acabe el tiempo.`,
      encrypted: (idle, latest) =>
        `Termina tras ${idle} sin usarse y, como tarde, ${latest}. Si la terminas tú, el navegador borra la cookie, pero una copia aún se abre hasta que se le acabe el tiempo.`,
      server: (idle, latest) =>
        `Termina tras ${idle} sin usarse y, como tarde, ${latest}. Si la terminas tú, el servidor borra el registro, y ninguna copia de la cookie se abre.`,
    },
  },
  topic: {
    holds: "Qué lleva la cookie",
    reads: "Quién puede leerla",
    changes: "Quién puede cambiarla",
    where: "Dónde están los datos",
    secret: "Qué hace la clave secreta",
    ends: "Cuándo termina todo",
  },
  summary: {
    title: "Las sesiones, en seis frases",
    mode: {
      signed: "Este servidor guarda la sesión en una cookie firmada.",
      encrypted: "Este servidor guarda la sesión en una cookie cifrada.",
      server:
        "Este servidor guarda la sesión en un almacén, y un identificador en la cookie.",
    },
    print: "Para quedártelo, imprime esta página: cabe en una hoja.",
  },
};
