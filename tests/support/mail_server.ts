import { SMTPServer } from "smtp-server";
import { type ReadMail, readMail } from "./read_mail.ts";

/** An SMTP server on loopback that takes every mail and keeps it. */
export interface MailServer {
  /** `smtp://127.0.0.1:PORT`: without encryption and without a password. */
  readonly url: string;
  /** The oldest first. */
  readonly mails: readonly ReadMail[];
  readonly close: () => Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const mails: ReadMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    onData(stream, _session, answer) {
      const pieces: Uint8Array[] = [];
      stream.on("data", (piece: Uint8Array) => pieces.push(piece));
      stream.on("end", async () => {
        mails.push(readMail(await new Blob(pieces.map((piece) => new Uint8Array(piece))).text()));
        answer();
      });
    },
  });
  // A client that goes away in the middle is the client's business.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (!address || typeof address === "string") throw new Error("It listens on no port");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
