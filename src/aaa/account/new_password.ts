import type { Message } from "../../languages/say.ts";
import { passwordFlaws } from "../credentials/password_rules.ts";
import type { Account } from "./account.ts";

/** What is wrong with a password that the account's owner chooses; empty when nothing is. */
export function flawsOf(password: string, account: Account): readonly Message[] {
  return passwordFlaws(password, {
    username: account.username,
    email: account.email ?? "",
    first_name: account.firstName,
    last_name: account.lastName,
    phone_number: account.phoneNumber ?? "",
  });
}
