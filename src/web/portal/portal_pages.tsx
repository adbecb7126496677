/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Zone } from "../../aaa/identity/zones.ts";
import { secondsBetween, sessionLeft } from "../../controller/session_left.ts";
import type { Session, Station } from "../../controller/station.ts";
import { sayDuration, saySize } from "../../languages/amounts.ts";
import { type Language, message, type MessageKey, say } from "../../languages/say.ts";
import { Form, Notice, TextField } from "../ui/form.tsx";
import { Page } from "../ui/page.tsx";
import { type OriginalPage, originalPage } from "./original_page.ts";

interface Told {
  readonly language: Language;
  /** Null for somebody who is in none. */
  readonly zone: Zone | null;
}

/** RFC 2865 section 5.1: what fits into User-Name. */
export const LONGEST_FIELD = 253;

export interface LoginPageProps extends Told {
  readonly token: string;
  readonly notice?: { readonly kind: "wrong" | "right"; readonly text: string } | undefined;
  readonly username?: string;
  readonly errors?: { readonly username?: string | undefined; readonly password?: string | undefined };
}

export function LoginPage({ language, zone, token, notice, username, errors = {} }: LoginPageProps) {
  const texts = textsIn(language);
  return (
    <Sheet language={language} zone={zone} title="portal_login_title">
      {notice && <Notice kind={notice.kind}>{notice.text}</Notice>}
      <Form token={token} action="login" send={texts("portal_login_button")}>
        <TextField
          name="username"
          label={texts("portal_username")}
          value={username}
          autocomplete="username"
          maxlength={LONGEST_FIELD}
          error={errors.username}
        />
        <TextField
          name="password"
          label={texts("portal_password")}
          type="password"
          autocomplete="current-password"
          maxlength={LONGEST_FIELD}
          error={errors.password}
        />
      </Form>
    </Sheet>
  );
}

/** Connected, with what was used and what is left. */
export function StatusPage(
  { language, station, session, now }: {
    readonly language: Language;
    readonly station: Station;
    readonly session: Session;
    readonly now: Date;
  },
) {
  const texts = textsIn(language);
  const original = originalPage(station);
  return (
    <Sheet language={language} zone={station.zone} title="portal_status_title">
      <dl class="facts">
        <Fact name={texts("portal_connected_as")}>
          <bdi>{session.userName}</bdi>
        </Fact>
        <Figures language={language} zone={station.zone} session={session} now={now} />
      </dl>
      <p class="quiet">
        <a href="status">{texts("portal_update")}</a>
      </p>
      {original && <ContinueLink language={language} original={original} />}
      <Form token={session.sessionId} action="logout" send={texts("portal_logout_button")} quiet />
    </Sheet>
  );
}

function Figures(
  { language, zone, session, now }: Told & {
    readonly zone: Zone;
    readonly session: Session;
    readonly now: Date;
  },
) {
  const texts = textsIn(language);
  const left = sessionLeft(zone, session, now);
  const { upOctets, downOctets } = session.traffic;
  return (
    <>
      <Fact name={texts("portal_time_used")}>
        {sayDuration(language, secondsBetween(session.startedAt, now))}
      </Fact>
      {left.seconds !== null && (
        <Fact name={texts("portal_time_left")}>{sayDuration(language, left.seconds)}</Fact>
      )}
      <Fact name={texts("portal_data_used")}>{saySize(language, upOctets + downOctets)}</Fact>
      {left.octets !== null && <Fact name={texts("portal_data_left")}>{saySize(language, left.octets)}</Fact>}
    </>
  );
}

function ContinueLink({ language, original }: { language: Language; original: OriginalPage }) {
  return (
    <a class="button" href={original.url} rel="noreferrer">
      {say(language, message("portal_continue_to", { host: original.host }))}
    </a>
  );
}

/** For whoever came by a link: only the button logs out. */
export function LogoutPage({ language, zone, session }: Told & { readonly session: Session }) {
  const texts = textsIn(language);
  return (
    <Sheet language={language} zone={zone} title="portal_logout_title">
      <p>{texts("portal_logout_text")}</p>
      <Form token={session.sessionId} action="logout" send={texts("portal_logout_button")} />
      <a class="button quiet-button" href="status">{texts("portal_stay")}</a>
    </Sheet>
  );
}

/** Known already, and let through when this page was seen. */
export function SplashPage({ language, zone, session }: Told & { readonly session: Session }) {
  const texts = textsIn(language);
  return (
    <Sheet language={language} zone={zone} title="portal_splash_title">
      <p>{texts("portal_splash_text")}</p>
      <Form token={session.sessionId} action="continue" send={texts("portal_splash_button")} />
    </Sheet>
  );
}

/** A device that passes without a session. */
export function BypassPage({ language, zone }: Told) {
  return (
    <Sheet language={language} zone={zone} title="portal_status_title">
      <p>{textsIn(language)("portal_bypass_text")}</p>
    </Sheet>
  );
}

/** MAC authentication refused it, and the zone wants no other way in. */
export function DeniedPage({ language, zone }: Told) {
  return <Sheet language={language} zone={zone} title="portal_denied_title" />;
}

/** Nobody in the zone, or in any zone, has this address. */
export function UnknownStationPage({ language, zone }: Told) {
  return (
    <Sheet language={language} zone={zone} title="portal_unknown_title">
      <p>{textsIn(language)("portal_unknown_text")}</p>
    </Sheet>
  );
}

export function MissingPage({ language, zone }: Told) {
  return (
    <Sheet language={language} zone={zone} title="portal_page_missing">
      <p>
        <a href="login">{textsIn(language)("portal_login_title")}</a>
      </p>
    </Sheet>
  );
}

/** Something failed here. */
export function PortalFaultPage({ language, zone }: Told) {
  const said = say(language, message("fault"));
  return (
    <Page title={said} language={language} brand={zone?.options.locationname || undefined} stylesheet={STYLE}>
      <Notice kind="wrong">{said}</Notice>
    </Page>
  );
}

const STYLE = "portico.css";

/** Those of the page's texts that need no values. */
type PlainKey = Exclude<
  Extract<MessageKey, `portal_${string}`>,
  "portal_continue_to" | "portal_text_too_long"
>;

function textsIn(language: Language): (key: PlainKey) => string {
  return (key) => say(language, message(key));
}

function Sheet(
  { language, zone, title, children }: Told & { readonly title: PlainKey; readonly children?: Child },
) {
  const said = say(language, message(title));
  const name = zone?.options.locationname;
  return (
    <Page
      title={name ? `${said} – ${name}` : said}
      language={language}
      brand={name || undefined}
      stylesheet={STYLE}
    >
      <h1>{said}</h1>
      {children}
    </Page>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children?: Child }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
