#!/usr/bin/env python3
"""Plays the life of an account to its end, of an exchange key, of a program, of an identity check and of a second factor against a running
`make dev`: prints every request and answer, and checks each answer. It moves the clock of the functions by a week. BASE and AWS say where
it runs; CANARIES names a file that collects every address, password and token used."""

import http.client
import json
import os
import re
import secrets
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

BASE = os.environ.get("BASE") or f"http://127.0.0.1:{os.environ.get('PORT') or 9000}"
AWS = os.environ.get("AWS") or f"http://127.0.0.1:{os.environ.get('AWS_PORT') or 9100}"
RUN = secrets.token_hex(4)
KEYS = "/api/v1/api-keys/"
TOKENS = "/oauth/tokens"


class Wrong(Exception):
    """What an answer should have been, or that there is none."""


# ---------------------------------------------------------------- requests and answers


class Answer:
    """`body` is its JSON, or None."""

    def __init__(self, answer):
        self.status, self.headers, self.text = answer.status, answer.headers, answer.read().decode(errors="replace")
        self.body = None
        with suppress(ValueError):
            self.body = json.loads(self.text)

    def __getitem__(self, path):
        """What stands at a path such as `data.events.0.action`; text as it is, all else as JSON."""
        value = self.body
        try:
            for key in path.split("."):
                value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise Wrong(f"the answer above has no {path}") from error
        return value if isinstance(value, str) else json.dumps(value)

    def expect(self, status, /, *like, **equal):
        """Checks the status; the value at each path, dots written as `__`; and, of those in `like`, that (path, pattern) match."""
        if self.status != status:
            raise Wrong(f"status {self.status}, wanted {status}")
        for name, value in equal.items():
            path, wanted = name.replace("__", "."), value if isinstance(value, str) else json.dumps(value)
            if self[path] != wanted:
                raise Wrong(f"{path} is {self[path]!r}, wanted {wanted!r}")
        for path, pattern in like:
            if not re.search(pattern, self[path]):
                raise Wrong(f"{path} is {self[path]!r}, wanted something like {pattern!r}")
        return self

    def expect_header(self, name, pattern="."):
        """Checks that a header is there and begins as the pattern says."""
        if not re.match(pattern, self.headers.get(name) or "", re.IGNORECASE):
            raise Wrong(f"no header {name}: {pattern}")
        return self

    def show(self):
        print(f"  → {self.status}")
        if self.body is not None:
            print(re.sub(r"(?m)^", "    ", json.dumps(shortened(self.body), indent=2, ensure_ascii=False)))
        elif self.text:
            print(f"    ({len(self.text)} characters of {self.text[:15].strip()!r}…)")


def shortened(value):
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shortened(item) for item in value]
    return value[:40] + "…" if isinstance(value, str) and len(value) > 72 else value


def send(method, url, body=None, headers=None):
    """The answer to one request; no redirect is followed, and no proxy asked."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=60)
    try:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {})
        return Answer(connection.getresponse())
    except (OSError, http.client.HTTPException) as error:
        raise Wrong(f"no answer from {url} ({error}); is `make dev` running?") from error
    finally:
        connection.close()


def call(method, url, body=None, bearer=None, form=None, **headers):
    """Sends a request, to a path of the API or to a whole address, and prints it with its answer. Its body is JSON, or a form."""
    url = url if url.startswith("http") else BASE + url
    said = "".join(f"   ({name.replace('_', '-')}: {value})" for name, value in headers.items())
    print(f"\n{method} {url.removeprefix(BASE)}{'   (with the access token)' if bearer else ''}{said}")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        body = json.dumps(body, ensure_ascii=False)
        print(f"    {body}")
        sent["content-type"] = "application/json"
    if form is not None:
        body = urlencode(form)
        print(f"    {body}")
        sent["content-type"] = "application/x-www-form-urlencoded"
    if bearer:
        sent["authorization"] = f"Bearer {bearer}"
    answer = send(method, url, body.encode() if body else None, sent)
    answer.show()
    return answer


def title(text):
    print(f"\n── {text}")


def canary(*texts):
    """Notes what must never stand in a log. A token's halves give it away as well as the whole."""
    if os.environ.get("CANARIES"):
        with Path(os.environ["CANARIES"]).open("a") as file:
            file.writelines(f"{text}\n" for text in texts)


