/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Confirmable } from "../../aaa/account/email_confirmation.ts";
import { type Language, type Message, message, type MessageKey, say } from "../../languages/say.ts";
import { Notice } from "../ui/form.tsx";
import { Page } from "../ui/page.tsx";

interface Told {
  readonly language: Language;
}

type Asked = Told & { readonly about: Confirmable };

/** Only the button confirms: programs that look into mails for people follow links. */
export function ConfirmPage({ language, about }: Asked) {
  return (
    <Sheet language={language} title="confirm_email_title">
      <p>{say(language, message("confirm_email_text", valuesOf(about)))}</p>
      <Button label={say(language, message("confirm_email_button"))} />
    </Sheet>
  );
}

export function ConfirmedPage({ language, about }: Asked) {
  const { loginUrl } = about.organization;
  return (
    <Sheet language={language} title="email_confirmed_title">
      <Notice kind="right">{say(language, message("email_confirmed_text", valuesOf(about)))}</Notice>
      {loginUrl && (
        <p>
          <a href={loginUrl}>{say(language, message("go_to_login"))}</a>
        </p>
      )}
    </Sheet>
  );
}

/** `trouble`: why no new link is sent this time. */
export function ExpiredPage({ language, about, trouble }: Asked & { readonly trouble?: Message }) {
  return (
    <Sheet language={language} title="confirm_email_expired_title">
      {trouble && <Notice kind="wrong">{say(language, trouble)}</Notice>}
      <p>{say(language, message("confirm_email_expired_text", valuesOf(about)))}</p>
      <Button label={say(language, message("confirm_email_again_button"))} />
    </Sheet>
  );
}

/** A new link is on its way. */
export function SentAgainPage({ language }: Told) {
  return (
    <Sheet language={language} title="confirm_email_title">
      <Notice kind="right">{say(language, message("verification_mail_sent"))}</Notice>
    </Sheet>
  );
}

/** One page for all links that are not ours, so that trying them tells nothing. */
export function UnknownLinkPage({ language }: Told) {
  return (
    <Sheet language={language} title="confirm_email_unknown_title">
      <p>{say(language, message("confirm_email_unknown_text"))}</p>
    </Sheet>
  );
}

/** Something failed here. */
export function FaultPage({ language }: Told) {
  return (
    <Page title={say(language, message("fault"))} language={language}>
      <Notice kind="wrong">{say(language, message("fault"))}</Notice>
    </Page>
  );
}

type TitleKey = Extract<MessageKey, `${"confirm_email" | "email_confirmed"}${string}title`>;

function Sheet(
  { language, title, children }: Told & { readonly title: TitleKey; readonly children?: Child },
) {
  const said = say(language, message(title));
  return (
    <Page title={said} language={language}>
      <h1>{said}</h1>
      {children}
    </Page>
  );
}

/** Sent to the page it stands on, which does what its link is good for. The link itself is the proof. */
function Button({ label }: { readonly label: string }) {
  return (
    <form method="post">
      <button type="submit">{label}</button>
    </form>
  );
}

function valuesOf({ user, organization }: Confirmable) {
  return { email: user.email, organization: organization.name };
}
