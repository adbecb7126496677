import { foldCase } from "../../values/fold_case.ts";
import { isKnownFormat } from "../credentials/password_hash.ts";
import { type CsvRow, csvRows, decodeCsv } from "./batch_csv.ts";
import { LONGEST_USERNAME } from "./batch_names.ts";

/** Somebody whom a batch shall make. */
export interface BatchUser {
  /** In the file; 0 for users that are counted. */
  readonly row: number;
  /** The user name, or what a number is put behind when it is taken. */
  readonly username: string;
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly password: BatchPassword;
}

export type BatchPassword =
  | { readonly kind: "random" }
  | { readonly kind: "clear"; readonly text: string }
  /** In one of Django's formats. */
  | { readonly kind: "hash"; readonly encoded: string };

/** What is wrong with a file, by the key that the API says it under. */
export interface FileErrors {
  /** About the file as such: its encoding, its columns, addresses that are none. */
  readonly __all__: readonly string[];
  readonly csvfile: readonly string[];
}

export type FileReading =
  | { readonly kind: "users"; readonly users: readonly BatchUser[] }
  | { readonly kind: "refused"; readonly errors: FileErrors };

const COLUMNS = 5;
const MOST_COMPLAINTS = 20;
const ROWS_AT_A_TIME = 100;
const CLEAR_MARK = "cleartext$";
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 150;

const USERNAME = /^[\p{L}\p{M}\p{N}_@.+-]+$/u;
const NOT_IN_USERNAME = /[^\p{L}\p{M}\p{N}_@.+-]/gu;
const EMAIL = /^[^\s\p{Cc}@,;:<>()[\]"\\]+@[^\s\p{Cc}@.,;:<>()[\]"\\]+(\.[^\s\p{Cc}@.,;:<>()[\]"\\]+)+$/u;
const CONTROL = /\p{Cc}/u;

/**
 * Reads a file of users: `username,password,email,first_name,last_name` without a header (radius-api 6.4). A row whose
 * address an earlier row has means the same user again, and says nothing.
 *
 * @param pause lets other work in: a file is read in small pieces.
 */
export async function readBatchFile(
  octets: Uint8Array,
  mostUsers: number,
  pause: () => Promise<void>,
): Promise<FileReading> {
  const text = decodeCsv(octets);
  if (text === null) return refused({ __all__: ["The file is no text in UTF-8 or UTF-16."] });
  const users = new Map<string, BatchUser>();
  const complaints: Complaint[] = [];
  let rows = 0;
  for await (const row of csvRows(text)) {
    if (++rows % ROWS_AT_A_TIME === 0) await pause();
    const user = readRow(row);
    if ("key" in user) complaints.push(user);
    else if (!users.has(user.emailKey)) users.set(user.emailKey, user);
    if (complaints.length >= MOST_COMPLAINTS) break;
    if (rows > mostUsers) {
      return refused({ csvfile: [`A file may have ${mostUsers} users. Make several batches.`] });
    }
  }
  if (complaints.length) return refused(byKey(complaints));
  if (!users.size) return refused({ csvfile: ["There is nobody in the file."] });
  return { kind: "users", users: [...users.values()] };
}

/** Whether a text of letters, digits and `@ . + - _` is short enough for a user name. */
function isUsername(text: string): boolean {
  return text.length <= LONGEST_USERNAME && USERNAME.test(text);
}

interface Complaint {
  readonly key: keyof FileErrors;
  readonly text: string;
}

function readRow(row: CsvRow): BatchUser & { readonly emailKey: string } | Complaint {
  const wrong = (text: string, key: keyof FileErrors = "csvfile") => ({
    key,
    text: `row ${row.row}: ${text}`,
  });
  if ("broken" in row) return wrong(row.broken);
  const { cells } = row;
  if (cells.length !== COLUMNS) return wrong(`${COLUMNS} columns expected, ${cells.length} found`, "__all__");
  const [username = "", password = "", email = "", firstName = "", lastName = ""] = cells.map((cell, at) =>
    at === 1 ? cell : cell.trim()
  );
  if (email.length > LONGEST_EMAIL || !EMAIL.test(email) || !email.isWellFormed()) {
    return wrong("this is no e-mail address", "__all__");
  }
  const name = username || email.slice(0, email.indexOf("@")).replace(NOT_IN_USERNAME, "");
  if (!isUsername(name)) {
    return wrong(`a user name has 1 to ${LONGEST_USERNAME} letters, digits and characters out of @ . + - _`);
  }
  if (![firstName, lastName].every(isName)) {
    return wrong(`a name has at most ${LONGEST_NAME} characters, and no control characters`);
  }
  const credential = readPassword(password);
  if (!credential) {
    return wrong(`the password is neither empty, nor ${CLEAR_MARK}…, nor a hash that is known here`);
  }
  return {
    row: row.row,
    username: name,
    email,
    emailKey: foldCase(email),
    firstName,
    lastName,
    password: credential,
  };
}

function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && text.isWellFormed() && !CONTROL.test(text);
}

function readPassword(text: string): BatchPassword | undefined {
  if (!text.trim()) return { kind: "random" };
  if (!text.startsWith(CLEAR_MARK)) {
    return isKnownFormat(text.trim()) ? { kind: "hash", encoded: text.trim() } : undefined;
  }
  const clear = text.slice(CLEAR_MARK.length);
  return clear && clear.isWellFormed() ? { kind: "clear", text: clear } : undefined;
}

function byKey(complaints: readonly Complaint[]): Partial<FileErrors> {
  const texts = (key: keyof FileErrors) =>
    complaints.filter((complaint) => complaint.key === key)
      .map(({ text }) => text);
  return { __all__: texts("__all__"), csvfile: texts("csvfile") };
}

function refused(errors: Partial<FileErrors>): FileReading {
  return { kind: "refused", errors: { __all__: [], csvfile: [], ...errors } };
}
