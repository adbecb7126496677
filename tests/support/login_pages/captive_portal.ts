/** The three FreeRADIUS endpoints as one organization's NAS reaches them. */
export type AskRadius = (
  endpoint: "authorize" | "accounting",
  body: Readonly<Record<string, unknown>>,
) => Promise<{ readonly status: number; readonly text: string }>;

/** The portal that the pages' hidden forms go to: it asks RADIUS, opens a session, and always answers. */
export interface CaptivePortal {
  /** True when the station is on the internet afterwards. A station that is online already gets no second session. */
  readonly logIn: (username: string, password: string) => Promise<boolean>;
  readonly logOut: (sessionId: string) => Promise<void>;
  /** What was used since, as the NAS reports it every few minutes. */
  readonly report: (used: { readonly seconds: number; readonly octets: number }) => Promise<void>;
  /** RADIUS's reason for the last refusal. */
  readonly reply: () => string | undefined;
  /** The session that is open, by the name that the NAS gave it. */
  readonly openSession: () => string | undefined;
}

let made = 0;

/** @param mac the guest's station, in the spelling of this NAS. */
export function captivePortal(ask: AskRadius, mac = "5c:7d:c1:72:a7:3b"): CaptivePortal {
  const station = { called_station_id: "00-27-22-F3-FA-F1:lobby", calling_station_id: mac };
  let open: { readonly id: string; readonly username: string } | undefined;
  let reply: string | undefined;

  const account = async (status_type: string, more: Readonly<Record<string, unknown>> = {}) => {
    if (!open) return;
    const answer = await ask("accounting", {
      status_type,
      session_id: open.id,
      unique_id: open.id,
      username: open.username,
      nas_ip_address: "10.0.0.1",
      ...station,
      ...more,
    });
    if (answer.status >= 300) throw new Error(`Accounting was answered ${answer.status}: ${answer.text}`);
  };

  return {
    async logIn(username, password) {
      const { status, text } = await ask("authorize", { username, password, ...station });
      // FreeRADIUS rejects what says nothing.
      const answer = text ? JSON.parse(text) as Record<string, unknown> : {};
      if (status !== 200 || answer["control:Auth-Type"] !== "Accept") {
        reply = typeof answer["Reply-Message"] === "string" ? answer["Reply-Message"] : undefined;
        return open !== undefined;
      }
      if (open) return true;
      open = { id: `session-${++made}`, username };
      await account("Start");
      return true;
    },
    async logOut(sessionId) {
      if (open?.id !== sessionId) return;
      await account("Stop", { terminate_cause: "User-Request", session_time: "60" });
      open = undefined;
    },
    report: ({ seconds, octets }) =>
      account("Interim-Update", {
        session_time: String(seconds),
        input_octets: String(octets),
        output_octets: "0",
      }),
    reply: () => reply,
    openSession: () => open?.id,
  };
}
