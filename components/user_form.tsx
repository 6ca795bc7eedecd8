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
  readonly errors?: UserFormErrors | undefined;
  /** Where it is sent. */
  readonly action: string;
  /** The text of the button, and a note about the email. */
  readonly submit: string;
  readonly hint: string;
}

/** The form that begins it all. It works without script; the server's answer is the only judge. */
export function UserForm(
  { language, name, email, action, submit, hint, errors = {} }: UserFormProps,
) {
  const t = locales[language].form;
  const fields = [
    {
      field: "name",
      type: "text",
      value: name,
      hint: undefined,
      error: errors.name && t.errors.name[errors.name],
    },
    {
      field: "email",
      type: "email",
      value: email,
      hint,
      error: errors.email && t.errors.email[errors.email],
    },
  ] as const;
  // In a list above the form too, so that they are found at once.
  const faults = fields.filter(({ error }) => error !== undefined);
  return (
    <>
      {faults.length > 0 && (
        <Notice isBad title={t.summary}>
          <ul>
            {faults.map(({ field, error }) => (
              <li>
                <a href={`#${field}`}>{error}</a>
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <form id="user" class="card" method="post" action={action} novalidate>
        {fields.map(({ field, type, value, hint, error }) => (
          <div class="field">
            <label for={field}>{t[field]}</label>
            {hint && <p class="soft small" id={`${field}-hint`}>{hint}</p>}
            {error && <p class="error" id={`${field}-error`}>{error}</p>}
            <input
              id={field}
              name={field}
              type={type}
              value={value}
              dir="auto"
              required
              aria-invalid={error ? "true" : undefined}
              aria-describedby={[
                hint && `${field}-hint`,
                error && `${field}-error`,
              ]
                .filter(Boolean).join(" ") || undefined}
              autocomplete={field}
            />
          </div>
        ))}
        <p class="actions">
          <button type="submit">{submit}</button>
        </p>
      </form>
    </>
  );
}
