import type { Texts } from "./en.ts";

export const es: Texts = {
  language: "Español",
  direction: "ltr",

  layout: {
    skip: "Saltar al contenido",
    navigation: "Páginas",
    home: "Formulario",
    show: "Saludo",
    session: "Sesión",
    lab: "Laboratorio",
    known: (name) => `Te conoce como ${name}`,
    unknown: "Aún no te conoce",
    languages: "Idioma",
    footer:
      "HTTP olvida. La sesión recuerda. En estas páginas no se ejecuta ningún script.",
  },

  home: {
    title: "¿Cómo pasan los datos de una ruta a otra?",
    lead:
      "Cada petición va por su cuenta: lo que envías a una página, la siguiente nunca lo ve. Rellena el formulario y observa cómo una sesión lo lleva de una a otra.",
    greeting: (name) => `Este navegador es conocido como ${name}.`,
    toShow: "Ver el saludo",
    why: {
      none:
        "No había ninguna sesión que mostrar: este navegador no trajo ninguna cookie. Rellena el formulario para empezar una.",
      expired:
        "Tu sesión ha terminado, o se renovó en otra parte. Rellena el formulario para empezar otra.",
      invalid:
        "La cookie que trajo este navegador no era de fiar, así que no se leyó nada de ella. Rellena el formulario para empezar una sesión nueva.",
    },
    steps: "Qué va a pasar",
    step: [
      [
        "POST /users",
        "Tu navegador envía los dos campos. El servidor los comprueba.",
      ],
      [
        "303 + Set-Cookie",
        "El servidor los guarda en una sesión, sella una cookie que lleva hasta ella y manda a tu navegador a otra página.",
      ],
      [
        "GET /show",
        "Tu navegador vuelve con la cookie. El servidor la abre y te saluda.",
      ],
    ],
  },

  form: {
    name: "Tu nombre",
    email: "Tu correo electrónico",
    emailHint: "No se envía a ninguna parte: va a tu sesión, y eso es todo.",
    submit: "Enviar a /users",
    summary: (count) =>
      count === 1
        ? "Hay una cosa que revisar"
        : `Hay ${count} cosas que revisar`,
    errors: {
      name: {
        missing: "Escribe tu nombre.",
        long: "Escribe un nombre de 100 caracteres como máximo.",
        control: "Escribe un nombre sin caracteres de control.",
      },
      email: {
        missing: "Escribe tu dirección de correo.",
        long: "Escribe una dirección de 254 caracteres como máximo.",
        wrong: "Escribe una dirección de correo como jay@example.com.",
      },
    },
  },

  show: {
    remembered: "Lo que recuerda la sesión",
    change: "Cambiarlo",
    inspect: "Mirar dentro de la sesión",
    cycle: {
      title: "Cómo te reconoció esta página",
      browser: "Navegador",
      server: "Servidor",
      posted: (time, fields) =>
        `A las ${time} tu navegador envió el formulario a /users, con los campos ${fields}.`,
      sealed:
        "El servidor lo comprobó, empezó una sesión y respondió 303: ve a /show. Con la respuesta llegó una cookie, mediante Set-Cookie.",
      came: (time) =>
        `A las ${time} tu navegador pidió /show y trajo consigo la cookie.`,
      opened:
        "El servidor comprobó el sello, abrió la sesión y encontró tu nombre en ella.",
      moral:
        "La redirección no llevaba datos: solo decía adónde ir. Tu navegador volvió con una cookie, y la cookie llevó hasta la sesión.",
    },
  },

  session: {
    title: "Tu sesión",
    lead:
      "Esto es lo que el servidor sabe de este navegador, y cómo lo sabe. Aquí nada se ejecuta en tu navegador.",
    none: "No hay sesión. No hay nada guardado ni ninguna cookie.",
    begin: "Empezar una con el formulario",
    stored: "Qué hay guardado",
    key: "Clave",
    value: "Valor",
    type: "Tipo",
    bytes: "Bytes",
    types: {
      string: "texto",
      number: "número",
      boolean: "sí o no",
      array: "lista",
      object: "objeto",
      null: "nada",
    },
    anatomy: {
      title: "La cookie que trajo tu navegador",
      version: "Versión",
      versionMeaning: "Qué formato es este.",
      payload: "Contenido",
      payloadMeaning: {
        sign:
          "Lo guardado, en base64url. Es una forma de escribir, no un secreto: cualquiera puede leerlo.",
        encrypt: "Cifrado: nadie más que el servidor puede leer esto.",
        server:
          "Solo un identificador. Los datos se quedan en el servidor, y ningún identificador se puede adivinar.",
      },
      seal: "Sello",
      sealMeaning: {
        sign:
          "Una firma (HMAC-SHA-256) sobre todo esto y el nombre de la cookie. No oculta nada; demuestra que solo este servidor lo escribió.",
        encrypt:
          "La etiqueta del cifrado (XChaCha20-Poly1305). Con un solo bit cambiado, nada se abre.",
      },
      decoded: "El contenido, descodificado",
      shortened:
        "Abreviada a propósito: quien tiene la cookie entera tiene tu sesión.",
      characters: (count) => `${count} caracteres`,
    },
    size: "Su tamaño",
    sizeOf: (bytes, limit) => `${bytes} de ${limit} bytes`,
    sizeMeaning: {
      cookie:
        "Ningún navegador guarda una cookie mayor, y la mayoría de los servidores ni se enteran. Este se niega antes de que se pierda nada.",
      server:
        "Este es el registro en el servidor. La cookie solo lleva un identificador y nunca crece.",
    },
    time: "Su tiempo",
    began: "Empezó",
    used: "Último guardado",
    now: "Ahora",
    idle: "Termina si la dejas",
    absolute: "Termina en todo caso",
    trail: "Páginas que llevaron hasta aquí",
    trailMeaning: "La sesión recuerda las seis últimas, por su nombre.",
    storage: {
      title: "Tres maneras de recordar",
      kind: "Dónde",
      lifespan: "Cuánto dura",
      examples: "Para qué",
      here: "Aquí y ahora",
      database: {
        name: "Base de datos",
        lifespan: "Hasta que alguien lo borre",
        examples: "Cuentas, pedidos, mensajes",
        cookie: "Ninguna: tu sesión viaja en su cookie",
        server: (store) => `Las sesiones se guardan en ${store}`,
      },
      session: {
        name: "Sesión",
        lifespan: "Hasta que se abandona o se le acaba el tiempo",
        examples: "Quién ha entrado, un carrito, un formulario a medias",
        yours: "La tuya termina",
        none: "No tienes ninguna",
      },
      cookie: {
        name: "Cookie",
        lifespan: "Hasta su fecha; el navegador puede borrarla antes",
        examples: "Idioma, tema",
        chosen: (language) =>
          `language=${language}, un año desde que lo elegiste`,
        none: "Ninguna para el idioma: lo dicen los ajustes de tu navegador",
      },
    },
    renew: "Renovar el identificador",
    renewHint:
      "Los mismos datos con otro identificador. Si el servidor guarda las sesiones, quien copió el anterior lo ha perdido.",
    end: "Terminar la sesión",
    endHint:
      "Los datos desaparecen y se le dice al navegador que olvide la cookie.",
  },

  lab: {
    title: "Intenta falsificarla",
    lead:
      "Aquí tienes la cookie de otro visitante. Cámbiala, envíala y mira si el servidor te cree.",
    sample: "La cookie",
    sampleMeaning:
      "Está sellada con una clave que solo usa este laboratorio: nada de lo que hagas aquí abre una sesión de verdad.",
    payload: "Contenido, descodificado",
    payloadHint: "Cambia el nombre, o la hora en que empezó.",
    seal: "Sello",
    sealHint: "¿Puedes encontrar el que encaja?",
    send: "Enviar esta cookie",
    again: "Volver a empezar con una cookie nueva",
    attempts: "O deja que lo intentemos por ti",
    attempt: {
      name: {
        label: "Cambiar el nombre",
        meaning: "Otro nombre en el contenido, con el sello de antes.",
      },
      unsealed: {
        label: "Quitar el sello",
        meaning: "Solo el contenido, como si nadie fuera a preguntar.",
      },
      guessed: {
        label: "Adivinar el secreto",
        meaning:
          "Un sello perfecto, hecho con un secreto de una lista de malos secretos.",
      },
      other: {
        label: "Tomarla de otra cookie",
        meaning:
          "Sellada por este mismo servidor y con el secreto correcto, pero para una cookie de otro nombre.",
      },
      ended: {
        label: "Usarla después de su fin",
        meaning: "Una cookie auténtica cuya sesión terminó hace una hora.",
      },
      replay: {
        label: "Repetirla tras cerrar la sesión",
        meaning:
          "Una copia hecha antes de que el visitante saliera, y usada después.",
      },
    },
    verdict: {
      "opened": {
        title: "Se abrió",
        meaning: "El sello encaja y la sesión no ha terminado.",
      },
      "replayed": {
        title: "Se abrió, y no es un error",
        meaning:
          "Una cookie que contiene la propia sesión no sabe nada de una salida: el navegador la olvida, una copia no. Se abre hasta que termina. Guarda las sesiones en el servidor, y una salida acaba con todas las copias.",
      },
      "malformed": {
        title: "Rechazada: mal formada",
        meaning: "Así no escribe este servidor una cookie.",
      },
      "bad-seal": {
        title: "Rechazada: el sello no vale",
        meaning:
          "El sello no encaja con este contenido, este secreto y el nombre de esta cookie a la vez.",
      },
      "expired": {
        title: "Rechazada: caducada",
        meaning:
          "El sello es correcto, pero el tiempo que lleva dentro se acabó. El servidor lo comprueba por sí mismo, guarde lo que guarde el navegador.",
      },
      "unknown": {
        title: "Rechazada: desconocida",
        meaning: "El sello es correcto, pero no existe esa sesión.",
      },
      "schema": {
        title: "Rechazada: no encaja",
        meaning:
          "El sello es correcto, pero los datos no son los que espera este servidor.",
      },
    },
    compare: {
      title: "¿Qué consigue un ladrón?",
      lead: "Los mismos datos en tres cookies. Alguien copia una de ellas.",
      kind: "Cookie",
      read: "Puede leer",
      act: "Puede hacer",
      sign: {
        name: "Firmada",
        read: "Todo: el nombre, el correo",
        act:
          "Hacerse pasar por el visitante hasta que termine, incluso tras salir. No puede cambiar nada.",
      },
      encrypt: {
        name: "Cifrada",
        read: "Nada",
        act:
          "Hacerse pasar por el visitante hasta que termine, incluso tras salir. No puede cambiar nada.",
      },
      server: {
        name: "Un identificador",
        read: "Nada",
        act:
          "Hacerse pasar por el visitante hasta que termine o el visitante salga. No puede cambiar nada.",
      },
    },
  },

  problems: {
    requestId: "Petición",
    home: "Ir al formulario",
    400: {
      title: "Esa petición no es válida",
      detail:
        "La petición llegó incompleta, o su dirección o su formulario están mal formados. No se hizo nada.",
    },
    403: {
      title: "Eso vino de otro sitio",
      detail:
        "Otro sitio web envió este formulario en tu nombre, así que no se hizo nada. Si fuiste tú, usa el formulario de aquí.",
    },
    404: {
      title: "Aquí no hay nada",
      detail:
        "Ninguna página tiene esta dirección. Quizá haya un error al escribirla.",
    },
    405: {
      title: "Eso no se puede hacer aquí",
      detail: "Esta dirección existe, pero no admite este tipo de petición.",
    },
    408: {
      title: "Tardó demasiado",
      detail:
        "El formulario no llegó a tiempo. No se guardó nada: inténtalo de nuevo.",
    },
    409: {
      title: "Dos peticiones a la vez",
      detail:
        "Otra petición terminó o renovó tu sesión mientras esta la cambiaba. No se perdió nada ni se guardó nada: inténtalo de nuevo.",
    },
    413: {
      title: "Eso es demasiado",
      detail: "El formulario admite 16 KiB. No se guardó nada.",
    },
    415: {
      title: "Eso no es un formulario",
      detail:
        "Esta dirección admite un formulario HTML, enviado como application/x-www-form-urlencoded o multipart/form-data.",
    },
    422: {
      title: "Eso no está entre las opciones",
      detail: "El formulario se envió con un valor que no ofrece.",
    },
    500: {
      title: "Algo se rompió",
      detail:
        "Es culpa nuestra y está en nuestro registro. Inténtalo de nuevo.",
    },
    503: {
      title: "Volvemos en un momento",
      detail:
        "El almacén de sesiones no responde. Tu sesión sigue abierta: inténtalo de nuevo en unos segundos.",
    },
  },
};
