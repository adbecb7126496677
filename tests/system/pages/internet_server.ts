/**
 * The web of the test's internet, on port 80 of every address: `deno run -A internet_server.ts SECRET`. It says
 * `ready` when it listens. The login pages are on `portal.example.net`; every other host has the same small pages.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Buffer } from "node:buffer";
import { credentialService, serverPage } from "./server_page.ts";

const secret = Deno.args[0] ?? "";
const CHUNK = Buffer.alloc(16_384, "portico");

/** Files of the pages, by path; their types. */
const FILES: Readonly<Record<string, string>> = {
  "/md5.js": "text/javascript",
  "/chilli_page.html": "text/html; charset=utf-8",
  "/chilli_page.js": "text/javascript",
  "/desk_page.html": "text/html; charset=utf-8",
  "/desk_page.js": "text/javascript",
};

/** Node's server: it sends `Content-Length` octets and nothing else, and stops when the client does. */
createServer((request, response) => void answer(request, response))
  .listen(80, "::", () => console.log("ready"));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const host = (request.headers.host ?? "").replace(/:80$/, "");
  const { pathname } = new URL(request.url ?? "/", "http://any");
  if (pathname.startsWith("/octets/")) return sendOctets(Number(pathname.split("/")[2]), response);
  if (pathname.startsWith("/paced/")) return sendPaced(pathname, response);
  if (pathname === "/ticks") return sendTicks(response);
  if (request.method === "PUT") return void request.on("end", () => response.end("stored")).resume();
  const page = host === "portal.example.net" ? await portal(request, host, pathname) : site(host, pathname);
  response.writeHead(page.status, Object.fromEntries(page.headers)).end(await page.text());
}

/** As the server of a portal's pages. */
async function portal(request: IncomingMessage, host: string, pathname: string): Promise<Response> {
  const type = FILES[pathname];
  if (type) {
    const file = new URL(`.${pathname}`, import.meta.url);
    return new Response(await Deno.readTextFile(file), { headers: { "Content-Type": type } });
  }
  const body = request.method === "POST" ? Buffer.concat(await Array.fromAsync(request)) : null;
  const asked = new Request(`http://${host}${request.url}`, {
    method: request.method ?? "GET",
    headers: { "Content-Type": request.headers["content-type"] ?? "" },
    body,
  });
  return pathname === "/server" ? await serverPage(asked, secret) : credentialService(asked, secret);
}

function site(host: string, pathname: string): Response {
  if (pathname === "/generate_204") return new Response(null, { status: 204 });
  return new Response(
    `<!DOCTYPE html><title>${host}</title><h1>${host}</h1><p id="path">${encodeURI(pathname)}</p>`,
    { headers: { "Content-Type": "text/html; charset=utf-8" } },
  );
}

/** So many octets, as fast as they are taken. */
function sendOctets(octets: number, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": octets });
  let left = octets;
  const send = () => {
    while (left > 0) {
      const chunk = CHUNK.subarray(0, Math.min(left, CHUNK.length));
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once("drain", send);
    }
    response.end();
  };
  send();
}

/** `/paced/OCTETS/RATE`: so many octets, so many a second; in a buffer of the guest's there is then next to nothing. */
function sendPaced(pathname: string, response: ServerResponse): void {
  const [octets = 0, rate = 0] = pathname.split("/").slice(2).map(Number);
  response.writeHead(200, { "Content-Type": "application/octet-stream", "Content-Length": octets });
  const begunAt = performance.now();
  let sent = 0;
  const ticking = setInterval(() => {
    const due = Math.min(octets, Math.floor((performance.now() - begunAt) / 1_000 * rate));
    response.write(Buffer.alloc(due - sent));
    sent = due;
    if (sent === octets) response.end();
  }, 10);
  response.on("close", () => clearInterval(ticking));
}

/** The time of sending, in Unix milliseconds, a line every 10 ms: the last one that came tells when nothing passed. */
function sendTicks(response: ServerResponse): void {
  const ticking = setInterval(() => response.write(`${Date.now()}\n`), 10);
  response.on("close", () => clearInterval(ticking));
}
