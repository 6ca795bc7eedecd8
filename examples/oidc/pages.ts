// The pages, as HTML.
import type { DeepReadonly } from "@baton/session";
import { html } from "hono/html";
import type { Data } from "./data.ts";

const WHY: Readonly<Record<string, string>> = {
  none: "Please sign in first.",
  expired: "You were away too long. Please sign in again.",
  unknown: "Your session was ended. Please sign in again.",
  refused: "The provider has ended your sign-in. Please sign in again.",
};

const page = (content: ReturnType<typeof html>) =>
  html`
    <!doctype html>
    <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Leaf & Kettle</title>
      <link rel="stylesheet" href="/style.css">
      <link rel="icon" href="data:,">
      <main>${content}</main>
    </html>
  `;

export function homePage(data: DeepReadonly<Data>, why = "", to = "/account") {
  const query = new URLSearchParams({ to });
  const told = Object.hasOwn(WHY, why) &&
    html`<p class="notice" role="status">${WHY[why]}</p>`;
  const visitor = data.user
    ? html`<p>Hello, <a href="/account">${data.user.name}</a></p>`
    : html`${told}<p><a id="sign-in" href="/sign-in?${query}">Sign in</a> or
<a id="sign-in-post" href="/sign-in?post&${query}">sign in by form_post</a></p>`;
  return page(html`<h1>Leaf & Kettle</h1>${visitor}
<form method="post" action="/cart">
  In your cart: <output id="cart">${data.cart.length}</output>
  <button>Add a packet of Assam</button>
</form>`);
}

/** @param sessions of this user; "?": the store cannot list them */
export function accountPage(name: string, sessions: number | "?") {
  return page(html`
    <h1>Hello, ${name}</h1>
    <p>Browsers that are signed in: <output id="sessions">${sessions}</output></p>
    <p><button id="ask">Ask the provider who I am</button> <output id="answer"></output></p>
    <form method="post" action="/sign-out">
      <button name="where" value="here">Sign out</button>
      <button name="where" value="everywhere">Sign out everywhere</button>
      <button name="where"
        value="provider">Sign out here and at the provider</button>
    </form>
    <p><a href="/">Back to the shop</a></p>
    <script src="/page.js"></script>
  `);
}

export function problemPage(message: string) {
  return page(html`<h1>That did not work</h1>
<p class="notice" role="alert">${message}</p>
<p><a href="/sign-in">Sign in again</a> or <a href="/">go back to the shop</a></p>`);
}