def canary_of_token(token):
    canary(token, token.rsplit(".", 1)[-1])


def mailed(address, part, count=1):
    """Link and token of the newest mail to an address with such a link, once so many have come."""
    inbox = f"{AWS}/inbox.json?to={quote(address, safe='')}"
    print(f"\nwaiting for mail: {inbox}")
    for _ in range(300):
        mails = [(mail, link) for mail in send("GET", inbox).body for link in mail["links"] if part in link]
        if len(mails) >= count:
            mail, link = mails[0]
            token = link.split("token=", 1)[1].split("&", 1)[0]
            canary_of_token(token)
            print(f"  → {mail['subject']}\n    {link}")
            return link, token
        time.sleep(0.2)
    raise Wrong(f"no mail with {part} for {address} within a minute")


class Session:
    """Somebody who is signed in, as an answer says."""

    def __init__(self, answer):
        self.access, self.refresh, self.user = (
            answer[f"{path}"] for path in ("session.access_token", "session.refresh_token", "user.id")
        )
        canary_of_token(self.access)
        canary_of_token(self.refresh)


# ---------------------------------------------------------------- the story


class Person:
    """Somebody with an address and a password."""

    def __init__(self, name, password):
        self.email, self.password = f"{name}-{RUN}@example.com", password
        canary(self.email, f"{name}-{RUN}", password)

    def signs_up(self, password=None):
        return call("POST", "/auth/signup", {"email": self.email, "password": password or self.password})

    def logs_in(self, password=None):
        return call("POST", "/auth/login", {"email": self.email, "password": password or self.password})

    def status(self):
        return call("GET", f"/auth/verification-status?email={quote(self.email, safe='')}")


