// What the scripts of all pages have in common, in one block with what is particular to one, which says what it has to `begin`. No word
// stands in any of them: all that is said comes with the page, in its language.
const byId = (id) => document.getElementById(id);

// The token leaves the address bar and the history before anything else happens.
const here = new URL(location.href);
const token = here.searchParams.get("token");
const language = here.searchParams.get("lang");
here.search = language ? `?lang=${encodeURIComponent(language)}` : "";
here.hash = "";
history.replaceState(null, "", here);

// A deployment stage may precede our paths.
const prefix = here.pathname.slice(0, Math.max(0, here.pathname.lastIndexOf("/auth/ui/")));
const root = `${here.origin}${prefix}`;
const api = `${root}/auth/`;

// Where the widget of a provider of challenges comes from; nowhere, if there is none.
const provider = document.querySelector("main").dataset.widget;

// What is said on all pages, on this one, and instead of what the service says in English.
let words;

/** So long, in words of the page's language. */
function inWords(seconds) {
  const [amount, unit] = seconds > 120 ? [Math.ceil(seconds / 60), "minute"] : [seconds, "second"];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(amount);
}

function timed(text, seconds) {
  return text.replace("{time}", inWords(seconds));
}

// Seconds. A widget that takes longer does not come, and a challenge of work is good no longer.
const WIDGET_PATIENCE = 60;
const WORK_PATIENCE = 300;

// Turnstile's widget tries again by itself after these (https://developers.cloudflare.com/turnstile/troubleshooting/client-side-errors/error-codes/).
const PASSING = /^(10[2346]|1106|300|600)/;
const ERRORS_BORNE = 2;

// Tells the service that there is no widget here. It looks whether the provider is down, and if so asks for work instead.
const UNAVAILABLE = "unavailable";

// What this device is recognised by. It opens nothing without the password. Some people let pages keep nothing.
const DEVICE = "device-token";
const device = {
  get token() {
    try { return localStorage.getItem(DEVICE); } catch { return null; }
  },
  keep(token) {
    try { if (token) localStorage.setItem(DEVICE, token); } catch { /* It is a stranger the next time. */ }
  },
};

/** Status 0 stands for "no answer". `wait` is in seconds, `challenge` is what has to be solved first, if anything. */
async function request(method, path, body, more) {
  const headers = { ...more };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (device.token) headers["X-Device-Token"] = device.token;
  try {
    const response = await fetch(root + path, {
      method,
      headers,
      body: JSON.stringify(body),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(20000),
    });
    device.keep(response.headers.get("X-Device-Token"));
    const answer = (await response.json().catch(() => null)) ?? {};
    const wait = Math.ceil(Number(answer.retry_after ?? response.headers.get("Retry-After"))) || 0;
    const challenge = response.headers.get("X-Challenge");
    return { status: response.status, answer, wait: Math.min(Math.max(wait, 0), 3600), challenge };
  } catch {
    return { status: 0, answer: {}, wait: 0 };
  }
}

/** The answer to what `send` asks with these headers, once what that is asked for is solved. One that still has a challenge says that it
    could not be. `action` is what a provider of challenges is told. */
async function solved(form, action, send) {
  let reply = await send({});
  let isWithoutWidget = false;
  for (let round = 0; reply.challenge && round < 3; round += 1) {
    // The provider is there, and out of this browser's reach: whoever has chosen it wants nothing else.
    if (isWithoutWidget && reply.challenge.startsWith("turnstile;")) break;
    const solution = await solve(form, action, reply.challenge);
    if (!solution) break;
    isWithoutWidget = solution === UNAVAILABLE;
    reply = await send({ "X-Challenge-Answer": solution });
  }
  return reply;
}

/** The answer to a form that anybody may send. */
function post(form, action, operation, body) {
  return solved(form, action, (more) => request("POST", `/auth/${operation}`, body, more));
}

/** What solves a challenge; nothing where nobody here can. */
async function solve(form, action, challenge) {
  const [kind, key, bits] = challenge.split(";");
  const place = document.createElement("div");
  place.className = "challenge";
  form.querySelector(".note").after(place);
  try {
    if (kind === "pow" && /^\d+$/.test(bits)) {
      note(form, words.all.work);
      return await work(place, key, Number(bits));
    }
    if (kind === "turnstile") {
      if (!provider) return UNAVAILABLE;
      note(form, words.all.person);
      return await askProvider(place, action, key);
    }
    return null;
  } finally {
    place.remove();
    note(form, "");
    // What had the focus may be gone.
    if (document.activeElement === document.body) form.querySelector("button").focus();
  }
}

