import { equal, throws } from "node:assert/strict";
import { answersAfterSync } from "./sync_trace.ts";

const LOG = "/data/portico.db-wal";
const RECEIVED =
  '7 recvfrom(9<socket:[1]>, "POST /api/v1/freeradius/accounting/ HTTP/1.1"..., 8192, 0, NULL, NULL) = 300';
const WRITTEN = `7 pwrite64(5<${LOG}>, "..."..., 4096, 56) = 4096`;
const SYNCED = `8 fdatasync(6<${LOG}>) = 0`;
const ANSWERED = '7 sendto(9<socket:[1]>, "HTTP/1.1 201 Created"..., 150, MSG_NOSIGNAL, NULL, 0) = 150';
const trace = (...lines: string[]) => lines.join("\n");

Deno.test("an answer counts when the log was written and synced before it", () => {
  equal(answersAfterSync(trace(RECEIVED, WRITTEN, SYNCED, ANSWERED)), 1);
  const other = RECEIVED.replace("accounting", "authorize");
  equal(answersAfterSync(trace(other, ANSWERED.replace("201 Created", "200 OK"))), 0);
});

Deno.test("calls that stand in two lines are put together, thread by thread", () => {
  equal(
    answersAfterSync(trace(
      "7 recvfrom(9<socket:[1]>,  <unfinished ...>",
      `8 fdatasync(6<${LOG}> <unfinished ...>`,
      '7 <... recvfrom resumed>"POST /api/v1/freeradius/accounting/"..., 8192, 0, NULL, NULL) = 300',
      "8 <... fdatasync resumed>)              = 0",
      `7 pwrite64(5<${LOG}>,  <unfinished ...>`,
      "7 <... pwrite64 resumed>...) = 4096",
      `8 fdatasync(6<${LOG}> <unfinished ...>`,
      "9 futex(...) = 0",
      "8 <... fdatasync resumed>)              = 0",
      ANSWERED,
    )),
    1,
  );
});

const early: Readonly<Record<string, readonly string[]>> = {
  "before the sync": [RECEIVED, WRITTEN, ANSWERED, SYNCED],
  "without a write": [RECEIVED, SYNCED, ANSWERED],
  "after a sync that began before the write": [
    RECEIVED,
    `8 fdatasync(6<${LOG}> <unfinished ...>`,
    WRITTEN,
    "8 <... fdatasync resumed>) = 0",
    ANSWERED,
  ],
  "during the sync": [
    RECEIVED,
    WRITTEN,
    `8 fdatasync(6<${LOG}> <unfinished ...>`,
    ANSWERED,
    "8 <... fdatasync resumed>) = 0",
  ],
  "after another file was synced": [
    RECEIVED,
    WRITTEN,
    "8 fdatasync(6</data/portico.db> <unfinished ...>",
    "8 <... fdatasync resumed>) = 0",
    ANSWERED,
  ],
  "after a sync that failed": [
    RECEIVED,
    WRITTEN,
    `8 fdatasync(6<${LOG}>) = -1 EIO (Input/output error)`,
    ANSWERED,
  ],
};
for (const [how, lines] of Object.entries(early)) {
  Deno.test(`an answer ${how} is found`, () => {
    throws(() => answersAfterSync(trace(...lines)), /answered before the sync/);
  });
}