def account():
    """A new account, verified and signed in and out again."""
    ada = Person("ada", f"correct horse {RUN}")
    title("Sign up: nothing exists yet but a mail on its way")
    ada.signs_up().expect(200, success=True, user__email=ada.email, user__email_confirmed_at=None, session=None, error=None)
    ada.status().expect(200, ("time_remaining_seconds", "^[1-9]"), is_verified=False, status="pending")
    ada.logs_in().expect(401, success=False, session=None)

    title("Verify: opening the link changes nothing, pressing its button does, once")
    link, token = mailed(ada.email, "/auth/ui/verify-email")
    page = call("GET", link).expect(200)
    page.expect_header("content-type", "text/html").expect_header("content-security-policy")
    page.expect_header("referrer-policy", "no-referrer")
    call("POST", "/auth/verify-email", {"token": token}).expect(200, success=True, email=ada.email)
    call("POST", "/auth/verify-email", {"token": token}).expect(200, ("message", "(?i)already"), success=True)
    call("POST", "/auth/verify-email", {"token": f"{token}x"}).expect(400, success=False)
    ada.status().expect(200, ("verified_at", "^20"), is_verified=True, status="verified")

    title("Sign in and see the profile")
    answer = ada.logs_in().expect(200, ("session.expires_at", "^[0-9]+$"), success=True, user__email=ada.email, error=None)
    session = Session(answer)
    profile = call("GET", "/auth/profile", bearer=session.access)
    profile.expect(200, email=ada.email, full_name=None, avatar_url=None, phone=None)
    new = {"full_name": f"Ada {RUN}", "avatar_url": "https://example.com/ada.png", "phone": "+4915112345678"}
    canary(new["full_name"], new["phone"])
    call("PATCH", "/auth/profile", new, session.access).expect(200, **new)
    call("GET", "/auth/profile", bearer=session.access).expect(200, **new)

    title("Refresh: the token changes each time; the one before lives on for half a minute, in case the answer was lost")
    before = session.refresh
    session = Session(call("POST", "/auth/refresh", {"refresh_token": before}).expect(200, success=True, user__email=ada.email))
    if session.refresh == before:
        raise Wrong("the refresh token did not change")
    session = Session(call("POST", "/auth/refresh", {"refresh_token": before}).expect(200, success=True))
    call("POST", "/auth/refresh", {"refresh_token": "nonsense"}).expect(401, success=False, error="Invalid refresh token")

    title("The public keys, with which other services check access tokens")
    call("GET", "/.well-known/jwks.json").expect(200, keys__0__kty="EC", keys__0__crv="P-256", keys__0__alg="ES256")

    title("What a wrong password and an unknown address learn: nothing")
    nobody = Person("nobody", f"wrong {RUN}")
    refusal = {"success": False, "error": "Invalid email or password, or email not verified"}
    ada.logs_in(nobody.password).expect(401, **refusal)
    nobody.logs_in().expect(401, **refusal)
    again = call("POST", "/auth/resend-verification", {"email": nobody.email})
    again.expect(200, ("retry_after", "^[0-9]+$"), success=True)
    call("POST", "/auth/resend-verification", {"email": nobody.email}).expect(429).expect_header("retry-after", "[0-9]")

    title("Sign out: the token is dead at once")
    call("POST", "/auth/logout", {"access_token": session.access}).expect(200, ("message", "."))
    dead = call("GET", "/auth/profile", bearer=session.access).expect(401, detail="Invalid or expired token")
    dead.expect_header("www-authenticate", 'Bearer error="invalid_token"')

    title("A forgotten password: everybody gets the same answer, the owner a link, which ends all sessions")
    session = Session(ada.logs_in().expect(200, success=True))
    for person in (ada, nobody):
        answer = call("POST", "/auth/forgot-password", {"email": person.email}).expect(200, success=True, retry_after=60)
        answer.expect(200, ("message", "(?i)if this address has an account"))
    link, token = mailed(ada.email, "/auth/ui/reset-password")
    call("GET", link).expect(200).expect_header("content-type", "text/html")
    call("POST", "/auth/reset-password", {"token": token, "password": "password123"}).expect(422)
    ada.password = f"correct donkey {RUN}"
    canary(ada.password)
    call("POST", "/auth/reset-password", {"token": token, "password": ada.password}).expect(200, success=True)
    call("GET", "/auth/profile", bearer=session.access).expect(401)
    return ada


def contested_address():
    """The owner of a mailbox that two people have signed up with, signed in."""
    title("Two people sign up with one address: whoever owns the mailbox chooses the password")
    first, second = f"first secret {RUN}", f"second secret {RUN}"
    grace = Person("grace", f"third secret {RUN}")
    canary(first, second)
    grace.signs_up(first).expect(200, success=True, session=None)
    mailed(grace.email, "/auth/ui/verify-email")
    grace.signs_up(second).expect(200, success=True, session=None)
    _, token = mailed(grace.email, "/auth/ui/verify-email", 2)
    call("POST", "/auth/verify-email", {"token": token}).expect(200, success=True)
    for contender in (first, second):
        grace.logs_in(contender).expect(401, success=False)
    link, token = mailed(grace.email, "/auth/ui/reset-password")
    call("GET", link).expect(200).expect_header("content-type", "text/html")
    call("POST", "/auth/reset-password", {"token": token, "password": grace.password}).expect(200)
    return Session(grace.logs_in().expect(200, success=True, user__email=grace.email))


def credentials(outcome, *fields):
    """What the paper exchange takes for a key of OKX that fares so: all of it, or these fields."""
    demos = send("GET", f"{AWS}/exchanges.json").body
    [body] = [demo["credentials"] for demo in demos if (demo["exchange"], demo["outcome"]) == ("okx", outcome)]
    canary(body["secret"], body["passphrase"])
    return {name: body[name] for name in fields or body if body.get(name) is not None}


