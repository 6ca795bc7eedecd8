// The pages: from plain props to HTML. No JavaScript in the browser.
import { html } from "hono/html";
import type { Child, FC } from "hono/jsx";
import { createHash } from "node:crypto";
import style from "./style.css" with { type: "text" };
import { CART_LIMIT, type TeaId, TEAS } from "./teas.ts";

/** The style sheet: its path changes with it, so browsers may keep it for good. */
export const STYLE = {
  path: `/style.${
    createHash("sha256").update(style).digest("hex").slice(0, 12)
  }.css`,
  body: style,
};

/** The faults of a form, by the name of the field. */
export type Faults = Readonly<Record<string, string>>;

interface FrameProps {
  readonly title: string;
  /** Of the user who is signed in. */
  readonly name?: string | undefined;
  /** Shown once. */
  readonly notice?: string | undefined;
  readonly content: Child;
}

/** The whole document around a page's content. */
export function Frame({ title, name, notice, content }: FrameProps) {
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title} · Leaf & Kettle</title>
        <link rel="stylesheet" href={STYLE.path} />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <a class="brand" href="/">Leaf & Kettle</a>
          <nav aria-label="Account">
            {name === undefined
              ? (
                <>
                  <a href="/sign-in">Sign in</a>
                  <a href="/sign-up">Sign up</a>
                </>
              )
              : (
                <>
                  <a href="/account">{name}</a>
                  <form method="post" action="/sign-out">
                    <button class="link" type="submit">Sign out</button>
                  </form>
                </>
              )}
          </nav>
        </header>
        <main id="main">
          {notice && <p class="notice" role="status">{notice}</p>}
          {content}
        </main>
        <footer>
          An example of <code>@baton/session</code>: nothing here is for sale.
        </footer>
      </body>
    </html>
  );
  return html`<!doctype html>${document}`;
}

export const ShopPage: FC<{ cart: readonly TeaId[] }> = ({ cart }) => {
  const count = (id: TeaId) => cart.filter((one) => one === id).length;
  const total = TEAS.reduce((sum, { id, euros }) => sum + count(id) * euros, 0);
  return (
    <>
      <h1>Four teas, and no more</h1>
      <ul class="teas">
        {TEAS.map(({ id, name, note, euros }) => (
          <li class="card">
            <h2>{name}</h2>
            <p class="soft">{note}</p>
            <form method="post" action="/cart">
              <span class="price">€ {euros}</span>
              <button
                name="tea"
                value={id}
                type="submit"
                aria-label={`Add ${name} to the cart`}
              >
                Add
              </button>
            </form>
          </li>
        ))}
      </ul>
      <section class="card" aria-labelledby="cart">
        <h2 id="cart">Your cart</h2>
        {cart.length === 0
          ? <p class="soft">It is empty. It stays when you sign in.</p>
          : (
            <>
              <ul class="lines">
                {TEAS.filter(({ id }) => count(id) > 0).map((
                  { id, name, euros },
                ) => (
                  <li>
                    <span>{count(id)} × {name}</span>
                    <span class="price">€ {count(id) * euros}</span>
                  </li>
                ))}
                <li class="total">
                  <span>{cart.length} of {CART_LIMIT} packets</span>
                  <span class="price">€ {total}</span>
                </li>
              </ul>
              <form method="post" action="/cart">
                <button class="quiet" type="submit">Empty the cart</button>
              </form>
            </>
          )}
      </section>
    </>
  );
};

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly value?: string | undefined;
  readonly autocomplete: string;
  readonly fault?: string | undefined;
}

/** A password field unless it is for the name. */
const Field: FC<FieldProps> = (
  { name, label, hint, value, autocomplete, fault },
) => {
  const described = [hint && `${name}-hint`, fault && `${name}-fault`]
    .filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && <p class="soft" id={`${name}-hint`}>{hint}</p>}
      <input
        id={name}
        name={name}
        type={name === "name" ? "text" : "password"}
        value={value}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required
        aria-invalid={fault && "true"}
        aria-describedby={described || undefined}
      />
      {fault && <p class="fault" id={`${name}-fault`}>{fault}</p>}
    </div>
  );
};

interface SignProps {
  readonly name?: string | undefined;
  readonly faults?: Faults;
  readonly isWrong?: boolean;
  readonly isEnded?: boolean;
}

