"""What people prove themselves with besides a password: an app that shows codes, and the virtual authenticator of a browser."""

import base64
import hashlib
import hmac
import json
import time
import urllib.request

from service import AWS, later

STEP = 30
PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
# The virtual authenticator needs nobody who chooses: it answers a request in the autofill at once.
NO_AUTOFILL = "PublicKeyCredential.isConditionalMediationAvailable = async () => false;"


class App:
    """An authenticator app, of which the page has shown the secret (RFC 6238)."""

    def __init__(self, secret):
        self.secret, self.shown = base64.b32decode(secret.replace(" ", "")), None

    def code(self):
        """The code of now, once there is one that was not shown before: each is good once."""
        if self.shown == self.step():
            later(STEP)
        self.shown = self.step()
        return self.code_of(self.shown)

    def wrong(self):
        """Six digits that are no code of the steps around."""
        near = {self.code_of(step) for step in range(self.step() - 3, self.step() + 4)}
        return next(
            code for code in ("000000", "111111", "222222", "333333", "444444", "555555", "666666", "777777") if code not in near
        )

    def code_of(self, step):
        mac = hmac.digest(self.secret, step.to_bytes(8), hashlib.sha1)
        at = mac[-1] & 15
        return f"{(int.from_bytes(mac[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06}"

    @staticmethod
    def step():
        with urllib.request.urlopen(f"{AWS}/clock", timeout=60) as answer:
            return (int(time.time()) + json.load(answer)["ahead"]) // STEP


class Authenticator:
    """One that is part of the device, in a page of its own."""

    def __init__(self, page):
        self.page = page
        page.call("WebAuthn.enable")
        self.id = page.call("WebAuthn.addVirtualAuthenticator", options=PLATFORM)["authenticatorId"]

    def call(self, method, **parameters):
        return self.page.call(f"WebAuthn.{method}", authenticatorId=self.id, **parameters)

    def credentials(self):
        return self.call("getCredentials")["credentials"]

    def verifies_its_user(self, does):
        self.call("setUserVerified", isUserVerified=does)

    def bends(self, **bits):
        """What its answers have wrong from now on: `isBogusSignature`, `isBadUV`, `isBadUP`; nothing, where nothing is named."""
        self.call("setResponseOverrideBits", **bits)
