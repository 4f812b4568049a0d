"""What schemathesis cannot guess: who has an account, and what was mailed to them.

Some of the valid requests that it makes up get true credentials and tokens here, so that the answers of success are
checked as well.
"""

import base64
import collections
import contextlib
import functools
import itertools
import json
import os
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import schemathesis
from hypothesis import strategies

API = f"http://127.0.0.1:{os.environ['PORT']}"
INBOX = f"http://127.0.0.1:{os.environ['AWS_PORT']}/inbox.json"
# Signs in by these hooks alone: what schemathesis is given to sign in with, it tries with wrong passwords, too, until that is locked.
ADA = {"email": "lovelace@example.com", "password": "correct horse battery"}


def call(method, path, body=None, token=None):
    headers = {"content-type": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(API + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def post(path, body, token=None):
    return call("POST", path, body, token)


def mailed(address, page, count=1):
    """The token of the newest mail to this address that links to this page, once so many have come."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{INBOX}?to={urllib.parse.quote(address)}", timeout=60) as response:
            links = [link for mail in json.load(response) for link in mail["links"] if page in link]
        if len(links) >= count:
            return links[0].partition("token=")[2]
        time.sleep(0.05)
    raise TimeoutError(f"no mail with {page} for {address}")


def signed_up(email, *passwords):
    """Signs up with each password and gives the token of the last mail that proves the address."""
    for count, password in enumerate(passwords, 1):
        post("/auth/signup", {"email": email, "password": password})
        token = mailed(email, "/auth/ui/verify-email", count)
    return token


def someone():
    return f"{secrets.token_hex(8)}@example.com"


def newcomer():
    """Somebody with an account of their own."""
    who = {"email": someone(), "password": ADA["password"]}
    post("/auth/verify-email", {"token": signed_up(who["email"], who["password"])})
    return who


def session(who):
    return post("/auth/login", who)["session"]


@functools.cache
def ada_in(minutes):
    """Ada's access token of these minutes. Had she a session for each request, the oldest would end, and with it schemathesis's own."""
    return session(ADA)["access_token"]


def ada():
    return ada_in(time.monotonic() // 600)


def session_id():
    """The id of a session of Ada's that nobody needs."""
    claims = session(ADA)["access_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"]


def reset_token():
    """Two people sign up with one address, then it is proven: its owner is asked to choose the password."""
    email = someone()
    post("/auth/verify-email", {"token": signed_up(email, "first secret", "second secret")})
    return mailed(email, "/auth/ui/reset-password")


# Two workers must not delete the same keys.
keys = threading.Lock()


def exchange_key():
    """A key that Ada can store. She keeps few: cargo-lambda loses answers of more than some kilobytes now and then."""
    with keys:
        token = ada()
        for key in call("GET", "/api/v1/api-keys/", token=token)["data"]["api_keys"][6:]:
            with contextlib.suppress(urllib.error.HTTPError):
                call("DELETE", f"/api/v1/api-keys/{key['id']}", token=token)
    return {"exchange": "binance", "api_key": secrets.token_hex(16), "secret": secrets.token_hex(16)}


def kept_key():
    """The id of an exchange key of Ada's."""
    return post("/api/v1/api-keys/", exchange_key(), ada())["data"]["id"]


def new_address():
    """Where a newcomer asked for another address: the old one and the new."""
    who, new = newcomer(), someone()
    body = {"new_email": new, "current_password": who["password"]}
    post("/auth/change-email", body, session(who)["access_token"])
    return who["email"], new


def about_to_be_deleted():
    """The address of a newcomer who has asked for that."""
    who = newcomer()
    post("/auth/delete-account", {"current_password": who["password"]}, session(who)["access_token"])
    return who["email"]


TRUE_BODIES = {
    "POST /auth/signup": lambda: {"email": someone(), "password": "first secret"},
    "POST /auth/login": newcomer,
    "POST /auth/refresh": lambda: {"refresh_token": session(newcomer())["refresh_token"]},
    "POST /auth/logout": lambda: {"access_token": session(newcomer())["access_token"]},
    "POST /auth/verify-email": lambda: {"token": signed_up(someone(), "first secret")},
    "POST /auth/reset-password": lambda: {"token": reset_token(), "password": "third secret"},
    "POST /auth/confirm-email": lambda: {"token": mailed(new_address()[1], "/auth/ui/confirm-email")},
    "POST /auth/not-me": lambda: {"token": mailed(new_address()[0], "/auth/ui/not-me")},
    "POST /auth/keep-account": lambda: {"token": mailed(about_to_be_deleted(), "/auth/ui/keep-account")},
    "POST /api/v1/api-keys/": exchange_key,
}
# What asks for the password of whoever is signed in, with a body that is right. Wrong ones count: they are tried at newcomers' accounts.
PASSWORD_BODIES = {
    "POST /auth/change-password": lambda: {"current_password": ADA["password"], "new_password": "third secret"},
    "POST /auth/change-email": lambda: {"current_password": ADA["password"], "new_email": someone()},
    "POST /auth/delete-account": lambda: {"current_password": ADA["password"]},
}
# The format cannot say that mail never reaches these.
SPECIAL_USE = (".arpa", ".invalid", ".local", ".localhost", ".onion", ".test")
addresses = strategies.emails().filter(lambda address: not address.lower().endswith(SPECIAL_USE))
schemathesis.openapi.format("email", addresses)

turns = collections.defaultdict(itertools.count)
tries = collections.defaultdict(itertools.count)
# By operation, the access token of a newcomer at whose account few passwords were tried.
lent = {}
true_cases = set()


@schemathesis.hook
def map_body(context, body):
    """Bytes that are no UTF-8 become some that are: cargo-lambda answers them itself, with a 500, and the functions
    never see them. The suite sends them through API Gateway's events instead."""
    return body.decode("utf-8", "replace").encode() if isinstance(body, bytes) else body


def is_adas(authorization):
    """Whether somebody is signed in here. Checks that leave the token out, or forge one, must go on doing so."""
    with contextlib.suppress(ValueError, IndexError, KeyError):
        claims = authorization.removeprefix("Bearer ").split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"] == ADA_ID
    return False


def lend(case, label, valid):
    """A newcomer takes Ada's place."""
    is_true = valid and next(turns[label]) % 5 == 0
    if is_true or next(tries[label]) % 3 == 0 or label not in lent:
        lent[label] = session(newcomer())["access_token"]
    case.headers["Authorization"] = f"Bearer {lent[label]}"
    if is_true:
        case.body = PASSWORD_BODIES[label]()
        true_cases.add(case.id)
        del lent[label]


@schemathesis.hook
def before_call(context, case, kwargs):
    label = case.operation.label
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if label in PASSWORD_BODIES and is_adas((case.headers or {}).get("Authorization", "")):
        lend(case, label, valid)
    if label in TRUE_BODIES and valid and next(turns[label]) % 5 == 0:
        case.body = TRUE_BODIES[label]()
        true_cases.add(case.id)
    if "key_id" in (case.path_parameters or {}) and valid and next(turns[label]) % 5 == 0:
        case.path_parameters["key_id"] = kept_key()
    if "session_id" in (case.path_parameters or {}) and valid and next(turns[label]) % 5 == 0:
        case.path_parameters["session_id"] = session_id()


@schemathesis.check
def true_credentials_are_accepted(ctx, response, case):
    if case.id in true_cases and response.status_code != 200:
        raise AssertionError(f"{response.status_code} for a token or password that is right")


post("/auth/verify-email", {"token": signed_up(ADA["email"], ADA["password"])})
ADA_ID = post("/auth/login", ADA)["user"]["id"]