def exchange_key(session):
    title("An exchange key: kept sealed, listed masked")
    call("GET", KEYS).expect(401, detail="Not authenticated").expect_header("www-authenticate", "Bearer")
    call("POST", KEYS, {"exchange": "okx", "api_key": "only"}, session.access).expect(422, detail__0__type="missing")
    print(f"\nthe paper exchange has demo credentials: {AWS}/exchanges")
    good = credentials("ok")
    created = call("POST", KEYS, good, session.access)
    key = f"{KEYS}{created['data.id']}" if created.status == 200 else None
    try:
        masked = ("data.api_key", "^.{0,4}[*]{4}.{2,4}$")
        created.expect(200, masked, success=True, data__exchange="okx", data__status="untested")
        life_of_key(session, key, good)
    except BaseException:
        # A demo key belongs to one account at a time, so one that failed must not keep it.
        if key:
            send("DELETE", BASE + key, headers={"authorization": f"Bearer {session.access}"})
        raise


def life_of_key(session, key, good):
    again = call("POST", KEYS, good, session.access)
    again.expect(409, success=False, data__code="KEY_ALREADY_STORED")

    title("Test it at the exchange, see what it may do, read it back with a trace")
    tested = call("POST", f"{key}/test-connection", bearer=session.access)
    tested.expect(200, success=True, data__status="ok", data__permissions__withdraw=False, data__permissions__transfer=None)
    first = {"data__api_keys__0__id": key.removeprefix(KEYS), "data__api_keys__0__status": "ok", "data__next_cursor": None}
    call("GET", KEYS, bearer=session.access).expect(200, **first)
    opened = call("POST", f"{key}/decrypt", bearer=session.access).expect(200, data__secret=good["secret"])
    opened.expect_header("cache-control", "no-store")

    title("Rotate: a new secret starts untested; a key that can withdraw is never given out")
    changed = call("PATCH", key, credentials("withdraw", "api_key", "secret", "passphrase"), session.access)
    changed.expect(200, ("data.secret_rotated_at", "^20"), data__status="untested")
    tested = call("POST", f"{key}/test-connection", bearer=session.access)
    blocked = {"data__key_status": "blocked", "data__warnings__0": "KEY_CAN_WITHDRAW"}
    tested.expect(200, success=True, data__permissions__withdraw=True, **blocked)
    call("POST", f"{key}/decrypt", bearer=session.access).expect(409, data__code="KEY_CAN_WITHDRAW")

    title("Delete it; who did what stays")
    call("DELETE", key, bearer=session.access).expect(200, success=True)
    call("DELETE", key, bearer=session.access).expect(404, success=False)
    events = call("GET", f"{key}/events", bearer=session.access)
    events.expect(200, data__events__0__action="delete", data__events__6__action="create")


def program(session):
    title("A program of the owner's: it has a token that is good for so much, and is shown once")
    wanted = {"name": f"portfolio tracker {RUN}", "scopes": ["keys:read"], "expires_in_days": 30}
    call("POST", TOKENS, {**wanted, "scopes": ["keys:decrypt"]}, session.access).expect(422, detail__0__loc__1="networks")
    made = call("POST", TOKENS, wanted, session.access)
    made.expect(200, ("data.token", "^bcpat_[A-Za-z0-9_-]{86}$"), success=True).expect_header("cache-control", "no-store")
    token = made["data.token"]
    canary(token, token[49:])
    call("GET", KEYS, bearer=token).expect(200, success=True)
    # Passwords, sessions and tokens are for the owner alone.
    change = {"current_password": "whatever it is", "new_password": "another one"}
    call("POST", "/auth/change-password", change, token).expect(401, detail="Invalid or expired token")
    call("POST", TOKENS, wanted, token).expect(401)
    call("GET", TOKENS, bearer=session.access).expect(200, data__tokens__0__name=wanted["name"])

    title("Whoever finds a token ends it: by a form, as RFC 7009 has it")
    call("POST", "/oauth/revoke", form={"token": token}).expect(200)
    call("POST", "/oauth/revoke", form={"token": token}).expect(200)
    call("GET", KEYS, bearer=token).expect(401)
    again = call("POST", TOKENS, wanted, session.access).expect(200, success=True)
    canary(again["data.token"], again["data.token"][49:])
    call("DELETE", f"{TOKENS}/{again['data.id']}", bearer=session.access).expect(200, success=True)
    call("GET", TOKENS, bearer=session.access).expect(200, data__tokens=[])


