import { type Messages, messagesOf, type SentMail, type SentSms } from "../contract/messages.ts";
import { httpGateway } from "../support/http_gateway.ts";
import { headerOf, mailServer, partsOf } from "../support/mail_server.ts";

/** Where a started target sends its messages, and how they are read there. */
export interface PostOffice {
  readonly environment: Readonly<Record<string, string>>;
  readonly messages: Messages;
  readonly close: () => Promise<void>;
}

/** A file for text messages and a folder for mail, as a program without any gateway writes them. */
export function folderPostOffice(folder: string): PostOffice {
  const [smsFile, mailFolder] = [`${folder}/sms.jsonl`, `${folder}/mail`];
  return {
    environment: { PORTICO_SMS: `file:${smsFile}`, PORTICO_MAIL: `file:${mailFolder}` },
    messages: messagesOf(async () => ({
      sms: await readLines(smsFile),
      mails: await readFolder(mailFolder),
    })),
    close: () => Promise.resolve(),
  };
}

/** A gateway and a mail server on loopback: for programs that have no files. */
export async function loopbackPostOffice(): Promise<PostOffice> {
  const gateway = await httpGateway();
  const server = await mailServer({ disabledCommands: ["STARTTLS", "AUTH"] });
  const read = () =>
    Promise.resolve({
      // Our own JSON: `{"to": ["+39…"], "body": "…", …}`.
      sms: gateway.calls.map(({ body }): SentSms => JSON.parse(body)),
      mails: server.received.map(({ raw }) => readMail(raw)),
    });
  return {
    environment: { PORTICO_SMS: `webhook:${gateway.url}`, PORTICO_MAIL: `smtp://127.0.0.1:${server.port}` },
    messages: messagesOf(read),
    async close() {
      await gateway.close();
      await server.close();
    },
  };
}

/** Nothing is there before the first message. */
async function readLines(path: string): Promise<SentSms[]> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").filter(Boolean).map((line) => JSON.parse(line));
}

async function readFolder(path: string): Promise<SentMail[]> {
  const found: { readonly at: number; readonly mail: SentMail }[] = [];
  try {
    for await (const { name } of Deno.readDir(path)) {
      // What is still being written has another name.
      if (!name.endsWith(".eml")) continue;
      const { mtime } = await Deno.stat(`${path}/${name}`);
      found.push({ at: mtime?.getTime() ?? 0, mail: readMail(await Deno.readTextFile(`${path}/${name}`)) });
    }
  } catch (fault) {
    if (!(fault instanceof Deno.errors.NotFound)) throw fault;
  }
  return found.sort((one, other) => one.at - other.at).map(({ mail }) => mail);
}

function readMail(raw: string): SentMail {
  const parts = partsOf(raw);
  const to = headerOf(raw, "To") ?? "";
  return {
    to: /<([^>]+)>/.exec(to)?.[1] ?? to,
    subject: headerOf(raw, "Subject") ?? "",
    text: parts["text/plain"] ?? "",
    html: parts["text/html"] ?? "",
  };
}
