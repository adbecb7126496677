import { passwordFlaws } from "../../aaa/credentials/password_rules.ts";
import { say } from "../../languages/say.ts";

/** What the form's fields hold. */
export interface SetupFields {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly passwordAgain: string;
}

/** What is wrong, by field; `form` is about all of it. */
export type SetupErrors = Partial<Record<keyof SetupFields | "form", string>>;

export const NOTHING_TYPED: SetupFields = { username: "", email: "", password: "", passwordAgain: "" };

const LONGEST_USERNAME = 150;
const LONGEST_EMAIL = 254;
const LONGEST_PASSWORD = 1024;

/** White space belongs to a password and to nothing else. */
export function readSetupFields(sent: URLSearchParams): SetupFields {
  const text = (name: string) => sent.get(name) ?? "";
  return {
    username: text("username").trim(),
    email: text("email").trim(),
    password: text("password"),
    passwordAgain: text("password_again"),
  };
}

export function setupErrors({ username, email, password, passwordAgain }: SetupFields): SetupErrors {
  const errors: SetupErrors = {};
  if (!username) errors.username = "Enter a user name.";
  else if ([...username].length > LONGEST_USERNAME) {
    errors.username = `The user name has more than ${LONGEST_USERNAME} characters.`;
  }
  if (email && (email.length > LONGEST_EMAIL || !/^[^\s@]+@[^\s@]+$/.test(email))) {
    errors.email = "This is not an e-mail address.";
  }
  const [flaw] = passwordFlaws(password, { username, email });
  if (!password) errors.password = "Enter a password.";
  else if (password.length > LONGEST_PASSWORD) {
    errors.password = `The password has more than ${LONGEST_PASSWORD} characters.`;
  } else if (flaw) errors.password = say("en", flaw);
  else if (password !== passwordAgain) errors.passwordAgain = "The two passwords are not the same.";
  return errors;
}

/** What the account's own checks said, which name their field: `username: expected …`. */
export function refusedBy(message: string): SetupErrors {
  const [, field, complaint] = /^(username|email|password): (.+)$/s.exec(message) ?? [];
  if (!field || !complaint) return { form: `${message}.` };
  // The pattern lets through just these three.
  return {
    [field as "username" | "email" | "password"]: `${complaint[0]?.toUpperCase()}${complaint.slice(1)}.`,
  };
}
