import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import {
  type ConfigSources,
  environmentName,
  KNOBS,
  optionName,
  readConfig,
  snakeCase,
  warningsOf,
} from "../src/config.ts";

const read = (environment: ConfigSources["environment"], more: Partial<ConfigSources> = {}) =>
  readConfig({ environment, ...more });

/** Asserts that a configuration is refused with one line that matches. */
function refused(sources: Partial<ConfigSources>, message: RegExp): void {
  throws(() => readConfig({ environment: {}, ...sources }), (fault) => {
    ok(fault instanceof Error);
    match(fault.message, message);
    ok(!fault.message.includes("\n"), fault.message);
    return true;
  });
}

Deno.test("nothing has to be configured", () => {
  const config = read({});
  deepEqual(config.http, { hostname: "0.0.0.0", port: 8000 });
  equal(config.data, "./data");
  equal(config.timeZone, "UTC");
  deepEqual(config.freeradiusAllowedHosts, ["127.0.0.1", "::1"]);
  deepEqual(config.throttleRates, { others: "400/hour" });
  equal(config.legacyOrganization, "default");
  equal(config.radius, "off");
});

Deno.test("whoever sends mail without saying where guests reach the pages is warned", () => {
  deepEqual(warningsOf(read({})), []);
  const mail = { PORTICO_MAIL: "smtp://127.0.0.1:2525" };
  const [warning, ...more] = warningsOf(read(mail));
  match(warning ?? "", /^WARNING: links in mails lead to localhost: set site_domain/);
  deepEqual(more, []);
  deepEqual(warningsOf(read({ ...mail, PORTICO_SITE_DOMAIN: "wifi.example.org" })), []);
});

Deno.test("an option goes before the environment, and that before the file", () => {
  const file = { name: "portico.json", content: { http: ":1", data: "from file", sms_cooldown: 7 } };
  const config = read({ PORTICO_HTTP: ":2", PORTICO_DATA: "from environment" }, {
    file,
    options: { http: ":3" },
  });
  equal(config.http.port, 3);
  equal(config.data, "from environment");
  equal(config.smsCooldown, 7);
});

Deno.test("flags, numbers, lists and structures are read from text", () => {
  for (
    const [text, value] of [["true", true], ["1", true], ["ON", true], ["false", false], ["0", false], [
      "off",
      false,
    ]]
  ) {
    equal(read({ PORTICO_COA_ENABLED: String(text) }).coaEnabled, value, String(text));
  }
  const config = read({
    PORTICO_SMS_COOLDOWN: " 90 ",
    PORTICO_FREERADIUS_ALLOWED_HOSTS: "10.0.0.0/8, ::1,192.168.1.7",
    PORTICO_COUNTERS: "",
    PORTICO_EXTRA_NAS_TYPES: '[["x","Vendor X"]]',
    PORTICO_OPTIONAL_REGISTRATION_FIELDS: '{"location":"mandatory"}',
    PORTICO_USER_SETTABLE_REGISTRATION_METHODS: ",email",
  });
  equal(config.smsCooldown, 90);
  deepEqual(config.freeradiusAllowedHosts, ["10.0.0.0/8", "::1", "192.168.1.7"]);
  deepEqual(config.counters, []);
  deepEqual(config.extraNasTypes, [["x", "Vendor X"]]);
  equal(config.optionalRegistrationFields.location, "mandatory");
  equal(config.optionalRegistrationFields.first_name, "disabled");
  deepEqual(config.userSettableRegistrationMethods, ["", "email"]);
});

Deno.test("the file takes JSON's own kinds, and text as the environment does", () => {
  const content = {
    counters: ["DailyCounter"],
    api_docs: false,
    throttle_rates: { others: "3/m" },
    sms_cooldown: "5",
  };
  const config = read({}, { file: { name: "f", content } });
  deepEqual(config.counters, ["DailyCounter"]);
  equal(config.apiDocs, false);
  deepEqual(config.throttleRates, { others: "3/m" });
  equal(config.smsCooldown, 5);
});

Deno.test("what nobody knows is refused with its name as it was written", () => {
  refused({ environment: { PORTICO_SMS_COLDOWN: "1" } }, /^PORTICO_SMS_COLDOWN: there is no such setting$/);
  refused(
    { file: { name: "data/portico.json", content: { smsCooldown: 1 } } },
    /^data\/portico\.json: smsCooldown: /,
  );
  refused({ environment: { portico_x: "", PORTICO_Sms_Cooldown: "1" } }, /^PORTICO_Sms_Cooldown: /);
  equal(read({ PORTICO_SMS_COLDOWN: "1", HOME: "/" }, { ignoreUnknown: true }).smsCooldown, 30);
});

