// Drives the account page: signs in with a password and keeps both tokens in the memory of this page, so that they are gone with it.

// Seconds before an access token expires in which it is replaced rather than used.
const EARLY = 30;
const EVENTS_AT_ONCE = 20;
// What one part of the service after the other tells of a person.
const EXPORTS = ["/auth/export", "/api/v1/api-keys/export", "/api/kyc/export", "/oauth/export"];

// Whoever is signed in, with both tokens; nobody otherwise.
let signedIn = null;
let renewing = null;
let nextEvents = null;

function inMoment(time) {
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  return form.format(new Date(time));
}

function at(text, time) {
  return text.replace("{time}", inMoment(time));
}

/** The access token; nothing when nobody is signed in any more. */
async function access() {
  if (signedIn && signedIn.session.expires_at - Date.now() / 1000 < EARLY) await renew();
  return signedIn?.session.access_token;
}

/** Takes the next pair of tokens, once for all who wait for it. */
function renew() {
  const mine = signedIn;
  const body = { refresh_token: mine.session.refresh_token };
  renewing ??= request("POST", "/auth/refresh", body).then(({ status, answer }) => {
    if (status === 200) mine.session = answer.session;
    if (status === 401 && signedIn === mine) leave(words.page.sessionOver);
  }).finally(() => { renewing = null; });
  return renewing;
}

/** The answer to a request in the name of whoever is signed in. Status 401 says that nobody is any more, and so does the page by then. */
async function ask(method, path, body, more) {
  const gone = { status: 401, answer: {}, wait: 0 };
  const mine = signedIn;
  const token = await access();
  if (!token || signedIn !== mine) return gone;
  const reply = await request(method, path, body, { ...more, Authorization: `Bearer ${token}` });
  // Whoever has signed in since is not told what somebody else has asked for.
  if (signedIn !== mine) return gone;
  if (reply.status === 401) leave(words.page.sessionOver);
  return reply;
}

/** The answer to such a request, once whoever asks has confirmed to be there, where that is asked for. */
async function call(...asked) {
  const reply = await ask(...asked);
  return isUnconfirmed(reply) && (await confirmed()) ? ask(...asked) : reply;
}

/** Shows the form to sign in, and nothing of the account any more. */
function leave(text) {
  signedIn = nextEvents = null;
  byId("account").hidden = true;
  byId("step-up").close();
  showSignIn();
  for (const form of byId("account").querySelectorAll("form")) {
    form.reset();
    note(form, "");
  }
  for (const list of [byId("sessions"), byId("events")]) list.replaceChildren();
  forgetExport();
  forgetSecurity();
  forgetTokens();
  byId("who").textContent = "";
  byId("frozen").hidden = true;
  byId("message").textContent = text;
  document.querySelector("h1").focus();
}

function addItem(list, lines, ...controls) {
  const item = document.createElement("li");
  for (const line of lines.filter(Boolean)) {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    item.append(paragraph);
  }
  item.append(...controls);
  list.append(item);
}

/** A button in a row. Its name says which, for who hears it and does not see what stands beside it. */
function rowButton(label, name, place, work) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-label", `${label}: ${name}`);
  onClick(button, place, work);
  return button;
}

function origin({ ip, country }) {
  return [ip, country].filter(Boolean).join(", ");
}

async function showSessions() {
  const { status, answer } = await call("GET", "/auth/sessions");
  if (status !== 200) return;
  const { unknownDevice, thisSession, lastUsed, frozenUntil } = words.page;
  byId("sessions").replaceChildren();
  for (const session of answer.sessions) {
    const device = session.device ?? unknownDevice;
    const more = [origin(session), at(lastUsed, session.last_used_at)].filter(Boolean);
    const lines = [session.current ? `${device} · ${thisSession}` : device, ...more];
    const controls = session.current ? [] : [endButton(session.id, [device, ...more].join(", "))];
    addItem(byId("sessions"), lines, ...controls);
  }
  byId("end-others").hidden = answer.sessions.length < 2;
  const until = answer.vault_frozen_until;
  byId("frozen").hidden = !until;
  byId("frozen").textContent = until ? at(frozenUntil, until) : "";
}

