// Second factors where they are added, named and removed.

const LONGEST_NAME = 60;
const MOST_PASSKEYS = 10;

// Recovery codes that were made on this page, until their owner has kept them.
let newCodes = null;
// An app that is being set up.
let enrolment = null;

async function showSecurity() {
  const known = await knownFactors();
  if (!known) return;
  const { totp, passkeys, devices } = known;
  const { noApp, noPasskeys, tooManyPasskeys } = words.page.security;
  for (const id of ["apps", "passkeys", "devices"]) byId(id).replaceChildren();
  if (totp) showApp(totp);
  else addItem(byId("apps"), [noApp]);
  passkeys.forEach(showPasskey);
  if (!passkeys.length) addItem(byId("passkeys"), [noPasskeys]);
  const isFull = passkeys.length >= MOST_PASSKEYS;
  byId("add-passkey").hidden = !knowsPasskeys || isFull;
  byId("passkeys-full").hidden = !knowsPasskeys || !isFull;
  byId("passkeys-full").textContent = tooManyPasskeys;
  devices.forEach(showDevice);
  byId("recovery").hidden = !totp && !passkeys.length;
  byId("remembered").hidden = devices.length === 0;
  showStanding(known);
  if (newCodes) showCodes();
}

/** What a factor changes by being shown: a reset of all of them is stopped, and a recovery code is spent. */
function showStanding({ recovery_codes_left: left, reset_at: resetAt }) {
  const { codesLeft, resetsAt } = words.page.security;
  byId("codes-left").textContent = codesLeft.replace("{count}", left);
  byId("reset-at").hidden = !resetAt;
  byId("reset-at").textContent = resetAt ? at(resetsAt, resetAt) : "";
}

/** Since when there is a factor, and when it was last used. */
function lifeOf(factor) {
  const used = factor.last_used_at;
  return [at(words.page.security.addedAt, factor.created_at), used && at(words.page.lastUsed, used)];
}

function showApp(totp) {
  const { appName } = words.page.security;
  addItem(byId("apps"), [appName, ...lifeOf(totp)], removeButton(appName, "/auth/mfa/totp"));
}

function showPasskey(passkey) {
  const path = `/auth/mfa/passkeys/${encodeURIComponent(passkey.id)}`;
  const lines = [passkey.name, ...lifeOf(passkey), passkey.synced && words.page.security.synced];
  addItem(byId("passkeys"), lines, renameButton(passkey.name, path), removeButton(passkey.name, path, tellBrowser));
}

function showDevice({ id, until }) {
  const { deviceUntil, forget, forgotten } = words.page.security;
  const name = at(deviceUntil, until);
  const button = rowButton(forget, name, byId("security"), async () => {
    await changed(await call("DELETE", `/auth/mfa/devices/${encodeURIComponent(id)}`), forgotten);
  });
  addItem(byId("devices"), [name], button);
}

/** The button that removes a factor, when it is pressed twice: that signs everybody else out and shuts the vault. */
function removeButton(name, path, after) {
  const { remove, removeSure, removeHint, removed } = words.page.security;
  let isSure = false;
  const button = rowButton(remove, name, byId("security"), async () => {
    if (isSure) {
      const reply = await call("DELETE", path);
      await changed(reply, removed);
      return reply.status === 200 && after?.();
    }
    isSure = true;
    button.classList.add("danger");
    button.textContent = removeSure;
    button.setAttribute("aria-label", `${removeSure}: ${name}`);
    note(byId("security"), removeHint, null);
  });
  return button;
}

/** The button that lets a passkey be named anew, in a form that takes its place. */
function renameButton(name, path) {
  const { rename, newName, save, noName, renamed } = words.page.security;
  const button = rowButton(rename, name, byId("security"), () => {
    const form = document.createElement("form");
    form.noValidate = true;
    const [label, input, told, send] = ["label", "input", "p", "button"].map((kind) => document.createElement(kind));
    label.textContent = newName;
    Object.assign(input, { value: name, maxLength: LONGEST_NAME, autocomplete: "off" });
    label.append(input);
    told.className = "note";
    told.setAttribute("role", "status");
    told.setAttribute("aria-live", "polite");
    send.textContent = save;
    const field = document.createElement("div");
    field.className = "field";
    field.append(label);
    form.append(field, told, send);
    onSubmit(form, async () => {
      if (!input.value.trim()) return note(form, noName, input);
      await changed(await call("PATCH", path, { name: input.value.trim() }), renamed);
    });
    button.replaceWith(form);
    input.select();
  });
  return button;
}

/** Shows what has come of a change, from the top of the section on; or why there was none, in `place`. */
async function changed(reply, text, place = byId("security"), culprit = null) {
  if (reply.status === 401) return;
  if (reply.status !== 200) {
    note(place, why(reply), culprit);
    return;
  }
  const { data } = reply.answer;
  if (data) keepToken(data);
  newCodes = data?.recovery_codes ?? newCodes;
  await Promise.all([showSecurity(), showSessions()]);
  note(byId("security"), text);
  byId(data?.recovery_codes ? "new-codes-title" : "security-title").focus();
}

