import { type Language, locales } from "./locales/mod.ts";
import { Notice } from "./notice.tsx";

/** The fault of each field, if it has one. */
export interface UserFormErrors {
  readonly name?: keyof typeof locales.en.form.errors.name;
  readonly email?: keyof typeof locales.en.form.errors.email;
}

export interface UserFormProps {
  readonly language: Language;
  /** The values of the fields. */
  readonly name: string;
  readonly email: string;
  readonly errors?: UserFormErrors;
  /** Where it is sent. */
  readonly action: string;
  /** The text of the button, and a note about the email. */
  readonly submit: string;
  readonly hint: string;
}

/** The form that begins it all. It works without script; the server's answer is the only judge. */
export function UserForm(
  { language, name, email, action, submit, hint, errors }: UserFormProps,
) {
  const t = locales[language].form;
  const nameError = errors?.name && t.errors.name[errors.name];
  const emailError = errors?.email && t.errors.email[errors.email];
  // In a list above the form too, so that they are found at once.
  const faults = Object.entries({ name: nameError, email: emailError })
    .filter(([, text]) => text !== undefined);
  return (
    <>
      {faults.length > 0 && (
        <Notice isBad title={t.summary(faults.length)}>
          <ul>
            {faults.map(([field, text]) => (
              <li>
                <a href={`#${field}`}>{text}</a>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <form
        id="user"
        class="card"
        method="post"
        action={action}
        novalidate
      >
        <Field
          name="name"
          label={t.name}
          value={name}
          error={nameError}
          autocomplete="name"
        />
        <Field
          name="email"
          type="email"
          label={t.email}
          value={email}
          error={emailError}
          hint={hint}
          autocomplete="email"
        />
        <p class="actions">
          <button type="submit">{submit}</button>
        </p>
      </form>
    </>
  );
}

interface FieldProps {
  readonly name: string;
  readonly type?: "text" | "email";
  readonly label: string;
  readonly value: string;
  readonly error: string | undefined;
  readonly hint?: string;
  readonly autocomplete: string;
}

function Field(
  { name, type = "text", label, value, error, hint, autocomplete }: FieldProps,
) {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(
    Boolean,
  ).join(" ");
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint && <p class="soft small" id={`${name}-hint`}>{hint}</p>}
      {error && <p class="error" id={`${name}-error`}>{error}</p>}
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        dir="auto"
        required
        aria-invalid={error ? "true" : undefined}
        aria-describedby={described || undefined}
        autocomplete={autocomplete}
      />
    </div>
  );
}
