/** An HTTPS listener as `serve` has it, alone: `https_program.ts CERT KEY`. Prints its port, and what is said of the files. */
import process from "node:process";
import { keepCertificate } from "../../src/runtime/certificate_keeper.ts";
import { serveHttp, socketAddress } from "../../src/runtime/http_server.ts";
import { Hono } from "hono";

const [certFile = "", keyFile = ""] = process.argv.slice(2);
const keeper = await keepCertificate({
  certFile,
  keyFile,
  publicUrl: "https://wifi.example.org",
  now: () => new Date(),
  report: console.log,
  renewed: (certificate) => server.renew(certificate),
});
const app = new Hono().get("/", (c) => c.text(`${new URL(c.req.url).protocol} ${socketAddress(c)}`));
const server = await serveHttp({
  hostname: "127.0.0.1",
  port: 0,
  tls: keeper.certificate,
  fetch: (request, peer) => app.fetch(request, peer),
  reportFault: console.error,
});
setInterval(() => void keeper.look(), 50);
console.log(`port ${server.port}`);
process.on("SIGTERM", () => {
  void server.stop().then(() => process.exit(0));
});
