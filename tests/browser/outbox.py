"""Letters that nobody has caused: put into the outbox of the local AWS, as functions do."""

import json
import time
import urllib.request
import uuid

from service import AWS

HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.PutItem",
    "Authorization": "AWS4-HMAC-SHA256 Credential=operator/20260101/eu-west-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=none",
    "X-Amz-Date": "20260101T000000Z",
}
UNTIL, LINK = int(time.time()) + 3600, str(uuid.uuid4())
CIRCUMSTANCES = {"at": UNTIL, "by": "user", "ip": "2001:db8::ff00:42:8329", "country": "NZ", "device": "Firefox on Windows"}
NEW = "a.rather.long.name.of.somebody@mail.department.example.com"
KEY = {"exchange": "cryptocom", "label": "Arbitrage between everything and nothing at all"}
FACTOR, PASSKEY = str(uuid.uuid4()), {"name": "The telephone of somebody with a long name, in the left pocket"}

TOKEN = {"name": "The program that watches all of the portfolios of everybody"}
SCOPES = ["profile", "keys:read", "keys:write", "keys:decrypt", "kyc:read"]
NETWORKS = ["203.0.113.0/24", "2001:db8:1234:5678:9abc:def0:1234:5678/128", "2001:db8:aaaa:bbbb::/64"]


def notice(what, **more):
    not_me = {} if what == "deleted" else {"not_me": LINK}
    return {"kind": "notice", "news": {"what": what, **more}, "circumstances": CIRCUMSTANCES, **not_me}


def with_link(kind, **more):
    return {"kind": kind, "link": LINK, "expires_at": UNTIL, **more}


# Every letter that a function may put.
LETTERS = {
    "verify": with_link("verify"),
    "change-email": with_link("change-email"),
    "already-registered": {"kind": "already-registered"},
    "reset-password": with_link("set-password"),
    "set-password-weak": with_link("set-password", because="weak"),
    "set-password-contested": with_link("set-password", because="contested"),
    "set-password-other-spelling": with_link("set-password", because="other-spelling"),
    "weak-password": {"kind": "weak-password"},
    "locked": {"kind": "locked"},
    "new-device": notice("new-device"),
    "password-changed": notice("password-changed"),
    "email-change-requested": notice("email-change-requested", new=NEW),
    "email-changed": notice("email-changed", new=NEW, is_former=False),
    "email-taken": notice("email-changed", new=NEW, is_former=True),
    "deletion": notice("deletion", due_at=UNTIL, keep=LINK),
    "deleted": notice("deleted"),
    "exported": notice("exported"),
    "key-added": notice("key-added", **KEY),
    "key-secret-replaced": notice("key-secret-replaced", **KEY),
    "totp-added": notice("totp-added", factor=FACTOR),
    "totp-removed": notice("totp-removed"),
    "passkey-added": notice("passkey-added", factor=FACTOR, **PASSKEY),
    "passkey-removed": notice("passkey-removed", **PASSKEY),
    "recovery-code-used": notice("recovery-code-used", left=9),
    "recovery-code-used-none-left": notice("recovery-code-used", left=0),
    "recovery-codes-renewed": notice("recovery-codes-renewed"),
    "wrong-codes": notice("wrong-codes"),
    "passkey-copied": notice("passkey-copied", **PASSKEY),
    "factors-reset-requested": notice("factors-reset-requested", due_at=UNTIL),
    "factors-reset-cancelled": notice("factors-reset-cancelled"),
    "factors-reset": notice("factors-reset"),
    "token-made": notice("token-made", scopes=SCOPES, networks=NETWORKS, expires_at=UNTIL, **TOKEN),
    "token-made-for-everywhere": notice("token-made", scopes=SCOPES[:1], networks=[], expires_at=UNTIL, **TOKEN),
    "token-revoked": {**notice("token-revoked", **TOKEN), "circumstances": {**CIRCUMSTANCES, "by": "token"}},
}


def attribute(value):
    """A value as DynamoDB types it."""
    match value:
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case dict():
            return {"M": {name: attribute(member) for name, member in value.items()}}
        case list():
            return {"L": [attribute(member) for member in value]}
        case _:
            return {"S": value}


def put(letter, to, language):
    """Posts a letter; the local AWS hands it to `mail`."""
    name = str(uuid.uuid4())
    frame = {"to": to, "language": language, "status": "pending", "created_at": int(time.time()), "ttl": UNTIL}
    row = {"pk": f"MAIL#{name}", "sk": "MAIL", "id": name, **frame, **letter}
    item = {name: attribute(value) for name, value in row.items()}
    body = json.dumps({"TableName": "local-Mail", "Item": item}).encode()
    urllib.request.urlopen(urllib.request.Request(AWS + "/", body, HEADERS), timeout=60).close()
