import { BlankPage } from "./blank_page.ts";
import type { CaptivePortal } from "./captive_portal.ts";
import { fieldsOf, type Proxy, type ProxyAnswer } from "./proxy.ts";
import { drawStatus, type StatusView } from "./status_view.ts";

export type PageName =
  | "login"
  | "registration"
  | "status"
  | "mobile-phone-verification"
  | "complete-signup"
  | "change-password";

export interface BrowserOptions {
  readonly proxy: Proxy;
  readonly portal: CaptivePortal;
  /** The pages' own setting, which has to be the organization's. */
  readonly verifiesNumbers: boolean;
  /** Session storage of the tab, shared by all organizations that are opened in it. */
  readonly tab?: Map<string, string>;
}

/** What the guest sees and does. Everything the pages hold is forgotten by `reload()` but the cookies. */
export interface Browser {
  readonly page: PageName;
  /** Messages in the order in which they came up. */
  readonly messages: readonly string[];
  /** What stands beside the fields of the last form. */
  readonly fieldErrors: Readonly<Record<string, string>>;
  /** Organizations in the dialogue that asks whether to connect an account. */
  readonly known: readonly { readonly slug: string; readonly name: string }[];
  /** What the status page shows. */
  readonly status: StatusView | undefined;
  readonly online: boolean;
  /** Seconds until another code can be asked for, as the button counts them. */
  readonly cooldown: number;
  readonly number: string | undefined;
  readonly mustChangePassword: boolean;
  signUp(fields: SignUpForm): Promise<void>;
  logIn(username: string, password: string): Promise<void>;
  /** Loads the page anew: who is there is asked again. */
  reload(): Promise<void>;
  enterCode(code: string): Promise<void>;
  resendCode(): Promise<void>;
  changeNumber(phoneNumber: string): Promise<void>;
  changePassword(current: string, fresh: string): Promise<void>;
  forgotPassword(input: string): Promise<void>;
  setNewPassword(link: { readonly uid: string; readonly token: string }, password: string): Promise<void>;
  /** Scrolls to the end of the closed sessions. */
  scrollDown(): Promise<void>;
  /** What happens every minute. */
  poll(): Promise<void>;
  logOut(): Promise<void>;
}

export interface SignUpForm {
  readonly email: string;
  readonly password: string;
  readonly phoneNumber?: string;
  readonly firstName?: string;
}

const CODE_SENT = "owPhoneTokenSent";

