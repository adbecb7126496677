import type { Client } from "@libsql/client";
import { insertRows, isConstraintFailure } from "../../storage/rows.ts";
import { installation, permissionGroup } from "../../storage/schema/mod.ts";
import { NOTHING, readIdentity } from "./identity_state.ts";
import type { IdentityContext } from "./identity_context.ts";
import { IdentityDraft } from "./identity_draft.ts";
import { draftOrganization } from "./draft_organization.ts";
import { identityStatements } from "./identity_statements.ts";

const MODELS = [
  "radiuscheck",
  "radiusreply",
  "radiusgroup",
  "radiusgroupcheck",
  "radiusgroupreply",
  "radiususergroup",
  "nas",
  "radiusbatch",
  "organizationradiussettings",
];
const RECORDS = ["radiusaccounting", "radiuspostauth"];
const ACTIONS = ["add", "change", "delete", "view"];

const every = (models: readonly string[]) =>
  models.flatMap((model) => ACTIONS.map((action) => `${action}_${model}`));

const PERMISSION_GROUPS = [
  { name: "Operator", permissions: [...every(RECORDS), ...MODELS.map((model) => `view_${model}`)] },
  { name: "Administrator", permissions: [...every(RECORDS), ...every(MODELS), ...every(["radiustoken"])] },
];

/** The name of this installation in the rows it writes, made when it is first asked for. */
export async function nodeIdOf(client: Client, newId: string): Promise<string> {
  const read = () => client.execute("select value from installation where name = 'node_id'");
  const known = (await read()).rows[0]?.[0];
  if (known) return String(known);
  await client.execute({
    sql: "insert or ignore into installation (name, value) values ('node_id', ?)",
    args: [newId],
  });
  return String((await read()).rows[0]?.[0]);
}

/**
 * Fills a new database: the organization `default`, the permission groups `Operator` and `Administrator`. Once only:
 * what is deleted later stays deleted. Two processes may try at once.
 */
export async function seed(context: IdentityContext): Promise<void> {
  const { db, now } = context;
  const seeded = "select 1 from installation where name = 'seeded'";
  if ((await db.state.$client.execute(seeded)).rows.length) return;
  const state = await readIdentity(db, { ...NOTHING, slugs: ["default"] });
  const draft = new IdentityDraft(context, state);
  draftOrganization(draft, { slug: "default" }, "");
  const missing = PERMISSION_GROUPS.filter(({ name }) =>
    !state.permissionGroups.some((group) => group.name === name)
  );
  const note = insertRows(installation, [{ name: "seeded", value: now.toISOString() }]);
  const statements = [...insertRows(permissionGroup, missing), ...identityStatements(draft)];
  try {
    if (db.state === db.directory) await db.directory.$client.batch([...note, ...statements], "write");
    else {
      await db.directory.$client.batch(statements, "write");
      await db.state.$client.batch(note, "write");
    }
  } catch (fault) {
    if (!isConstraintFailure(fault)) throw fault;
  }
}
