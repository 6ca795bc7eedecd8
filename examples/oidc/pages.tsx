// The pages: from plain props to HTML.
import type { DeepReadonly } from "@baton/session";
import { html } from "hono/html";
import type { Child, FC } from "hono/jsx";
import type { Data } from "./data.ts";
import script from "./page.js" with { type: "text" };
import style from "./style.css" with { type: "text" };

export const FILES = [
  { path: "/style.css", type: "text/css", body: style },
  { path: "/page.js", type: "text/javascript", body: script },
];

const WHY: Readonly<Record<string, string>> = {
  none: "Please sign in first.",
  expired: "You were away too long. Please sign in again.",
  unknown: "Your session was ended. Please sign in again.",
  refused: "The provider has ended your sign-in. Please sign in again.",
};

export function page(content: Child) {
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Leaf & Kettle</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>{content}</main>
      </body>
    </html>
  );
  return html`<!doctype html>${document}`;
}

interface HomeProps {
  readonly data: DeepReadonly<Data>;
  readonly why?: string | undefined;
  readonly to?: string | undefined;
}

export const HomePage: FC<HomeProps> = (
  { data, why = "", to = "/account" },
) => {
  const query = `to=${encodeURIComponent(to)}`;
  return (
    <>
      <h1>Leaf & Kettle</h1>
      {data.user === undefined
        ? (
          <>
            {WHY[why] && <p role="status">{WHY[why]}</p>}
            <p>
              <a id="sign-in" href={`/sign-in?${query}`}>Sign in</a> or{" "}
              <a id="sign-in-post" href={`/sign-in?mode=form_post&${query}`}>
                sign in by form_post
              </a>
            </p>
          </>
        )
        : (
          <p>
            Hello, <a href="/account">{data.user.name}</a>.
          </p>
        )}
      <form method="post" action="/cart">
        In your cart: <output id="cart">{data.cart.length}</output>{" "}
        <button type="submit">Add a packet of Assam</button>
      </form>
    </>
  );
};

interface AccountProps {
  readonly name: string;
  /** Of this user; undefined: this store cannot list them. */
  readonly sessions: number | undefined;
  readonly canEndThere: boolean;
}

export const AccountPage: FC<AccountProps> = (
  { name, sessions, canEndThere },
) => (
  <>
    <h1>Hello, {name}</h1>
    <p>
      <button id="ask" type="button">Ask the provider who I am</button>{" "}
      <output id="answer" />
    </p>
    {sessions !== undefined && (
      <p>
        Browsers that are signed in: <output id="sessions">{sessions}</output>
      </p>
    )}
    <form method="post" action="/sign-out">
      <button name="where" value="here" type="submit">Sign out</button>
      {sessions !== undefined && (
        <button name="where" value="everywhere" type="submit">
          Sign out everywhere
        </button>
      )}
      {canEndThere && (
        <button name="where" value="provider" type="submit">
          Sign out here and at the provider
        </button>
      )}
    </form>
    <p>
      <a href="/">Back to the shop</a>
    </p>
    <script src="/page.js" />
  </>
);

export const ProblemPage: FC<{ message: string }> = ({ message }) => (
  <>
    <h1>That did not work</h1>
    <p role="alert">{message}</p>
    <p>
      <a href="/sign-in">Sign in again</a> or{" "}
      <a href="/">go back to the shop</a>
    </p>
  </>
);
