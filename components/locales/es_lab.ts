import type { Texts } from "./en.ts";

export const lab: Texts["lab"] = {
  title: "Falsifica una cookie",
  own:
    "El laboratorio tiene su propio servidor y su propia clave secreta: sus cookies no abren nada más.",
  ladder: "Cinco peldaños",
  beyond: "Más allá",
  rung: {
    none: {
      name: "Sin firma",
      lead:
        "Aquí tienes la cookie de otra visitante, Ada. Este servidor no firma nada. Escribe otro nombre en la cookie y envíala.",
      learned:
        "un servidor no debe creer lo que vuelve, a menos que pueda comprobar quién lo escribió.",
    },
    signed: {
      name: "Una firma",
      lead: "Este servidor firma sus cookies. Cambia el nombre una vez más.",
      learned:
        "puedes leer una cookie firmada, y cambiarla, pero el servidor lo nota.",
    },
    secret: {
      name: "Adivinar la clave",
      lead:
        "Una firma vale lo que vale la clave secreta. La de este servidor es débil. Adivínala y podrás escribir cualquier cookie.",
      learned:
        "quien sabe la clave secreta puede ser cualquiera. Por eso una clave tiene que ser al azar.",
    },
    copy: {
      name: "Copiar una cookie",
      lead:
        "Esta vez no se cambia nada. Envías una copia de la cookie de Ada, antes y después de que ella cierre la sesión.",
      learned:
        "quien tiene la cookie es Ada. Una firma no impide una copia, y con la sesión en la cookie tampoco lo hace cerrar la sesión.",
    },
    server: {
      name: "Un identificador y un cierre",
      lead:
        "La cookie de este servidor lleva solo una dirección y un identificador; los datos están en el almacén del servidor. Envía la copia otra vez, antes y después de que Ada cierre la sesión.",
      learned:
        "también aquí se abre una copia, hasta el cierre de la sesión. El cierre borra el registro, y ninguna copia abre ya nada.",
    },
    encrypted: {
      name: "Cifrada",
      lead:
        "Este servidor cifra sus cookies. ¿Puedes leer la de Ada? ¿Puedes cambiarla?",
      learned:
        "el cifrado oculta los datos, y el servidor nota un cambio. No impide una copia.",
    },
    limits: {
      name: "Tiempo y tamaño",
      lead:
        "Una sesión tiene un final, y una cookie tiene un tamaño. El servidor vigila los dos.",
      learned:
        "el servidor decide cuándo termina una sesión, y muchos datos van en su almacén.",
    },
  },
  learned: "Has aprendido:",
  won: "Ganas.",
  lost: "Pierdes.",
  sample: "La cookie de Ada",
  sent: "Lo que se envió",
  seal: "Firma",
  sealHint: "¿Puedes encontrar la que encaja? ¿Y si no hay ninguna?",
  send: "Enviar esta cookie",
  again: "Volver a empezar",
  attempts: "Pruébalo",
  attempt: {
    copy: "Enviar una copia",
    replay: "Ada cierra la sesión; después, enviar la copia",
  },
  greets: (name) => `El servidor dice: Hola, ${name}.`,
  verdict: {
    "opened":
      "Se abrió: la cookie es auténtica, y a la sesión le queda tiempo.",
    "unchecked":
      "Se abrió: no hay firma que comprobar. Este servidor se cree lo que le envían.",
    "copied":
      "Se abrió: la copia vale tanto como la cookie. El servidor no ve ninguna diferencia entre Ada y tú.",
    "replayed":
      "Se abrió, y no es un error. La sesión está en la cookie, y este servidor no tiene almacén: no puede saber de un cierre de sesión. El navegador de Ada ha borrado la cookie, pero no la copia. Se abre hasta que se le acabe el tiempo.",
  },
  thief: {
    title: "¿Cómo consigue un ladrón una cookie?",
    script: "Con un script en la página",
    network: "De la red: otros pueden leer http por el camino",
    site: "Sin tenerla: otro sitio hace que tu navegador la envíe",
    computer: "En un ordenador compartido",
    help: "Cierra la sesión, y que las sesiones sean cortas.",
  },

  secret: {
    guess: "¿Cuál crees que es?",
    hintTitle: "Dame una pista",
    hint:
      "Seis letras, todas en la misma fila: las seis primeras de un teclado inglés. El dueño del servidor hizo la clave con ellas, con un hash. Así la clave es larga, pero no difícil de adivinar.",
    send: "Firmar una cookie con esta clave",
    cookie: "La cookie que has hecho",
    weak: "El servidor con la clave débil",
    strong: "El servidor con la clave fuerte",
    strongMeaning:
      "Su clave son 32 bytes al azar: hay más claves posibles de las que nadie puede probar. Haz la tuya así:",
  },

  limits: {
    time: "Una sesión de 30 segundos",
    timeLead:
      "Haz una cookie, úsala enseguida, luego espera y úsala otra vez. En tu navegador no cambia nada: es el servidor quien dice que no.",
    make: "Hacer una cookie",
    use: "Usarla",
    size: "5000 caracteres en una sesión",
    sizeLead:
      "Ningún navegador guarda una cookie de más de 4096 bytes. ¿Qué pasa con un texto largo?",
    fill: "Meter 5000 caracteres",
    tooLarge: (bytes, limit) =>
      `En una cookie firmada se rechaza: son ${bytes} bytes, y el límite son ${limit}. No se guardó nada y no se perdió nada.`,
    fits: (bytes) =>
      `En el almacén del servidor se guarda: la cookie con la dirección y el identificador tiene ${bytes} bytes.`,
  },
};
