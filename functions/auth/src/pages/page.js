// Drives all pages: #redeem, where there is one, spends the mailed token when the person wants it to; #ask asks for a link.
"use strict";
{
  const byId = (id) => document.getElementById(id);
  const redeem = byId("redeem");
  const ask = byId("ask");
  const email = byId("email");
  const password = byId("password");
  const again = byId("again");

  // The token leaves the address bar and the history before anything else happens.
  const here = new URL(location.href);
  const token = here.searchParams.get("token");
  here.search = "";
  here.hash = "";
  history.replaceState(null, "", here);

  // A deployment stage may precede our paths.
  const prefix = here.pathname.slice(0, Math.max(0, here.pathname.lastIndexOf("/auth/ui/")));
  const api = `${here.origin}${prefix}/auth/`;

  // Where the widget of a provider of challenges comes from; nowhere, if there is none.
  const provider = document.querySelector("main").dataset.widget;

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
  async function send(operation, body, solution) {
    const headers = { "Content-Type": "application/json" };
    if (device.token) headers["X-Device-Token"] = device.token;
    if (solution) headers["X-Challenge-Answer"] = solution;
    try {
      const response = await fetch(api + operation, {
        method: "POST",
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

  /** The answer to a request of a form, once what it is asked for is solved. One that still has a challenge says that it could not be. */
  async function post(form, operation, body) {
    let reply = await send(operation, body);
    let isWithoutWidget = false;
    for (let round = 0; reply.challenge && round < 3; round += 1) {
      // The provider is there, and out of this browser's reach: whoever has chosen it wants nothing else.
      if (isWithoutWidget && reply.challenge.startsWith("turnstile;")) break;
      const solution = await solve(form, reply.challenge);
      if (!solution) break;
      isWithoutWidget = solution === UNAVAILABLE;
      reply = await send(operation, body, solution);
    }
    return reply;
  }

  /** What solves a challenge; nothing where nobody here can. */
  async function solve(form, challenge) {
    const [kind, key, bits] = challenge.split(";");
    const place = document.createElement("div");
    place.className = "challenge";
    form.querySelector(".note").after(place);
    try {
      if (kind === "pow" && /^\d+$/.test(bits)) {
        note(form, "One moment, please. Many requests are coming in, and your browser has to prove that it means this one.");
        return await work(place, key, Number(bits));
      }
      if (kind === "turnstile") {
        if (!provider) return UNAVAILABLE;
        note(form, "Please confirm that you are a person.");
        return await askProvider(place, key);
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
    bar.setAttribute("aria-label", "Proving it");
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
  async function askProvider(place, siteKey) {
    const token = loadProvider().then(() => showWidget(place, siteKey));
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
  function showWidget(place, siteKey) {
    let errors = 0;
    return new Promise((resolve, reject) => {
      const id = window.turnstile.render(place, {
        sitekey: siteKey,
        action: "mail",
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
    if (challenge) return "Your browser could not prove that it means this request. Please try again, or in another browser.";
    const later = wait ? `in ${wait} seconds` : "in a moment";
    switch (status) {
      case 0: return "We could not reach the server. Please check your connection and try again.";
      case 429: return `Too many attempts. Please try again ${later}.`;
      case 503: return `The service is not available right now. Please try again ${later}.`;
      default: return "Something went wrong on our side. Please try again in a moment.";
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

  function conclude(title, text, form) {
    const heading = document.querySelector("h1");
    heading.textContent = title;
    redeem.hidden = true;
    ask.hidden = form !== ask;
    byId("message").textContent = text;
    heading.focus();
  }

  // A busy button keeps the focus, so it is marked as disabled rather than disabled.
  function onSubmit(form, work) {
    const button = form.querySelector("button");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (button.getAttribute("aria-disabled") === "true") return;
      button.setAttribute("aria-disabled", "true");
      note(form, "");
      let wait = false;
      try {
        wait = await work();
      } catch (error) {
        reportError(error);
        note(form, trouble({}), null);
      } finally {
        if (!wait) button.setAttribute("aria-disabled", "false");
      }
    });
  }

  function unfitPassword() {
    if ([...password.value].length < 8) return ["Please use at least 8 characters.", password];
    if (password.value !== again.value) return ["The two passwords are not the same.", again];
    return null;
  }

  function showOnward(address) {
    if (!/^https?:\/\//i.test(address ?? "")) return;
    byId("onward").href = address;
    byId("onward").hidden = false;
  }

  if (redeem) onSubmit(redeem, async () => {
    const unfit = password && unfitPassword();
    if (unfit) return note(redeem, ...unfit);
    const reply = await post(redeem, redeem.dataset.operation, password ? { token, password: password.value } : { token });
    const { status, answer } = reply;
    const faults = Array.isArray(answer.detail) ? answer.detail : [];
    const refused = faults.find((fault) => fault.loc?.includes("password"));
    if (status === 200 && answer.success) {
      redeem.reset();
      showOnward(answer.redirect_url);
      conclude(redeem.dataset.done, answer.message ?? "", redeem);
    } else if (status === 200 || status === 400) {
      redeem.reset();
      conclude("This link does not work", answer.message ?? "It may have expired or been used already.", ask);
    } else if (status === 413 && password) {
      note(redeem, "This password is too long.", password);
    } else if (status === 422 && password && refused) {
      const reason = refused.ctx?.reason ?? "This password cannot be used";
      note(redeem, `${reason}. Please choose another one.`, password);
    } else if (status === 413 || status === 422) {
      note(redeem, "This link looks damaged. Please open it again from our mail, or ask for a new one below.", null);
      ask.hidden = false;
    } else {
      note(redeem, trouble(reply), null);
    }
  });

  const askButton = ask.querySelector("button");
  const askLabel = askButton.textContent;
  let ticking;

  function stopCountdown() {
    if (!ticking) return;
    clearInterval(ticking);
    ticking = undefined;
    askButton.textContent = askLabel;
    askButton.setAttribute("aria-disabled", "false");
  }

  function startCountdown(seconds) {
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) askButton.textContent = `Send again in ${left > 120 ? `${Math.ceil(left / 60)} min` : `${left} s`}`;
      else stopCountdown();
    };
    ticking = setInterval(tick, 500);
    tick();
  }

  onSubmit(ask, async () => {
    const address = email.value.trim();
    if (!address) return note(ask, "Please enter your e-mail address.", email);
    const reply = await post(ask, ask.dataset.operation, { email: address });
    if (reply.status === 422 || reply.status === 413) {
      return note(ask, "This is not a valid e-mail address.", email);
    }
    const answered = reply.status === 200 || (reply.status === 429 && !reply.challenge);
    if (reply.status === 200) note(ask, reply.answer.message ?? "A link is on its way.");
    else note(ask, (answered && reply.answer.message) || trouble(reply), null);
    // The wait belongs to the address that was asked for: a corrected one may be sent at once.
    if (answered && reply.wait && email.value.trim() === address) startCountdown(reply.wait);
    return ticking;
  });
  email.addEventListener("input", stopCountdown);

  byId("reveal")?.addEventListener("change", (event) => {
    password.type = again.type = event.target.checked ? "text" : "password";
  });

  if (redeem && !token) {
    redeem.hidden = true;
    ask.hidden = false;
    byId("message").textContent =
      "This page was opened without its link. Please open the link from our mail, or ask for a new one.";
  }
  byId("app").hidden = false;
}
