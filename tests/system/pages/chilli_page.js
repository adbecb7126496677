/**
 * A log-on page in the manner of CoovaChilli's script library: JSONP by script elements, one request at a time, CHAP
 * with ident 0 over the bare challenge, or by a service that knows the secret. The page's own address may say `host`
 * (where the JSON interface is), `service` and `poll` (milliseconds between two looks at an open session).
 */
const settings = new URLSearchParams(location.search);
const host = settings.get("host") ?? "1.0.0.1";
const service = settings.get("service");
const pollMs = Number(settings.get("poll") ?? 30_000);
const PATIENCE_MS = 25_000;

const element = (id) => document.getElementById(id);
const show = (id, text) => element(id).textContent = text;

globalThis.chilliJSON = { reply: () => {} };

/** One request by a script element; `callback` is the last parameter with a name. */
function ask(base, parameters) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const end = (settle, value) => {
      clearTimeout(patience);
      script.remove();
      settle(value);
    };
    const patience = setTimeout(() => end(reject, new Error("no answer in time")), PATIENCE_MS);
    globalThis.chilliJSON.reply = (answer) => end(resolve, answer);
    script.onerror = () => end(reject, new Error("no answer"));
    const given = parameters.map(([name, value]) => `${name}=${value}&`).join("");
    script.src = `${base}?${given}callback=chilliJSON.reply&${Math.random()}`;
    document.head.append(script);
  });
}

const askChilli = (path, parameters = []) => ask(`http://${host}/json/${path}`, parameters);

/** MD5 of ident, password and challenge (RFC 1994), in hex. */
function chap(password, challenge) {
  const octets = [0, ...new TextEncoder().encode(password), ...globalThis.octetsOf(challenge)];
  return globalThis.md5(Uint8Array.from(octets));
}

async function responseOf(username, password, challenge) {
  if (!service) return chap(password, challenge);
  const given = [["username", escape(username)], ["password", escape(password)], ["challenge", challenge]];
  const { response } = await ask(service, given);
  return response;
}

async function logOn(username, password) {
  show("state", "logging on");
  const { challenge } = await askChilli("status");
  if (typeof challenge !== "string") throw new Error("status gave no challenge");
  const response = await responseOf(username, password, challenge);
  const answer = await askChilli("logon", [["username", escape(username)], ["response", response]]);
  render(answer);
  const { redirectionURL } = answer.redir;
  if (answer.clientState === 1 && redirectionURL) location.assign(redirectionURL);
}

let poll;
function render({ clientState, message, session, accounting, redir }) {
  clearTimeout(poll);
  if (![0, 1, 3].includes(clientState)) throw new Error(`clientState is ${clientState}`);
  const open = clientState === 1;
  element("log-on").hidden = open;
  element("session").hidden = !open;
  show("message", message ?? "");
  if (open) {
    show("user", session.userName);
    show("seconds", accounting.sessionTime);
    show("octets", accounting.inputOctets + accounting.inputGigawords * 4_294_967_296);
    if (redir.originalURL) element("wanted").href = redir.originalURL;
    poll = setTimeout(() => attempt(refresh), pollMs);
  }
  show("state", open ? "open" : clientState === 3 ? "splash" : "closed");
}

const refresh = async () => render(await askChilli("status"));

function attempt(action) {
  action().catch((fault) => show("state", `failed: ${fault.message}`));
}

element("log-on").addEventListener("submit", (event) => {
  event.preventDefault();
  const { username, password } = event.target.elements;
  attempt(() => logOn(username.value, password.value));
});
element("log-off").addEventListener("click", () => attempt(async () => render(await askChilli("logoff"))));
attempt(refresh);
