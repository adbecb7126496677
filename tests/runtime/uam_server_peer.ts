/** A listener as another process: tells its port, and answers with what it read. Ends when its input does. */
import process from "node:process";
import { uamServer, type UamServerAnswer, type UamServerRequest } from "../../src/runtime/uam_server.ts";

function echo(request: UamServerRequest): UamServerAnswer {
  const { method, target, headers, body, source, local, logsOut } = request;
  if (target === "/fault") throw new Error("on purpose");
  if (target === "/split") return { status: 200, statusText: "OK", headers: [["X", "a\r\nY: b"]], body: "" };
  return {
    status: 302,
    statusText: "Moved Temporarily",
    headers: [["Connection", "close"], ["P3P", 'CP="A B"'], ["Cache-Control", "a"], ["x-odd", "1"], [
      "Cache-Control",
      "b",
    ]],
    body: `${
      JSON.stringify({
        method,
        target,
        headers,
        body: [...body],
        source,
        local: local.address,
        isOurPort: server.addresses.some(({ port }) => port === local.port),
        logsOut,
      })
    } ü`,
  };
}

const server = await uamServer({
  listen: [{ hostname: "127.0.0.1", port: 0 }, { hostname: "127.0.0.1", port: 0, logsOut: true }],
  answer: (request) => Promise.resolve().then(() => echo(request)),
  refusal: (status) => ({ status, statusText: "Refused", headers: [["Content-Length", "3"]], body: "no\n" }),
  reportFault: (fault) => console.log(`fault: ${fault instanceof Error ? fault.message : fault}`),
  readingTime: 700,
});
console.log(server.addresses.map(({ port }) => port).join(" "));
process.stdin.on("end", () => void server.stop().then(() => console.log("stopped"))).resume();
