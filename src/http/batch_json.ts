import type { MadeBatch } from "../aaa/identity/batches.ts";
import { toZonedIso } from "../values/zoned_time.ts";

/**
 * A batch that was just made (radius-api 6.1), times in the server's zone. `user_credentials` has every password that
 * was made up, also of users from a file, since nobody could learn it otherwise.
 */
export function batchJson({ batch, users, credentials }: MadeBatch, zone: string) {
  return {
    id: batch.id,
    strategy: batch.strategy,
    organization: batch.organizationId,
    status: batch.status,
    name: batch.name,
    csvfile: batch.csvfile,
    prefix: batch.prefix,
    group: batch.groupId,
    users: users.map((user) => ({
      id: user.id,
      username: user.username,
      email: user.email,
      first_name: user.firstName,
      last_name: user.lastName,
      phone_number: user.phoneNumber,
      is_active: user.isActive,
      date_joined: toZonedIso(user.dateJoined, zone),
      expiration_date: user.expirationDate,
      groups: [],
    })),
    expiration_date: batch.expirationDate,
    notes: batch.notes,
    user_credentials: credentials.length ? credentials : null,
    pdf_link: null,
    created: toZonedIso(batch.created, zone),
    modified: toZonedIso(batch.modified, zone),
  };
}
