// Second factors where they are shown: to sign in, and where something asks anew who is there.

// Seconds. What a passkey has to sign is good for five minutes, and so is what the right password gives.
const RENEW_AFTER = 240;
const FIRST_STEP_LASTS = 300;
const REFUSALS = {
  WRONG_CODE: "wrongCode",
  ENROLMENT_EXPIRED: "enrolmentExpired",
  PASSKEY_REFUSED: "passkeyRefused",
  PASSKEY_KNOWN: "passkeyKnown",
  TOO_MANY_PASSKEYS: "tooManyPasskeys",
  STEP_UP_REQUIRED: "notConfirmed",
};

const knowsPasskeys = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

// The right password was given, and a second factor has yet to be shown; nothing otherwise. `since` is by the clock of this device, which may
// be another than the service's.
let awaited = null;
// A browser answers one request for a passkey at a time: the one that waits in its autofill, and which it is.
let waiting = null;
let offers = 0;
// Whether whoever is signed in confirms it, for all who wait for that.
let confirming = null;

function isUnconfirmed({ status, answer }) {
  return status === 403 && answer.data?.code === "STEP_UP_REQUIRED";
}

/** Why something was not done in the name of whoever is signed in. */
function why(reply) {
  return words.page.security[REFUSALS[reply.answer.data?.code]] ?? trouble(reply);
}

/** What was typed, as requests name it; nothing where it is neither a code of an app nor one for recovery. */
function typedCode(input) {
  const code = input.value.normalize("NFKC").replace(/[\s-]/g, "");
  if (/^\d{6}$/.test(code)) return { totp: code };
  return /^[0-9a-z]{16}$/i.test(code) ? { recovery_code: code } : null;
}

/** What the browser says of a passkey; nothing where it has none, or its owner does not want it. */
async function usePasskey(options, more) {
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey, ...more })).toJSON();
  } catch {
    return null;
  }
}

function stopOffering() {
  offers += 1;
  waiting?.abort();
  waiting = null;
}

