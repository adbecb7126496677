import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { grantOf } from "../../../src/controller/sessions/grant_of.ts";
import type { Grant } from "../../../src/controller/sessions/grant.ts";
import { checkProperty } from "../../support/check_property.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const NO_DEFAULTS = {
  defsessiontimeout: 0,
  defidletimeout: 0,
  defbandwidthmaxup: 0,
  defbandwidthmaxdown: 0,
  definteriminterval: 300,
};
const NOTHING: Grant = {
  sessionTimeout: 0,
  idleTimeout: 0,
  terminateAt: null,
  interimSeconds: 300,
  bandwidthUp: 0,
  bandwidthDown: 0,
  maxInputOctets: null,
  maxOutputOctets: null,
  maxTotalOctets: null,
  redirectionUrl: "",
  replyMessage: null,
  className: null,
  splash: false,
};

type Replies = Readonly<Record<string, string | readonly string[]>>;

function granted(replies: Replies, defaults = NO_DEFAULTS): Grant {
  const grant = grantOf(
    new Map(Object.entries(replies).map(([name, value]) => [name, [value].flat()])),
    defaults,
    NOON,
  );
  ok(!("kind" in grant));
  return grant;
}

/** What differs from a grant of nothing. */
function differences(replies: Replies): Partial<Grant> {
  const pairs = Object.entries(granted(replies)).filter(([name, value]) => {
    return value !== NOTHING[name as keyof Grant];
  });
  return Object.fromEntries(pairs);
}

Deno.test("an accept without attributes has the zone's defaults", () => {
  deepEqual(granted({}), NOTHING);
  const defaults = {
    defsessiontimeout: 7200,
    defidletimeout: 300,
    defbandwidthmaxup: 1,
    defbandwidthmaxdown: 2,
    definteriminterval: 120,
  };
  deepEqual(granted({}, defaults), {
    ...NOTHING,
    sessionTimeout: 7200,
    idleTimeout: 300,
    bandwidthUp: 1,
    bandwidthDown: 2,
    interimSeconds: 120,
  });
  const none = { "Session-Timeout": "0", "Idle-Timeout": "0", "WISPr-Bandwidth-Max-Up": "0" };
  deepEqual(granted(none, defaults), {
    ...NOTHING,
    bandwidthDown: 2,
    interimSeconds: 120,
  });
});

Deno.test("times and bandwidths are read; CoovaChilli's thousands of bits go before WISPr's bits", () => {
  deepEqual(differences({ "Session-Timeout": "3600", "Idle-Timeout": " 600 " }), {
    sessionTimeout: 3600,
    idleTimeout: 600,
  });
  deepEqual(differences({ "WISPr-Bandwidth-Max-Up": "128000", "WISPr-Bandwidth-Max-Down": "512000" }), {
    bandwidthUp: 128_000,
    bandwidthDown: 512_000,
  });
  for (const vendor of ["CoovaChilli", "ChilliSpot", "COOVACHILLI"]) {
    deepEqual(
      differences({
        "WISPr-Bandwidth-Max-Up": "9",
        [`${vendor}-Bandwidth-Max-Up`]: "256",
        [`${vendor}-Bandwidth-Max-Down`]: "1024",
      }),
      { bandwidthUp: 256_000, bandwidthDown: 1_024_000 },
    );
  }
});

Deno.test("an interim interval below 60 s counts as not sent", () => {
  equal(granted({ "Acct-Interim-Interval": "59" }).interimSeconds, 300);
  equal(granted({ "Acct-Interim-Interval": "60" }).interimSeconds, 60);
});

Deno.test("volumes are gigawords and octets together, under either vendor name, and pfSense's total", () => {
  for (const vendor of ["CoovaChilli", "ChilliSpot"]) {
    deepEqual(
      differences({
        [`${vendor}-Max-Input-Octets`]: "10",
        [`${vendor}-Max-Input-Gigawords`]: "1",
        [`${vendor}-Max-Output-Gigawords`]: "2",
        [`${vendor}-Max-Total-Octets`]: "4294967295",
        [`${vendor}-Max-Total-Gigawords`]: "4294967295",
      }),
      { maxInputOctets: 4_294_967_306n, maxOutputOctets: 8_589_934_592n, maxTotalOctets: 2n ** 64n - 1n },
    );
  }
  equal(granted({ "pfSense-Max-Total-Octets": "5000" }).maxTotalOctets, 5000n);
  const both = { "pfSense-Max-Total-Octets": "5000", "CoovaChilli-Max-Total-Octets": "4000" };
  equal(granted(both).maxTotalOctets, 4000n);
  deepEqual(differences({ "CoovaChilli-Max-Total-Octets": "0", "ChilliSpot-Max-Input-Gigawords": "0" }), {});
});

