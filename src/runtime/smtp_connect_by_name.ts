import { connect, isIP } from "node:net";
import { connect as connectWithTls } from "node:tls";
import type { SmtpConnect } from "./smtp_sender.ts";

const LONGEST_MILLISECONDS = 10_000;

/**
 * Connects to an SMTP server by its name. Nodemailer looks the name up and connects to the address, and that is what
 * workerd then wants to read in the certificate.
 */
export const connectByName: SmtpConnect = ({ host, port, secure }) => {
  const socket = secure
    ? connectWithTls({ host, port, ...(isIP(host) ? {} : { servername: host }) })
    : connect({ host, port });
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => socket.destroy(new Error("The connection took too long")),
      LONGEST_MILLISECONDS,
    );
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(late));
    socket.once(secure ? "secureConnect" : "connect", () => {
      clearTimeout(late);
      resolve({ connection: socket, secured: secure });
    });
  });
};