/** Has the browser offer passkeys where it fills in addresses, until another way is taken. */
async function offerPasskeys() {
  stopOffering();
  const mine = offers;
  if (!knowsPasskeys || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  let isOld = true;
  while (isOld) {
    const { status, answer } = await request("POST", "/auth/mfa/sign-in/options", {});
    if (status !== 200 || offers !== mine) return;
    isOld = false;
    const round = waiting = new AbortController();
    const timer = setTimeout(() => { isOld = true; round.abort(); }, RENEW_AFTER * 1000);
    const passkey = await usePasskey(answer.data.passkey, { mediation: "conditional", signal: round.signal });
    clearTimeout(timer);
    const form = byId("passkey-sign-in");
    if (passkey && offers === mine) return press(form.querySelector("button"), form, () => enterBy(passkey));
    if (offers !== mine) return;
  }
}

function showSignIn() {
  awaited = null;
  byId("second-factor").hidden = true;
  byId("second-factor").reset();
  byId("sign-in").hidden = false;
  byId("passkey-sign-in").hidden = !knowsPasskeys;
  note(byId("passkey-sign-in"), "");
  offerPasskeys();
}

function hideSignIn() {
  awaited = null;
  stopOffering();
  for (const id of ["sign-in", "passkey-sign-in", "second-factor"]) byId(id).hidden = true;
  byId("second-factor").reset();
}

async function signInByPasskey() {
  const form = byId("passkey-sign-in");
  stopOffering();
  const reply = await request("POST", "/auth/mfa/sign-in/options", {});
  if (reply.status !== 200) return note(form, trouble(reply), null);
  const passkey = await usePasskey(reply.answer.data.passkey);
  if (passkey) return enterBy(passkey);
  note(form, words.page.security.noPasskey, null);
  offerPasskeys();
}

/** Signs in with what the browser says of a passkey. */
async function enterBy(passkey) {
  const reply = await request("POST", "/auth/mfa/sign-in", { passkey });
  if (reply.status === 200) return enter(reply.answer);
  // It is not offered again: a browser that chooses by itself would bring it over and over.
  const isRefused = [401, 413, 422].includes(reply.status);
  note(byId("passkey-sign-in"), isRefused ? words.page.security.unknownPasskey : trouble(reply), null);
}

/** The second step of a sign-in. */
function askFactor(mfa) {
  hideSignIn();
  awaited = mfa;
  const form = byId("second-factor");
  form.hidden = false;
  note(form, "");
  byId("message").textContent = "";
  byId("second-passkey").hidden = !mfa.passkey || !knowsPasskeys;
  byId("password").value = "";
  byId("second-code").focus();
}

function startOver(text) {
  showSignIn();
  note(byId("sign-in"), text, null);
  byId("email").focus();
}

async function verifyCode() {
  const code = byId("second-code");
  const shown = typedCode(code);
  if (!shown) return note(byId("second-factor"), words.page.security.noCode, code);
  await verify(shown, code);
}

async function verifyPasskey() {
  const passkey = await usePasskey(awaited.passkey);
  if (!passkey) return note(byId("second-factor"), words.page.security.noPasskey, null);
  await verify({ passkey }, null);
}

async function verify(shown, culprit) {
  const mine = awaited;
  const body = { mfa_token: mine.token, remember_device: byId("remember").checked, ...shown };
  const reply = await request("POST", "/auth/mfa/verify", body);
  // Whoever has gone back is not led on.
  if (awaited !== mine) return;
  const { tooLate, wrongFactor } = words.page.security;
  if (reply.status === 200) return enter(reply.answer);
  if (reply.status === 401 && Date.now() - mine.since >= FIRST_STEP_LASTS * 1000) return startOver(tooLate);
  note(byId("second-factor"), [401, 413, 422].includes(reply.status) ? wrongFactor : trouble(reply), culprit);
}

/** Whether whoever is signed in has confirmed to be there. */
function confirmed() {
  confirming ??= askToConfirm().finally(() => { confirming = null; });
  return confirming;
}

/** What the service knows of the factors of whoever is signed in; nothing where it does not say. */
async function knownFactors() {
  const { status, answer } = await ask("GET", "/auth/mfa");
  return status === 200 ? answer.data : null;
}

async function askToConfirm() {
  const known = await knownFactors();
  if (!known) return false;
  const { totp, passkeys } = known;
  const hasFactors = Boolean(totp) || passkeys.length > 0;
  const [dialog, form, code, password] = ["step-up", "confirm", "confirm-code", "confirm-password"].map(byId);
  form.reset();
  note(form, "");
  code.closest(".field").hidden = !hasFactors;
  password.closest(".field").hidden = hasFactors;
  byId("confirm-passkey").hidden = passkeys.length === 0 || !knowsPasskeys;
  dialog.returnValue = "";
  const closed = new Promise((resolve) => { dialog.addEventListener("close", resolve, { once: true }); });
  dialog.showModal();
  (hasFactors ? code : password).focus();
  await closed;
  form.reset();
  if (dialog.returnValue !== "confirmed") return false;
  const now = await knownFactors();
  if (now) showStanding(now);
  return true;
}

async function confirmTyped() {
  const [form, code, password] = ["confirm", "confirm-code", "confirm-password"].map(byId);
  if (!code.closest(".field").hidden) {
    const shown = typedCode(code);
    if (!shown) return note(form, words.page.security.noCode, code);
    return confirmBy(shown, words.page.security.wrongFactor, code);
  }
  if (!password.value) return note(form, words.page.noPassword, password);
  await confirmBy({ password: password.value }, words.page.wrongPassword, password);
}

async function confirmByPasskey() {
  const form = byId("confirm");
  const reply = await ask("POST", "/auth/mfa/step-up/options", {});
  if (reply.status === 401) return;
  if (reply.status !== 200) return note(form, trouble(reply), null);
  const passkey = await usePasskey(reply.answer.data.passkey);
  if (!passkey) return note(form, words.page.security.noPasskey, null);
  await confirmBy({ passkey }, words.page.security.wrongFactor, null);
}

async function confirmBy(shown, wrong, culprit) {
  const reply = await ask("POST", "/auth/mfa/step-up", shown);
  if (reply.status === 401) return;
  if (reply.status === 200) {
    keepToken(reply.answer.data);
    return byId("step-up").close("confirmed");
  }
  note(byId("confirm"), [403, 413, 422].includes(reply.status) ? wrong : trouble(reply), culprit);
}

/** The access token of a session that says something new of how it is signed in to. */
function keepToken({ access_token, expires_at }) {
  if (access_token && signedIn) Object.assign(signedIn.session, { access_token, expires_at });
}

function beginFactors() {
  onSubmit(byId("passkey-sign-in"), signInByPasskey);
  onSubmit(byId("second-factor"), verifyCode);
  onClick(byId("second-passkey"), byId("second-factor"), verifyPasskey);
  byId("second-back").addEventListener("click", () => startOver(""));
  onSubmit(byId("confirm"), confirmTyped);
  onClick(byId("confirm-passkey"), byId("confirm"), confirmByPasskey);
  byId("confirm-back").addEventListener("click", () => byId("step-up").close());
}
