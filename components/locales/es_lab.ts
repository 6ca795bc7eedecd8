import type { Texts } from "./en.ts";

export const lab: Texts["lab"] = {
  title: "Falsifica una cookie",
  lead:
    "Aquí tienes la cookie de otra visitante, Ada. Cámbiala, envíala y mira si el servidor te cree.",
  own:
    "El laboratorio tiene su propio servidor y su propia clave secreta: nada de lo que hagas aquí toca una sesión de verdad.",
  parts: {
    forge: "Cambiar una cookie",
    secret: "Adivinar la clave secreta",
    limits: "Esperar y llenar de más",
  },
  kind: "Cómo hace su cookie el servidor del laboratorio",
  kinds: {
    none: {
      name: "Sin sello",
      meaning: "Los datos, en base64url, y nada más.",
      read: "Todo",
      act: "Lo que quiera: escribir cualquier nombre, ser cualquiera.",
    },
    signed: {
      name: "Firmada",
      meaning: "Los datos, a la vista, con una firma.",
      read: "Todo: el nombre, el correo",
      act:
        "Hacerse pasar por la visitante hasta que se acabe el tiempo de la sesión, incluso después de cerrarla. No puede cambiar nada.",
    },
    encrypted: {
      name: "Cifrada",
      meaning: "Los datos, que solo puede leer el servidor.",
      read: "Nada",
      act:
        "Hacerse pasar por la visitante hasta que se acabe el tiempo de la sesión, incluso después de cerrarla. No puede cambiar nada.",
    },
    server: {
      name: "Un identificador",
      meaning:
        "Un identificador, firmado. Los datos están en el almacén del servidor.",
      read: "El identificador, y ninguno de los datos",
      act:
        "Hacerse pasar por la visitante hasta que se acabe el tiempo de la sesión o ella la cierre. No puede cambiar nada.",
    },
  },
  sample: "La cookie de Ada",
  sent: "Lo que se envió",
  same: "La misma, sin ningún cambio.",
  text: {
    decoded: "Contenido, descodificado",
    raw: "Contenido, cifrado",
  },
  textHint: {
    none: "Cambia el nombre: sé Eve.",
    signed: "Cambia el nombre: sé Eve.",
    encrypted: "Cambia cualquier carácter.",
    server: "Cambia cualquier carácter: adivina otro identificador.",
  },
  seal: "Sello",
  sealHint: "¿Puedes encontrar el que encaja?",
  send: "Enviar esta cookie",
  again: "Volver a empezar",
  attempts: "O deja que lo intentemos por ti",
  attempt: {
    name: {
      label: "Cambiar el contenido",
      meaning: "Otro contenido, con el sello de antes.",
    },
    unsealed: {
      label: "Quitar el sello",
      meaning: "Solo el contenido, como si nadie fuera a preguntar.",
    },
    guessed: {
      label: "Adivinar la clave secreta",
      meaning: "Un sello hecho con otra clave secreta.",
    },
    other: {
      label: "Tomarla de otra cookie",
      meaning:
        "Sellada aquí, con la clave secreta correcta, pero para una cookie de otro nombre.",
    },
    ended: {
      label: "Usarla cuando ya terminó",
      meaning: "Una cookie auténtica de hace una hora. Valía 30 minutos.",
    },
    replay: {
      label: "Usar una copia tras el cierre",
      meaning:
        "Ada cierra la sesión, y luego alguien envía una copia de su cookie.",
    },
  },
  greets: (name) => `El servidor dice: Hola, ${name}.`,
  verdict: {
    "opened": {
      title: "Se abrió",
      meaning: "El sello encaja y a la sesión le queda tiempo.",
    },
    "unchecked": {
      title: "Se abrió",
      meaning:
        "No hay sello que comprobar: este servidor se cree lo que le envían.",
    },
    "forged": {
      title: "Se abrió: tu falsificación funcionó",
      meaning:
        "No hay sello que comprobar: este servidor se cree lo que le envían.",
    },
    "replayed": {
      title: "Se abrió, y no es un error",
      meaning:
        "La sesión está en la cookie, y este servidor no tiene almacén: no se entera de que cerraste la sesión. El navegador olvida la cookie; una copia no. Se abre hasta que se le acabe el tiempo.",
    },
    "malformed": {
      title: "Rechazada: mal formada",
      meaning: "Así no escribe este servidor una cookie.",
    },
    "bad-seal": {
      title: "Rechazada: el sello no encaja",
      meaning:
        "El sello no encaja a la vez con este contenido, esta clave secreta y el nombre de esta cookie.",
    },
    "expired": {
      title: "Rechazada: caducada",
      meaning:
        "El sello es correcto, pero a la sesión se le acabó el tiempo. El servidor lo comprueba por sí mismo, guarde lo que guarde el navegador.",
    },
    "unknown": {
      title: "Rechazada: desconocida",
      meaning:
        "El sello es correcto, pero en el almacén del servidor no existe esa sesión.",
    },
    "schema": {
      title: "Rechazada: los datos no valen",
      meaning:
        "El sello es correcto, pero los datos no son los que espera este servidor.",
    },
  },
  compare: {
    title: "¿Qué consigue un ladrón?",
    lead: "Los mismos datos en cuatro cookies. Alguien copia una de ellas.",
    kind: "Cookie",
    read: "Puede leer",
    act: "Puede hacer",
    bound: {
      name: "Vinculada al dispositivo",
      read: "Lo que su sello deje leer a cualquiera",
      act:
        "Actuar como el visitante unos minutos. Después el servidor pide una prueba que solo el dispositivo puede dar. Es un experimento que esta página no usa: Chrome en Windows y macOS sabe hacerlo.",
    },
  },

  secret: {
    lead:
      "Lo único que protege una cookie es la clave secreta. La de este servidor es fácil de adivinar. Adivínala y podrás escribir cualquier cookie.",
    guess: "¿Cuál crees que es?",
    hintTitle: "Dame una pista",
    hint:
      "Seis letras, todas en la misma fila: las seis primeras de un teclado inglés. El dueño del servidor las repitió hasta llegar a 32 caracteres. Así la clave es larga, pero no difícil de adivinar.",
    name: "¿Quién quieres ser?",
    send: "Sellar una cookie con esta clave",
    cookie: "La cookie que has hecho",
    weak: "El servidor con la clave débil",
    strong: "El servidor con la clave fuerte",
    won: "Se abrió. Conoces la clave, así que puedes ser cualquiera.",
    lost: "Rechazada: el sello no encaja. Esta no es su clave.",
    strongMeaning:
      "Su clave son 32 bytes al azar: hay más claves posibles de las que nadie puede probar. Haz la tuya así:",
  },

  limits: {
    lead:
      "Una sesión tiene un final, y una cookie tiene un tamaño. El servidor vigila los dos.",
    time: "Una sesión de 30 segundos",
    timeLead:
      "Haz una cookie, úsala enseguida, luego espera y úsala otra vez. En tu navegador no cambia nada: es el servidor quien dice que no.",
    make: "Hacer una cookie",
    use: "Usarla",
    another: "Hacer otra",
    left: (time) => `Se abrió. Le quedan ${time}.`,
    over: (time) => `Rechazada: caducada. Se le acabó el tiempo hace ${time}.`,
    refused: "Rechazada. Haz otra.",
    size: "5000 caracteres en una sesión",
    sizeLead:
      "Ningún navegador guarda una cookie de más de 4096 bytes. ¿Qué pasa con un texto largo?",
    fill: "Meter 5000 caracteres",
    tooLarge: (bytes, limit) =>
      `Rechazada: son ${bytes} bytes, y el límite son ${limit}. No se guardó nada y no se perdió nada.`,
    fits: (bytes) =>
      `Guardado: la cookie que lleva el identificador tiene ${bytes} bytes.`,
  },
};