/** What a promise gives, or nothing where it fails or takes longer than so many seconds. */
function within(seconds, promise) {
  let timer;
  const late = new Promise((resolve) => { timer = setTimeout(resolve, seconds * 1000, null); });
  return Promise.race([promise.catch(() => null), late]).finally(() => clearTimeout(timer));
}

/** `TOKEN.NONCE`. Chance decides how long it takes: half of all are done when the bar stands at the middle. */
async function work(place, token, bits) {
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", words.all.proving);
  bar.value = 0;
  place.append(bar);
  let worker;
  const solution = new Promise((resolve, reject) => {
    worker = new Worker(`${api}ui/proof.js`);
    worker.addEventListener("message", ({ data: { tries, nonce } }) => {
      if (nonce === undefined) bar.value = 1 - Math.exp(-tries / 2 ** bits);
      else resolve(`${token}.${nonce}`);
    });
    worker.addEventListener("error", reject);
    worker.postMessage({ token, bits });
  });
  const found = await within(WORK_PATIENCE, solution);
  worker?.terminate();
  return found;
}

/** What the provider's widget gives, or that there is none. */
async function askProvider(place, action, siteKey) {
  const token = loadProvider().then(() => showWidget(place, action, siteKey));
  const given = await within(WIDGET_PATIENCE, token);
  // Or it would go on looking for its place.
  try { window.turnstile.remove(place.dataset.widget); } catch { /* There is none. */ }
  return given ?? UNAVAILABLE;
}

function loadProvider() {
  return new Promise((resolve, reject) => {
    if (window.turnstile) return resolve();
    const script = document.createElement("script");
    script.src = `${provider}/turnstile/v0/api.js?render=explicit`;
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
}

/** The widget's token. What blocks widgets may give pages a script that only looks like the provider's: any of this may throw. */
function showWidget(place, action, siteKey) {
  let errors = 0;
  return new Promise((resolve, reject) => {
    const id = window.turnstile.render(place, {
      sitekey: siteKey,
      action,
      callback: resolve,
      "unsupported-callback": reject,
      "error-callback": (code) => {
        errors += 1;
        const isOver = errors > ERRORS_BORNE || !PASSING.test(code);
        if (isOver) reject();
        return isOver;
      },
    });
    if (id) place.dataset.widget = id;
    else reject();
  });
}

function trouble({ status, wait, challenge }) {
  const { notProven, offline, tooMany, tooManyFor, unavailable, unavailableFor, broken } = words.all;
  if (challenge) return notProven;
  switch (status) {
    case 0: return offline;
    case 429: return wait ? timed(tooManyFor, wait) : tooMany;
    case 503: return wait ? timed(unavailableFor, wait) : unavailable;
    default: return broken;
  }
}

/** Good news without a culprit; bad news with the input to correct, or `null` where no input is at fault. */
function note(form, text, culprit) {
  const place = form.querySelector(".note");
  place.classList.toggle("bad", culprit !== undefined);
  place.textContent = text;
  for (const input of form.querySelectorAll(".field input")) {
    input.setAttribute("aria-invalid", String(input === culprit));
  }
  culprit?.focus();
}

// How many requests are under way, whose answers must find their places.
let busy = 0;

/** Does what a button is for, once at a time. A busy button keeps the focus, so it is marked as disabled rather than disabled. */
async function press(button, form, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  note(form, "");
  let wait = false;
  busy += 1;
  try {
    wait = await work();
  } catch (error) {
    reportError(error);
    note(form, trouble({}), null);
  } finally {
    busy -= 1;
    if (!wait) button.setAttribute("aria-disabled", "false");
  }
}

function onSubmit(form, work) {
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    press(button, form, work);
  });
}

/** A button beside the one that sends the form, or in no form: `place` has the note that it speaks in. */
function onClick(button, place, work) {
  button.addEventListener("click", () => press(button, place, work));
}

/** The same page in another language. It is fetched and not followed to, so that the token stays here and in no address. */
async function speak(link) {
  let page;
  try {
    const response = await fetch(link.href, { credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(20000) });
    if (response.ok) page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch { /* There is no page. */ }
  if (!page) {
    byId("message").textContent = words.all.offline;
    return;
  }
  const typed = byId("email")?.value ?? "";
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
  history.replaceState(null, "", link.href);
  start();
  if (byId("email")) byId("email").value = typed;
  document.querySelector("h1").focus();
}

function start() {
  words = JSON.parse(byId("words").textContent);
  begin();
  byId("languages")?.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!busy) speak(link);
  });
  byId("app").hidden = false;
}
