/** All that the pages say. Another language is another object of this type. */
export const en = {
  language: "English",
  direction: "ltr" as "ltr" | "rtl",

  layout: {
    skip: "Skip to the content",
    navigation: "Pages",
    home: "The form",
    show: "The greeting",
    session: "The session",
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
        "The server seals them into a cookie and sends your browser elsewhere.",
      ],
      [
        "GET /show",
        "Your browser comes back with the cookie. The server opens it and greets you.",
      ],
    ] as const,
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
    explanation:
      "This page was sent nothing but a cookie. What you read here came from the session that the cookie opened.",
    change: "Change it",
    inspect: "Look inside the session",
  },

  session: {
    title: "Your session",
    none: "There is no session. Nothing is stored, and no cookie is set.",
    begin: "Begin one with the form",
    stored: "What is stored",
    nothing: "Nothing yet.",
    key: "Key",
    value: "Value",
    facts: "How it is kept",
    place: "Kept in",
    places: {
      cookie: "the cookie itself: the server keeps nothing",
      server: (store: string) =>
        `the server's store (${store}): the cookie holds only an id`,
    },
    seal: "Sealed by",
    seals: {
      sign: "a signature: you can read it, and only the server can change it",
      encrypt: "encryption: only the server can read it or change it",
    },
    size: "Size",
    bytes: (bytes: string, limit: string) => `${bytes} of ${limit} bytes`,
    began: "Began",
    idle: "Ends if you leave it",
    absolute: "Ends in any case",
    renew: "Renew the id",
    renewHint:
      "The same data under a new id. Whoever copied the old id has lost it.",
    end: "End the session",
    endHint: "The data is gone, and the browser is told to forget the cookie.",
  },

  problems: {
    requestId: "Request",
    home: "Go to the form",
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
