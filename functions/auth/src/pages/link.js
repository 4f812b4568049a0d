// Drives the pages behind mailed links, and the one that has such a link mailed: #redeem, where there is one, spends the mailed token when
// the person wants it to; #ask, where there is one, asks for a link.
function showOnward(address) {
  if (!/^https?:\/\//i.test(address ?? "")) return;
  byId("onward").href = address;
  byId("onward").hidden = false;
}

/** Lists what was added to the account since the letter with this link. */
function showAdded(factors) {
  const { app, passkey, addedAt } = words.page;
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const { kind, name, created_at } of factors) {
    const item = document.createElement("li");
    const what = kind === "totp" ? app : passkey.replace("{name}", () => name);
    for (const line of [what, addedAt.replace("{time}", moment.format(new Date(created_at)))]) {
      item.append(Object.assign(document.createElement("p"), { textContent: line }));
    }
    byId("added").querySelector("ul").append(item);
  }
  byId("added").hidden = !factors.length;
}

/** The link has been redeemed, or will never be. `next` is what helps then, if anything does. */
function conclude(title, text, next) {
  const heading = document.querySelector("h1");
  heading.textContent = title;
  byId("redeem").hidden = true;
  // In another language all would begin anew.
  byId("languages")?.remove();
  byId("message").textContent = text;
  if (next) next.hidden = false;
  heading.focus();
}

function startRedeeming(redeem) {
  const password = byId("password");
  const again = byId("again");

  function unfitPassword() {
    if ([...password.value].length < 8) return [words.all.shortPassword, password];
    if (password.value !== again.value) return [words.all.otherPassword, again];
    return null;
  }

  byId("reveal")?.addEventListener("change", (event) => {
    password.type = again.type = event.target.checked ? "text" : "password";
  });

  onSubmit(redeem, async () => {
    const unfit = password && unfitPassword();
    if (unfit) return note(redeem, ...unfit);
    const reply = await post(redeem, "mail", redeem.dataset.operation, password ? { token, password: password.value } : { token });
    const { status, answer } = reply;
    const faults = Array.isArray(answer.detail) ? answer.detail : [];
    const refused = faults.find((fault) => fault.loc?.includes("password"));
    if (status === 200 && answer.success) {
      redeem.reset();
      showOnward(answer.redirect_url);
      if (byId("added")) showAdded(answer.added ?? []);
      conclude(words.page.done, words.answers[answer.message] ?? words.page.doneText);
    } else if (status === 200 || status === 400) {
      redeem.reset();
      conclude(words.all.void, words.page.failedText, byId("ask") ?? byId("instead"));
    } else if (status === 413 && password) {
      note(redeem, words.all.longPassword, password);
    } else if (status === 422 && password && refused) {
      note(redeem, words.answers[refused.ctx?.reason] ?? words.all.badPassword, password);
    } else if (status === 413 || status === 422) {
      note(redeem, words.all.damaged, null);
      if (byId("ask")) byId("ask").hidden = false;
    } else {
      note(redeem, trouble(reply), null);
    }
  });

  if (!token) {
    redeem.hidden = true;
    if (byId("ask")) byId("ask").hidden = false;
    byId("message").textContent = words.all.withoutLink;
  }
}

function startAsking(ask) {
  const email = byId("email");
  const button = ask.querySelector("button");
  const label = button.textContent;
  let ticking;

  function stopCountdown() {
    if (!ticking) return;
    clearInterval(ticking);
    ticking = undefined;
    button.textContent = label;
    button.setAttribute("aria-disabled", "false");
  }

  function startCountdown(seconds) {
    const end = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left > 0) button.textContent = timed(words.all.againIn, left);
      else stopCountdown();
    };
    ticking = setInterval(tick, 500);
    tick();
  }

  onSubmit(ask, async () => {
    const address = email.value.trim();
    if (!address) return note(ask, words.all.noAddress, email);
    const reply = await post(ask, "mail", ask.dataset.operation, { email: address });
    if (reply.status === 422 || reply.status === 413) {
      return note(ask, words.all.badAddress, email);
    }
    const isTooSoon = reply.status === 429 && !reply.challenge;
    if (reply.status === 200) note(ask, words.page.sent);
    else note(ask, isTooSoon ? words.all.tooSoon : trouble(reply), null);
    // The wait belongs to the address that was asked for: a corrected one may be sent at once.
    if ((reply.status === 200 || isTooSoon) && reply.wait && email.value.trim() === address) startCountdown(reply.wait);
    return ticking;
  });
  email.addEventListener("input", stopCountdown);
}

function begin() {
  const redeem = byId("redeem");
  const ask = byId("ask");
  if (redeem) startRedeeming(redeem);
  if (ask) startAsking(ask);
}
