import type { Texts } from "./en.ts";

export const teach: Texts["teach"] = {
  title: "Una clase de 45 minutos",
  lead:
    "Para una clase que conoce los formularios HTML. Cada estudiante necesita un navegador; no hay nada que instalar, ni ninguna cuenta.",
  reach: "Cómo llega aquí una clase",
  start:
    "Arráncalo en tu ordenador de modo que llegue a él el resto de la red:",
  address:
    "Al arrancar, muestra la dirección para los demás. Escríbela en la pizarra.",
  names:
    "Es http sin cifrar, que otros en la red pueden leer: que usen nombres y correos inventados.",
  plan: "El plan",
  minutes: "Minutos",
  page: "Página",
  ask: "Qué preguntar después",
  expect: "Respuestas que esperar",
  rows: {
    forget: {
      ask: "¿Por qué no te conoció la página siguiente?",
      expect:
        "Cada petición va por su cuenta. En la segunda no había ningún nombre.",
    },
    home: {
      ask: "¿Qué volvió con la segunda petición, y quién lo puso ahí?",
      expect:
        "Una cookie. El servidor se la dio al navegador, y el navegador la devolvió.",
    },
    session: {
      ask: "¿Dónde está tu nombre ahora mismo? ¿Qué queda mañana?",
      expect:
        "Lo muestra el paso 3: en la cookie o en el almacén del servidor. Cuando la sesión ha terminado, no queda nada.",
    },
    lab: {
      ask: "¿En qué peldaños ganaste, y por qué?",
      expect:
        "Sin firma; con la clave; con una copia. La firma impide un cambio, no una copia. Cerrar la sesión detiene una copia cuando los datos están en el servidor.",
    },
    end: {
      ask: "Cierras el navegador. ¿Se acabó la sesión?",
      expect:
        "No. Termina cuando la termino yo, cuando no se usa o cuando se le acaba el tiempo.",
    },
    check: {
      ask:
        "¿Qué pregunta fue difícil? ¿Qué vas a escribir en tu propia aplicación?",
      expect:
        "El código del resumen: una clave al azar, una escritura, una lectura.",
    },
  },
  worksheet: "Hoja de trabajo",
  print: "Imprime esta página: la hoja de trabajo sale sola, en una hoja.",
  name: "Nombre",
  date: "Fecha",
  questions: [
    "¿Por qué la página siguiente no sabe quién eres?",
    "¿Qué es una cookie? ¿Quién la escribe, quién la guarda, quién la envía?",
    "¿Qué protege la firma, o el almacén del servidor?",
    "¿Qué ataque del laboratorio funcionó, y qué lo detiene?",
    "¿Qué diferencia hay entre una sesión y un login?",
    "¿Cuándo termina una sesión? Nombra tres maneras.",
    "¿Qué no pones nunca en una sesión?",
  ],
};
