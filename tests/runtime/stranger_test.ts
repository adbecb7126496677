import { deepEqual } from "node:assert/strict";
import { createServer } from "node:net";
import { tryAsStranger } from "../../src/runtime/stranger.ts";

Deno.test("a connection is taken, or refused at once; several attempts come back in their order", async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" ? address?.port ?? 0 : 0);
    });
  });
  const taken = { kind: "connect", address: "127.0.0.1", port } as const;
  deepEqual(await tryAsStranger([taken, { ...taken, address: "127.0.0.2" }]), [
    { kind: "connect", result: "connected" },
    { kind: "connect", result: "refused" },
  ]);
  await new Promise((resolve) => server.close(resolve));
  deepEqual(await tryAsStranger([taken]), [{ kind: "connect", result: "refused" }]);
});