Deno.test("wrong values are refused with what was expected", () => {
  const wrong: readonly [name: string, value: string, message: RegExp][] = [
    ["SMS_COOLDOWN", "soon", /^PORTICO_SMS_COOLDOWN: expected a whole number, 0 or more, not "soon"$/],
    ["SMS_COOLDOWN", "-1", /expected a whole number/],
    ["SMS_TOKEN_LENGTH", "9", /expected a whole number from 4 to 8, not 9/],
    ["COA_ENABLED", "maybe", /expected true or false, not "maybe"/],
    ["COA_ENABLED", "", /expected true or false/],
    [
      "FREERADIUS_ALLOWED_HOSTS",
      "10.0.0.0/8,10.0.0.0/33",
      /\.1: expected an address or a network.*10\.0\.0\.0\/33/,
    ],
    ["TRUSTED_PROXIES", "proxy.example.org", /expected an address or a network/],
    ["TIME_ZONE", "Europe/Rom", /expected the name of a time zone.*"Europe\/Rom"/],
    ["COUNTERS", "DailyCounter,HourlyCounter", /expected counters out of DailyCounter, .*"HourlyCounter"/],
    ["THROTTLE_RATES", '{"others":"400/fortnight"}', /others: expected a rate such as 400\/hour/],
    ["THROTTLE_RATES", '{"all":"4/hour"}', /expected scopes out of others/],
    ["THROTTLE_RATES", "400/hour", /expected rates by scope/],
    ["AUTH_THROTTLE_RATE", "20", /expected a rate/],
    ["SMS_MESSAGE_TEMPLATE", "hello", /expected a text that contains \{code\}/],
    ["AUTH_BACKEND_AUTO_PREFIXES", "39", /expected a calling code such as \+39/],
    ["HTTP", "8000", /expected an address with a port/],
    ["HTTP", "0.0.0.0:65536", /expected an address with a port/],
    ["DATA", "", /expected the path of a folder/],
    ["DATABASE_URL", "file:x.db", /expected an http:, https: or libsql: address/],
    ["LOG_LEVEL", "loud", /expected debug, info/],
    ["SMS", "pigeon", /expected log, file:PATH/],
    ["RADIUS", "0.0.0.0:1812", /^PORTICO_RADIUS: expected off: this listener is not part of this version/],
    ["UAM", "on", /expected off, or an address/],
  ];
  for (const [name, value, message] of wrong) {
    refused({ environment: { [`PORTICO_${name}`]: value } }, message);
  }
});

Deno.test("secrets are not repeated in a refusal", () => {
  for (const name of ["SECRET_KEY", "SMS", "MAIL", "DATABASE_URL"]) {
    throws(
      () => read({ [`PORTICO_${name}`]: "hunter2" }),
      (fault) => fault instanceof Error && !fault.message.includes("hunter2"),
    );
  }
});

Deno.test("a counter may be named as openwisp-radius names it", () => {
  const path = "openwisp_radius.counters.postgresql.monthly_traffic_counter.MonthlyTrafficCounter";
  deepEqual(read({ PORTICO_COUNTERS: `${path},WeeklyCounter` }).counters, [
    "MonthlyTrafficCounter",
    "WeeklyCounter",
  ]);
});

Deno.test("the size of uploads has both of openwisp-radius's names, code and documentation (14.35)", () => {
  equal(read({ PORTICO_MAX_FILE_SIZE: "7" }).maxFileSize, 7);
  equal(read({ PORTICO_MAX_CSV_FILE_SIZE: "8" }).maxFileSize, 8);
  refused(
    { environment: { PORTICO_MAX_FILE_SIZE: "7", PORTICO_MAX_CSV_FILE_SIZE: "8" } },
    /^PORTICO_MAX_CSV_FILE_SIZE: this is set by PORTICO_MAX_FILE_SIZE already$/,
  );
});

Deno.test("a scope that is not named keeps its limit, null and throttle=off lift it", () => {
  deepEqual(read({ PORTICO_THROTTLE_RATES: '{"accounting":"9/s"}' }).throttleRates, {
    others: "400/hour",
    accounting: "9/s",
  });
  deepEqual(read({ PORTICO_THROTTLE_RATES: '{"others":null}' }).throttleRates, {});
  const lifted = read({ PORTICO_THROTTLE: "off" });
  deepEqual([lifted.throttleRates, lifted.authThrottleRate], [{}, ""]);
});

Deno.test("the time zone is TZ's unless it is set or TZ is none", () => {
  equal(read({ TZ: "Asia/Tokyo" }).timeZone, "Asia/Tokyo");
  equal(read({ TZ: "Asia/Tokyo", PORTICO_TIME_ZONE: "Europe/Rome" }).timeZone, "Europe/Rome");
  equal(read({ TZ: ":/etc/localtime" }).timeZone, "UTC");
});

Deno.test("addresses to listen on may be IPv6, and lack a host", () => {
  deepEqual(read({ PORTICO_HTTP: "[::]:8000" }).http, { hostname: "::", port: 8000 });
  deepEqual(read({ PORTICO_HTTP: ":0" }).http, { hostname: "0.0.0.0", port: 0 });
  deepEqual(read({ PORTICO_HTTP: "localhost:80" }).http, { hostname: "localhost", port: 80 });
});

Deno.test("every knob says what it is for, and its three names lead back to it", () => {
  for (const { name, about, fallback } of KNOBS) {
    ok(about, name);
    ok(fallback !== undefined, name);
    equal(environmentName(name), `PORTICO_${snakeCase(name).toUpperCase()}`);
    equal(optionName(name).replaceAll("-", "_"), snakeCase(name));
  }
});

Deno.test("whether the captive portal listens is an address, off, or left to the zones", () => {
  equal(read({}).uam, "");
  equal(read({ PORTICO_UAM: "off" }).uam, "off");
  deepEqual(read({ PORTICO_UAM: "127.0.0.1:3990" }).uam, { hostname: "127.0.0.1", port: 3990 });
});

Deno.test("guests are served over TLS with a certificate and its key, or not at all", () => {
  equal(read({}).https, "off");
  const address = { PORTICO_HTTPS: "[::]:443" };
  const files = { PORTICO_TLS_CERT: "/etc/portico/chain.pem", PORTICO_TLS_KEY: "/etc/portico/key.pem" };
  deepEqual(read({ ...address, ...files }).https, { hostname: "::", port: 443 });
  for (const environment of [address, { ...address, PORTICO_TLS_CERT: "chain.pem" }]) {
    refused({ environment }, /^PORTICO_HTTPS: this wants tls_cert and tls_key/);
  }
  equal(read(files).https, "off");
});
