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

  /** Status 0 stands for "no answer". `wait` is in seconds. */
  async function post(operation, body) {
    try {
      const response = await fetch(api + operation, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(20000),
      });
      const answer = (await response.json().catch(() => null)) ?? {};
      const wait = Math.ceil(Number(answer.retry_after ?? response.headers.get("Retry-After"))) || 0;
      return { status: response.status, answer, wait: Math.min(Math.max(wait, 0), 3600) };
    } catch {
      return { status: 0, answer: {}, wait: 0 };
    }
  }

  function trouble({ status, wait }) {
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
      const wait = await work();
      if (!wait) button.setAttribute("aria-disabled", "false");
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
    const reply = await post(redeem.dataset.operation, password ? { token, password: password.value } : { token });
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
    const reply = await post(ask.dataset.operation, { email: address });
    if (reply.status === 422 || reply.status === 413) {
      return note(ask, "This is not a valid e-mail address.", email);
    }
    const answered = reply.status === 200 || reply.status === 429;
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
