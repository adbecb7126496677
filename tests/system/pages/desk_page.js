/**
 * A log-on page in the manner of RADIUSdesk's: JSONP as jQuery makes it, with several retries; the password is turned
 * to PAP by the page's own script at `/uam`, which knows the secret. It keeps the redirect's parameters, and takes the
 * JSON interface's address from them, unless its own address names a `host`.
 */
const kept = new URLSearchParams(location.search);
const host = kept.get("host") ?? `${kept.get("uamip")}:${kept.get("uamport")}`;
const PATIENCE_MS = 3_000;
const TRIES = 4;
const GIGAWORD = 4_294_967_296;

const element = (id) => document.getElementById(id);
const show = (id, text) => element(id).textContent = text;

let requests = 0;

/** As jQuery does it: the callback first or last, and a number against caches behind everything. */
function jsonp(url, parameters) {
  return new Promise((resolve, reject) => {
    const name = `jQuery${String(Math.random()).slice(2)}_${Date.now() + requests++}`;
    const script = document.createElement("script");
    const end = (settle, value) => {
      clearTimeout(patience);
      // A late answer finds nobody, and harms nobody.
      globalThis[name] = () => {};
      script.remove();
      settle(value);
    };
    const patience = setTimeout(() => end(reject, new Error("no answer in time")), PATIENCE_MS);
    globalThis[name] = (answer) => end(resolve, answer);
    script.onerror = () => end(reject, new Error("no answer"));
    script.src = `${url}?${new URLSearchParams({ ...parameters, callback: name, _: String(Date.now()) })}`;
    document.head.append(script);
  });
}

async function persistently(url, parameters = {}, tries = TRIES) {
  try {
    return await jsonp(url, parameters);
  } catch (fault) {
    if (tries === 1) throw fault;
    return await persistently(url, parameters, tries - 1);
  }
}

const askChilli = (path, parameters) => persistently(`http://${host}/json/${path}`, parameters);

async function connect(username, password) {
  show("state", "connecting");
  const { clientState, challenge } = await askChilli("status");
  if (clientState === 1) return render(await askChilli("status"));
  const { response } = await persistently("/uam", { challenge, password });
  render(await askChilli("logon", { username, password: response }));
}

function render({ clientState, message, session, accounting, redir }) {
  const open = clientState === 1;
  element("connect").hidden = open;
  element("session").hidden = !open;
  if (open) {
    show("user", session.userName);
    show("mac", redir.macAddress);
    show("in", accounting.inputOctets + accounting.inputGigawords * GIGAWORD);
    show("out", accounting.outputOctets + accounting.outputGigawords * GIGAWORD);
    show("idle", accounting.idleTime.toFixed());
  } else if (element("state").textContent === "connecting") {
    show("message", message ?? "Authentication failed");
  }
  show("state", open ? "open" : "closed");
}

function attempt(action) {
  action().catch((fault) => show("state", `failed: ${fault.message}`));
}

element("connect").addEventListener("submit", (event) => {
  event.preventDefault();
  const { username, password } = event.target.elements;
  attempt(() => connect(username.value, password.value));
});
element("disconnect").addEventListener("click", () => attempt(async () => render(await askChilli("logoff"))));
attempt(async () => render(await askChilli("status")));
