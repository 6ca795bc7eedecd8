import { byMode, byPlace } from "../mode.ts";
import { check } from "./en_check.ts";
import { lab } from "./en_lab.ts";
import { teach } from "./en_teach.ts";

/** All that the pages say. Another language is another object of this type. */
export const en = {
  language: "English",
  direction: "ltr" as "ltr" | "rtl",

  layout: {
    skip: "Skip to the content",
    steps: "The six steps",
    next: "Next",
    pages: {
      forget: "Forget",
      home: "Remember",
      show: "Greeting",
      session: "Look inside",
      lab: "Forge",
      secret: "Guess the key",
      limits: "Time and size",
      end: "End",
      check: "Check yourself",
      summary: "Summary",
      teach: "For teachers",
    },
    progress: (step: number, minutes: number, left: number) =>
      `Step ${step} of 6 · about ${minutes} minutes · ${left} minutes to the end of the lesson`,
    known: (name: string) => `Known as ${name}`,
    unknown: "Not known yet",
    unasked: "This page does not look",
    languages: "Language",
    footer: "HTTP forgets. A session remembers. These pages have no script.",
  },

  forget: {
    title: "HTTP forgets",
    lead:
      "Each request stands alone. When it is answered, the server forgets it. Try it: send the form, and see what the next page knows of you.",
    submit: "Send it, without a session",
    hint: "It is not kept anywhere: that is the point.",
    skip: "I know that already: go to step 2",
    next: {
      lead: "This page does not know who you are.",
      request: "The request for this page",
      story: [
        "Your browser sent your name and email, and the server read them. It answered 303: go to another page. Then it forgot them.",
        "Your browser asked for this page with a new request. Here it is: there is no name in it.",
        "To remember you, something has to come back with each request.",
      ],
      shortened:
        "Shortened. This page opens no session, whatever cookie comes.",
      ways: {
        title:
          "Three ways to bring your name to the next page, and what is wrong with each",
        address: {
          name: "In the address",
          but:
            "It stays in the history, in logs and in each link that you pass on. Anyone can type another name.",
        },
        hidden: {
          name: "In a hidden field",
          but:
            "It travels with a form. A link loses it, and anyone can change it.",
        },
        cookie: {
          name: "In a cookie",
          but:
            "A cookie is a short text from the server. Your browser keeps it, and sends it back with each request to that server. Anyone can change it too, so the server has to protect it. That is step 2.",
        },
      },
    },
  },

  home: {
    title: "How does data pass between routes?",
    lead:
      "Each request stands alone, and a session joins them. A session is what the server knows of one browser, from one request to the next. Send the form, and the next page will know you.",
    first: "New here? Step 1 is the same form without a session.",
    begin: "Begin with step 1",
    greeting: (name: string) => `This browser is known as ${name}.`,
    toShow: "See the greeting",
    why: {
      expired: "The cookie was refused: its session is over.",
      invalid:
        "The cookie was refused: it could not be trusted, so nothing was read from it.",
    },
    steps: "What will happen",
    word: byMode(
      "A signature is a code that only someone with the secret key can make. It hides nothing. It shows that the server wrote the cookie, and that nothing in it was changed.",
      "To encrypt is to make unreadable for anyone without the secret key. What was changed on the way does not decrypt.",
      "The server's own storage is where it keeps data between two requests: its memory, a file or a database.",
    ),
  },

  /** Why a cookie opened nothing. */
  refused: {
    "malformed":
      "The cookie was refused: it is not written as this server writes cookies (malformed).",
    "bad-seal":
      "The cookie was refused: its signature does not fit. Someone changed it, or it was made with another secret key or for another cookie (bad-seal).",
    "expired":
      "The cookie was refused: it is genuine, but its time is up (expired).",
    "unknown":
      "The cookie is genuine, but the server has no session for it. Maybe it ended, got another id, or the server changed its storage (unknown).",
    "schema":
      "The cookie was refused: it is genuine, but its data is not what this server expects (schema).",
    "unproven":
      "The cookie was refused: its session is bound to a device, and this request came without the device's proof (unproven).",
    stays: "It stays in your browser until a new one replaces it.",
  },

  form: {
    name: "Your name",
    email: "Your email",
    hint: "This app sends no email: an invented address will do.",
    submit: "Send it to /users",
    error: "Error",
    summary: "This needs another look",
    errors: {
      name: {
        missing: "Enter your name.",
        long: "Enter a name of at most 100 characters.",
        control: "Enter a name without control characters.",
      },
      email: {
        missing: "Enter your email address.",
        long: "Enter an email address of at most 254 characters.",
        wrong: "Enter an email address such as jay@example.com.",
      },
    },
  },

  show: {
    remembered: "What the session remembers",
    change: "Change it",
    cycle: {
      title: "How this page knows you",
      hint: "Choose a step, and follow the baton.",
      browser: "Browser",
      server: "Server",
      key: "secret key",
      storage: "Server's storage",
      jar: "Cookie jar",
      empty: "nothing of this session yet",
      signature: "signature",
      address: "address",
      posted:
        "Your browser sends the form: your name and your email. The server checks them.",
      sealed: byMode(
        "The server writes them into a cookie, signs it with its secret key, and answers 303: go to /show. It keeps no copy.",
        "The server encrypts them into a cookie with its secret key, and answers 303: go to /show. It keeps no copy.",
        "The server gives your browser a cookie with that address, protected by its secret key, and answers 303: go to /show.",
      ),
      saved: "The server puts them into its storage, at a random address.",
      came: "Your browser asks for /show, and brings the cookie.",
      asked:
        "The server checks that the cookie is its own, and looks in its storage at that address.",
      found: "There is the record with your name.",
      opened: byMode(
        "The server checks the signature, reads your name in the cookie, and greets you.",
        "The server decrypts the cookie, reads your name in it, and greets you.",
        "The server reads your name in the record, and greets you.",
      ),
    },
    login: {
      title: "You are not logged in",
      lead:
        "You typed a name, and the server did not check that it is yours. A session remembers; a login proves who you are, and adds three things:",
      adds: [
        "A password is checked, once.",
        "Then the session gets another id, and the old one ends.",
        "Then the session remembers who signed in, so that the password is not needed again.",
      ],
      fixation: "Why another id? Because of session fixation",
      attack: [
        "A thief begins a session, and plants its cookie in your browser.",
        "You sign in. If the id stays the same, your name is now in the thief's session too.",
        "The thief uses the same cookie, and is you.",
      ],
    },
    try: {
      title: "See it in your own browser",
      where: {
        question: "Where is the cookie?",
        answer: (name: string) =>
          `Press F12 (on a Mac: Option, Command and I). Chrome and Edge: Application, Cookies. Firefox: Storage, Cookies. Safari: Storage, Cookies, once the features for web developers are on in its settings. Look for the name ${name}.`,
      },
      decode: {
        question:
          "The value has three parts with dots between them. Is your email in the middle one?",
        how:
          "Put it where it says PASTE. On Linux and macOS the first, in PowerShell the second:",
        then: "And is it there?",
      },
      change: {
        question:
          "Change one character in the middle part, and load this page again. What happens?",
        answer:
          "The server refuses the cookie, and sends you to the form. The cookie stays in your browser: put the old character back, and you are known again.",
      },
      remove: {
        question: "Delete the cookie, and load this page again. What happens?",
        answer:
          "You are not known: without the cookie, the server cannot tell whose request it is.",
      },
    },
  },

  http: {
    title: "HTTP as it is",
    note:
      "As HTTP/1.1 writes it: only the headers that matter here, and never a whole cookie.",
    form: "Your form, and its answer",
    page: "The request for this page, and its answer",
    body: "your name and email",
    attributes: "What Set-Cookie says",
    attribute: {
      "name":
        "Its name and value: your browser sends both back with each request.",
      "__Host-": "A name like this is for https, and for this host alone.",
      "Max-Age": (lifetime: string, idle: string) =>
        `Your browser keeps it for ${lifetime}. The server ends a session that is unused for ${idle}. The cookie stays, so that the server can tell you what happened.`,
      "Path": "It is sent to every page of this site.",
      "Secure": "For https only.",
      "off": "Off here: this is http.",
      "HttpOnly": "Scripts cannot read it.",
      "SameSite":
        "A form that posts on another website does not bring it; a link does, and a form that gets. So a GET must change nothing.",
    },
  },

  code: {
    title: "The code that does it",
    own: (file: string) => `From ${file}, as it runs here:`,
    build: "Now build it: three whole programs",
    lead:
      "Each does what you saw. 1 is where the secret key protects the cookie, 2 where the session is written, 3 where it is read.",
  },

  session: {
    title: "Your session",
    left: {
      idle: (time: string) =>
        `It ends in ${time}, if no page opens it before that`,
      absolute: (time: string) => `It ends in ${time}, whatever you do`,
    },
    none: "There is no session: this browser brought no session cookie.",
    refused: "There is no session.",
    begin: "Begin one with the form",
    renewed: "The session has another id, in a new cookie.",
    stored: byMode(
      "What is in the cookie",
      "What is in the cookie, decrypted by the server",
      "The record in the server's storage",
    ),
    storeLess:
      "Store only what the next pages need. A password is not among it. The trail is the pages that you saw last, six at most.",
    anatomy: {
      title: "The cookie, part by part",
      version: "Version",
      versionMeaning:
        "How the rest is written: in base64url, a way to write bytes.",
      payload: "Content",
      seal: {
        sign: "Signature",
        encrypt: "Tag",
      },
      shortened:
        "Shortened on purpose: whoever has the whole cookie has your session.",
    },
    size: (bytes: string, limit: string) => `${bytes} of ${limit} bytes`,
    ports: (name: string) =>
      `Cookies ignore ports: your browser sends ${name} to every app on this host, and two apps that give their cookies one name overwrite each other's. Flask calls its own session, Express connect.sid.`,
    time: "Its time",
    began: "Began",
    used: "Last saved",
    now: "Now",
    idle: "Ends, if unused",
    absolute: "Ends at the latest",
    storage: {
      title: "Three ways to remember",
      kind: "What",
      tab: "In a new tab",
      closed: "After closing the browser",
      tomorrow: "Tomorrow",
      yes: "✓ yes",
      cookie: {
        name: "A cookie, in the browser",
        examples: "language, theme",
        closed: "✓ if it has a Max-Age",
        tomorrow: "✓ until its date",
      },
      session: {
        name: "A session",
        examples: "who signed in, a cart",
        closed: "✓ here: its cookie has a Max-Age",
      },
      database: {
        name: "A database, on the server",
        examples: "accounts, orders",
        tomorrow: "✓ until someone deletes it",
      },
    },
    try: {
      title: "Guess first, then try it",
      tabs: {
        question:
          "Send the form in a second tab, with another name. What does this tab show when you load it again?",
        answer:
          "The other name: all tabs share one cookie jar. One browser, one session.",
      },
      private: {
        question: "Open this page in a private window. Are you known there?",
        answer:
          "No: a private window has a cookie jar of its own, and empties it when you close it.",
      },
    },
    renew: "Ask for another id",
    renewHint: byPlace(
      "The same data under another id, in a new cookie. A copy of the old cookie still opens.",
      "The same data under another id. A copy of the old cookie opens nothing any more.",
    ),
  },

  lifetime: {
    ends: (idle: string, latest: string) =>
      `it ends when unused for ${idle}, and ${latest} at the latest`,
    after: (time: string) => `after ${time}`,
    on: (time: string) => `on ${time}`,
  },

  end: {
    title: "End it",
    lead:
      "A session ends when it is unused for too long, when its time is up, or when you end it.",
    here: (ends: string) => `Here ${ends}.`,
    closing:
      "Closing the tab or the browser does not end it: the cookie has a Max-Age, and stays. So at a shared computer, end it.",
    meaning: byPlace(
      "The server tells your browser to delete the cookie. It keeps no list of sessions, so a copy of the cookie still opens until its time is up.",
      "The server deletes the record, and tells your browser to delete the cookie. A copy of it opens nothing any more.",
    ),
    button: "End the session",
    done: "Ended: your browser has deleted the cookie.",
    tryIt: "See it in the lab: a copy, after a logout",
  },

  lab,
  check,
  teach,

  problems: {
    error: (status: string, title: string) => `Error ${status}: ${title}`,
    requestId: "Request",
    home: "Go to the form",
    400: {
      title: "That is not a proper request",
      detail:
        "The request was cut off, or something in its address or form is not as it should be. Nothing was done.",
    },
    403: {
      title: "That came from another site",
      detail:
        "Another website sent this form in your name, so nothing was done. If it was you, use the form here.",
    },
    404: {
      title: "There is nothing here",
      detail: "No page has this address. It may have been mistyped.",
    },
    405: {
      title: "That cannot be done here",
      detail: (method: string, allowed: string) =>
        `Your browser sent ${method}. This address takes ${allowed}.`,
    },
    408: {
      title: "That took too long",
      detail:
        "The form did not arrive in time. Nothing was stored: please try again.",
    },
    409: {
      title: "Two requests at once",
      detail:
        "Another request ended your session, or gave it another id, while this one was changing it. This one saved nothing: please try again.",
    },
    413: {
      title: "That is too much",
      detail: "The form may hold 16 KiB. Nothing was stored.",
    },
    415: {
      title: "That is not a form",
      detail:
        "This address takes an HTML form, sent as application/x-www-form-urlencoded or multipart/form-data.",
    },
    500: {
      title: "Something broke",
      detail: "It is our fault, and it is in our log. Please try again.",
    },
    503: {
      title: "Back in a moment",
      detail:
        "The server's storage does not answer. You are not logged out: please try again in a few seconds.",
    },
    over: {
      title: "All sessions here have ended",
      detail:
        "The date on which every session ends has passed, so no new one can begin. Whoever runs this server must set a later date (SESSION_LIFETIME).",
    },
  },
};

export type Texts = typeof en;
