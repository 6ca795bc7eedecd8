/** The lab's texts; part of `en`. */
export const lab = {
  title: "Forge a cookie",
  lead:
    "Here is a cookie of another visitor, Ada. Change it, send it, and see whether the server believes you.",
  own:
    "The lab has its own server and its own secret key: nothing you do here touches a real session.",
  parts: {
    forge: "Change a cookie",
    secret: "Guess the secret key",
    limits: "Wait, and overfill",
  },
  kind: "How the lab's server makes its cookie",
  kinds: {
    none: {
      name: "No seal",
      meaning: "The data, in base64url, and nothing else.",
      read: "All of it",
      act: "Anything: write any name, be anybody.",
    },
    signed: {
      name: "Signed",
      meaning: "The data, readable, with a signature.",
      read: "All of it: the name, the email",
      act:
        "Act as the visitor until the session's time is up, even after a logout. Change nothing.",
    },
    encrypted: {
      name: "Encrypted",
      meaning: "The data, readable for the server only.",
      read: "Nothing",
      act:
        "Act as the visitor until the session's time is up, even after a logout. Change nothing.",
    },
    server: {
      name: "An id",
      meaning: "An id, signed. The data is in the server's store.",
      read: "The id, and none of the data",
      act:
        "Act as the visitor until the session's time is up or the visitor logs out. Change nothing.",
    },
  },
  sample: "Ada's cookie",
  sent: "What was sent",
  same: "The same, without a change.",
  text: {
    decoded: "Payload, decoded",
    raw: "Payload, encrypted",
  },
  textHint: {
    none: "Change the name: be Eve.",
    signed: "Change the name: be Eve.",
    encrypted: "Change any character.",
    server: "Change any character: guess another id.",
  },
  seal: "Seal",
  sealHint: "Can you find the one that fits?",
  send: "Send this cookie",
  again: "Start again",
  attempts: "Or let us try for you",
  attempt: {
    name: {
      label: "Change the payload",
      meaning: "Another payload, under the old seal.",
    },
    unsealed: {
      label: "Drop the seal",
      meaning: "The payload alone, as if nobody would ask.",
    },
    guessed: {
      label: "Guess the secret key",
      meaning: "A seal made with another secret key.",
    },
    other: {
      label: "Take it from another cookie",
      meaning:
        "Sealed by this server, with the right secret key, but for a cookie of another name.",
    },
    ended: {
      label: "Use it after it ended",
      meaning: "A real cookie that is an hour old. It was good for 30 minutes.",
    },
    replay: {
      label: "Replay it after logout",
      meaning: "Ada logs out, and then somebody sends a copy of her cookie.",
    },
  },
  greets: (name: string) => `The server says: Hello, ${name}.`,
  verdict: {
    "opened": {
      title: "It opened",
      meaning: "The seal fits, and the session's time is not up.",
    },
    "unchecked": {
      title: "It opened",
      meaning:
        "There is no seal to check: this server believes what it is sent.",
    },
    "forged": {
      title: "It opened: your forgery worked",
      meaning:
        "There is no seal to check: this server believes what it is sent.",
    },
    "replayed": {
      title: "It opened, and that is no mistake",
      meaning:
        "The session is in the cookie, and this server has no store: it cannot know of a logout. The browser forgets the cookie, a copy does not. It opens until its time is up.",
    },
    "malformed": {
      title: "Refused: malformed",
      meaning: "That is not how this server writes a cookie.",
    },
    "bad-seal": {
      title: "Refused: bad seal",
      meaning:
        "The seal does not fit this payload, this secret key and this cookie's name together.",
    },
    "expired": {
      title: "Refused: expired",
      meaning:
        "The seal is right, but the session's time is up. The server checks that itself, whatever the browser kept.",
    },
    "unknown": {
      title: "Refused: unknown",
      meaning: "The seal is right, but the server's store has no such session.",
    },
    "schema": {
      title: "Refused: it does not fit",
      meaning:
        "The seal is right, but the data is not what this server expects.",
    },
  },
  compare: {
    title: "What does a thief get?",
    lead: "The same data in four cookies. Somebody copies one of them.",
    kind: "Cookie",
    read: "Can read",
    act: "Can do",
    bound: {
      name: "Bound to the device",
      read: "What its seal lets anybody read",
      act:
        "Act as the visitor for a few minutes. Then the server asks for a proof that only the device can give. An experiment, not used on this page: Chrome on Windows and macOS can do it.",
    },
  },

  secret: {
    lead:
      "All that protects a cookie is the secret key. This server's key is weak. Guess it, and you can write any cookie.",
    guess: "Your guess",
    hintTitle: "Give me a hint",
    hint:
      "Six letters, all in one row: the first six on an English keyboard. The server's owner wrote them again and again until they were 32 characters. That makes the key long, not hard to guess.",
    name: "Who do you want to be?",
    send: "Seal a cookie with this key",
    cookie: "The cookie that you made",
    weak: "The server with the weak key",
    strong: "The server with the strong key",
    won: "It opened. You know the key, so you can be anybody.",
    lost: "Refused: bad seal. This is not its key.",
    strongMeaning:
      "Its key is 32 random bytes: more possible keys than anybody can try. Make yours like this:",
  },

  limits: {
    lead:
      "A session has an end, and a cookie has a size. The server looks after both.",
    time: "A session of 30 seconds",
    timeLead:
      "Make a cookie, use it at once, then wait and use it again. Nothing changes in your browser: it is the server that says no.",
    make: "Make a cookie",
    use: "Use it",
    another: "Make another one",
    left: (time: string) => `It opened. ${time} left.`,
    over: (time: string) => `Refused: expired. Its time was up ${time} ago.`,
    refused: "Refused. Make another one.",
    size: "5,000 characters in a session",
    sizeLead:
      "A browser keeps no cookie of more than 4,096 bytes. What becomes of a long text?",
    fill: "Put 5,000 characters in",
    tooLarge: (bytes: string, limit: string) =>
      `Refused: ${bytes} bytes, and ${limit} are the limit. Nothing was saved, and nothing was lost.`,
    fits: (bytes: string) =>
      `Saved: the cookie that holds the id has ${bytes} bytes.`,
  },
};
