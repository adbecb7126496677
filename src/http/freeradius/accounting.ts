import { getLogger } from "@logtape/logtape";
import type { Context } from "hono";
import { Hono } from "hono";
import type { Nas } from "../../aaa/access/authenticate_nas.ts";
import { announceSession, isAnnounced } from "../../aaa/account/announce_session.ts";
import type { AccountingPacket } from "../../aaa/accounting/accounting_packet.ts";
import { closeRestartedNas } from "../../aaa/accounting/accounting_on.ts";
import { recordSession } from "../../aaa/accounting/record_session.ts";
import type { OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import type { Deps } from "../../deps.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import { noteAccounting } from "../outcome.ts";
import { HttpProblem } from "../problem.ts";
import type { Body } from "../read_body.ts";
import { sessionJson } from "../session_json.ts";
import { answerSessions, sessionFilter, type ShowSession } from "../session_list.ts";
import { AccountingFields, toAccountingPacket } from "./accounting_fields.ts";
import { type AuthenticateRequest, empty, readNasRequest, textOf } from "./nas_request.ts";

/** Called by rlm_rest in FreeRADIUS's `accounting` section; GET lists what was accounted. */
export function accountingRoute(
  deps: Deps,
  authenticate: AuthenticateRequest,
  show: ShowSession = sessionJson,
): Hono {
  return new Hono({ strict: false }).all("/accounting", async (c) => {
    const { nas, body, now } = await readNasRequest(deps, c, authenticate, "accounting", [
      "GET",
      "HEAD",
      "POST",
    ]);
    return c.req.method === "POST" ? await record(deps, c, nas, body, now) : await list(deps, c, nas, show);
  });
}

async function record(deps: Deps, c: Context, nas: Nas | null, body: Body, now: Date): Promise<Response> {
  if (!nas) return empty(200);
  const { organization, roaming } = nas;
  const status = textOf(body, "status_type");
  noteAccounting(c, status);
  if (status === "Accounting-On") {
    await closeRestartedNas(deps.db, {
      organizationId: organization.id,
      nasIpAddress: sentAddress(body),
      calledStationId: textOf(body, "called_station_id"),
    }, now);
  }
  if (status === "Accounting-On" || status === "Accounting-Off") return empty(200);
  const packet = understood(body, roaming?.username, deps.settings.timeZone);
  if (!packet) return empty(200);
  const stored = await recordSession(deps, organization, packet, now);
  if (stored === "created" && isAnnounced(organization, packet)) {
    deps.inBackground(announce(deps, organization, packet, now));
  }
  return empty(stored === "created" ? 201 : 200);
}

async function announce(
  deps: Deps,
  organization: OrganizationRecord,
  { description }: AccountingPacket,
  now: Date,
): Promise<void> {
  if (await announceSession(deps, organization, description.username ?? "", now)) deps.wakeOutbox();
}

/** The NAS goes on sending what is refused, and its operator sees only that nothing is accounted: the log says why. */
function understood(body: Body, username: string | undefined, zone: string): AccountingPacket | null {
  try {
    return toAccountingPacket(body, username, zone);
  } catch (fault) {
    if (fault instanceof HttpProblem) {
      getLogger("portico").warn("Refused accounting {errors} of {packet}", {
        errors: fault.body,
        packet: packetText(body),
      });
    }
    throw fault;
  }
}

/** Only the fields of accounting: what else a client sends may be a secret. */
function packetText(body: Body): string {
  const fields = Object.entries(body).filter(([name]) => Object.hasOwn(AccountingFields.entries, name));
  const shown = (value: unknown) =>
    // A line end or an escape sequence would write lines of its own into the log.
    typeof value === "object" ? "(no text)" : String(value).slice(0, 256).replace(/[\p{C}\p{Z}]/gu, "·");
  return fields.map(([name, value]) => `${name}=${shown(value)}`).join(" ");
}

/** Something that is no address stays as it is: it then matches no NAS, instead of every one. */
function sentAddress(body: Body): string {
  const sent = textOf(body, "nas_ip_address");
  return normalizeIpAddress(sent) ?? sent;
}

async function list(deps: Deps, c: Context, nas: Nas | null, show: ShowSession): Promise<Response> {
  if (!nas) return c.json([]);
  const username = c.req.query("username");
  const filter = { ...sessionFilter(c, deps.settings.timeZone), ...(username && { username }) };
  return await answerSessions(deps, c, nas.organization.id, filter, show);
}