async function enrol() {
  const reply = await call("POST", "/auth/mfa/totp", {});
  if (reply.status === 401) return;
  if (reply.status !== 200) return note(byId("enrol"), why(reply), null);
  const { secret, qr_svg: svg } = reply.answer.data;
  enrolment = reply.answer.data.enrolment;
  const image = document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
  image.setAttribute("role", "img");
  image.setAttribute("aria-label", words.page.security.qr);
  byId("qr").replaceChildren(image);
  byId("secret").textContent = secret.match(/.{1,4}/g).join(" ");
  byId("activate").hidden = false;
  byId("app-code").focus();
}

async function activate() {
  const [form, code] = ["activate", "app-code"].map(byId);
  const totp = typedCode(code)?.totp;
  if (!totp) return note(form, words.page.security.noAppCode, code);
  const reply = await call("POST", "/auth/mfa/totp/activate", { enrolment, totp });
  if (reply.status === 200) forgetEnrolment();
  await changed(reply, words.page.security.added, form, code);
}

function forgetEnrolment() {
  enrolment = null;
  byId("activate").hidden = true;
  byId("activate").reset();
  byId("qr").replaceChildren();
  byId("secret").textContent = "";
}

/** What the browser says of a new passkey, or why there is none. */
async function makePasskey(options) {
  try {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return { passkey: (await navigator.credentials.create({ publicKey })).toJSON() };
  } catch (error) {
    const { passkeyKnown, noPasskey } = words.page.security;
    return { flaw: error.name === "InvalidStateError" ? passkeyKnown : noPasskey };
  }
}

async function addPasskey() {
  const [form, name] = ["add-passkey", "passkey-name"].map(byId);
  if (!name.value.trim()) return note(form, words.page.security.noName, name);
  const asked = await call("POST", "/auth/mfa/passkeys/options", {});
  if (asked.status === 401) return;
  if (asked.status !== 200) return note(form, why(asked), null);
  const { passkey, flaw: refused } = await makePasskey(asked.answer.data.passkey);
  if (refused) return note(form, refused, null);
  const reply = await call("POST", "/auth/mfa/passkeys", { passkey, name: name.value.trim() });
  if (reply.status === 200) form.reset();
  await changed(reply, words.page.security.added, form);
  // Whatever has come of it here: the browser has kept the passkey, and would offer it.
  await tellBrowser();
}

/** Tells whoever keeps passkeys in this browser which ones are good here, so that it offers no others. */
async function tellBrowser() {
  if (!window.PublicKeyCredential?.signalAllAcceptedCredentials) return;
  const { status, answer } = await ask("POST", "/auth/mfa/passkeys/options", {});
  if (status !== 200) return;
  const { rp, user, excludeCredentials } = answer.data.passkey;
  const allAcceptedCredentialIds = excludeCredentials.map(({ id }) => id);
  const told = { rpId: rp.id, userId: user.id, allAcceptedCredentialIds };
  await PublicKeyCredential.signalAllAcceptedCredentials(told).catch(() => {});
}

async function renewCodes() {
  const reply = await call("POST", "/auth/mfa/recovery-codes", {});
  await changed(reply, words.page.security.renewed, byId("renew-codes"));
}

async function forgetDevices() {
  const reply = await call("DELETE", "/auth/mfa/devices");
  await changed(reply, words.page.security.forgotten, byId("forget-devices"));
}

function showCodes() {
  const items = newCodes.map((code) => {
    const item = document.createElement("li");
    item.append(document.createElement("code"));
    item.firstChild.textContent = code;
    return item;
  });
  byId("codes").replaceChildren(...items);
  const link = byId("codes-file");
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([`${newCodes.join("\n")}\n`], { type: "text/plain" }));
  byId("new-codes").hidden = false;
}

function forgetCodes() {
  newCodes = null;
  const link = byId("codes-file");
  if (link.href) URL.revokeObjectURL(link.href);
  link.removeAttribute("href");
  byId("codes").replaceChildren();
  byId("new-codes").hidden = true;
}

async function copyCodes() {
  const { copied, notCopied } = words.page.security;
  const place = byId("new-codes");
  try {
    await navigator.clipboard.writeText(newCodes.join("\n"));
    note(place, copied);
  } catch {
    note(place, notCopied, null);
  }
}

function forgetSecurity() {
  forgetEnrolment();
  forgetCodes();
  for (const id of ["apps", "passkeys", "devices"]) byId(id).replaceChildren();
  for (const id of ["reset-at", "passkeys-full", "recovery", "remembered"]) byId(id).hidden = true;
  note(byId("security"), "");
}

function beginSecurity() {
  byId("add-passkey").hidden = !knowsPasskeys;
  onSubmit(byId("enrol"), enrol);
  onSubmit(byId("activate"), activate);
  onSubmit(byId("add-passkey"), addPasskey);
  onSubmit(byId("renew-codes"), renewCodes);
  onSubmit(byId("forget-devices"), forgetDevices);
  onClick(byId("copy-codes"), byId("new-codes"), copyCodes);
  byId("print-codes").addEventListener("click", () => print());
  byId("kept-codes").addEventListener("click", () => {
    forgetCodes();
    byId("security-title").focus();
  });
}