export const SignUpPage: FC<SignProps> = ({ name, faults = {} }) => (
  <div class="narrow">
    <h1>Sign up</h1>
    <form class="card" method="post" action="/sign-up">
      <Field
        name="name"
        label="Name"
        hint="3 to 30 letters, digits, dots or dashes"
        value={name}
        autocomplete="username"
        fault={faults["name"]}
      />
      <Field
        name="password"
        label="Password"
        hint="8 characters or more; a few words are best"
        autocomplete="new-password"
        fault={faults["password"]}
      />
      <button type="submit">Sign up</button>
    </form>
    <p>
      You have an account? <a href="/sign-in">Sign in</a>
    </p>
  </div>
);

export const SignInPage: FC<SignProps> = ({ name, isWrong, isEnded }) => (
  <div class="narrow">
    <h1>Sign in</h1>
    {isEnded && (
      <p class="notice" role="status">
        You are signed out here: your session has ended, or was ended from
        another browser. Please sign in again.
      </p>
    )}
    {isWrong && (
      <p class="notice bad" role="alert">
        This name and this password do not belong together.
      </p>
    )}
    <form class="card" method="post" action="/sign-in">
      <Field name="name" label="Name" value={name} autocomplete="username" />
      <Field
        name="password"
        label="Password"
        autocomplete="current-password"
      />
      <label class="check">
        <input type="checkbox" name="stay" aria-describedby="stay-hint" />
        Stay signed in
      </label>
      <p class="soft" id="stay-hint">
        For 90 days, if you come by every two weeks. Only on a device of your
        own.
      </p>
      <button type="submit">Sign in</button>
    </form>
    <p>
      No account yet? <a href="/sign-up">Sign up</a>
    </p>
  </div>
);

/** One of the places where a user is signed in. */
interface Place {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly usedAt: number;
  readonly data: { readonly device: string };
}

/** Places on one page of the list. */
const PAGE_SIZE = 20;

interface AccountProps {
  readonly name: string;
  readonly places: readonly Place[];
  /** Of the list's page; the first is 1. */
  readonly number: number;
  /** The id of the session that looks at this. */
  readonly here: string;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly faults?: Faults | undefined;
}

export const AccountPage: FC<AccountProps> = (
  { name, places, number, here, now, faults = {} },
) => (
  <>
    <h1>Hello, {name}</h1>
    <section aria-labelledby="places">
      <h2 id="places">Where you are signed in</h2>
      <ul class="places">
        {places.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE).map((
          { id, createdAt, usedAt, data: { device } },
        ) => (
          <li class="card">
            <h3>
              {device} {id === here && <span class="mark">This browser</span>}
            </h3>
            <p class="soft">
              Last seen <Time at={usedAt} now={now} />, signed in{" "}
              <Time at={createdAt} now={now} />
            </p>
            {id !== here && (
              <form method="post" action="/account/end">
                <button
                  class="quiet"
                  name="id"
                  value={id}
                  type="submit"
                  aria-label={`Sign out ${device}`}
                >
                  Sign out
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {number * PAGE_SIZE < places.length &&
        (
          <p>
            <a href={`/account?page=${number + 1}`}>Show older ones</a>
          </p>
        )}
      {places.some(({ id }) => id !== here)
        ? (
          <form method="post" action="/account/end-others">
            <button type="submit">Sign out everywhere else</button>
          </form>
        )
        : <p class="soft">Nowhere else.</p>}
    </section>
    <section class="narrow" aria-labelledby="password-title">
      <h2 id="password-title">Change your password</h2>
      <p class="soft">All other browsers are signed out then.</p>
      <form class="card" method="post" action="/account/password">
        <Field
          name="current"
          label="Present password"
          autocomplete="current-password"
          fault={faults["current"]}
        />
        <Field
          name="password"
          label="New password"
          hint="8 characters or more; a few words are best"
          autocomplete="new-password"
          fault={faults["password"]}
        />
        <button type="submit">Change it</button>
      </form>
    </section>
  </>
);

export const ProblemPage: FC<{ message: string }> = ({ message }) => (
  <div class="narrow">
    <h1>That did not work</h1>
    <p>{message}</p>
    <p>
      <a href="/">Back to the teas</a>
    </p>
  </div>
);

/** A moment in words, such as "5 minutes ago". Seconds since the epoch. */
const Time: FC<{ at: number; now: number }> = ({ at, now }) => (
  <time datetime={new Date(at * 1000).toISOString()}>
    {timeAgo(now - at)}
  </time>
);

const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60]] as const;
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

function timeAgo(seconds: number): string {
  const unit = UNITS.find(([, length]) => seconds >= length);
  if (unit === undefined) return "just now";
  return words.format(-Math.floor(seconds / unit[1]), unit[0]);
}