def identity(session):
    title("Identity: every provider signs its reports in its own way; the newest of them says where the user stands")
    call("GET", "/api/kyc/health").expect(200)
    call("GET", "/api/kyc/status", bearer=session.access).expect(200, status="not_started", provider=None)

    def report(provider, status, at, standing=None):
        """The local AWS signs a report and sends it; the user then stands where it says, or where he stood."""
        body = {"provider": provider, "status": status, "user": session.user, "occurred_at": at}
        call("POST", f"{AWS}/kyc", body).expect(200, answer=200, status=standing or status)
        return call("GET", "/api/kyc/status", bearer=session.access).expect(200, status=standing or status)

    # A minute ago by the functions' clock, five seconds apart: some providers count whole seconds.
    begun = datetime.fromisoformat(call("GET", f"{AWS}/clock").expect(200)["now"]) - timedelta(minutes=1)
    reports = {
        "sumsub": "pending",
        "onfido": "in_review",
        "persona": "rejected",
        "veriff": "resubmission_requested",
        "stripe_identity": "pending",
        "didit": "in_review",
        "generic": "approved",
    }
    for number, (provider, status) in enumerate(reports.items(), 1):
        at = written(begun + timedelta(seconds=5 * number))
        report(provider, status, at).expect(200, provider=provider)

    title("The same event again, an older one, a new session begun: nothing changes. A forged one is not even read")
    report("generic", "approved", at)
    report("sumsub", "rejected", written(begun), "approved")
    after = report("persona", "pending", written(begun + timedelta(seconds=50)), "approved")
    after.expect(200, provider="generic", updated_at=at, approved_at=at)
    forged = {"type": "applicantReviewed", "externalUserId": session.user, "correlationId": RUN}
    call("POST", "/api/kyc/webhook/sumsub", forged).expect(401, detail="Not authenticated")
    signed = call("POST", "/api/kyc/webhook/sumsub", forged, X_Payload_Digest="0" * 64)
    signed.expect(401, detail="Invalid signature")
    status = call("GET", "/api/kyc/status", bearer=session.access)
    status.expect(200, status="approved", provider="generic", updated_at=at)


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def sessions(ada):
    """Ada in her last session, with another one that is shown and ended."""
    title("Sessions: where somebody is signed in; each can be ended, and all others at once")
    there = Session(ada.logs_in().expect(200, success=True))
    here = Session(ada.logs_in().expect(200, success=True))
    listed = call("GET", "/auth/sessions", bearer=here.access)
    listed.expect(200, ("sessions.1.last_used_at", "^20"), sessions__0__method="pwd")
    other = next(one["id"] for one in listed.body["sessions"] if not one["current"])
    call("DELETE", f"/auth/sessions/{other}", bearer=here.access).expect(200)
    call("DELETE", f"/auth/sessions/{other}", bearer=here.access).expect(404, detail="Not Found")
    call("POST", "/auth/logout", {"access_token": here.access, "scope": "others"}).expect(200)
    call("GET", "/auth/profile", bearer=there.access).expect(401)
    call("GET", "/auth/sessions", bearer=here.access).expect(200, sessions__0__current=True)
    return here


