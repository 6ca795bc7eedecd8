// The pages, as HTML: `html` escapes each value. No JavaScript in the browser.
import type { OwnedSession } from "@baton/session";
import { html } from "hono/html";
import { CART_LIMIT, type Data, TEAS } from "./data.ts";

type Html = ReturnType<typeof html>;

/** The faults of a form, by the name of the field. */
export type Faults = Readonly<Record<string, readonly string[] | undefined>>;

export interface FrameProps {
  readonly title: string;
  /** Of the user who is signed in. */
  readonly name?: string | undefined;
  /** Shown once. */
  readonly notice?: string | undefined;
  readonly content: Html;
}

/** The whole document around a page's content. */
export function frame({ title, name, notice, content }: FrameProps) {
  const account = name === undefined
    ? html`<a href="/sign-in">Sign in</a> <a href="/sign-up">Sign up</a>`
    : html`
      <a href="/account">${name}</a>
      <form method="post" action="/sign-out">
        <button class="link">Sign out</button>
      </form>
    `;
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Leaf & Kettle</title>
    <link rel="stylesheet" href="/style.css">
    <link rel="icon" href="data:,">
  </head>
  <body>
    <header>
      <a href="/">Leaf & Kettle</a>
      <nav aria-label="Account">${account}</nav>
    </header>
    <main>
      ${notice && html`<p class="notice" role="status">${notice}</p>`}
      ${content}
    </main>
  </body>
</html>`;
}

export function shopPage(cart: readonly string[]) {
  const count = (tea: string) => cart.filter((one) => one === tea).length;
  const packets = TEAS.filter((tea) => count(tea) > 0)
    .map((tea) => html`<li>${count(tea)} × ${tea}</li>`);
  const buttons = TEAS.map((tea) =>
    html`
      <button name="tea" value="${tea}">Add ${tea}</button>
    `
  );
  return html`<h1>Four teas, and no more</h1>
<form class="card" method="post" action="/cart">${buttons}</form>
<section class="card">
  <h2>Your cart: ${cart.length} of ${CART_LIMIT} packets</h2>
  <ul id="cart">${packets}</ul>
  <p class="soft">It stays when you sign in.</p>
  <form method="post" action="/cart"><button>Empty the cart</button></form>
</section>`;
}

const NAME = {
  id: "name",
  label: "Name",
  type: "text",
  autocomplete: "username",
  hint: "3 to 30 letters, digits, dots or dashes",
};
const PASSWORD = {
  id: "password",
  label: "Password",
  type: "password",
  autocomplete: "current-password",
  hint: "",
};
const NEW_PASSWORD = {
  ...PASSWORD,
  autocomplete: "new-password",
  hint: "8 characters or more; a few words are best",
};

function field(props: typeof NAME, faults: Faults, value = "") {
  const { id, label, type, autocomplete, hint } = props;
  const [fault] = faults[id] ?? [];
  return html`
    <div>
      <label for="${id}">${label}</label>
      <input id="${id}" name="${id}" type="${type}"
        value="${value}" required
        autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"
        aria-invalid="${fault !== undefined}" aria-describedby="${id}-note">
      <p id="${id}-note" class="${fault ? "fault" : "soft"}">${fault ??
        hint}</p>
    </div>
  `;
}

/** A form that is shown again has the name that was typed, never a password. */
export function signUpPage(name?: string, faults: Faults = {}) {
  return html`<h1>Sign up</h1>
<form class="card" method="post" action="/sign-up">
  ${field(NAME, faults, name)}
  ${field(NEW_PASSWORD, faults)}
  <button>Sign up</button>
</form>`;
}

export function signInPage(name?: string, faults: Faults = {}) {
  return html`<h1>Sign in</h1>
<form class="card" method="post" action="/sign-in">
  ${field(NAME, faults, name)}
  ${field(PASSWORD, faults)}
  <label>
    <input type="checkbox" name="stay" aria-describedby="stay-note">
    Stay signed in
  </label>
  <p class="soft" id="stay-note">
    For 90 days, if you come by every two weeks. Only on a device of your own.
  </p>
  <button>Sign in</button>
</form>`;
}

/** Places on one page of the list. */
const PAGE_SIZE = 20;

export interface AccountProps {
  readonly name: string;
  /** Where the user is signed in. */
  readonly places: readonly OwnedSession<Data>[];
  /** Of the list's page; the first is 1. */
  readonly number: number;
  /** The id of the session that looks at this. */
  readonly here: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly faults?: Faults | undefined;
}

export function accountPage(
  { name, places, number, here, now, faults = {} }: AccountProps,
) {
  const end = number * PAGE_SIZE;
  const items = places.slice(end - PAGE_SIZE, end).map((place) => {
    const { id, createdAt, usedAt, data: { device } } = place;
    const label = `Sign out ${device}`;
    const signOut = html`
      <form method="post" action="/account/end">
        <button name="id" value="${id}"
          aria-label="${label}">Sign out</button>
      </form>
    `;
    return html`<li class="card">
  <h3>${device} ${id === here && html`<em>This browser</em>`}</h3>
  <p class="soft">
    Last seen ${timeAgo(now - usedAt)}, signed in ${timeAgo(now - createdAt)}
  </p>
  ${id !== here && signOut}
</li>`;
  });
  const older = html`<p>
  <a href="/account?page=${number + 1}">Show older ones</a>
</p>`;
  const others = places.some(({ id }) => id !== here)
    ? html`<form method="post" action="/account/end-others">
  <button>Sign out everywhere else</button>
</form>`
    : html`<p class="soft">Nowhere else.</p>`;
  return html`<h1>Hello, ${name}</h1>
<h2>Where you are signed in</h2>
<ul class="places">${items}</ul>
${end < places.length && older}
${others}
<form class="card" method="post" action="/account/password">
  <h2>Change your password</h2>
  <p class="soft">All other browsers are signed out then.</p>
  ${field({ ...PASSWORD, id: "current", label: "Present password" }, faults)}
  ${field({ ...NEW_PASSWORD, label: "New password" }, faults)}
  <button>Change it</button>
</form>`;
}

export function problemPage(message: string) {
  return html`<h1>That did not work</h1>
<p>${message}</p>
<p><a href="/">Back to the teas</a></p>`;
}

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]] as const;
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** In words, such as "5 minutes ago". */
function timeAgo(seconds: number): string {
  const unit = UNITS.find(([, length]) => seconds >= length);
  if (unit === undefined) return "just now";
  return words.format(-Math.floor(seconds / unit[1]), unit[0]);
}
