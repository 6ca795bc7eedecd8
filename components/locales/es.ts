import type { Texts } from "./en.ts";
import { check } from "./es_check.ts";
import { lab } from "./es_lab.ts";

export const es: Texts = {
  language: "Español",
  direction: "ltr",

  layout: {
    skip: "Saltar al contenido",
    steps: "Los seis pasos",
    next: "Siguiente",
    pages: {
      forget: "Olvidar",
      home: "Recordar",
      show: "Saludo",
      session: "Mirar dentro",
      lab: "Falsificar",
      end: "Terminar",
      check: "Comprobar",
      summary: "Resumen",
    },
    known: (name) => `Te conoce como ${name}`,
    unknown: "Aún no te conoce",
    languages: "Idioma",
    footer:
      "HTTP olvida. Una sesión recuerda. En estas páginas no se ejecuta ningún script.",
  },

  forget: {
    title: "HTTP olvida",
    lead:
      "Cada petición va por su cuenta. En cuanto la responde, el servidor la olvida. Pruébalo: envía el formulario y mira qué sabe de ti la página siguiente.",
    submit: "Enviarlo sin sesión",
    hint: "No se guarda en ninguna parte: de eso se trata.",
    skip: "Eso ya lo sé: ir al paso 2",
    next: {
      lead: "Esta página no sabe quién eres.",
      known: "Lo que esta página sabe de ti",
      nothing: "Nada",
      request: "Todo lo que envió tu navegador",
      story: [
        "Tu navegador envió tu nombre y tu correo, y el servidor los leyó. Respondió 303: ve a otra página. Después los olvidó.",
        "Tu navegador pidió esta página con una petición nueva. Aquí la tienes: no hay ningún nombre en ella.",
        "Para recordarte, algo tiene que volver con cada petición. Para eso sirve una cookie.",
      ],
      ignored: "Esta página no mira las cookies.",
    },
  },

  home: {
    title: "¿Cómo pasan los datos de una ruta a otra?",
    lead:
      "Cada petición va por su cuenta, y una sesión las une: envía el formulario y la página siguiente te conocerá.",
    begin:
      "¿Es tu primera vez? Empieza por el paso 1: el mismo formulario, sin sesión",
    greeting: (name) => `Este navegador es conocido como ${name}.`,
    toShow: "Ver el saludo",
    why: {
      none:
        "Este navegador no trajo ninguna cookie, así que no hay sesión que mostrar.",
      expired: "La cookie fue rechazada: su sesión ha terminado.",
      invalid:
        "La cookie fue rechazada: no era de fiar, así que no se leyó nada de ella.",
    },
    steps: "Qué va a pasar",
    step: {
      posted: "Tu navegador envía los dos campos. El servidor los comprueba.",
      answered: {
        signed:
          "El servidor los escribe en una cookie, la firma con su clave secreta y se la da a tu navegador. El servidor no tiene almacén: no se queda con ninguna copia.",
        encrypted:
          "El servidor los cifra en una cookie con su clave secreta y se la da a tu navegador. El servidor no tiene almacén: no se queda con ninguna copia.",
        server:
          "El servidor los guarda en su almacén, con un identificador al azar. Tu navegador recibe una cookie con ese identificador, sellado.",
      },
      came: {
        signed:
          "Tu navegador trae la cookie de vuelta. El servidor comprueba el sello, lee tu nombre en la cookie y te saluda.",
        encrypted:
          "Tu navegador trae la cookie de vuelta. El servidor la descifra, lee en ella tu nombre y te saluda.",
        server:
          "Tu navegador trae la cookie de vuelta. El servidor comprueba el sello, busca el identificador en su almacén y te saluda.",
      },
    },
  },

  refused: {
    reason: {
      "malformed":
        "La cookie fue rechazada: no está escrita como las escribe este servidor (malformed).",
      "bad-seal":
        "La cookie fue rechazada: su sello no encaja. Alguien la cambió, o la selló otra clave secreta (bad-seal).",
      "expired":
        "La cookie fue rechazada: su sello es correcto, pero se le acabó el tiempo (expired).",
      "unknown":
        "La cookie fue rechazada: su sello es correcto, pero no lleva a ninguna sesión. La sesión se terminó o se renovó, o se le acabó el tiempo, o el servidor guarda ahora sus sesiones en otro sitio (unknown).",
      "schema":
        "La cookie fue rechazada: su sello es correcto, pero sus datos no son los que espera este servidor (schema).",
      "unproven":
        "La cookie fue rechazada: su sesión está vinculada a un dispositivo, y esta petición llegó sin la prueba del dispositivo (unproven).",
    },
    cookie: {
      deleted: "El servidor le dijo a tu navegador que la borrara.",
      kept: "Se queda en tu navegador hasta que la sustituya una nueva.",
    },
  },

  form: {
    name: "Tu nombre",
    email: "Tu correo electrónico",
    hint: {
      signed:
        "Nadie te escribirá. Va a una cookie en tu navegador, y puede leerlo cualquiera que tenga la cookie.",
      encrypted:
        "Nadie te escribirá. Va a una cookie en tu navegador, cifrado.",
      server:
        "Nadie te escribirá. Se queda en el almacén del servidor hasta que termine la sesión.",
    },
    submit: "Enviar a /users",
    error: "Error",
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
    cycle: {
      title: "Cómo te reconoció esta página",
      hint: "Elige un paso y sigue el testigo.",
      browser: "Navegador",
      server: "Servidor",
      store: "Almacén",
      empty: "aquí no hay nada",
      posted: (time) =>
        `A las ${time} tu navegador envió el formulario: tu nombre y tu correo.`,
      sealed: {
        signed:
          "El servidor los escribió en una cookie, la firmó y respondió 303: ve a /show. No se quedó con ninguna copia.",
        encrypted:
          "El servidor los cifró en una cookie y respondió 303: ve a /show. No se quedó con ninguna copia.",
        server:
          "El servidor selló el identificador en una cookie y respondió 303: ve a /show.",
      },
      saved:
        "El servidor los puso en su almacén, con un identificador al azar.",
      came: (time) =>
        `A las ${time} tu navegador pidió esta página y trajo la cookie.`,
      asked:
        "El servidor comprobó el sello y preguntó a su almacén por el identificador.",
      found: "El almacén devolvió el registro con tu nombre.",
      opened: {
        signed:
          "El servidor comprobó el sello, leyó tu nombre en la cookie y te saludó.",
        encrypted:
          "El servidor descifró la cookie, leyó en ella tu nombre y te saludó.",
        server: "El servidor leyó tu nombre en el registro y te saludó.",
      },
    },
  },

  http: {
    title: "HTTP tal como es",
    note:
      "Escrito como lo escribe HTTP/1.1, abreviado: las cabeceras que importan aquí, y nunca una cookie entera.",
    form: "Tu formulario y su respuesta",
    page: "La petición de esta página y su respuesta",
    body: "tu nombre y tu correo",
    attributes: "Lo que dice Set-Cookie",
    attribute: {
      "name":
        "El nombre de la cookie y su valor. Tu navegador devuelve los dos con cada petición.",
      "__Host-":
        "Este nombre solo vale con https: ningún otro servidor puede ponerla.",
      "Max-Age": (lifetime, idle) =>
        `Tu navegador la guarda ${lifetime}. El servidor termina una sesión antes: tras ${idle} sin usarse. La cookie dura más para que el servidor pueda decirte qué pasó.`,
      "Path": "Se envía a todas las páginas de este sitio.",
      "Secure": "Solo se envía por https.",
      "HttpOnly": "Los scripts de una página no pueden leerla.",
      "SameSite":
        "El formulario de otro sitio web no puede enviarla; un enlace a este sitio sí.",
    },
  },

  code: {
    title: "El código que lo hizo",
    own: (file) => `De ${file}, tal como se ejecuta aquí:`,
    same: (framework) => `Lo mismo en ${framework}`,
    sameNote: {
      flask: "Flask guarda la sesión en una cookie firmada.",
      express:
        "express-session guarda la sesión en un almacén, y un identificador en la cookie.",
    },
  },

  session: {
    title: "Tu sesión",
    left: (time) => `Quedan ${time} si no haces nada`,
    none: "No hay sesión: este navegador no trajo ninguna cookie.",
    refused: "No hay sesión.",
    begin: "Empezar una con el formulario",
    renewed: {
      signed:
        "Renovada: la sesión tiene otro identificador, en una cookie nueva. La cookie anterior aún se abre, hasta que se le acabe el tiempo: el servidor no tiene almacén donde mirar cuál es la nueva.",
      encrypted:
        "Renovada: la sesión tiene otro identificador, en una cookie nueva. La cookie anterior aún se abre, hasta que se le acabe el tiempo: el servidor no tiene almacén donde mirar cuál es la nueva.",
      server:
        "Renovada: la sesión tiene otro identificador, en una cookie nueva. La cookie anterior ya no abre nada.",
    },
    stored: {
      signed: "Qué hay en la cookie",
      encrypted: "Qué hay en la cookie, descifrado por el servidor",
      server: "El registro en el almacén del servidor",
    },
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
      versionMeaning: "Cómo está escrito lo demás.",
      payload: "Contenido",
      payloadMeaning: {
        signed:
          "La sesión misma, en base64url. Es una manera de escribir bytes, no un secreto: puede leerla cualquiera que tenga la cookie.",
        encrypted:
          "La sesión misma, cifrada. Solo puede leerla el servidor, con su clave secreta.",
        server:
          "Solo un identificador. Los datos están en el almacén del servidor, y nadie puede adivinar un identificador.",
      },
      seal: "Sello",
      sealMeaning: {
        sign:
          "Una firma (HMAC-SHA-256), hecha con la clave secreta, sobre el contenido y el nombre de la cookie. No oculta nada. Demuestra que esto lo escribió el servidor y que nadie lo cambió.",
        encrypt:
          "La etiqueta del cifrado (XChaCha20-Poly1305). Si cambia un solo bit en cualquier sitio, no se abre nada.",
      },
      decoded: "El contenido, descodificado",
      parts: {
        id: "el identificador de la sesión: cambia cuando la renuevas",
        key: "la clave: encuentra el registro en el almacén",
        began: "cuándo empezó, en segundos desde 1970:",
        used: "segundos desde entonces hasta que se guardó por última vez",
        data: "los datos: tu nombre, tu correo, las páginas que viste",
        terms: "las condiciones propias de esta sesión",
      },
      shortened:
        "Abreviada a propósito: quien tiene la cookie entera tiene tu sesión.",
      characters: (count) => `${count} caracteres`,
    },
    way: {
      title: "De la cookie a tus datos",
      cookie: "Cookie",
      id: "Identificador",
      record: "Registro",
    },
    size: (bytes, limit) => `${bytes} de ${limit} bytes`,
    sizeMeaning: {
      signed:
        "El tamaño de la cookie. Los navegadores descartan una mayor sin avisar; este servidor se niega a hacerla.",
      encrypted:
        "El tamaño de la cookie. Los navegadores descartan una mayor sin avisar; este servidor se niega a hacerla.",
      server:
        "El tamaño del registro, en el servidor. La cookie solo lleva un identificador y nunca crece.",
    },
    time: "Su tiempo",
    began: "Empezó",
    used: "Último guardado",
    now: "Ahora",
    idle: "Termina, si no se usa",
    absolute: "Termina, como tarde",
    trail: "Páginas que llevaron hasta aquí",
    trailMeaning: "La sesión recuerda las seis últimas.",
    storage: {
      title: "Tres maneras de recordar",
      kind: "Dónde",
      lifespan: "Cuánto dura",
      examples: "Para qué",
      here: "Aquí y ahora",
      database: {
        name: "En el servidor: una base de datos",
        lifespan: "Hasta que alguien lo borre",
        examples: "Cuentas, pedidos, mensajes",
        here: {
          cookie: "Nada: este servidor no guarda sesiones",
          memory:
            "Las sesiones están en la memoria del servidor: se pierden cuando se para",
          database: (store) => `Las sesiones se guardan en ${store}`,
        },
      },
      session: {
        name: "Una sesión",
        lifespan: "Hasta que pasa un rato sin usarse o se le acaba el tiempo",
        examples: "Quién ha entrado, un carrito, un formulario a medias",
        yours: "La tuya termina",
        none: "No tienes ninguna",
      },
      cookie: {
        name: "En el navegador: una cookie",
        lifespan: "Hasta su fecha; el navegador puede borrarla antes",
        examples: "El idioma, el tema o una sesión",
        session: "Una para la sesión",
        chosen: (language) => `Una para el idioma: ${language}`,
        none: "Ninguna de este sitio",
      },
    },
    renew: "Renovar",
    renewHint: {
      signed:
        "Los mismos datos con otro identificador, en una cookie nueva. Una copia de la cookie anterior aún se abre.",
      encrypted:
        "Los mismos datos con otro identificador, en una cookie nueva. Una copia de la cookie anterior aún se abre.",
      server:
        "Los mismos datos con otro identificador. Una copia de la cookie anterior ya no abre nada.",
    },
  },

  lifetime: {
    after: (time) => `después de ${time}`,
    on: (time) => `el ${time}`,
  },

  end: {
    title: "Terminarla",
    lead: "Una sesión termina de tres maneras.",
    idle: (time) => `Tras ${time} sin usarse`,
    absolute: (time) => `Como tarde, ${time}`,
    now: "Cuando tú la terminas",
    meaning: {
      signed:
        "El servidor le dice a tu navegador que borre la cookie. Es todo lo que puede hacer: no tiene almacén, y por tanto ninguna lista donde tacharla. Una copia de la cookie aún se abre hasta que se le acabe el tiempo: el servidor no se entera de que cerraste la sesión.",
      encrypted:
        "El servidor le dice a tu navegador que borre la cookie. Es todo lo que puede hacer: no tiene almacén, y por tanto ninguna lista donde tacharla. Una copia de la cookie aún se abre hasta que se le acabe el tiempo: el servidor no se entera de que cerraste la sesión.",
      server:
        "El servidor borra el registro de su almacén y le dice a tu navegador que borre la cookie. Una copia de la cookie ya no abre nada.",
    },
    button: "Terminar la sesión",
    done: {
      signed:
        "Terminada: tu navegador ha borrado la cookie, y con ella tus datos. Una copia de la cookie aún se abriría hasta que se le acabe el tiempo.",
      encrypted:
        "Terminada: tu navegador ha borrado la cookie, y con ella tus datos. Una copia de la cookie aún se abriría hasta que se le acabe el tiempo.",
      server:
        "Terminada: el registro del almacén del servidor está borrado, y tu navegador ha borrado la cookie. Una copia de la cookie no abriría nada.",
    },
    none: "No hay ninguna sesión que terminar.",
    tryIt: "Verlo en el laboratorio: usar una copia tras cerrar la sesión",
  },

  lab,
  check,

  problems: {
    error: (status, title) => `Error ${status}: ${title}`,
    requestId: "Petición",
    home: "Ir al formulario",
    wrongMethod: (method: string, allowed: string) =>
      `Tu navegador envió ${method}. Esta dirección admite ${allowed}.`,
    over: {
      title: "Todas las sesiones de aquí han terminado",
      detail:
        "Quienes llevan esta aplicación eligieron un día y una hora en que terminan todas las sesiones, y ya han pasado. No puede empezar ninguna sesión nueva hasta que elijan una fecha posterior.",
    },
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
        "Otra petición terminó o renovó tu sesión mientras esta la cambiaba. Esta no guardó nada: inténtalo de nuevo.",
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