/** The button that ends a session. */
function endButton(id, name) {
  const place = byId("sign-out");
  return rowButton(words.page.endSession, name, place, async () => {
    const reply = await call("DELETE", `/auth/sessions/${encodeURIComponent(id)}`);
    if (reply.status === 401) return;
    if (![200, 404].includes(reply.status)) return note(place, why(reply), null);
    await showSessions();
    note(place, words.page.sessionEnded);
    byId("sessions-title").focus();
  });
}

async function showEvents() {
  const after = nextEvents ? `&cursor=${encodeURIComponent(nextEvents)}` : "";
  const reply = await call("GET", `/auth/events?limit=${EVENTS_AT_ONCE}${after}`);
  if (reply.status !== 200) return reply;
  const { actions, by } = words.page;
  for (const event of reply.answer.events) {
    const whence = [event.device, origin(event), by[event.by]].filter(Boolean).join(" · ");
    addItem(byId("events"), [actions[event.action] ?? event.action, inMoment(event.at), whence]);
  }
  if (!byId("events").childElementCount) addItem(byId("events"), [words.page.noEvents]);
  nextEvents = reply.answer.next_cursor;
  byId("more-events").hidden = !nextEvents;
  return reply;
}

/** Older events, below those that are shown. Who reads on begins with the first of them; the button may be gone by then. */
async function moreEvents() {
  const shown = byId("events").childElementCount;
  const reply = await showEvents();
  if (reply.status === 401) return;
  if (reply.status !== 200) return note(byId("more-events"), trouble(reply), null);
  const next = byId("events").children[shown] ?? byId("events-title");
  next.tabIndex = -1;
  next.focus();
}

async function showAccount() {
  byId("message").textContent = "";
  hideSignIn();
  byId("account").hidden = false;
  byId("who").textContent = signedIn.email;
  (here.pathname.endsWith("/security") ? byId("security-title") : document.querySelector("h1")).focus();
  nextEvents = null;
  byId("events").replaceChildren();
  forgetExport();
  await Promise.all([showPreferred(), showSessions(), showEvents(), showSecurity(), showTokens()]);
}

/** The language of letters, unless somebody has chosen another one before it was known here. */
async function showPreferred() {
  const preferred = byId("preferred");
  const before = preferred.value;
  const { status, answer } = await call("GET", "/auth/preferences");
  if (status === 200 && preferred.value === before) preferred.value = answer.language;
}

async function signIn() {
  const [form, email, password] = ["sign-in", "email", "password"].map(byId);
  if (!email.value.trim()) return note(form, words.all.noAddress, email);
  if (!password.value) return note(form, words.page.noPassword, password);
  const body = { email: email.value.trim(), password: password.value };
  const reply = await post(form, "login", "login", body);
  const { status, answer } = reply;
  if (status === 200) return enter(answer);
  if (status === 401 && answer.mfa) return askFactor({ ...answer.mfa, since: Date.now() });
  if (status === 422) return note(form, words.all.badAddress, email);
  const refusals = { 401: words.page.notSignedIn, 403: words.page.closed, 413: words.page.notSignedIn };
  note(form, refusals[status] ?? trouble(reply), null);
}

/** Somebody is signed in. */
function enter({ user, session }) {
  signedIn = { email: user.email, session };
  byId("sign-in").reset();
  return showAccount();
}

async function signOut() {
  const token = await access();
  if (!token) return;
  const reply = await request("POST", "/auth/logout", { access_token: token });
  if (reply.status === 200) leave(words.page.signedOut);
  else note(byId("sign-out"), trouble(reply), null);
}

async function endOthers() {
  const token = await access();
  if (!token) return;
  const form = byId("end-others");
  const reply = await request("POST", "/auth/logout", { access_token: token, scope: "others" });
  if (reply.status === 401) return leave(words.page.sessionOver);
  if (reply.status !== 200) return note(form, trouble(reply), null);
  await showSessions();
  note(byId("sign-out"), words.page.othersEnded);
  byId("sessions-title").focus();
}

/** Why a change was not made, and the field that is to blame; nothing where it was. `fields` are named as the request's, `refusals` by status. */
function flaw(reply, fields, refusals) {
  const { status, answer } = reply;
  if (status === 200) return null;
  if (isUnconfirmed(reply)) return [why(reply), null];
  if (status === 403) return [words.page.wrongPassword, fields.current_password];
  if (refusals[status]) return [refusals[status], null];
  const faults = status === 422 && Array.isArray(answer.detail) ? answer.detail : [];
  const fault = faults.find(({ loc }) => loc?.some((name) => fields[name]));
  if (!fault) return [trouble(reply), null];
  const name = fault.loc.find((part) => fields[part]);
  const reason = name === "new_email" ? words.all.badAddress : words.answers[fault.ctx?.reason] ?? words.all.badPassword;
  return [reason, fields[name]];
}