def changes(ada):
    """The life of an account: another language, another password, another address, and the way back from that."""
    session = sessions(ada)
    good = credentials("ok")
    key = call("POST", KEYS, good, session.access).expect(200, success=True)
    key = f"{KEYS}{key['data.id']}"
    mailed(ada.email, "/auth/ui/not-me")
    title("Letters in another language, and another password: all other sessions end, and a notice says so")
    call("PATCH", "/auth/preferences", {"language": "fr"}, session.access).expect(200, language="fr")
    new = {"current_password": ada.password, "new_password": f"correct zebra {RUN}"}
    call("POST", "/auth/change-password", {**new, "current_password": new["new_password"]}, session.access).expect(403)
    call("POST", "/auth/change-password", new, session.access).expect(200, success=True)
    ada.password = new["new_password"]
    canary(ada.password)
    mailed(ada.email, "/auth/ui/not-me", 2)

    title("Another address: proven first. The old one is told, and may have the account back for seven days")
    former, ada.email = ada.email, f"lovelace-{RUN}@example.org"
    canary(ada.email, f"lovelace-{RUN}")
    body = {"new_email": ada.email, "current_password": ada.password}
    call("POST", "/auth/change-email", body, session.access).expect(200, success=True)
    _, token = mailed(ada.email, "/auth/ui/confirm-email")
    call("POST", "/auth/confirm-email", {"token": token}).expect(200, success=True)
    call("GET", "/auth/profile", bearer=session.access).expect(401)
    session = Session(ada.logs_in().expect(200, user__email=ada.email))
    frozen = call("GET", "/auth/sessions", bearer=session.access)
    frozen.expect(200, ("vault_frozen_until", "^20"))
    call("POST", f"{key}/decrypt", bearer=session.access).expect(409, data__code="VAULT_FROZEN")
    call("POST", "/auth/change-email", {**body, "new_email": former}, session.access).expect(409, success=False)

    title("It was somebody else, says whoever reads the old mailbox: the account is back there, and nobody is in it")
    _, token = mailed(former, "/auth/ui/not-me", 4)
    call("POST", "/auth/not-me", {"token": token}).expect(200, success=True)
    call("GET", "/auth/profile", bearer=session.access).expect(401)
    ada.logs_in().expect(401)
    ada.email = former
    _, token = mailed(ada.email, "/auth/ui/reset-password", 2)
    ada.password = f"correct okapi {RUN}"
    canary(ada.password)
    call("POST", "/auth/reset-password", {"token": token, "password": ada.password}).expect(200, success=True)

    title("What has happened, newest first, and everything that is known, without a secret")
    session = Session(ada.logs_in().expect(200, success=True))
    call("GET", "/auth/events?limit=3", bearer=session.access).expect(
        200, ("next_cursor", "."), events__0__action="password_reset"
    )
    for path in ("/auth/export", f"{KEYS}export", "/api/kyc/export", "/oauth/export"):
        cursor = ""
        while cursor is not None:
            page = call("GET", f"{path}?cursor={cursor}" if cursor else path, bearer=session.access)
            page.expect(200, ("generated_at", "^20"), format="export/1")
            cursor = page.body["next_cursor"]
    return session


def the_end(ada, session):
    """Ada's account is to be deleted, kept, and then deleted: a week later it is gone, and its address is free."""
    title("The end: a week to keep the account, then every function forgets its part")
    delete = {"current_password": ada.password}
    call("POST", "/auth/delete-account", delete, session.access).expect(200, ("deletes_at", "^20"), success=True)
    call("GET", "/auth/profile", bearer=session.access).expect(401)
    ada.logs_in().expect(403, ("error", "being deleted"))
    _, token = mailed(ada.email, "/auth/ui/keep-account")
    call("POST", "/auth/keep-account", {"token": token}).expect(200, success=True)
    session = Session(ada.logs_in().expect(200, success=True))
    call("POST", "/auth/delete-account", delete, session.access).expect(200, success=True)
    call("PUT", f"{AWS}/clock", {"advance": 7 * 24 * 60 * 60}).expect(200)
    # Auth begins, the others do their parts, auth finishes: each when its schedule comes round.
    for _ in range(3):
        call("POST", f"{AWS}/tasks/end-accounts").expect(204)
    ada.logs_in().expect(401, success=False)
    mails = send("GET", f"{AWS}/inbox.json?to={quote(ada.email, safe='')}").body
    print(f"\nthe last letter: {mails[0]['subject']}")
    ada.signs_up().expect(200, success=True)
    _, token = mailed(ada.email, "/auth/ui/verify-email", 2)
    call("POST", "/auth/verify-email", {"token": token}).expect(200, success=True)
    again = Session(ada.logs_in().expect(200, success=True))
    if again.user == session.user:
        raise Wrong("the address has its old account again")


