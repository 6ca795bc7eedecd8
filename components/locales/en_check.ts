/** The texts of "Check yourself" and of the summary; part of `en`. */
export const check = {
  title: "Check yourself",
  lead:
    "Six questions about the session on this very server. Say what you think, then look whether it is so.",
  send: "Check my answers",
  score: (right: string) => `${right} of 6 are right`,
  right: "Right.",
  wrong: "Not so.",
  missing: "No answer yet.",
  again: "Try again",
  toSummary: "See the summary, on one page",
  question: {
    holds: {
      text: "What does the session's cookie hold?",
      answer: {
        data: "My name, my email, the pages I saw",
        id: "Only an id",
        secret: "The server's secret key",
      },
    },
    reads: {
      text: "Somebody copies the cookie. Can they read your email in it?",
      answer: {
        yes: "Yes, it is there to read",
        encrypted: "No, it is encrypted",
        absent: "No, it is not in the cookie",
      },
    },
    changes: {
      text:
        "You write another name into the cookie, and send it. What happens?",
      answer: {
        believed: "The server greets the other name",
        refused: "The server refuses the cookie",
        browser: "The browser does not let me",
      },
    },
    where: {
      text: "Where is your data between two requests?",
      answer: {
        browser: "In my browser, in the cookie",
        store: "In the server's store",
        url: "In the page's address",
      },
    },
    secret: {
      text: "What does the secret key do?",
      answer: {
        password: "It is my password, and I sign in with it",
        seal: "It makes the seal, so that the server knows its own cookies",
        connection: "It encrypts the connection",
      },
    },
    ends: {
      text:
        "You end the session. Somebody has a copy of the cookie. Does it open?",
      answer: {
        until: "Yes, until its time is up",
        never: "No, never again",
        forever: "Yes, for ever",
      },
    },
  },
  /** A sentence that a learner should be able to say, in this mode. */
  fact: {
    holds: {
      signed:
        "The cookie holds the session itself: your name, your email and the pages you saw, with a seal.",
      encrypted:
        "The cookie holds the session itself, encrypted: your name, your email and the pages you saw.",
      server:
        "The cookie holds only an id, with a seal. Your name and your email are not in it.",
    },
    reads: {
      signed:
        "Anybody who has the cookie can read it: it is signed, and a signature hides nothing.",
      encrypted:
        "Only the server can read it: it is encrypted, and only the server has the secret key.",
      server:
        "Whoever has the cookie finds no name and no email in it: the data is on the server.",
    },
    changes: {
      signed:
        "Only the server can change it: when one character is changed, the seal does not fit, and the server refuses the cookie.",
      encrypted:
        "Only the server can change it: when one character is changed, it does not decrypt, and the server refuses the cookie.",
      server:
        "Only the server can change it: when one character is changed, the seal does not fit, and the server refuses the cookie.",
    },
    where: {
      signed:
        "Between two requests the data is in the browser, in the cookie. The server has no store.",
      encrypted:
        "Between two requests the data is in the browser, in the cookie. The server has no store.",
      server:
        "Between two requests the data is in the server's store. The browser keeps only the id.",
    },
    secret: {
      signed:
        "The secret key makes the seal and checks it. Whoever has the key can write a cookie for any name.",
      encrypted:
        "The secret key encrypts the cookie and decrypts it. Whoever has the key can read every cookie, and write one for any name.",
      server:
        "The secret key makes the seal and checks it: the server looks up only ids that it sealed itself.",
    },
    ends: {
      signed: (idle: string, latest: string) =>
        `It ends when it is unused for ${idle}, and ${latest} at the latest. When you end it yourself, the browser deletes the cookie, but a copy still opens until its time is up.`,
      encrypted: (idle: string, latest: string) =>
        `It ends when it is unused for ${idle}, and ${latest} at the latest. When you end it yourself, the browser deletes the cookie, but a copy still opens until its time is up.`,
      server: (idle: string, latest: string) =>
        `It ends when it is unused for ${idle}, and ${latest} at the latest. When you end it yourself, the server deletes the record, and no copy of the cookie opens.`,
    },
  },
  topic: {
    holds: "What the cookie holds",
    reads: "Who can read it",
    changes: "Who can change it",
    where: "Where the data is",
    secret: "What the secret key does",
    ends: "When it all ends",
  },
  summary: {
    title: "Sessions, in six sentences",
    mode: {
      signed: "This server keeps the session in a signed cookie.",
      encrypted: "This server keeps the session in an encrypted cookie.",
      server:
        "This server keeps the session in a store, and an id in the cookie.",
    },
    print: "To keep it, print this page: it fits on one sheet.",
  },
};
