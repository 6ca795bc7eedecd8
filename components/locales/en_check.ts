import { byMode, byPlace } from "../mode.ts";

/** The texts of "Check yourself" and of the summary; part of `en`. */
export const check = {
  title: "Check yourself",
  lead:
    "Eight questions: six about the session on this very server, two about yours to come. Say what you think, then look whether it is so.",
  send: "Check my answers",
  score: (right: string) => `${right} of 8 are right`,
  right: "Right.",
  wrong: "Not so.",
  missing: "Please choose an answer here too.",
  again: "Try again",
  toSummary: "See the summary, on one page",
  question: {
    holds: {
      text: "What does the session's cookie hold?",
      answer: {
        data: "My name, my email, the pages I saw",
        id: "Only an address and an id",
        secret: "The server's secret key",
      },
    },
    reads: {
      text: "Someone copies the cookie. Can they read your email in it?",
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
        store: "In the server's storage",
        url: "In the page's address",
      },
    },
    secret: {
      text: "What does the secret key do?",
      answer: {
        password: "It is my password, and I sign in with it",
        signs: "It signs the cookie, so that the server knows its own",
        encrypts:
          "It encrypts the cookie, so that it is of use to the server alone",
      },
    },
    ends: {
      text:
        "You end the session. Someone has a copy of the cookie. Does it open?",
      answer: {
        until: "Yes, until its time is up",
        never: "No, never again",
        forever: "Yes, for ever",
      },
    },
    restart: {
      text:
        "Your own Flask app starts again, with a new secret key. What happens?",
      answer: {
        goes: "Nothing: the cookies are in the browsers",
        refused: "It refuses the cookies from before",
        asks: "The browsers sign their cookies again",
      },
    },
    password: {
      text: "May a password be in the session?",
      answer: {
        signed: "Yes, if the cookie is signed",
        encrypted: "Yes, if the cookie is encrypted",
        no: "No",
      },
    },
  },
  /** A sentence that a learner should be able to say, in this mode. */
  fact: {
    holds: byMode(
      "The cookie holds the session itself: your name, your email and the pages you saw, with a signature.",
      "The cookie holds the session itself, encrypted: your name, your email and the pages you saw.",
      "The cookie holds only an address and an id. Your name and your email are not in it.",
    ),
    reads: byMode(
      "Anyone who has the cookie can read it: it is signed, and a signature hides nothing.",
      "Only the server can read it: it is encrypted, and the server alone has the secret key.",
      "Whoever has the cookie finds no name and no email in it: the data is on the server.",
    ),
    changes: byMode(
      "Only the server can change it: when one character is changed, the signature does not fit, and the server refuses the cookie.",
      "Only the server can change it: when one character is changed, it does not decrypt, and the server refuses the cookie.",
      "Only the server can change it: when one character is changed, the server sees that the cookie is not its own, and refuses it.",
    ),
    where: byPlace(
      "Between two requests the data is in the browser, in the cookie. The server keeps no copy.",
      "Between two requests the data is in the server's storage. The browser keeps only the address and the id.",
    ),
    secret: byMode(
      "The secret key makes the signature and checks it. Whoever has the key can write a cookie for any name.",
      "The secret key encrypts the cookie and decrypts it. Whoever has the key can read every cookie, and write one for any name.",
      "The secret key protects the cookie: the server looks only at addresses that it gave out itself.",
    ),
    ends: byPlace(
      (idle: string, latest: string) =>
        `It ends when it is unused for ${idle}, and ${latest} at the latest. When you end it yourself, the browser deletes the cookie, but a copy still opens until its time is up.`,
      (idle: string, latest: string) =>
        `It ends when it is unused for ${idle}, and ${latest} at the latest. When you end it yourself, the server deletes the record, and no copy of the cookie opens.`,
    ),
    restart:
      "A new secret key does not fit the old cookies: the server refuses them, and its visitors begin again. So keep the key from one start to the next.",
    password:
      "No. Store only what the next pages need, such as who signed in. A password is checked once, and then it is not needed any more.",
  },
  topic: {
    holds: "What the cookie holds",
    reads: "Who can read it",
    changes: "Who can change it",
    where: "Where the data is",
    secret: "What the secret key does",
    ends: "When it ends",
    restart: "A new secret key",
    password: "What not to store",
  },
  summary: {
    title: "Sessions, on one page",
    mode: byMode(
      "This server keeps the session in a signed cookie.",
      "This server keeps the session in an encrypted cookie.",
      "This server keeps the session in its own storage, and the address in the cookie.",
    ),
    print: "To keep it, print this page: it fits on one sheet.",
  },
};
