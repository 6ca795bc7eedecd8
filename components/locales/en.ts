/** All that the pages say. Another language is another object of this type. */
export const en = {
  language: "English",
  direction: "ltr" as "ltr" | "rtl",

  layout: {
    skip: "Skip to the content",
    navigation: "Pages",
    home: "Form",
    show: "Greeting",
    session: "Session",
    lab: "Lab",
    known: (name: string) => `Known as ${name}`,
    unknown: "Not known yet",
    languages: "Language",
    footer:
      "HTTP forgets. The session remembers. No script runs on these pages.",
  },

  home: {
    title: "How does data pass between routes?",
    lead:
      "Each request stands alone: what you send to one page, the next page never sees. Fill in the form and watch a session carry it over.",
    greeting: (name: string) => `This browser is known as ${name}.`,
    toShow: "See the greeting",
    why: {
      none:
        "There was no session to show: this browser brought no cookie. Fill in the form to begin one.",
      expired:
        "Your session is over: it ended, or was renewed elsewhere. Fill in the form to begin a new one.",
      invalid:
        "The cookie this browser brought could not be trusted, so nothing was read from it. Fill in the form to begin a new session.",
    },
    steps: "What will happen",
    step: [
      [
        "POST /users",
        "Your browser sends the two fields. The server checks them.",
      ],
      [
        "303 + Set-Cookie",
        "The server keeps them in a session, seals a cookie that leads to it, and sends your browser elsewhere.",
      ],
      [
        "GET /show",
        "Your browser comes back with the cookie. The server opens it and greets you.",
      ],
    ] as [code: string, meaning: string][],
  },

  form: {
    name: "Your name",
    email: "Your email",
    emailHint:
      "It is not sent anywhere: it goes into your session, and that is all.",
    submit: "Send it to /users",
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
    inspect: "Look inside the session",
    cycle: {
      title: "How this page knew you",
      browser: "Browser",
      server: "Server",
      posted: (time: string, fields: string) =>
        `At ${time} your browser sent the form to /users, with the fields ${fields}.`,
      sealed:
        "The server checked it, began a session, and answered 303: go to /show. With the answer came a cookie, by Set-Cookie.",
      came: (time: string) =>
        `At ${time} your browser asked for /show, and brought the cookie along.`,
      opened:
        "The server checked the seal, opened the session, and found your name in it.",
      moral:
        "The redirect carried no data: it only said where to go. Your browser came back with a cookie, and the cookie led to the session.",
    },
  },

  session: {
    title: "Your session",
    lead:
      "This is what the server knows of this browser, and how it knows. Nothing here runs in your browser.",
    none: "There is no session. Nothing is stored, and no cookie is set.",
    begin: "Begin one with the form",
    stored: "What is stored",
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
      title: "The cookie your browser brought",
      version: "Version",
      versionMeaning: "Which format this is.",
      payload: "Payload",
      payloadMeaning: {
        sign:
          "What is stored, in base64url. That is a spelling, not a secret: anybody can read it.",
        encrypt: "Encrypted: nobody but the server can read this.",
        server:
          "Only an id. The data stays on the server, and no id can be guessed.",
      },
      seal: "Seal",
      sealMeaning: {
        sign:
          "A signature (HMAC-SHA-256) over all of this and the cookie's name. It hides nothing; it shows that only this server wrote it.",
        encrypt:
          "The tag of the encryption (XChaCha20-Poly1305). With one bit changed anywhere, nothing opens.",
      },
      decoded: "The payload, decoded",
      shortened:
        "Shortened on purpose: whoever has the whole cookie has your session.",
      characters: (count: string) => `${count} characters`,
    },
    size: "Its size",
    sizeOf: (bytes: string, limit: string) => `${bytes} of ${limit} bytes`,
    sizeMeaning: {
      cookie:
        "A browser keeps no cookie above this, and most servers never notice. This one refuses before anything is lost.",
      server:
        "This is the record on the server. The cookie holds only an id, and never grows.",
    },
    time: "Its time",
    began: "Began",
    used: "Last saved",
    now: "Now",
    idle: "Ends if you leave it",
    absolute: "Ends in any case",
    trail: "Pages that led here",
    trailMeaning: "The session remembers the last six, by name.",
    storage: {
      title: "Three ways to remember",
      kind: "Where",
      lifespan: "How long",
      examples: "What for",
      here: "Here, now",
      database: {
        name: "Database",
        lifespan: "Until somebody deletes it",
        examples: "Accounts, orders, messages",
        cookie: "None: your session travels in its cookie",
        server: (store: string) => `Sessions are kept in ${store}`,
      },
      session: {
        name: "Session",
        lifespan: "Until it is left alone, or its time is up",
        examples: "Who is signed in, a cart, a half-filled form",
        yours: "Yours ends",
        none: "You have none",
      },
      cookie: {
        name: "Cookie",
        lifespan: "Until its date; the browser may drop it before",
        examples: "Language, theme",
        chosen: (language: string) =>
          `language=${language}, a year from when you chose it`,
        none: "None for the language: your browser's settings tell it",
      },
    },
    renew: "Renew the id",
    renewHint:
      "The same data under a new id. With a store on the server, whoever copied the old id has lost it.",
    end: "End the session",
    endHint: "The data is gone, and the browser is told to forget the cookie.",
  },

  lab: {
    title: "Try to forge it",
    lead:
      "Here is a cookie of another visitor. Change it, send it, and see whether the server believes you.",
    sample: "The cookie",
    sampleMeaning:
      "It is sealed with a key that only this lab uses, so nothing you do here opens a real session.",
    payload: "Payload, decoded",
    payloadHint: "Change the name, or the time it began.",
    seal: "Seal",
    sealHint: "Can you find the one that fits?",
    send: "Send this cookie",
    again: "Start again with a fresh cookie",
    attempts: "Or let us try for you",
    attempt: {
      name: {
        label: "Change the name",
        meaning: "Another name in the payload, under the old seal.",
      },
      unsealed: {
        label: "Drop the seal",
        meaning: "The payload alone, as if nobody would ask.",
      },
      guessed: {
        label: "Guess the secret",
        meaning: "A perfect seal, made with a secret from a list of bad ones.",
      },
      other: {
        label: "Take it from another cookie",
        meaning:
          "Sealed by this very server, with the right secret, but for a cookie of another name.",
      },
      ended: {
        label: "Use it after it ended",
        meaning: "A true cookie whose session was over an hour ago.",
      },
      replay: {
        label: "Replay it after logout",
        meaning:
          "A copy, made before the visitor logged out, and used afterwards.",
      },
    },
    verdict: {
      "opened": {
        title: "It opened",
        meaning: "The seal fits, and the session is not over.",
      },
      "replayed": {
        title: "It opened, and that is no mistake",
        meaning:
          "A cookie that holds the session itself knows nothing of a logout: the browser forgets it, a copy does not. It opens until it ends. Keep sessions in a store on the server, and a logout ends all copies.",
      },
      "malformed": {
        title: "Refused: malformed",
        meaning: "That is not how this server writes a cookie.",
      },
      "bad-seal": {
        title: "Refused: bad seal",
        meaning:
          "The seal does not fit this payload, this secret and this cookie's name together.",
      },
      "expired": {
        title: "Refused: expired",
        meaning:
          "The seal is right, but the time inside it is up. The server checks that itself, whatever the browser kept.",
      },
      "unknown": {
        title: "Refused: unknown",
        meaning: "The seal is right, but there is no such session.",
      },
      "schema": {
        title: "Refused: it does not fit",
        meaning:
          "The seal is right, but the data is not what this server expects.",
      },
    },
    compare: {
      title: "What does a thief get?",
      lead: "The same data in three cookies. Somebody copies one of them.",
      kind: "Cookie",
      read: "Can read",
      act: "Can do",
      sign: {
        name: "Signed",
        read: "All of it: the name, the email",
        act:
          "Act as the visitor until it ends, even after a logout. Change nothing.",
      },
      encrypt: {
        name: "Encrypted",
        read: "Nothing",
        act:
          "Act as the visitor until it ends, even after a logout. Change nothing.",
      },
      server: {
        name: "An id",
        read: "Nothing",
        act:
          "Act as the visitor until it ends or the visitor logs out. Change nothing.",
      },
    },
  },

  problems: {
    requestId: "Request",
    home: "Go to the form",
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
        "Another request ended or renewed your session while this one was changing it. Nothing was lost, and nothing was saved: please try again.",
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
