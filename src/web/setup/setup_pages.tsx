/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { message, say } from "../../languages/say.ts";
import { Form, Notice, TextField } from "../ui/form.tsx";
import { Page } from "../ui/page.tsx";
import type { SetupErrors, SetupFields } from "./setup_form.ts";

/** Asks for the account that may do everything. */
export function SetupPage({ fields, errors, token }: {
  readonly fields: SetupFields;
  readonly errors: SetupErrors;
  readonly token: string;
}) {
  const wrong = Object.keys(errors).length > 0;
  const first = (["username", "email", "password", "passwordAgain"] as const).find((name) => errors[name]);
  const {
    form = wrong ? "The account was not made yet. See below, and type the password again." : undefined,
  } = errors;
  return (
    <Page title={`${wrong ? "Not yet: " : ""}First operator · Portico`}>
      <h1>Make the first operator</h1>
      <p class="quiet">This account may do everything here. It is made once, with this link.</p>
      {form && <Notice kind="wrong">{form}</Notice>}
      <Form token={token} send="Make the account">
        <TextField
          name="username"
          label="User name"
          autocomplete="username"
          value={fields.username}
          error={errors.username}
          maxlength={150}
          autofocus={!first || first === "username"}
        />
        <TextField
          name="email"
          label="E-mail address"
          type="email"
          autocomplete="email"
          value={fields.email}
          error={errors.email}
          hint="To log in with, and for a new password."
          maxlength={254}
          required={false}
          autofocus={first === "email"}
        />
        <TextField
          name="password"
          label="Password"
          type="password"
          autocomplete="new-password"
          error={errors.password}
          hint={say("en", message("password_rules"))}
          autofocus={first === "password"}
        />
        <TextField
          name="password_again"
          label="Password again"
          type="password"
          autocomplete="new-password"
          error={errors.passwordAgain}
          autofocus={first === "passwordAgain"}
        />
      </Form>
    </Page>
  );
}

/** The account is made. */
export function SetupDonePage(
  { username, hasDocs }: { readonly username: string; readonly hasDocs: boolean },
) {
  return (
    <Page title="First operator made · Portico">
      <h1>That is done</h1>
      <Notice kind="right">The operator {username} was made. The link is used up.</Notice>
      <p>Next, on this machine:</p>
      <ul>
        <li>
          <code>portico org show default</code> tells the id and token that FreeRADIUS needs;
        </li>
        <li>
          <code>portico user create</code> makes a guest, <code>portico nas add</code> an access point.
        </li>
      </ul>
      {hasDocs && (
        <p>
          <a href="/api/v1/docs/">API documentation</a>
        </p>
      )}
    </Page>
  );
}

/** The link opens nothing: one page for all reasons, so that trying links tells nothing. */
export function SetupClosedPage() {
  return (
    <Page title="Link not valid · Portico">
      <h1>This link opens nothing</h1>
      <p>
        A link for the first operator is good once and for 24 hours, and only as long as there is no operator.
        Perhaps it was used or has expired, or a part of it is missing.
      </p>
      <p>If there is no operator yet, restart Portico: it prints a new link. Or, on this machine:</p>
      <pre>
        <code>portico admin create --username NAME --password-stdin</code>
      </pre>
    </Page>
  );
}

/** The request ended before it came to the form. */
export function SetupTroublePage({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <Page title={`${title} · Portico`}>
      <h1>{title}</h1>
      <p>{text}</p>
    </Page>
  );
}
