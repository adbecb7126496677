import { deepEqual, equal, ok } from "node:assert/strict";
import { Shaping } from "../../../src/controller/gate/shaping.ts";

/** tc of a kernel that has these queues. */
function scriptedTc(queues: readonly string[], qdiscs = "qdisc noqueue 0: root refcnt 2\n") {
  const batches: string[] = [];
  return {
    batches,
    run: (_: string, args: readonly string[], input = "") => {
      if (args[0] === "-force") batches.push(input);
      const isShow = args.includes("show");
      const queue = ["fq_codel", "sfq", "bfifo"].find((each) => args.includes(each));
      const isUnknown = queue !== undefined && !queues.includes(queue);
      return Promise.resolve({
        code: isUnknown ? 2 : 0,
        stdout: isShow && args.includes("dev") && args[0] === "qdisc" ? qdiscs : "",
        stderr: isUnknown ? "Error: Specified qdisc kind is unknown." : "",
      });
    },
  };
}

const noFault = (fault: Error) => {
  throw fault;
};

Deno.test("a station's queue is the fairest that the kernel has", async () => {
  for (
    const [queues, wanted] of [[["fq_codel", "sfq", "bfifo"], "fq_codel"], [["bfifo"], "bfifo"]] as const
  ) {
    const tc = scriptedTc(queues);
    await new Shaping(tc, noFault).set("lan0", 1, 1_000_000);
    ok(tc.batches.join().includes(`parent 7007:1 ${wanted} limit `), tc.batches.join());
  }
});

Deno.test("a changed rate keeps the queue, one that stays costs nothing, one that goes takes the class away", async () => {
  const tc = scriptedTc(["bfifo"]);
  const shaping = new Shaping(tc, noFault);
  await shaping.set("lan0", 1, 1_000_000);
  await shaping.set("lan0", 1, 1_000_000);
  equal(tc.batches.length, 1);
  await shaping.set("lan0", 1, 2_000_000);
  ok(tc.batches[1]?.includes("rate 2000000bit") && !tc.batches[1].includes("qdisc"));
  await shaping.set("lan0", 1, 0);
  equal(tc.batches[2], "class del dev lan0 classid 7007:1\n");
  await shaping.set("lan0", 1, 0);
  equal(tc.batches.length, 3);
});

Deno.test("stations that come together are told to tc together", async () => {
  const tc = scriptedTc(["bfifo"]);
  const shaping = new Shaping(tc, noFault);
  await Promise.all(Array.from({ length: 50 }, (_, n) => shaping.set("lan0", n + 1, 1_000_000)));
  equal(tc.batches.length, 1);
  equal(tc.batches[0]?.match(/class replace/g)?.length, 50);
});

Deno.test("somebody's own qdisc is left alone, and that is said once", async () => {
  const faults: string[] = [];
  const tc = scriptedTc(["bfifo"], "qdisc cake 8001: root refcnt 2 bandwidth 50Mbit\n");
  const shaping = new Shaping(tc, (fault) => faults.push(fault.message));
  await shaping.set("wan", 1, 1_000_000);
  await shaping.set("wan", 2, 1_000_000);
  deepEqual(tc.batches, []);
  equal(faults.length, 1);
  ok(faults[0]?.includes("cake"));
});
