/** A shell block of docs/account-api.md and the answer that stands under it. */
export interface DocumentedCommand {
  /** The heading above it. */
  readonly section: string;
  readonly shell: string;
  /** Null where no answer is shown. */
  readonly answer: DocumentedAnswer | null;
}

export interface DocumentedAnswer {
  /** `200 OK` */
  readonly status: string;
  /** By lower-case name; of a document those that it shows. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parsed, with what differs from one time to the next made equal; undefined when it is empty. */
  readonly body: unknown;
}

export interface AccountApiDocument {
  /** Settings of the venue that the reader is told to start. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where that venue listens. */
  readonly address: string;
  readonly commands: readonly DocumentedCommand[];
}

/** @throws {Error} when a block is none that is understood. */
export async function readAccountApiDocument(): Promise<AccountApiDocument> {
  const lines = (await Deno.readTextFile(new URL("../../docs/account-api.md", import.meta.url))).split("\n");
  const commands: DocumentedCommand[] = [];
  let environment: Record<string, string> = {};
  let [section, address] = ["", ""];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    section = /^## (.+)$/.exec(line)?.[1] ?? section;
    const kind = /^```(\w*)$/.exec(line)?.[1];
    if (kind === undefined) continue;
    const end = lines.indexOf("```", index + 1);
    const text = lines.slice(index + 1, end).join("\n");
    index = end;
    if (kind === "sh") commands.push({ section, shell: text, answer: null });
    else if (kind === "http") answerTo(commands, text);
    else if (kind === "console") {
      environment = Object.fromEntries(
        [...text.matchAll(/\b(PORTICO_\w+)=(\S+)/g)].map(([, ...pair]) => pair),
      );
      address = /--http (\S+)/.exec(text)?.[1] ?? "";
    } else throw new Error(`docs/account-api.md: what is a block of ${kind || "nothing"} for?`);
  }
  return { environment, address, commands };
}

function answerTo(commands: DocumentedCommand[], text: string): void {
  const command = commands.pop();
  if (!command || command.answer) throw new Error(`docs/account-api.md: what is answered by ${text}?`);
  commands.push({ ...command, answer: readAnswer(text) });
}

/** Reads what `curl -i` writes. */
export function readAnswer(text: string): DocumentedAnswer {
  const [head = "", ...rest] = text.replaceAll("\r", "").trim().split("\n\n");
  const [status = "", ...headers] = head.split("\n");
  const body = rest.join("\n\n");
  return {
    status: status.replace(/^HTTP\/1\.1 /, ""),
    headers: new Map(headers.map((line) => {
      const [name = "", ...value] = line.split(": ");
      return [name.toLowerCase(), value.join(": ")] as const;
    })),
    body: body ? JSON.parse(withoutChance(body)) : undefined,
  };
}

/** Keys, ids, instants and seconds left, each as its kind. */
function withoutChance(json: string): string {
  return json
    .replace(/"[0-9a-f]{40}"/g, '"API KEY"')
    .replace(/"[A-Za-z0-9]{40}"/g, '"RADIUS TOKEN"')
    .replace(/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"ID"')
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"INSTANT"')
    .replace(/"[A-Z][a-z]+\.? \d{1,2}, \d{4}, [\d:]*\s?(?:[ap]\.m\.|noon|midnight)"/g, '"INSTANT"')
    .replace(/in \d+ seconds/g, "in SOME seconds")
    .replace(/("cooldown":\s*)\d+/g, "$1 1");
}
