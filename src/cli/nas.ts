import { SHORTEST_GOOD_SECRET } from "../aaa/identity/draft_nas.ts";
import { addNas } from "../aaa/identity/nas.ts";
import { type Command, readSecret, required } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { requireStdin } from "./user.ts";
import { withInstallation } from "./with_installation.ts";

/** Adds a NAS. */
export const nasAdd: Command = {
  name: "nas add",
  operands: "",
  about: "Add a NAS, or a network of them, to an organization; the secret comes from standard input.",
  options: {
    org: { type: "string" },
    address: { type: "string" },
    shortname: { type: "string" },
    "secret-stdin": { type: "boolean" },
  },
  run: async (world, values, operands) => {
    refuseOperands("nas add", operands);
    const slug = required(values, "org");
    const fields = { address: required(values, "address"), shortname: required(values, "shortname") };
    requireStdin(values, "secret-stdin");
    const secret = await readSecret(world);
    await withInstallation(world, values, async (installation) => {
      const id = await addNas(installation.identity(world.now()), slug, { ...fields, secret });
      if (secret.length < SHORTEST_GOOD_SECRET) {
        world.warn(`WARNING: the secret is shorter than ${SHORTEST_GOOD_SECRET} characters`);
      }
      world.print(values.json ? JSON.stringify({ id }) : `Added ${fields.address} to ${slug}: id ${id}`);
    });
  },
};
