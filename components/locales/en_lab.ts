/** The lab's texts; part of `en`. */
export const lab = {
  title: "Forge a cookie",
  own:
    "The lab has its own server and its own secret key: its cookies open nothing else.",
  ladder: "Five rungs",
  beyond: "Beyond",
  rung: {
    none: {
      name: "No signature",
      lead:
        "Here is a cookie of another visitor, Ada. This server signs nothing. Write another name into the cookie, and send it.",
      learned:
        "a server must not believe what comes back, unless it can check who wrote it.",
    },
    signed: {
      name: "A signature",
      lead: "This server signs its cookies. Change the name once more.",
      learned:
        "you can read a signed cookie, and change it, but the server notices.",
    },
    secret: {
      name: "Guess the key",
      lead:
        "A signature is only as good as the secret key. This server's key is weak. Guess it, and you can write any cookie.",
      learned:
        "whoever knows the secret key can be anyone. So a key has to be random.",
    },
    copy: {
      name: "Copy a cookie",
      lead:
        "This time nothing is changed. You send a copy of Ada's cookie, before and after she logs out.",
      learned:
        "whoever has the cookie is Ada. A signature does not stop a copy, and with the session in the cookie a logout does not either.",
    },
    server: {
      name: "An id and a logout",
      lead:
        "The cookie of this server holds only an address and an id; the data is in the server's storage. Send the copy again, before and after Ada logs out.",
      learned:
        "a copy opens here too, until the logout. The logout deletes the record, and every copy opens nothing.",
    },
    encrypted: {
      name: "Encrypted",
      lead:
        "This server encrypts its cookies. Can you read Ada's? Can you change it?",
      learned:
        "encryption hides the data, and the server notices a change. It does not stop a copy.",
    },
    limits: {
      name: "Time and size",
      lead:
        "A session has an end, and a cookie has a size. The server looks after both.",
      learned:
        "the server decides when a session ends, and much data belongs in its storage.",
    },
  },
  learned: "You learned:",
  won: "You win.",
  lost: "You lose.",
  sample: "Ada's cookie",
  sent: "What was sent",
  seal: "Signature",
  sealHint: "Can you find the one that fits? What if there is none?",
  send: "Send this cookie",
  again: "Start again",
  attempts: "Try it",
  attempt: {
    copy: "Send a copy",
    replay: "Ada logs out, then send the copy",
  },
  greets: (name: string) => `The server says: Hello, ${name}.`,
  verdict: {
    "opened":
      "It opened: the cookie is genuine, and the session's time is not up.",
    "unchecked":
      "It opened: there is no signature to check. This server believes what it is sent.",
    "copied":
      "It opened: the copy is as good as the cookie. The server sees no difference between Ada and you.",
    "replayed":
      "It opened, and that is no mistake. The session is in the cookie, and this server has no storage: it cannot know of a logout. Ada's browser has deleted the cookie, but not the copy. It opens until its time is up.",
  },
  thief: {
    title: "How does a thief get a cookie?",
    script: "With a script in the page",
    network: "From the network: others on the way can read plain http",
    site: "Without having it: another site lets your browser send it",
    computer: "At a shared computer",
    help: "Log out, and let sessions be short.",
  },

  secret: {
    guess: "Your guess",
    hintTitle: "Give me a hint",
    hint:
      "Six letters, all in one row: the first six on an English keyboard. The server's owner made the key from them, with a hash. That makes the key long, not hard to guess.",
    send: "Sign a cookie with this key",
    cookie: "The cookie that you made",
    weak: "The server with the weak key",
    strong: "The server with the strong key",
    strongMeaning:
      "Its key is 32 random bytes: more possible keys than anyone can try. Make yours like this:",
  },

  limits: {
    time: "A session of 30 seconds",
    timeLead:
      "Make a cookie, use it at once, then wait and use it again. Nothing changes in your browser: it is the server that says no.",
    make: "Make a cookie",
    use: "Use it",
    size: "5,000 characters in a session",
    sizeLead:
      "A browser keeps no cookie of more than 4,096 bytes. What becomes of a long text?",
    fill: "Put 5,000 characters in",
    tooLarge: (bytes: string, limit: string) =>
      `In a signed cookie it is refused: ${bytes} bytes, and ${limit} are the limit. Nothing was saved, and nothing was lost.`,
    fits: (bytes: string) =>
      `In the server's storage it is saved: the cookie with the address and the id has ${bytes} bytes.`,
  },
};
