import type { InStatement } from "@libsql/client";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { RowDraft } from "../../storage/row_draft.ts";
import { deleteRows, insertRows, type RowChange, updateRows } from "../../storage/rows.ts";
import {
  auditLog,
  emailAddress,
  nas,
  organization,
  organizationOwner,
  organizationRadiusSettings,
  organizationUser,
  radcheck,
  radgroupcheck,
  radgroupreply,
  radiusGroup,
  radreply,
  radusergroup,
  registeredUser,
  user,
  userPermissionGroup,
  zone,
} from "../../storage/schema/mod.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";
import type { IdentityDraft, UserRow } from "./identity_draft.ts";

/**
 * What makes the directory as drafted, for one batch. It fails as a whole (`isConflict()`, `isConstraintFailure()`)
 * when somebody else changed the same rows since they were read.
 */
export function identityStatements(draft: IdentityDraft): InStatement[] {
  return [
    ...releaseUniqueValues(draft),
    ...removals(draft),
    ...written(organization, draft.organizations, ["id", "modified"], draft.now),
    ...written(organizationRadiusSettings, draft.settings, ["organizationId", "modified"], draft.now),
    ...groups(draft),
    ...insertRows(radgroupcheck, draft.groupChecks.added()),
    ...insertRows(radgroupreply, draft.groupReplies.added()),
    ...written(nas, draft.nas, ["id", "modified"], draft.now),
    ...written(zone, draft.zones, ["id", "modified"], draft.now),
    ...written(user, draft.users, ["id", "modified"], draft.now),
    ...updateRows(emailAddress, ["id"], draft.emails.changed()),
    // The database numbers them.
    ...insertRows(emailAddress, draft.emails.added().map(({ id: _, ...row }) => row)),
    ...written(organizationUser, draft.members, ["id", "modified"], draft.now),
    ...insertRows(organizationOwner, draft.owners.added()),
    ...written(registeredUser, draft.registrations, ["id", "modified"], draft.now),
    ...insertRows(radusergroup, draft.userGroups.added()),
    ...insertRows(radcheck, draft.checks.added()),
    ...insertRows(radreply, draft.replies.added()),
    ...insertRows(userPermissionGroup, draft.userPermissionGroups.added()),
    ...draft.further,
  ];
}

/** The audit log's rows for the same change. */
export function auditStatements(draft: IdentityDraft): InStatement[] {
  const { actor } = draft.context;
  const rows = [...draft.differences.auditEntries()].map(({ action, subject, organizationId }) => ({
    at: draft.now,
    actor,
    action,
    organizationId,
    subject,
  }));
  // The column is branded; what a difference names is an organization's id.
  return insertRows(auditLog, rows as (typeof auditLog.$inferInsert)[]);
}

/** Two users may exchange an address or a number: before they are given anew, both are without. */
function releaseUniqueValues(draft: IdentityDraft): InStatement[] {
  const released: RowChange<UserRow>[] = [];
  for (const { stored, changes } of draft.users.changed()) {
    const free: Partial<UserRow> = {
      ...("emailKey" in changes && stored.emailKey !== null ? { emailKey: null } : {}),
      ...("phoneNumber" in changes && stored.phoneNumber !== null ? { phoneNumber: null } : {}),
    };
    if (Object.keys(free).length) released.push({ stored, changes: free });
  }
  return updateRows(user, ["id"], released);
}

function removals(draft: IdentityDraft): InStatement[] {
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  return [
    ...deleteRows(zone, ids(draft.zones.removed())),
    ...deleteRows(radgroupcheck, ids(draft.groupChecks.removed())),
    ...deleteRows(radgroupreply, ids(draft.groupReplies.removed())),
    ...deleteRows(radusergroup, ids(draft.userGroups.removed())),
    ...deleteRows(radcheck, ids(draft.checks.removed())),
    ...deleteRows(radreply, ids(draft.replies.removed())),
  ];
}

/** An organization has one default group at every moment: the old one steps back before the new one is set. */
function groups({ groups, now }: IdentityDraft): InStatement[] {
  const changed = stamped(groups.changed(), now);
  const keys = ["id", "modified"];
  return [
    ...updateRows(radiusGroup, keys, changed.filter(({ changes }) => changes.isDefault === false)),
    ...insertRows(radiusGroup, groups.added()),
    ...updateRows(radiusGroup, keys, changed.filter(({ changes }) => changes.isDefault !== false)),
  ];
}

function written<T extends SQLiteTable>(
  table: T,
  rows: RowDraft<T["$inferSelect"]>,
  keys: readonly string[],
  now: SqlDateTime,
): InStatement[] {
  return [
    ...updateRows(table, keys, stamped(rows.changed(), now)),
    ...insertRows(table, rows.added() as T["$inferInsert"][]),
  ];
}

function stamped<Row>(rows: readonly RowChange<Row>[], now: SqlDateTime): RowChange<Row>[] {
  return rows.map(({ stored, changes }) => ({ stored, changes: { ...changes, modified: now } }));
}
