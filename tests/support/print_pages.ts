// Prints the HTML of every page there is, in every language: the same each time.
import { createApp } from "../../app.ts";
import { languages } from "../../components/locales/mod.ts";
import { memoryStore } from "../../middleware/session/mod.ts";
import { browser } from "../../middleware/session/testing/mod.ts";
import { journey } from "./journey.ts";
import { Clock, SECRET } from "./test_app.ts";

// Random values on a page are made the same in each process.
let byte = 0;
crypto.getRandomValues = (array) => {
  new Uint8Array(array!.buffer).forEach((_, i, all) => all[i] = byte++);
  return array;
};
crypto.randomUUID = () => `00000000-0000-4000-8000-${++byte + 1e11}`;

const USER = { name: `Jay "<b>" & 'Jo'`, email: "jay'jo@example.com" };

for (const language of languages) {
  const { now } = new Clock();
  for (const store of ["cookie", memoryStore({ now })] as const) {
    const app = createApp({ secrets: [SECRET], store, now, log: () => {} });
    const visitor = browser(app);
    visitor.setCookie(`language=${language}`);
    for await (const [what, html] of journey(visitor, USER)) {
      console.log(what, html);
    }
  }
}
