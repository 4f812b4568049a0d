// Personal tokens where they are made, shown once, and ended.

const TOKEN_DAYS = [7, 30, 90, 365];
const USUAL_DAYS = 90;
// What may be done with these is what thieves want: their tokens are good from some networks alone, and for no longer.
const SENSITIVE = ["keys:write", "keys:decrypt"];
const TOKEN_REFUSALS = { VAULT_FROZEN: "frozen", TOO_MANY_TOKENS: "tooMany" };

async function showTokens() {
  const { status, answer } = await ask("GET", "/oauth/tokens");
  if (status !== 200) return;
  const { tokens } = answer.data;
  byId("token-list").replaceChildren();
  tokens.forEach(showToken);
  if (!tokens.length) addItem(byId("token-list"), [words.page.tokens.none]);
  byId("keep-tokens").closest("div").hidden = !tokens.length;
  byId("kept-tokens").textContent = tokens.map(({ name }) => name).join(", ");
}

function showToken(token) {
  const { expires, from, someKeys, end, ended, scopes } = words.page.tokens;
  const may = token.scopes.map((scope) => scopes[scope] ?? scope).join(" · ");
  const keys = token.key_ids && someKeys.replace("{count}", token.key_ids.length);
  const networks = token.networks.length > 0 && `${from} ${token.networks.join(", ")}`;
  const button = rowButton(end, token.name, byId("tokens"), async () => {
    const reply = await call("DELETE", `/oauth/tokens/${encodeURIComponent(token.id)}`);
    if (reply.status === 401) return;
    if (![200, 404].includes(reply.status)) return note(byId("tokens"), why(reply), null);
    await showTokens();
    note(byId("tokens"), ended);
    byId("tokens-title").focus();
  });
  addItem(byId("token-list"), [token.name, may, keys, networks, at(expires, token.expires_at)], button);
}

/** A box to tick, with what it stands for. */
function tickBox(value, label) {
  const [row, box, text] = ["div", "input", "label"].map((kind) => document.createElement(kind));
  row.className = "tick";
  Object.assign(box, { type: "checkbox", id: `tick-${value}`, value });
  text.htmlFor = box.id;
  text.textContent = label;
  row.append(box, text);
  return row;
}

function ticked(id) {
  return [...byId(id).querySelectorAll("input:checked")].map((box) => box.value);
}

/** The exchange keys to choose from, once somebody wants to. */
async function showKeyChoice() {
  const place = byId("token-key-ids");
  if (!byId("token-keys").open || place.childElementCount) return;
  const boxes = [];
  let cursor = null;
  do {
    const reply = await ask("GET", `/api/v1/api-keys/${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
    if (reply.status !== 200) return;
    const { api_keys: keys, next_cursor: next } = reply.answer.data;
    boxes.push(...keys.map(({ id, label, exchange }) => tickBox(id, `${label} · ${exchange}`)));
    cursor = next;
  } while (cursor);
  place.replaceChildren(...boxes);
}

/** Why no token was made, and the field that is to blame. */
function tokenFlaw({ status, answer, ...reply }) {
  const { badNetworks, needsNetworks } = words.page.tokens;
  const refusal = words.page.tokens[TOKEN_REFUSALS[answer.data?.code]];
  if (refusal) return [refusal, null];
  const faults = status === 422 && Array.isArray(answer.detail) ? answer.detail : [];
  const isAbout = (field) => faults.some(({ loc }) => loc?.includes(field));
  if (isAbout("expires_in_days")) return [needsNetworks, byId("token-days")];
  if (isAbout("networks")) return [badNetworks, byId("token-networks")];
  return [why({ status, answer, ...reply }), null];
}

async function makeToken() {
  const [form, name, networks] = ["make-token", "token-name", "token-networks"].map(byId);
  const { noName } = words.page.security;
  const { noScope, needsNetworks } = words.page.tokens;
  const [scopes, keys] = ["token-scopes", "token-key-ids"].map(ticked);
  const listed = networks.value.split(/[\s,;]+/).filter(Boolean);
  const days = Number(byId("token-days").value);
  if (!name.value.trim()) return note(form, noName, name);
  if (!scopes.length) return note(form, noScope, null);
  const isSensitive = scopes.some((scope) => SENSITIVE.includes(scope));
  if (isSensitive && !listed.length) return note(form, needsNetworks, networks);
  if (isSensitive && days > USUAL_DAYS) return note(form, needsNetworks, byId("token-days"));
  const reply = await call("POST", "/oauth/tokens", {
    name: name.value.trim(),
    scopes,
    expires_in_days: days,
    networks: listed,
    key_ids: keys.length ? keys : null,
  });
  if (reply.status === 401) return;
  if (reply.status !== 200) return note(form, ...tokenFlaw(reply));
  resetMaking();
  await showTokens();
  byId("token").textContent = reply.answer.data.token;
  byId("new-token").hidden = false;
  byId("new-token-title").focus();
}

async function copyToken() {
  const { copied, notCopied } = words.page.tokens;
  try {
    await navigator.clipboard.writeText(byId("token").textContent);
    note(byId("new-token"), copied);
  } catch {
    note(byId("new-token"), notCopied, null);
  }
}

function resetMaking() {
  byId("make-token").reset();
  byId("token-keys").open = false;
  byId("token-key-ids").replaceChildren();
}

function forgetToken() {
  byId("token").textContent = "";
  byId("new-token").hidden = true;
  note(byId("new-token"), "");
}

function forgetTokens() {
  forgetToken();
  resetMaking();
  byId("token-list").replaceChildren();
  byId("kept-tokens").textContent = "";
  note(byId("tokens"), "");
}

function beginTokens() {
  const inDays = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "day", unitDisplay: "long" });
  byId("token-days").replaceChildren(...TOKEN_DAYS.map((days) => {
    const isUsual = days === USUAL_DAYS;
    return new Option(inDays.format(days), days, isUsual, isUsual);
  }));
  onSubmit(byId("make-token"), makeToken);
  onClick(byId("copy-token"), byId("new-token"), copyToken);
  byId("token-keys").addEventListener("toggle", showKeyChoice);
  byId("kept-token").addEventListener("click", () => {
    forgetToken();
    byId("tokens-title").focus();
  });
}
