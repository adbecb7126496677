/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";

export interface TextFieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: "text" | "email" | "password";
  readonly value?: string | undefined;
  /** A browser's and a password manager's word for what belongs here. */
  readonly autocomplete: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was sent. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly autofocus?: boolean;
  readonly maxlength?: number;
}

/** A labelled input; its hint and its error are read out with it. */
export function TextField(props: TextFieldProps) {
  const { name, label, type = "text", value, hint, error, required = true } = props;
  const described = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={name}>
        {label} {!required && <small>(optional)</small>}
      </label>
      <input
        id={name}
        name={name}
        type={type}
        value={value}
        autocomplete={props.autocomplete}
        autocapitalize="none"
        spellcheck={false}
        required={required}
        maxlength={props.maxlength}
        autofocus={props.autofocus}
        aria-describedby={described || undefined}
        aria-invalid={error ? "true" : undefined}
      />
      {error && <p class="error" id={`${name}-error`}>{error}</p>}
      {hint && <p class="hint" id={`${name}-hint`}>{hint}</p>}
    </div>
  );
}

/** A form of ours, with the token that proves it. */
export function Form({ token, send, action, quiet = false, children }: {
  readonly token: string;
  /** What its button says. */
  readonly send: string;
  /** Where it is sent; else to the page it stands on. */
  readonly action?: string;
  /** Whether its button stands behind another one. */
  readonly quiet?: boolean;
  readonly children?: Child;
}) {
  return (
    // What is wrong is said by the server, beside each field, in one way for every browser.
    <form method="post" action={action} novalidate>
      <input type="hidden" name={FORM_TOKEN_FIELD} value={token} />
      {children}
      <button type="submit" class={quiet ? "quiet-button" : undefined}>{send}</button>
    </form>
  );
}

/** Something that the whole form, or the whole page, is about. */
export function Notice({ kind, children }: { readonly kind: "wrong" | "right"; readonly children?: Child }) {
  // It may be in another language than the page: a NAS's, an operator's.
  return <p class={`notice ${kind}`} dir="auto" role={kind === "wrong" ? "alert" : "status"}>{children}</p>;
}

export const FORM_TOKEN_FIELD = "form_token";
