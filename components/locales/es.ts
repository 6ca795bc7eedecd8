import { byMode, byPlace } from "../mode.ts";
import type { Texts } from "./en.ts";
import { check } from "./es_check.ts";
import { lab } from "./es_lab.ts";
import { teach } from "./es_teach.ts";

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
      secret: "Adivinar la clave",
      limits: "Tiempo y tamaño",
      end: "Terminar",
      check: "Comprobar",
      summary: "Resumen",
      teach: "Para docentes",
    },
    progress: (step, minutes, left) =>
      `Paso ${step} de 6 · unos ${minutes} minutos · ${left} minutos hasta el final de la lección`,
    known: (name) => `Te conoce como ${name}`,
    unknown: "Aún no te conoce",
    unasked: "Esta página no mira",
    languages: "Idioma",
    footer:
      "HTTP olvida. Una sesión recuerda. Estas páginas no llevan scripts.",
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
      request: "La petición de esta página",
      story: [
        "Tu navegador envió tu nombre y tu correo, y el servidor los leyó. Respondió 303: ve a otra página. Después los olvidó.",
        "Tu navegador pidió esta página con una petición nueva. Aquí la tienes: no hay ningún nombre en ella.",
        "Para recordarte, algo tiene que volver con cada petición.",
      ],
      shortened:
        "Abreviada. Esta página no abre sesión, llegue la cookie que llegue.",
      ways: {
        title:
          "Tres maneras de llevar tu nombre a la página siguiente, y qué tiene de malo cada una",
        address: {
          name: "En la dirección",
          but:
            "Se queda en el historial, en los registros y en cada enlace que compartes. Cualquiera puede escribir otro nombre.",
        },
        hidden: {
          name: "En un campo oculto",
          but:
            "Viaja con un formulario. Un enlace lo pierde, y cualquiera puede cambiarlo.",
        },
        cookie: {
          name: "En una cookie",
          but:
            "Una cookie es un texto corto del servidor. Tu navegador la guarda y la devuelve con cada petición a ese servidor. También puede cambiarla cualquiera, así que el servidor tiene que protegerla. Ese es el paso 2.",
        },
      },
    },
  },

  home: {
    title: "¿Cómo pasan los datos de una ruta a otra?",
    lead:
      "Cada petición va por su cuenta, y una sesión las une. Una sesión es lo que el servidor sabe de un navegador, de una petición a la siguiente. Envía el formulario y la página siguiente te conocerá.",
    first: "¿Es tu primera vez? El paso 1 es el mismo formulario, sin sesión.",
    begin: "Empezar por el paso 1",
    greeting: (name) => `Este navegador es conocido como ${name}.`,
    toShow: "Ver el saludo",
    why: {
      expired: "La cookie fue rechazada: su sesión ha terminado.",
      invalid:
        "La cookie fue rechazada: no era de fiar, así que no se leyó nada de ella.",
    },
    steps: "Qué va a pasar",
    word: byMode(
      "Una firma es un código que solo puede hacer quien tiene la clave secreta. No oculta nada. Demuestra que el servidor escribió la cookie y que nada cambió en ella.",
      "Cifrar es hacer ilegible para quien no tiene la clave secreta. Lo que se cambió por el camino no se descifra.",
      "El almacén del servidor es donde guarda datos entre dos peticiones: su memoria, un archivo o una base de datos.",
    ),
  },

  refused: {
    "malformed":
      "La cookie fue rechazada: no está escrita como las escribe este servidor (malformed).",
    "bad-seal":
      "La cookie fue rechazada: su firma no encaja. Alguien la cambió, o se hizo con otra clave secreta o para otra cookie (bad-seal).",
    "expired":
      "La cookie fue rechazada: es auténtica, pero se le acabó el tiempo (expired).",
    "unknown":
      "La cookie es auténtica, pero el servidor no tiene ninguna sesión para ella. Quizá terminó, recibió otro identificador o el servidor cambió de almacén (unknown).",
    "schema":
      "La cookie fue rechazada: es auténtica, pero sus datos no son los que espera este servidor (schema).",
    "unproven":
      "La cookie fue rechazada: su sesión está vinculada a un dispositivo, y esta petición llegó sin la prueba del dispositivo (unproven).",
    stays: "Se queda en tu navegador hasta que la sustituya una nueva.",
  },

  form: {
    name: "Tu nombre",
    email: "Tu correo electrónico",
    hint: "Esta aplicación no envía correo: sirve una dirección inventada.",
    submit: "Enviar a /users",
    error: "Error",
    summary: "Hay algo que revisar",
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
      title: "Cómo te reconoce esta página",
      hint: "Elige un paso y sigue el testigo.",
      browser: "Navegador",
      server: "Servidor",
      key: "clave secreta",
      storage: "Almacén del servidor",
      jar: "Cookies",
      empty: "aún nada de esta sesión",
      signature: "firma",
      address: "dirección",
      posted:
        "Tu navegador envía el formulario: tu nombre y tu correo. El servidor los comprueba.",
      sealed: byMode(
        "El servidor los escribe en una cookie, la firma con su clave secreta y responde 303: ve a /show. No se queda con ninguna copia.",
        "El servidor los cifra en una cookie con su clave secreta y responde 303: ve a /show. No se queda con ninguna copia.",
        "El servidor da a tu navegador una cookie con esa dirección, protegida con su clave secreta, y responde 303: ve a /show.",
      ),
      saved: "El servidor los pone en su almacén, en una dirección al azar.",
      came: "Tu navegador pide /show y trae la cookie.",
      asked:
        "El servidor comprueba que la cookie es suya y mira en su almacén en esa dirección.",
      found: "Allí está el registro con tu nombre.",
      opened: byMode(
        "El servidor comprueba la firma, lee tu nombre en la cookie y te saluda.",
        "El servidor descifra la cookie, lee en ella tu nombre y te saluda.",
        "El servidor lee tu nombre en el registro y te saluda.",
      ),
    },
    login: {
      title: "No has iniciado sesión con contraseña",
      lead:
        "Escribiste un nombre, y el servidor no comprobó que sea el tuyo. Una sesión recuerda; un inicio de sesión (login) demuestra quién eres, y añade tres cosas:",
      adds: [
        "Se comprueba una contraseña, una vez.",
        "Después la sesión recibe otro identificador, y la anterior termina.",
        "Después la sesión recuerda quién entró, y la contraseña ya no hace falta.",
      ],
      fixation: "¿Por qué otro identificador? Por la fijación de sesión",
      attack: [
        "Un ladrón empieza una sesión y planta su cookie en tu navegador.",
        "Tú entras. Si el identificador sigue igual, tu nombre está ahora también en la sesión del ladrón.",
        "El ladrón usa la misma cookie, y es tú.",
      ],
    },
    try: {
      title: "Míralo en tu propio navegador",
      where: {
        question: "¿Dónde está la cookie?",
        answer: (name) =>
          `Pulsa F12 (en un Mac: Opción, Comando e I). Chrome y Edge: Aplicación, Cookies. Firefox: Almacenamiento, Cookies. Safari: Almacenamiento, Cookies, si las funciones para desarrolladores web están activadas en sus ajustes. Busca el nombre ${name}.`,
      },
      decode: {
        question:
          "El valor tiene tres partes separadas por puntos. ¿Está tu correo en la del medio?",
        how:
          "Ponla donde dice PASTE. En Linux y macOS lo primero, en PowerShell lo segundo:",
        then: "¿Y está ahí?",
      },
      change: {
        question:
          "Cambia un carácter de la parte del medio y carga esta página otra vez. ¿Qué pasa?",
        answer:
          "El servidor rechaza la cookie y te envía al formulario. La cookie se queda en tu navegador: vuelve a poner el carácter de antes y te conoce otra vez.",
      },
      remove: {
        question: "Borra la cookie y carga esta página otra vez. ¿Qué pasa?",
        answer:
          "No te conoce: sin la cookie, el servidor no puede saber de quién es la petición.",
      },
    },
  },

  http: {
    title: "HTTP tal como es",
    note:
      "Como lo escribe HTTP/1.1: solo las cabeceras que importan aquí, y nunca una cookie entera.",
    form: "Tu formulario y su respuesta",
    page: "La petición de esta página y su respuesta",
    body: "tu nombre y tu correo",
    attributes: "Lo que dice Set-Cookie",
    attribute: {
      "name":
        "Su nombre y su valor: tu navegador devuelve los dos con cada petición.",
      "__Host-": "Un nombre así es para https, y solo para este host.",
      "Max-Age": (lifetime, idle) =>
        `Tu navegador la guarda ${lifetime}. El servidor termina una sesión que pasa ${idle} sin usarse. La cookie dura más para que el servidor pueda decirte qué pasó.`,
      "Path": "Se envía a todas las páginas de este sitio.",
      "Secure": "Solo para https.",
      "off": "Desactivado aquí: esto es http.",
      "HttpOnly": "Los scripts no pueden leerla.",
      "SameSite":
        "Un formulario con POST de otro sitio web no la trae; un enlace sí, y un formulario con GET también. Por eso un GET no debe cambiar nada.",
    },
  },

  code: {
    title: "El código que lo hace",
    own: (file) => `De ${file}, tal como se ejecuta aquí:`,
    build: "Ahora constrúyelo: tres programas completos",
    lead:
      "Cada uno hace lo que viste. 1 es donde la clave secreta protege la cookie, 2 donde se escribe la sesión, 3 donde se lee.",
  },

  session: {
    title: "Tu sesión",
    left: {
      idle: (time) =>
        `Termina dentro de ${time}, si ninguna página la abre antes`,
      absolute: (time) => `Termina dentro de ${time}, hagas lo que hagas`,
    },
    none: "No hay sesión: este navegador no trajo ninguna cookie de sesión.",
    refused: "No hay sesión.",
    begin: "Empezar una con el formulario",
    renewed: "La sesión tiene otro identificador, en una cookie nueva.",
    stored: byMode(
      "Qué hay en la cookie",
      "Qué hay en la cookie, descifrado por el servidor",
      "El registro en el almacén del servidor",
    ),
    storeLess:
      "Guarda solo lo que necesitan las páginas siguientes. Una contraseña no. «trail» son las últimas páginas que viste, seis como máximo.",
    anatomy: {
      title: "La cookie, parte por parte",
      version: "Versión",
      versionMeaning:
        "Cómo está escrito lo demás: en base64url, una manera de escribir bytes.",
      payload: "Contenido",
      seal: {
        sign: "Firma",
        encrypt: "Etiqueta",
      },
      shortened:
        "Abreviada a propósito: quien tiene la cookie entera tiene tu sesión.",
    },
    size: (bytes, limit) => `${bytes} de ${limit} bytes`,
    ports: (name) =>
      `Las cookies no distinguen puertos: tu navegador envía ${name} a cada aplicación de este host, y dos aplicaciones que dan el mismo nombre a sus cookies se las pisan. Flask llama a la suya session; Express, connect.sid.`,
    time: "Su tiempo",
    began: "Empezó",
    used: "Último guardado",
    now: "Ahora",
    idle: "Termina, si no se usa",
    absolute: "Termina, como tarde",
    storage: {
      title: "Tres maneras de recordar",
      kind: "Qué",
      tab: "En otra pestaña",
      closed: "Tras cerrar el navegador",
      tomorrow: "Mañana",
      yes: "✓ sí",
      cookie: {
        name: "Una cookie, en el navegador",
        examples: "el idioma, el tema",
        closed: "✓ si tiene un Max-Age",
        tomorrow: "✓ hasta su fecha",
      },
      session: {
        name: "Una sesión",
        examples: "quién ha entrado, un carrito",
        closed: "✓ aquí: su cookie tiene un Max-Age",
      },
      database: {
        name: "Una base de datos, en el servidor",
        examples: "cuentas, pedidos",
        tomorrow: "✓ hasta que alguien lo borre",
      },
    },
    try: {
      title: "Adivina primero y luego pruébalo",
      tabs: {
        question:
          "Envía el formulario en otra pestaña, con otro nombre. ¿Qué muestra esta pestaña cuando la cargas de nuevo?",
        answer:
          "El otro nombre: todas las pestañas comparten las cookies. Un navegador, una sesión.",
      },
      private: {
        question: "Abre esta página en una ventana privada. ¿Te conoce allí?",
        answer:
          "No: una ventana privada tiene sus propias cookies, y las borra cuando la cierras.",
      },
    },
    renew: "Pedir otro identificador",
    renewHint: byPlace(
      "Los mismos datos con otro identificador, en una cookie nueva. Una copia de la cookie anterior aún se abre.",
      "Los mismos datos con otro identificador. Una copia de la cookie anterior ya no abre nada.",
    ),
  },

  lifetime: {
    ends: (idle, latest) =>
      `termina tras ${idle} sin usarse y, como tarde, ${latest}`,
    after: (time) => `después de ${time}`,
    on: (time) => `el ${time}`,
  },

  end: {
    title: "Terminarla",
    lead:
      "Una sesión termina si pasa mucho sin usarse, si se le acaba el tiempo o si la terminas.",
    here: (ends) => `Aquí ${ends}.`,
    closing:
      "Cerrar la pestaña o el navegador no la termina: la cookie tiene un Max-Age y se queda. Así que en un ordenador compartido, termínala.",
    meaning: byPlace(
      "El servidor le dice a tu navegador que borre la cookie. No guarda ninguna lista de sesiones, así que una copia aún se abre hasta que se le acabe el tiempo.",
      "El servidor borra el registro y le dice a tu navegador que borre la cookie. Una copia ya no abre nada.",
    ),
    button: "Terminar la sesión",
    done: "Terminada: tu navegador ha borrado la cookie.",
    tryIt: "Verlo en el laboratorio: una copia, tras cerrar la sesión",
  },

  lab,
  check,
  teach,

  problems: {
    error: (status, title) => `Error ${status}: ${title}`,
    requestId: "Petición",
    home: "Ir al formulario",
    400: {
      title: "Esa petición no es válida",
      detail:
        "La petición llegó incompleta, o algo en su dirección o en su formulario no es como debe ser. No se hizo nada.",
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
      detail: (method: string, allowed: string) =>
        `Tu navegador envió ${method}. Esta dirección admite ${allowed}.`,
    },
    408: {
      title: "Tardó demasiado",
      detail:
        "El formulario no llegó a tiempo. No se guardó nada: inténtalo de nuevo.",
    },
    409: {
      title: "Dos peticiones a la vez",
      detail:
        "Otra petición terminó tu sesión, o le dio otro identificador, mientras esta la cambiaba. Esta no guardó nada: inténtalo de nuevo.",
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
    500: {
      title: "Algo se rompió",
      detail:
        "Es culpa nuestra y está en nuestro registro. Inténtalo de nuevo.",
    },
    503: {
      title: "Volvemos en un momento",
      detail:
        "El almacén del servidor no responde. Tu sesión sigue abierta: inténtalo de nuevo en unos segundos.",
    },
    over: {
      title: "Aquí han terminado todas las sesiones",
      detail:
        "Ya pasó la fecha en que termina toda sesión, así que no puede empezar ninguna nueva. Quien lleva este servidor debe poner una fecha posterior (SESSION_LIFETIME).",
    },
  },
};
