/** The texts for teachers; part of `en`. */
export const teach = {
  title: "A lesson of 45 minutes",
  lead:
    "For a class that knows HTML forms. Each student needs a browser; there is nothing to install, and no account.",
  reach: "The way here for a class",
  start: "Start it on your computer so that others on the network reach it:",
  address:
    "The start prints the address for the others. Write it on the board.",
  names:
    "It is plain http, which others on the network can read: let the students use invented names and emails.",
  plan: "The plan",
  minutes: "Minutes",
  page: "Page",
  ask: "Ask afterwards",
  expect: "Answers to expect",
  rows: {
    forget: {
      ask: "Why did the next page not know you?",
      expect: "Each request stands alone. The second one had no name in it.",
    },
    home: {
      ask: "What came back with the second request, and who put it there?",
      expect:
        "A cookie. The server gave it to the browser, and the browser sent it back.",
    },
    session: {
      ask: "Where is your name right now? What is left tomorrow?",
      expect:
        "Step 3 shows it: in the cookie, or in the server's storage. When the session has ended, nothing is left.",
    },
    lab: {
      ask: "On which rungs did you win, and why?",
      expect:
        "Without a signature; with the key; with a copy. The signature stops a change, not a copy. A logout stops a copy when the data is on the server.",
    },
    end: {
      ask: "You close the browser. Is the session over?",
      expect:
        "No. It ends when I end it, when it is unused, or when its time is up.",
    },
    check: {
      ask: "Which question was hard? What will you type into your own app?",
      expect: "The code of the summary: a random key, a write, a read.",
    },
  },
  worksheet: "Worksheet",
  print: "Print this page: the worksheet comes out alone, on one sheet.",
  name: "Name",
  date: "Date",
  questions: [
    "Why does the next page not know who you are?",
    "What is a cookie? Who writes it, who keeps it, who sends it?",
    "What does the signature, or the server's storage, protect?",
    "Which attack in the lab worked, and what stops it?",
    "What is the difference between a session and a login?",
    "When does a session end? Name three ways.",
    "What do you never put into a session?",
  ],
};
