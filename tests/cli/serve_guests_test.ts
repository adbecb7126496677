import { deepEqual, equal, match } from "node:assert/strict";
import { withCertificateFiles } from "../support/certificate_files.ts";
import { LOOPBACK_CERTIFICATE } from "../support/loopback_certificate.ts";
import { LoopbackGuest } from "../support/loopback_guest.ts";
import { RUNTIMES, withCommandLine } from "./command_line.ts";

for (const runtime of Object.keys(RUNTIMES)) {
  Deno.test(`${runtime}: without the certificate that guests are to see nothing is started`, () =>
    withCommandLine(runtime, async ({ run }) => {
      const files = ["--tls-cert", "/nowhere/chain.pem", "--tls-key", "/nowhere/key.pem"];
      const { code, stderr } = await run([
        "serve",
        "--http",
        "127.0.0.1:0",
        "--https",
        "127.0.0.1:0",
        ...files,
      ]);
      equal(code, 1);
      match(stderr, /^Cannot read the certificate in \/nowhere\/chain\.pem: there is no such file\n$/);
    }));

  Deno.test(`${runtime}: guests of a zone without a network log in over TLS`, () =>
    withCommandLine(
      runtime,
      ({ run, start }) =>
        withCertificateFiles(LOOPBACK_CERTIFICATE, async ({ certFile, keyFile }) => {
          await run(["user", "create", "--org", "default", "--username", "ada", "--password-stdin"], {
            input: "correct horse",
          });
          equal((await run(["zone", "create", "--org", "default", "--name", "guests"])).code, 0);
          const running = start([
            ...[
              "serve",
              "--http",
              "127.0.0.1:0",
              "--https",
              "127.0.0.1:0",
              "--public-url",
              "https://localhost",
            ],
            ...["--tls-cert", certFile, "--tls-key", keyFile],
          ]);
          const line = await running.line(/^Guests sign in over TLS on/);
          const guest = new LoopbackGuest(Number(/:(\d+)$/.exec(line)?.[1]));
          const api = "/captive-portal/api";
          const portal = { "user-portal-url": "https://localhost/www/login" };
          deepEqual(JSON.parse(await guest.get(api)), { captive: true, ...portal });
          const form_token = /name="form_token" value="([^"]+)"/.exec(await guest.get("/www/login"))?.[1] ??
            "";
          await guest.post("/www/login", { form_token, username: "ada", password: "correct horse" });
          match(await guest.get("/www/status"), /<dd><bdi>ada<\/bdi><\/dd>/);
          match(await guest.get(api), /"captive":false/);
          running.kill("SIGTERM");
          equal((await running.ended).code, 0);
        }),
    ));
}
