import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";

/** A way in which a member's identity is established in an organization (radius-api 10.2). */
export interface RegistrationMethod {
  /** What its records hold; empty for none. */
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Whoever was verified by it is known as a person: what a log-in asks for where identities must be verified. */
  readonly strong: boolean;
  /** Its members may use the network before they are verified: to reach their bank, say. */
  readonly authorizeUnverified: boolean;
}

/** What an account joins a further organization with, until its user has chosen how to prove an identity there. */
export const PENDING_VERIFICATION = "pending_verification";

type BuiltIn = readonly [name: string, label: string, strong: boolean];
const BUILT_IN: readonly BuiltIn[] = [
  ["", "Unspecified", false],
  ["manual", "Made by an operator", true],
  ["email", "E-mail address", false],
  ["mobile_phone", "Mobile phone", true],
  [PENDING_VERIFICATION, "To be chosen", false],
  ["social_login", "Social login", false],
  ["saml", "Single sign-on (SAML)", true],
];

type Methods = ReadonlyMap<string, RegistrationMethod>;
const known = new WeakMap<Settings, Methods>();

/** Every method there is, by name: the built-in ones, and those that the operator defined or defined anew. */
export function registrationMethods(settings: Settings): Methods {
  const found = known.get(settings);
  if (found) return found;
  const methods = new Map(
    BUILT_IN.map(([name, label, strong]) => [name, { name, label, strong, authorizeUnverified: false }]),
  );
  for (const [name, own] of Object.entries(settings.registrationMethods)) {
    const { label = methods.get(name)?.label ?? name, strong, authorize_unverified } = own;
    methods.set(name, { name, label, strong, authorizeUnverified: authorize_unverified });
  }
  for (const name of settings.authorizeUnverifiedMethods) {
    const method = methods.get(name);
    if (method) methods.set(name, { ...method, authorizeUnverified: true });
  }
  known.set(settings, methods);
  return methods;
}

type Registration = { readonly method: string; readonly isVerified: boolean } | null;

/** Verified by a method that tells who somebody is (5.0). A method that nobody defined tells nothing. */
export function isStronglyVerified(settings: Settings, registration: Registration): boolean {
  return registration !== null && registration.isVerified &&
    registrationMethods(settings).get(registration.method)?.strong === true;
}

/** Whether the network is open to a member where identities must be verified (2.3): weak methods suffice for it. */
export function isVerifiedEnough(settings: Settings, registration: Registration): boolean {
  return registration !== null &&
    (registration.isVerified ||
      registrationMethods(settings).get(registration.method)?.authorizeUnverified === true);
}

/** What a method needs that is not there. */
export type MethodObstacle = "no_address" | "no_sms";

/**
 * Why somebody could never be verified by a method in an organization; null when nothing is in the way.
 *
 * @param email the account's, if it has one.
 */
export function obstacleTo(
  method: string,
  { smsVerification }: Pick<OrganizationRecord, "smsVerification">,
  email: string | null | undefined,
): MethodObstacle | null {
  if (method === "email" && !email) return "no_address";
  return method === "mobile_phone" && !smsVerification ? "no_sms" : null;
}

/** What is wrong with a list of methods, as the end of a sentence that begins with its name; null when nothing is. */
export function complaintAbout(settings: Settings, names: readonly string[]): string | null {
  const methods = registrationMethods(settings);
  const unknown = names.find((name) => !methods.has(name));
  if (unknown === undefined) return null;
  const all = [...methods.keys()].map((name) => `"${name}"`).join(", ");
  return `there is no registration method ${JSON.stringify(unknown)}; there are ${all}`;
}

/**
 * The same for the settings themselves.
 *
 * @returns the setting's name and the end of the sentence.
 */
export function methodComplaint(
  settings: Settings,
): { readonly name: keyof Settings; readonly text: string } | null {
  for (const name of ["authorizeUnverifiedMethods", "userSettableRegistrationMethods"] as const) {
    const text = complaintAbout(settings, settings[name]);
    if (text) return { name, text };
  }
  return null;
}