/** The browser's half of the login pages: which answer leads where, and which fields are read for it. */
export function loginPagesBrowser(
  { proxy, portal, verifiesNumbers, tab = new Map() }: BrowserOptions,
): Browser {
  let cookie: string | undefined;
  let user: Record<string, unknown> = {};
  let page: PageName = "login";
  let messages: string[] = [];
  let fieldErrors: Record<string, string> = {};
  let known: Browser["known"] = [];
  let status: StatusView | undefined;
  let online = false;
  let cooldown = 0;
  let closedPages = 1;
  let morePages = false;

  const token = () => String(user.auth_token);
  const text = (value: unknown) => typeof value === "string" ? value : undefined;

  function throwOut(message?: string) {
    cookie = undefined;
    user = {};
    status = undefined;
    page = "login";
    tab.delete(CODE_SENT);
    if (message !== undefined) messages.push(message);
  }

  /** `detail`, else the first of `non_field_errors`, else a text of the pages' own. */
  function complain({ body }: ProxyAnswer, own: string) {
    const { detail, non_field_errors: list } = fieldsOf(body);
    if (detail !== undefined && typeof detail !== "string") throw new BlankPage("an object for a message");
    messages.push(text(detail) ?? text(Array.isArray(list) ? list[0] : undefined) ?? own);
  }

  function showFieldErrors({ body }: ProxyAnswer, fields: readonly string[]) {
    const errors = fieldsOf(body);
    fieldErrors = Object.fromEntries(
      fields.filter((name) => errors[name] !== undefined).map((name) => [name, String(errors[name])]),
    );
  }

  async function route(): Promise<void> {
    const { is_verified, method, password_expired } = user;
    if (password_expired === true) {
      page = "change-password";
      messages.push("Your password has expired");
    } else if (is_verified === false && method === "mobile_phone" && verifiesNumbers) {
      await openVerification();
    } else if (is_verified === false && method === "pending_verification") {
      await completeSignUp();
    } else {
      await openStatus();
    }
  }

  async function openStatus() {
    page = "status";
    if (user.radius_user_token === undefined) return await validate();
    if (user.is_active === false) return throwOut();
    // Null is an empty password to a form.
    online = await portal.logIn(String(user.username), String(user.radius_user_token ?? ""));
    closedPages = 1;
    await refresh();
  }

  async function refresh() {
    const open = await proxy.sessions(token(), { is_open: "true" });
    const closed = await proxy.sessions(token(), { is_open: "false", page: "1" });
    const usage = await proxy.usage(token());
    if ([open, closed, usage].some(({ status }) => status === 401 || status === 403)) {
      return throwOut("Error occurred!");
    }
    morePages = closed.link.includes("next");
    status = drawStatus(open, closed, usage);
  }

  async function validate() {
    const answer = await proxy.validate(token());
    const body = fieldsOf(answer.body);
    if (answer.status === 200 && body.response_code === "AUTH_TOKEN_VALIDATION_SUCCESSFUL") {
      // Whatever was known is replaced; without `auth_token` the next call says "Bearer undefined".
      user = { ...body };
      if (user.is_active === false) return throwOut();
      return await route();
    }
    if (answer.status === 403) return throwOut(text(body.detail) ?? "Error occurred!");
    throwOut("Error occurred!");
  }

  async function openVerification() {
    page = "mobile-phone-verification";
    const active = await proxy.isCodeActive(token());
    if (active.status !== 200 && active.status !== 404) return complain(active, "Error occurred!");
    if (!tab.has(CODE_SENT)) await requestCode();
  }

  async function requestCode() {
    const answer = await proxy.requestCode(token(), String(user.phone_number ?? ""));
    const left = fieldsOf(answer.body).cooldown;
    if (typeof left === "number") cooldown = left;
    if (answer.status >= 200 && answer.status < 300) tab.set(CODE_SENT, "true");
    else complain(answer, "Error occurred!");
  }

  async function completeSignUp() {
    page = "complete-signup";
    const method = verifiesNumbers ? "mobile_phone" : "";
    const answer = await proxy.setMethod(token(), method);
    if (answer.status !== 200) return complain(answer, "Error occurred!");
    user.method = method;
    await route();
  }

  return {
    get page() {
      return page;
    },
    get messages() {
      return messages;
    },
    get fieldErrors() {
      return fieldErrors;
    },
    get known() {
      return known;
    },
    get status() {
      return status;
    },
    get online() {
      return online;
    },
    get cooldown() {
      return cooldown;
    },
    get number() {
      return text(user.phone_number);
    },
    get mustChangePassword() {
      return user.password_expired === true;
    },
    async signUp({ email, password, phoneNumber, firstName }) {
      page = "registration";
      [known, fieldErrors] = [[], {}];
      const answer = await proxy.signUp({
        email,
        username: phoneNumber ?? email,
        password1: password,
        password2: password,
        ...(firstName !== undefined && { first_name: firstName }),
        ...(phoneNumber !== undefined && { phone_number: phoneNumber, method: "mobile_phone" }),
      });
      const body = fieldsOf(answer.body);
      if (answer.status >= 200 && answer.status < 300) {
        // A bare token with a dot in it is taken for a forged cookie.
        if (String(body.key).includes(".")) return throwOut("Error occurred!");
        cookie = String(body.key);
        user = { auth_token: cookie };
        return await validate();
      }
      if (answer.status === 409) {
        // The dialogue opens for an array only.
        known = Array.isArray(body.organizations) ? body.organizations : [];
        return;
      }
      complain(answer, "Registration error.");
      showFieldErrors(answer, [
        "phone_number",
        "email",
        "first_name",
        "last_name",
        "birth_date",
        "location",
        "password1",
        "password2",
      ]);
    },
    async logIn(username, password) {
      [messages, fieldErrors] = [[], {}];
      page = "login";
      const answer = await proxy.logIn({ username, password });
      const body = fieldsOf(answer.body);
      if (answer.status === 200 || (answer.status === 401 && body.is_active === true)) {
        cookie = String(body.key);
        user = { ...body, auth_token: body.key };
        return await route();
      }
      complain(
        answer,
        body.is_active === false ? "Your account has been deactivated." : "Login error occurred.",
      );
      showFieldErrors(answer, ["username", "password"]);
    },
    async reload() {
      if (cookie === undefined) return;
      user = { auth_token: cookie };
      status = undefined;
      await validate();
    },
    async enterCode(code) {
      const answer = await proxy.verifyCode(token(), code);
      if (answer.status !== 200) {
        const refused = fieldsOf(answer.body).code;
        fieldErrors = refused === undefined ? {} : { code: String(refused) };
        return complain(answer, "Error occurred!");
      }
      // Until the next validation the pages take the number for the user name.
      user = { ...user, is_verified: true, username: user.phone_number };
      await openStatus();
    },
    resendCode: requestCode,
    async changeNumber(phoneNumber) {
      const answer = await proxy.changeNumber(token(), phoneNumber);
      if (answer.status !== 200) {
        showFieldErrors(answer, ["phone_number"]);
        return complain(answer, "Error occurred!");
      }
      user = { ...user, is_verified: false, phone_number: phoneNumber };
      await openVerification();
    },
    async changePassword(current, fresh) {
      const answer = await proxy.changePassword(token(), {
        current_password: current,
        new_password: fresh,
        confirm_password: fresh,
      });
      if (answer.status !== 200) {
        showFieldErrors(answer, ["current_password"]);
        return complain(answer, "Error occurred!");
      }
      messages.push(text(fieldsOf(answer.body).message) ?? "");
      // What expired is asked for again, until it says otherwise.
      if (user.password_expired === true) await validate();
      else await openStatus();
    },
    async forgotPassword(input) {
      const answer = await proxy.resetPassword(input);
      if (answer.status !== 200) return complain(answer, "Error occurred!");
      // Without a text the form would stand there as if nothing had happened.
      messages.push(text(fieldsOf(answer.body).detail) ?? "");
    },
    async setNewPassword({ uid, token }, password) {
      const answer = await proxy.confirmReset({
        uid,
        token,
        new_password1: password,
        new_password2: password,
      });
      const { detail, new_password1, new_password2, uid: badUid, token: badToken } = fieldsOf(answer.body);
      if (answer.status === 200) {
        messages.push(text(detail) ?? "");
        return;
      }
      const first = [new_password1, new_password2].find(Array.isArray)?.[0];
      messages.push(
        text(detail) ?? text(first) ??
          (badUid ?? badToken ? "invalid password reset link" : "Error occurred!"),
      );
    },
    async scrollDown() {
      if (!status || !morePages) return;
      const answer = await proxy.sessions(token(), { is_open: "false", page: String(++closedPages) });
      morePages = answer.status === 200 && answer.link.includes("next");
      if (answer.status === 200) status = status.withMore(answer);
    },
    poll: refresh,
    async logOut() {
      const { body } = await proxy.sessions(token(), { is_open: "true" });
      const first = Array.isArray(body) ? fieldsOf(body[0]).session_id : undefined;
      if (first !== undefined) {
        await portal.logOut(String(first));
        online = false;
      }
      throwOut();
    },
  };
}
