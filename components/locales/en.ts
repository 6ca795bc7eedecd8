import { check } from "./en_check.ts";
import { lab } from "./en_lab.ts";

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
      end: "End",
      check: "Check yourself",
      summary: "Summary",
    },
    known: (name: string) => `Known as ${name}`,
    unknown: "Not known yet",
    languages: "Language",
    footer: "HTTP forgets. A session remembers. No script runs on these pages.",
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
      known: "What this page knows of you",
      nothing: "Nothing",
      request: "All that your browser sent",
      story: [
        "Your browser sent your name and email, and the server read them. It answered 303: go to another page. Then it forgot them.",
        "Your browser asked for this page with a new request. Here it is: there is no name in it.",
        "To remember you, something has to come back with each request. That is what a cookie is for.",
      ],
      ignored: "This page does not look at cookies.",
    },
  },

  home: {
    title: "How does data pass between routes?",
    lead:
      "Each request stands alone, and a session joins them: send the form, and the next page will know you.",
    begin: "New here? Begin with step 1: the same form, without a session",
    greeting: (name: string) => `This browser is known as ${name}.`,
    toShow: "See the greeting",
    why: {
      none: "This browser brought no cookie, so there is no session to show.",
      expired: "The cookie was refused: its session is over.",
      invalid:
        "The cookie was refused: it could not be trusted, so nothing was read from it.",
    },
    steps: "What will happen",
    step: {
      posted: "Your browser sends the two fields. The server checks them.",
      answered: {
        signed:
          "The server writes them into a cookie, signs it with its secret key, and gives it to your browser. The server has no store: it keeps no copy.",
        encrypted:
          "The server encrypts them into a cookie with its secret key, and gives it to your browser. The server has no store: it keeps no copy.",
        server:
          "The server keeps them in its store, under a random id. Your browser gets a cookie that holds the id, sealed.",
      },
      came: {
        signed:
          "Your browser brings the cookie back. The server checks the seal, reads your name in the cookie, and greets you.",
        encrypted:
          "Your browser brings the cookie back. The server decrypts it, reads your name in it, and greets you.",
        server:
          "Your browser brings the cookie back. The server checks the seal, finds the id in its store, and greets you.",
      },
    },
  },

  /** Why a cookie opened nothing; what happened to the cookie. */
  refused: {
    reason: {
      "malformed":
        "The cookie was refused: it is not written as this server writes cookies (malformed).",
      "bad-seal":
        "The cookie was refused: its seal does not fit. Somebody changed it, or another secret key sealed it (bad-seal).",
      "expired":
        "The cookie was refused: its seal is right, but its time is up (expired).",
      "unknown":
        "The cookie was refused: its seal is right, but it leads to no session. The session was ended or renewed, or its time was up, or the server keeps its sessions elsewhere now (unknown).",
      "schema":
        "The cookie was refused: its seal is right, but its data is not what this server expects (schema).",
      "unproven":
        "The cookie was refused: its session is bound to a device, and this request came without the device's proof (unproven).",
    },
    cookie: {
      deleted: "The server told your browser to delete it.",
      kept: "It stays in your browser until a new one replaces it.",
    },
  },

  form: {
    name: "Your name",
    email: "Your email",
    hint: {
      signed:
        "Nobody writes to it. It goes into a cookie in your browser, for anybody to read who has the cookie.",
      encrypted:
        "Nobody writes to it. It goes into a cookie in your browser, encrypted.",
      server:
        "Nobody writes to it. It stays in the server's store until the session ends.",
    },
    submit: "Send it to /users",
    error: "Error",
    summary: (count: number) =>
      count === 1
        ? "One thing needs another look"
        : `${count} things need another look`,
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
      title: "How this page knew you",
      hint: "Choose a step, and follow the baton.",
      browser: "Browser",
      server: "Server",
      store: "Store",
      empty: "nothing here",
      posted: (time: string) =>
        `At ${time} your browser sent the form: your name and your email.`,
      sealed: {
        signed:
          "The server wrote them into a cookie, signed it, and answered 303: go to /show. It kept no copy.",
        encrypted:
          "The server encrypted them into a cookie, and answered 303: go to /show. It kept no copy.",
        server:
          "The server sealed the id into a cookie, and answered 303: go to /show.",
      },
      saved: "The server put them into its store, under a random id.",
      came: (time: string) =>
        `At ${time} your browser asked for this page, and brought the cookie.`,
      asked: "The server checked the seal, and asked its store for the id.",
      found: "The store gave back the record with your name.",
      opened: {
        signed:
          "The server checked the seal, read your name in the cookie, and greeted you.",
        encrypted:
          "The server decrypted the cookie, read your name in it, and greeted you.",
        server: "The server read your name in the record, and greeted you.",
      },
    },
  },

  http: {
    title: "HTTP as it is",
    note:
      "Written as HTTP/1.1 writes it, shortened: the headers that matter here, and never a whole cookie.",
    form: "Your form, and its answer",
    page: "The request for this page, and its answer",
    body: "your name and email",
    attributes: "What Set-Cookie says",
    attribute: {
      "name":
        "The cookie's name and value. Your browser sends both back with each request.",
      "__Host-": "This name is for https only: no other host can set it.",
      "Max-Age": (lifetime: string, idle: string) =>
        `Your browser keeps it for ${lifetime}. The server ends a session sooner: when it is unused for ${idle}. The cookie stays longer, so that the server can tell you what happened.`,
      "Path": "It is sent to every page of this site.",
      "Secure": "It is sent over https only.",
      "HttpOnly": "Scripts in a page cannot read it.",
      "SameSite":
        "Another website's form cannot send it; a link to this site can.",
    },
  },

  code: {
    title: "The code that did it",
    own: (file: string) => `From ${file}, as it runs here:`,
    same: (framework: string) => `The same in ${framework}`,
    sameNote: {
      flask: "Flask keeps the session in a signed cookie.",
      express:
        "express-session keeps the session in a store, and an id in the cookie.",
    },
  },

  session: {
    title: "Your session",
    left: (time: string) => `${time} left, if you do nothing`,
    none: "There is no session: this browser brought no cookie.",
    refused: "There is no session.",
    begin: "Begin one with the form",
    renewed: {
      signed:
        "Renewed: the session has another id, in a new cookie. The old cookie still opens, until its time is up: the server has no store where it could look up which one is new.",
      encrypted:
        "Renewed: the session has another id, in a new cookie. The old cookie still opens, until its time is up: the server has no store where it could look up which one is new.",
      server:
        "Renewed: the session has another id, in a new cookie. The old cookie opens nothing any more.",
    },
    stored: {
      signed: "What is in the cookie",
      encrypted: "What is in the cookie, decrypted by the server",
      server: "The record in the server's store",
    },
    key: "Key",
    value: "Value",
    type: "Type",
    bytes: "Bytes",
    types: {
      string: "text",
      number: "number",
      boolean: "yes or no",
      array: "list",
      object: "object",
      null: "nothing",
    },
    anatomy: {
      title: "The cookie that your browser brought",
      version: "Version",
      versionMeaning: "How the rest is written.",
      payload: "Payload",
      payloadMeaning: {
        signed:
          "The session itself, in base64url. That is a way to write bytes, not a secret: anybody who has the cookie can read it.",
        encrypted:
          "The session itself, encrypted. Only the server, with its secret key, can read it.",
        server:
          "Only an id. The data is in the server's store, and nobody can guess an id.",
      },
      seal: "Seal",
      sealMeaning: {
        sign:
          "A signature (HMAC-SHA-256), made with the secret key, over the payload and the cookie's name. It hides nothing. It shows that the server wrote this, and that nobody changed it.",
        encrypt:
          "The tag of the encryption (XChaCha20-Poly1305). When one bit is changed anywhere, nothing opens.",
      },
      decoded: "The payload, decoded",
      parts: {
        id: "the session id: another one when you renew it",
        key: "the key: it finds the record in the store",
        began: "when it began, in seconds since 1970:",
        used: "seconds from then until it was last saved",
        data: "the data: your name, your email, the pages you saw",
        terms: "this session's own terms",
      },
      shortened:
        "Shortened on purpose: whoever has the whole cookie has your session.",
      characters: (count: string) => `${count} characters`,
    },
    way: {
      title: "From the cookie to your data",
      cookie: "Cookie",
      id: "Id",
      record: "Record",
    },
    size: (bytes: string, limit: string) => `${bytes} of ${limit} bytes`,
    sizeMeaning: {
      signed:
        "The cookie's size. Browsers drop a bigger one without a word; this server refuses to make one.",
      encrypted:
        "The cookie's size. Browsers drop a bigger one without a word; this server refuses to make one.",
      server:
        "The record's size, on the server. The cookie holds only an id, and never grows.",
    },
    time: "Its time",
    began: "Began",
    used: "Last saved",
    now: "Now",
    idle: "Ends, if unused",
    absolute: "Ends at the latest",
    trail: "Pages that led here",
    trailMeaning: "The session remembers the last six.",
    storage: {
      title: "Three ways to remember",
      kind: "Where",
      lifespan: "How long",
      examples: "For what",
      here: "Here, now",
      database: {
        name: "On the server: a database",
        lifespan: "Until somebody deletes it",
        examples: "Accounts, orders, messages",
        here: {
          cookie: "None: this server stores no sessions",
          memory: "Sessions are in the server's memory: lost when it stops",
          database: (store: string) => `Sessions are kept in ${store}`,
        },
      },
      session: {
        name: "A session",
        lifespan: "Until it is unused for a while, or its time is up",
        examples: "Who is signed in, a cart, a half-filled form",
        yours: "Yours ends",
        none: "You have none",
      },
      cookie: {
        name: "In the browser: a cookie",
        lifespan: "Until its date; the browser may drop it sooner",
        examples: "Language, theme, or a session",
        session: "One for the session",
        chosen: (language: string) => `One for the language: ${language}`,
        none: "None from this site",
      },
    },
    renew: "Renew the id",
    renewHint: {
      signed:
        "The same data under another id, in a new cookie. A copy of the old cookie still opens.",
      encrypted:
        "The same data under another id, in a new cookie. A copy of the old cookie still opens.",
      server:
        "The same data under another id. A copy of the old cookie opens nothing any more.",
    },
  },

  lifetime: {
    after: (time: string) => `after ${time}`,
    on: (time: string) => `on ${time}`,
  },

  end: {
    title: "End it",
    lead: "A session ends in three ways.",
    idle: (time: string) => `When it is unused for ${time}`,
    absolute: (time: string) => `At the latest ${time}`,
    now: "When you end it",
    meaning: {
      signed:
        "The server tells your browser to delete the cookie. That is all it can do: it has no store, and so no list of cookies to cross out. A copy of the cookie still opens until its time is up.",
      encrypted:
        "The server tells your browser to delete the cookie. That is all it can do: it has no store, and so no list of cookies to cross out. A copy of the cookie still opens until its time is up.",
      server:
        "The server deletes the record in its store, and tells your browser to delete the cookie. A copy of the cookie opens nothing any more.",
    },
    button: "End the session",
    done: {
      signed:
        "Ended: your browser has deleted the cookie, and your data with it. A copy of the cookie would still open until its time is up.",
      encrypted:
        "Ended: your browser has deleted the cookie, and your data with it. A copy of the cookie would still open until its time is up.",
      server:
        "Ended: the record in the server's store is deleted, and your browser has deleted the cookie. A copy of the cookie would open nothing.",
    },
    none: "There is no session to end.",
    tryIt: "See it in the lab: replay a copy after logout",
  },

  lab,
  check,

  problems: {
    error: (status: string, title: string) => `Error ${status}: ${title}`,
    requestId: "Request",
    home: "Go to the form",
    wrongMethod: (method: string, allowed: string) =>
      `Your browser sent ${method}. This address takes ${allowed}.`,
    over: {
      title: "All sessions here have ended",
      detail:
        "The people who run this app chose a day and time at which all sessions end, and it has passed. No new session can begin until they choose a later one.",
    },
    400: {
      title: "That is not a proper request",
      detail:
        "The request was cut off, or its address or form is not well-formed. Nothing was done.",
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
      detail: "This address exists, but does not take this kind of request.",
    },
    408: {
      title: "That took too long",
      detail:
        "The form did not arrive in time. Nothing was stored: please try again.",
    },
    409: {
      title: "Two requests at once",
      detail:
        "Another request ended or renewed your session while this one was changing it. This one saved nothing: please try again.",
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
    422: {
      title: "That is not among the choices",
      detail: "The form was sent with a value that it does not offer.",
    },
    500: {
      title: "Something broke",
      detail: "It is our fault, and it is in our log. Please try again.",
    },
    503: {
      title: "Back in a moment",
      detail:
        "The session store does not answer. You are not logged out: please try again in a few seconds.",
    },
  },
};

export type Texts = typeof en;
