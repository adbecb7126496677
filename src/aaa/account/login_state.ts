import type { InStatement } from "@libsql/client";
import { eq, sql } from "drizzle-orm";
import { type Language, languageOf } from "../../languages/say.ts";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { userState } from "../../storage/schema/state.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";

/** Who was here when, and what she reads. */
export interface Visit {
  readonly userId: string;
  readonly language: Language;
}

/** What the last log-in left behind. */
export interface LoginState {
  /** False when the API token was last given out without a password. */
  readonly passwordBased: boolean;
  /** Null before the first log-in. */
  readonly language: Language | null;
}

const fields = { passwordBased: userState.passwordBasedToken, language: userState.language };
const find = query(
  fields,
  builder.select(fields).from(userState).where(eq(userState.userId, given("userId"))),
);

const visit = {
  userId: given("userId"),
  lastLogin: given("now"),
  language: given("language"),
};
const visited = { lastLogin: sql`excluded.last_login`, language: sql`excluded.language` };
const noteVisitOf = compiled(
  builder.insert(userState).values(visit)
    .onConflictDoUpdate({ target: userState.userId, set: visited }),
);
const noteLogInOf = compiled(
  builder.insert(userState).values({ ...visit, passwordBasedToken: given("passwordBased") })
    .onConflictDoUpdate({
      target: userState.userId,
      set: { ...visited, passwordBasedToken: sql`excluded.password_based_token` },
    }),
);

/** Whoever never logged in counts as logged in by password (radius-api 5.0). */
export async function findLoginState(db: Database, userId: string): Promise<LoginState> {
  const [state] = await find(db.state, { userId });
  return { passwordBased: state?.passwordBased ?? true, language: languageOf(state?.language ?? "") };
}

/** Somebody came back with a key that she has. */
export function noteVisit(visit: Visit, now: Date): InStatement {
  return noteVisitOf({ ...visit, now: toSqlDateTime(now) });
}

/** Somebody logged in. */
export function noteLogIn(visit: Visit, passwordBased: boolean, now: Date): InStatement {
  return noteLogInOf({ ...visit, passwordBased, now: toSqlDateTime(now) });
}
