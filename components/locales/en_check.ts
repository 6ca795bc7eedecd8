import { byMode } from "../mode.ts";

/** The texts of "Check yourself" and of the summary; part of `en`. */
export const check = {
  title: "Check yourself",
  lead:
    "Six questions: four about the session on this server, two about yours to come. Say what you think, then look whether it is so.",
  send: "Check my answers",
  score: (right: string) => `${right} of 6 are right`,
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
        signed: "Yes, it is there to read",
        encrypted: "No, it is encrypted",
        server: "No, it is not in the cookie",
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
      "The cookie holds only an address and an id, both random and too long to guess.",
    ),
    reads: byMode(
      "Anyone who has the cookie can read it: it is signed, and a signature hides nothing.",
      "Only the server can read it: it is encrypted, and the server alone has the secret key.",
      "Whoever has the cookie finds no name and no email in it: the data is on the server.",
    ),
    changes: byMode(
      "Only the server can change it: it signs with its secret key. One changed character, and the signature does not fit: the server refuses the cookie.",
      "Only the server can change it: it encrypts with its secret key. When one character is changed, it does not decrypt, and the server refuses the cookie.",
      "Only the server can change it: it protects its cookies with its secret key. When one character is changed, the server sees that the cookie is not its own, and refuses it.",
    ),
    restart:
      "A new secret key does not fit the old cookies: the server refuses them, and its visitors begin again. So keep the key secret, and the same at each start.",
    password:
      "No. Store only what the next pages need, such as who signed in. A password is checked once, then not needed any more.",
  },
  summary: {
    title: "Sessions, on one page",
    print: "Print it: it fits on one sheet.",
  },
};
