import { deepEqual, equal, rejects } from "node:assert/strict";
import { Transactions } from "../../../src/controller/gate/transactions.ts";

/** A kernel that makes each transaction when the test says so. */
function heldKernel() {
  const running: { readonly text: string; end(fault?: Error): void }[] = [];
  const transactions = new Transactions((text) =>
    new Promise((resolve, reject) => {
      running.push({ text, end: (fault) => fault ? reject(fault) : resolve() });
    })
  );
  return {
    transactions,
    running: () => running.map(({ text }) => text),
    async end(fault?: Error) {
      running.shift()?.end(fault);
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

const add = (text: string, ...keys: string[]) => ({ text, keys, isSlow: false });
const remove = (text: string, ...keys: string[]) => ({ text, keys, isSlow: true });

Deno.test("changes that arrive while one is made are made together", async () => {
  const { transactions, running, end } = heldKernel();
  const all = [add("a", "1"), add("b", "2"), add("c", "3")].map((change) => transactions.make(change));
  deepEqual(running(), ["a"]);
  await end();
  deepEqual(running(), ["bc"]);
  await end();
  await Promise.all(all);
});

Deno.test("who comes does not wait for who goes", async () => {
  const { transactions, running, end } = heldKernel();
  const gone = transactions.make(remove("-a", "1"));
  const come = transactions.make(add("+b", "2"));
  deepEqual(running(), ["-a", "+b"]);
  await end();
  await gone;
  await end();
  await come;
});

Deno.test("what is about the same station or address keeps its order", async () => {
  const { transactions, running, end } = heldKernel();
  void transactions.make(remove("-a", "1"));
  void transactions.make(add("+a", "1", "2"));
  void transactions.make(remove("-b", "2"));
  void transactions.make(add("+c", "3"));
  deepEqual(running(), ["-a", "+c"]);
  await end();
  deepEqual(running(), ["+c"], "one that only adds runs at a time");
  await end();
  deepEqual(running(), ["+a"]);
  await end();
  deepEqual(running(), ["-b"]);
  const idle = transactions.idle();
  await end();
  await idle;
});

Deno.test("a transaction that fails is told to all that were in it, and others go on", async () => {
  const { transactions, running, end } = heldKernel();
  const first = transactions.make(add("a"));
  const failing = [transactions.make(add("b")), transactions.make(add("c"))];
  await end();
  await first;
  const told = Promise.all(failing.map((each) => rejects(each, /no such set/)));
  await end(new Error("no such set"));
  await told;
  const last = transactions.make(add("d"));
  equal(running().join(), "d");
  await end();
  await last;
});