def second_factor():
    """Somebody with an authenticator app, which the local console plays: it shows the code of the moment."""
    hedy = Person("hedy", f"correct parrot {RUN}")
    hedy.signs_up().expect(200, success=True)
    _, token = mailed(hedy.email, "/auth/ui/verify-email")
    call("POST", "/auth/verify-email", {"token": token}).expect(200, success=True)
    session = Session(hedy.logs_in().expect(200, success=True))

    title(f"A second factor: an app is set up with a secret, and proves by a code that it has it. {AWS}/totp is such an app")
    enrolment = call("POST", "/auth/mfa/totp", bearer=session.access)
    enrolment.expect(200, ("data.secret", "^[A-Z2-7]{32}$"), ("data.uri", "^otpauth://totp/"), ("data.qr_svg", "^<svg"))
    secret, sealed = enrolment["data.secret"], enrolment["data.enrolment"]
    canary(secret, sealed)

    def shown():
        return call("GET", f"{AWS}/totp.json?secret={secret}").expect(200, ("code", "^[0-9]{6}$"))["code"]

    added = call("POST", "/auth/mfa/totp/activate", {"enrolment": sealed, "totp": shown()}, session.access)
    added.expect(200, ("data.recovery_codes.9", "^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$"))
    canary(*added.body["data"]["recovery_codes"])
    canary_of_token(added["data.access_token"])

    title("Signing in with it: the password alone opens nothing any more, and a code is good once")
    asked = hedy.logs_in().expect(401, ("mfa.token", "."), session=None, mfa__methods=["totp", "recovery_code"])
    canary(asked["mfa.token"])
    call("PUT", f"{AWS}/clock", {"advance": 30}).expect(200)
    code = shown()
    verified = call("POST", "/auth/mfa/verify", {"mfa_token": asked["mfa.token"], "totp": code})
    session = Session(verified.expect(200, success=True, user__email=hedy.email, error=None))
    call("GET", "/auth/mfa", bearer=session.access).expect(200, data__aal="aal2", data__recovery_codes_left=10)
    again = hedy.logs_in().expect(401)
    canary(again["mfa.token"])
    call("POST", "/auth/mfa/verify", {"mfa_token": again["mfa.token"], "totp": code}).expect(401, success=False)

    title("Five minutes later, what matters asks again who is there; the app was left at home, and a recovery code does, once")
    call("PUT", f"{AWS}/clock", {"advance": 301}).expect(200)
    remove = call("DELETE", "/auth/mfa/totp", bearer=session.access).expect(403, data__code="STEP_UP_REQUIRED")
    remove.expect_header("www-authenticate", "Bearer")
    proof = {"recovery_code": added["data.recovery_codes.0"]}
    raised = call("POST", "/auth/mfa/step-up", proof, session.access).expect(200, data__aal="aal2")
    canary_of_token(raised["data.access_token"])
    call("POST", "/auth/mfa/step-up", proof, session.access).expect(403, data__code="NOT_CONFIRMED")
    removed = call("DELETE", "/auth/mfa/totp", bearer=raised["data.access_token"]).expect(200, data__aal="aal1")
    canary_of_token(removed["data.access_token"])
    Session(hedy.logs_in().expect(200, success=True))


def cost_of_a_login(ada):
    title("What a sign-in costs: every call to AWS that it makes")
    call("DELETE", f"{AWS}/calls")
    Session(ada.logs_in().expect(200, success=True))
    call("GET", f"{AWS}/calls.json").expect(200, kms={}, ses={})


def main():
    ada = account()
    session = contested_address()
    exchange_key(session)
    program(session)
    identity(session)
    second_factor()
    cost_of_a_login(ada)
    the_end(ada, changes(ada))
    print("\nok")


if __name__ == "__main__":
    try:
        main()
    except Wrong as why:
        sys.exit(f"FAILED: {why}")
