import { passwordVerifier } from "../../src/aaa/credentials/password_verifier.ts";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { keyFromSecret } from "../../src/runtime/secret_key.ts";
import { venueDatabase } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { caseGroups } from "./all_cases.ts";
import type { ContractTarget } from "./contract_case.ts";
import { CONTRACT_ENVIRONMENT, setupSide } from "./setup_side.ts";

for (const { environment, cases } of await caseGroups()) {
  const differing = Object.entries(environment).map(([name, value]) => ` ${name}=${value}`).join("");
  Deno.test(`the contract holds in this process${differing}`, async (t) => {
    const { target, close } = await inProcess({ ...CONTRACT_ENVIRONMENT, ...environment });
    for (const { name, run } of cases) await t.step(name, () => run(target));
    await close();
  });
}

async function inProcess(environment: Readonly<Record<string, string>>) {
  const client = openFile(":memory:");
  await migrate(client);
  const side = setupSide(client, environment);
  const settings = readConfig({ environment });
  const crypto = nativeCrypto();
  const background = new Set<Promise<unknown>>();
  const reportFault = (fault: unknown) => console.error(fault);
  const app = createApp({
    db: venueDatabase(client, "in-process"),
    settings,
    crypto,
    serverKey: keyFromSecret(settings.secretKey),
    passwords: passwordVerifier(crypto, { parallel: 2, longestWaitMs: Infinity }),
    now: () => new Date(),
    socketAddress: () => "127.0.0.1",
    reportFault,
    inBackground(work) {
      const done = work.catch(reportFault).finally(() => background.delete(done));
      background.add(done);
    },
  });
  const target: ContractTarget = {
    ...side,
    name: "in-process",
    url: "http://localhost",
    fetch: async (path, init) => await app.request(path, init),
  };
  return {
    target,
    async close() {
      await Promise.allSettled(background);
      await crypto.close();
      await side.close();
    },
  };
}
