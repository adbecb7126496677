import { request } from "node:https";
import { LOOPBACK_CERTIFICATE } from "./loopback_certificate.ts";

/** Somebody at 127.0.0.1 who trusts the tests' own certificate. */
export class LoopbackGuest {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  get(path: string): Promise<string> {
    return this.#send(path, "GET", "");
  }

  post(path: string, fields: Readonly<Record<string, string>>): Promise<string> {
    return this.#send(path, "POST", new URLSearchParams(fields).toString());
  }

  #send(path: string, method: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: this.#port,
        path,
        method,
        servername: "localhost",
        ca: LOOPBACK_CERTIFICATE.cert,
        agent: false,
        headers: { "content-type": "application/x-www-form-urlencoded" },
      };
      request(options, (answer) => {
        let text = "";
        answer.on("data", (chunk) => text += chunk);
        answer.on("end", () => resolve(text));
      }).on("error", reject).end(body);
    });
  }
}