async function changePassword() {
  const [form, current, chosen] = ["change-password", "old-password", "new-password"].map(byId);
  if (!current.value) return note(form, words.page.noPassword, current);
  if ([...chosen.value].length < 8) return note(form, words.all.shortPassword, chosen);
  const body = { current_password: current.value, new_password: chosen.value, keep_apps: byId("keep-tokens").checked };
  const reply = await call("POST", "/auth/change-password", body);
  if (reply.status === 401) return;
  const refusals = { 400: words.page.samePassword, 413: words.all.longPassword };
  const refused = flaw(reply, { current_password: current, new_password: chosen }, refusals);
  if (refused) return note(form, ...refused);
  form.reset();
  note(form, words.page.passwordChanged);
  await Promise.all([showSessions(), showTokens()]);
}

async function changeEmail() {
  const [form, address, current] = ["change-email", "new-email", "email-password"].map(byId);
  if (!address.value.trim()) return note(form, words.all.noAddress, address);
  if (!current.value) return note(form, words.page.noPassword, current);
  const body = { new_email: address.value.trim(), current_password: current.value };
  const reply = await solved(form, "mail", (more) => call("POST", "/auth/change-email", body, more));
  if (reply.status === 401) return;
  const refusals = { 400: words.page.sameEmail, 409: words.page.movedOfLate, 413: words.all.badAddress };
  const refused = flaw(reply, { current_password: current, new_email: address }, refusals);
  if (refused) return note(form, ...refused);
  form.reset();
  note(form, words.page.confirmSent);
}

async function changeLanguage() {
  const form = byId("change-language");
  const reply = await call("PATCH", "/auth/preferences", { language: byId("preferred").value });
  if (reply.status === 401) return;
  if (reply.status !== 200) return note(form, trouble(reply), null);
  note(form, words.page.languageSaved);
}

function forgetExport() {
  const link = byId("exported");
  if (link.href) URL.revokeObjectURL(link.href);
  link.removeAttribute("href");
  link.hidden = true;
}

async function getExport() {
  const form = byId("export");
  forgetExport();
  const pages = [];
  for (const path of EXPORTS) {
    let cursor = null;
    do {
      const reply = await call("GET", cursor ? `${path}?cursor=${encodeURIComponent(cursor)}` : path);
      if (reply.status === 401) return;
      if (reply.status !== 200) return note(form, why(reply), null);
      const { next_cursor, ...page } = reply.answer;
      pages.push({ of: path, ...page });
      cursor = next_cursor;
    } while (cursor);
  }
  const link = byId("exported");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(pages, null, 2)], { type: "application/json" }));
  link.hidden = false;
  note(form, words.page.exportReady);
  link.focus();
}

async function deleteAccount() {
  const [form, current, sure] = ["delete", "delete-password", "delete-sure"].map(byId);
  if (!current.value) return note(form, words.page.noPassword, current);
  if (!sure.checked) return note(form, words.page.notSure, sure);
  const reply = await call("POST", "/auth/delete-account", { current_password: current.value });
  if (reply.status === 401) return;
  const refused = flaw(reply, { current_password: current }, { 409: words.page.notYet });
  if (refused) return note(form, ...refused);
  leave(at(words.page.deletesAt, reply.answer.deletes_at));
}

// Whoever comes back to this page out of the browser's history is nobody.
addEventListener("pagehide", () => { if (signedIn) leave(""); });

function begin() {
  onSubmit(byId("sign-in"), signIn);
  onSubmit(byId("sign-out"), signOut);
  onSubmit(byId("end-others"), endOthers);
  onSubmit(byId("change-password"), changePassword);
  onSubmit(byId("change-email"), changeEmail);
  onSubmit(byId("change-language"), changeLanguage);
  onSubmit(byId("export"), getExport);
  onSubmit(byId("delete"), deleteAccount);
  onSubmit(byId("more-events"), moreEvents);
  beginFactors();
  beginSecurity();
  beginTokens();
  // Those who are there already have chosen another language.
  if (signedIn) showAccount();
  else if (awaited) askFactor(awaited);
  else showSignIn();
}
