import { createMember, createOperator } from "../aaa/identity/users.ts";
import { DomainError } from "../errors.ts";
import { type Command, type OptionValues, readSecret, required, textOf } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { withInstallation } from "./with_installation.ts";

/** Makes somebody who may do everything. */
export const adminCreate: Command = {
  name: "admin create",
  operands: "",
  about: "Make an operator who may do everything; the password comes from standard input.",
  options: {
    username: { type: "string" },
    email: { type: "string" },
    "password-stdin": { type: "boolean" },
  },
  run: async (world, values, operands) => {
    refuseOperands("admin create", operands);
    const email = textOf(values, "email");
    const fields = { username: required(values, "username"), ...(email === undefined ? {} : { email }) };
    requireStdin(values, "password-stdin");
    const password = await readSecret(world);
    await withInstallation(world, values, async (installation) => {
      const id = await createOperator(installation.identity(world.now()), { ...fields, password });
      world.print(values.json ? JSON.stringify({ id }) : `Created the operator ${fields.username}: id ${id}`);
    });
  },
};

/** Makes a member of an organization. */
export const userCreate: Command = {
  name: "user create",
  operands: "",
  about: "Make a user, or add an existing one to an organization; the password comes from standard input.",
  help: "An existing user keeps password, address and number. --phone wants the country: +39 06 1234567.",
  options: {
    org: { type: "string" },
    username: { type: "string" },
    email: { type: "string" },
    phone: { type: "string" },
    group: { type: "string" },
    verified: { type: "boolean" },
    "password-stdin": { type: "boolean" },
  },
  run: async (world, values, operands) => {
    refuseOperands("user create", operands);
    const slug = required(values, "org");
    const username = required(values, "username");
    const [email, phone, group] = ["email", "phone", "group"].map((name) => textOf(values, name));
    requireStdin(values, "password-stdin");
    const password = await readSecret(world);
    await withInstallation(world, values, async (installation) => {
      const { id, existed } = await createMember(installation.identity(world.now()), slug, {
        username,
        password,
        ...(email === undefined ? {} : { email }),
        ...(phone === undefined ? {} : { phone }),
        ...(group === undefined ? {} : { group }),
        ...(values.verified ? { verified: true } : {}),
      });
      if (existed) {
        world.warn(`${username} had an account: its password, address and number stay as they were`);
      }
      const done = existed ? "Added" : "Created";
      world.print(values.json ? JSON.stringify({ id }) : `${done} ${username} in ${slug}: id ${id}`);
    });
  },
};

/** A secret on the command line would be seen by everybody on the machine: there is no other way to give it. */
export function requireStdin(values: OptionValues, name: string): void {
  if (!values[name]) {
    throw new DomainError("invalid_input", `--${name} is missing: the secret is read from standard input`);
  }
}
