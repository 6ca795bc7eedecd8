// The pages: from plain props to HTML. No JavaScript in the browser.
import type { OwnedSession } from "@baton/session";
import { html } from "hono/html";
import type { Child, FC } from "hono/jsx";
import { CART_LIMIT, type TeaId, TEAS } from "./teas.ts";

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
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <header>
          <a href="/">Leaf & Kettle</a>
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
                    <button type="submit" class="link">Sign out</button>
                  </form>
                </>
              )}
          </nav>
        </header>
        <main>
          {notice && <p class="notice" role="status">{notice}</p>}
          {content}
        </main>
      </body>
    </html>
  );
  return html`<!doctype html>${document}`;
}

export const ShopPage: FC<{ cart: readonly TeaId[] }> = ({ cart }) => {
  const count = (id: TeaId) => cart.filter((one) => one === id).length;
  return (
    <>
      <h1>Four teas, and no more</h1>
      <form method="post" action="/cart">
        {TEAS.map(({ id, name, note }) => (
          <section class="card">
            <h2>{name}</h2>
            <p class="soft">{note}</p>
            <button
              type="submit"
              name="tea"
              value={id}
              aria-label={`Add ${name} to the cart`}
            >
              Add
            </button>
          </section>
        ))}
      </form>
      <section class="card">
        <h2>Your cart: {cart.length} of {CART_LIMIT} packets</h2>
        <ul id="cart">
          {TEAS.filter(({ id }) => count(id) > 0).map(({ id, name }) => (
            <li>{count(id)} × {name}</li>
          ))}
        </ul>
        <p class="soft">It stays when you sign in.</p>
        <form method="post" action="/cart">
          <button type="submit">Empty the cart</button>
        </form>
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
) => (
  <div>
    <label for={name}>{label}</label>
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
      aria-describedby={`${name}-note`}
    />
    <p class={fault ? "fault" : "soft"} id={`${name}-note`}>{fault ?? hint}</p>
  </div>
);

interface PasswordProps {
  readonly label: string;
  readonly name?: string;
  readonly isNew?: boolean;
  readonly faults: Faults;
}

const Password: FC<PasswordProps> = (
  { label, name = "password", isNew, faults },
) => (
  <Field
    {...{ label, name, fault: faults[name] }}
    hint={isNew ? "8 characters or more; a few words are best" : ""}
    autocomplete={isNew ? "new-password" : "current-password"}
  />
);

interface SignProps {
  readonly name?: string | undefined;
  readonly faults?: Faults;
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
      <Password label="Password" isNew faults={faults} />
      <button type="submit">Sign up</button>
    </form>
  </div>
);

export const SignInPage: FC<SignProps> = ({ name, faults = {}, isEnded }) => (
  <div class="narrow">
    <h1>Sign in</h1>
    {isEnded && (
      <p class="notice" role="status">
        You are signed out here: your session has ended, or was ended from
        another browser. Please sign in again.
      </p>
    )}
    <form class="card" method="post" action="/sign-in">
      <Field name="name" label="Name" value={name} autocomplete="username" />
      <Password label="Password" faults={faults} />
      <label>
        <input type="checkbox" name="stay" aria-describedby="stay-note" />{" "}
        Stay signed in
      </label>
      <p class="soft" id="stay-note">
        For 90 days, if you come by every two weeks. Only on a device of your
        own.
      </p>
      <button type="submit">Sign in</button>
    </form>
  </div>
);

/** A place where a user is signed in. */
interface Place extends Omit<OwnedSession<unknown>, "data"> {
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
    <h2>Where you are signed in</h2>
    <ul class="places">
      {places.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE).map((
        { id, createdAt, usedAt, data: { device } },
      ) => (
        <li class="card">
          <h3>
            {device} {id === here && <em>This browser</em>}
          </h3>
          <p class="soft">
            Last seen <Time at={usedAt} now={now} />, signed in{" "}
            <Time at={createdAt} now={now} />
          </p>
          {id !== here && (
            <form method="post" action="/account/end">
              <button
                type="submit"
                name="id"
                value={id}
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
    <form class="card narrow" method="post" action="/account/password">
      <h2>Change your password</h2>
      <p class="soft">All other browsers are signed out then.</p>
      <Password label="Present password" name="current" faults={faults} />
      <Password label="New password" isNew faults={faults} />
      <button type="submit">Change it</button>
    </form>
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