Deno.test("a terminate time is an instant with its zone, UTC without; one that has passed lets nobody in", () => {
  const at = (text: string) => {
    const grant = grantOf(new Map([["WISPr-Session-Terminate-Time", [text]]]), NO_DEFAULTS, NOON);
    return "kind" in grant ? grant.kind : grant.terminateAt?.toISOString();
  };
  equal(at("2026-11-22T18:00:00+02:00"), "2026-11-22T16:00:00.000Z");
  equal(at("2026-11-22T10:00:00-05:30"), "2026-11-22T15:30:00.000Z");
  equal(at("2026-11-22T18:00:00"), "2026-11-22T18:00:00.000Z");
  equal(at("2026-11-22T18:00:00Z"), "2026-11-22T18:00:00.000Z");
  for (const over of ["2026-11-22T12:00:00", "2026-11-22T13:59:59+02:00", "1999-01-01T00:00:00"]) {
    equal(at(over), "over");
  }
  for (const malformed of ["", "tomorrow", "2026-13-01T00:00:00", "2026-02-30T00:00:00"]) {
    equal(at(malformed), undefined);
  }
});

Deno.test("redirection addresses are joined, and anything but a web address is left out", () => {
  const url = (...parts: string[]) => granted({ "WISPr-Redirection-URL": parts }).redirectionUrl;
  equal(url("http://example.org/", "welcome?a=b"), "http://example.org/welcome?a=b");
  equal(url(" https://example.org "), "https://example.org");
  for (
    const bad of [
      "javascript:alert(1)",
      "example.org",
      "http://",
      "http://a/\r\nSet-Cookie: x",
      "http://a b/",
    ]
  ) {
    equal(url(bad), "");
  }
});

Deno.test("the first Reply-Message and Class are kept", () => {
  deepEqual(differences({ "Reply-Message": ["Welcome", "back"], "Class": ["gold", "x"] }), {
    replyMessage: "Welcome",
    className: "gold",
  });
});

Deno.test("splash and require-uam-auth hold a station at the splash page, so does a page to be visited first", () => {
  for (const vendor of ["CoovaChilli", "ChilliSpot"]) {
    for (const config of ["splash", "require-uam-auth", "splash,x", "x splash"]) {
      deepEqual(differences({ [`${vendor}-Config`]: ["uamallowed=example.org", config] }), { splash: true });
    }
    for (const config of ["nosplash", "uamallowed=splash", "splashes", ""]) {
      deepEqual(differences({ [`${vendor}-Config`]: config }), {});
    }
    deepEqual(differences({ [`${vendor}-Require-UAM`]: "http://example.org/first" }), {
      splash: true,
      redirectionUrl: "http://example.org/first",
    });
  }
});

Deno.test("values that cannot be read count as not sent, and never throw", async () => {
  deepEqual(
    differences({
      "Session-Timeout": "an hour",
      "Idle-Timeout": "-1",
      "CoovaChilli-Max-Total-Octets": "1e9",
    }),
    {},
  );
  equal(granted({ "Session-Timeout": "99999999999" }).sessionTimeout, 4_294_967_295);
  const name = fc.constantFrom(
    "Session-Timeout",
    "Idle-Timeout",
    "Acct-Interim-Interval",
    "WISPr-Bandwidth-Max-Up",
    "CoovaChilli-Bandwidth-Max-Down",
    "ChilliSpot-Max-Total-Octets",
    "CoovaChilli-Max-Input-Gigawords",
    "WISPr-Session-Terminate-Time",
    "WISPr-Redirection-URL",
    "Reply-Message",
    "CoovaChilli-Config",
  );
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.integer().map(String), fc.bigInt().map(String));
  const property = fc.asyncProperty(fc.dictionary(name, fc.array(value)), (replies) => {
    const grant = grantOf(new Map(Object.entries(replies)), NO_DEFAULTS, NOON);
    if ("kind" in grant) return Promise.resolve();
    for (const seconds of [grant.sessionTimeout, grant.idleTimeout, grant.bandwidthUp, grant.bandwidthDown]) {
      ok(Number.isSafeInteger(seconds) && seconds >= 0);
    }
    ok(grant.interimSeconds >= 60);
    for (const octets of [grant.maxInputOctets, grant.maxTotalOctets]) ok(octets === null || octets > 0n);
    return Promise.resolve();
  });
  await checkProperty(property, 500);
});
