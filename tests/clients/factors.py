"""Second factors through what others wrote: `pyotp` shows codes, `soft-webauthn` makes and uses passkeys, and `webauthn` (py_webauthn)
reads our options and gives a second opinion of what is accepted and refused."""

import datetime
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.utils import sha256
from soft_webauthn import SoftWebauthnDevice
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import parse_authentication_options_json, parse_registration_options_json
from webauthn.helpers.exceptions import InvalidAuthenticationResponse, InvalidRegistrationResponse
from webauthn.helpers.structs import ResidentKeyRequirement, UserVerificationRequirement

API, AWS = (f"http://127.0.0.1:{os.environ[port]}" for port in ("PORT", "AWS_PORT"))
# An address of a machine is no relying party: on a laptop it is this one.
ORIGIN, RP_ID = f"http://localhost:{os.environ['PORT']}", "localhost"
# Of authenticator data: somebody is there, and has proven who they are.
PRESENT, VERIFIED = 0x01, 0x04
FLAGS_AT = 32
PASSWORD = "correct horse battery"


def asked(url, body=None, token=None, method=None):
    """Status and answer."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=60) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def post(path, body, token=None, status=200):
    answer = asked(API + path, body, token)
    assert answer[0] == status, (path, answer)
    return answer[1]


def now():
    """The functions' time."""
    return datetime.datetime.fromisoformat(asked(f"{AWS}/clock")[1]["now"])


def later(seconds):
    assert asked(f"{AWS}/clock", {"advance": seconds}, method="PUT")[0] == 200


def signed_up(email):
    """An access token of somebody new."""
    post("/auth/signup", {"email": email, "password": PASSWORD})
    deadline = time.monotonic() + 60
    while not (mails := asked(f"{AWS}/inbox.json?to={urllib.parse.quote(email)}")[1]):
        assert time.monotonic() < deadline, "no mail"
        time.sleep(0.1)
    token = urllib.parse.parse_qs(urllib.parse.urlparse(mails[0]["links"][0]).query)["token"][0]
    post("/auth/verify-email", {"token": token})
    return logged_in(email, 200)["session"]["access_token"]


def logged_in(email, status):
    return post("/auth/login", {"email": email, "password": PASSWORD}, status=status)


def text(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


def data(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Phone(SoftWebauthnDevice):
    """The device as it comes knows nobody's fingerprint: it never sets the flag for that. One that does is the same with that flag."""

    def __init__(self, flags=PRESENT | VERIFIED):
        super().__init__()
        self.flags = flags

    def makes(self, options):
        """`RegistrationResponseJSON`."""
        asks = {
            **options,
            "challenge": data(options["challenge"]),
            "user": {**options["user"], "id": data(options["user"]["id"])},
        }
        made = self.create({"publicKey": asks}, ORIGIN)["response"]
        told = cbor.decode(made["attestationObject"])
        told["authData"] = self.flagged(told["authData"])
        return self.written({**made, "attestationObject": cbor.encode(told)})

    def uses(self, options):
        """`AuthenticationResponseJSON`."""
        used = self.get({"publicKey": {**options, "challenge": data(options["challenge"])}}, ORIGIN)["response"]
        told = self.flagged(used["authenticatorData"])
        signature = self.private_key.sign(told + sha256(used["clientDataJSON"]), ec.ECDSA(hashes.SHA256()))
        return self.written({**used, "authenticatorData": told, "signature": signature})

    def flagged(self, told):
        return told[:FLAGS_AT] + bytes([told[FLAGS_AT] | self.flags]) + told[FLAGS_AT + 1 :]

    def written(self, response):
        name = text(self.credential_id)
        response = {key: text(value) for key, value in response.items()}
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def shows_codes():
    """An app that shows codes, from its first one on. A code is good once, and its neighbours are for clocks that differ."""
    email = "otto@example.com"
    access = signed_up(email)
    enrolment = post("/auth/mfa/totp", {}, access)["data"]
    app = pyotp.parse_uri(enrolment["uri"])
    assert (app.secret, app.issuer, app.name) == (enrolment["secret"], "bitcain", email)
    shown = asked(f"{AWS}/totp.json?secret={app.secret}")[1]
    assert app.verify(shown["code"], for_time=now(), valid_window=1), "the console shows another code"

    def code(step=0):
        return app.at(now(), counter_offset=step)

    body = {"enrolment": enrolment["enrolment"], "totp": code()}
    post("/auth/mfa/totp/activate", body, access)
    for step in (1, -1, 0):
        later(90)
        token, right = logged_in(email, 401)["mfa"]["token"], code(step)
        wrong = f"{(int(right) + 1) % 1_000_000:06}"
        if not app.verify(wrong, for_time=now(), valid_window=1):
            post("/auth/mfa/verify", {"mfa_token": token, "totp": wrong}, status=401)
        post("/auth/mfa/verify", {"mfa_token": token, "totp": right})
        again = logged_in(email, 401)["mfa"]["token"]
        post("/auth/mfa/verify", {"mfa_token": again, "totp": right}, status=401)
    later(90)
    for step in (-3, 3):
        token = logged_in(email, 401)["mfa"]["token"]
        post("/auth/mfa/verify", {"mfa_token": token, "totp": code(step)}, status=401)


def makes_and_uses_passkeys():
    email = "pia@example.com"
    access = signed_up(email)
    options = post("/auth/mfa/passkeys/options", {}, access)["data"]["passkey"]
    read = parse_registration_options_json(options)
    selection = read.authenticator_selection
    assert (read.rp.id, read.user.name, read.timeout) == (RP_ID, email, 300_000)
    assert selection.resident_key is ResidentKeyRequirement.REQUIRED
    assert selection.user_verification is UserVerificationRequirement.REQUIRED
    assert [one.alg for one in read.pub_key_cred_params] == [-7, -8, -257]

    # As it comes, the device is refused, by both of us: nobody has proven to be there.
    bare = Phone(PRESENT).makes(options)
    assert opinion_of_new(bare, read) is None
    refused = post("/auth/mfa/passkeys", {"passkey": bare, "name": "Bare"}, access, status=400)
    assert refused["data"]["code"] == "PASSKEY_REFUSED"

    phone = Phone()
    options = post("/auth/mfa/passkeys/options", {}, access)["data"]["passkey"]
    made = phone.makes(options)
    known = opinion_of_new(made, parse_registration_options_json(options))
    access = post("/auth/mfa/passkeys", {"passkey": made, "name": "Phone"}, access)["data"]["access_token"]
    excluded = parse_registration_options_json(post("/auth/mfa/passkeys/options", {}, access)["data"]["passkey"])
    assert [one.id for one in excluded.exclude_credentials] == [phone.credential_id]

    behind = logged_in(email, 401)["mfa"]
    proof = convinces(phone, known, behind["passkey"])
    post("/auth/mfa/verify", {"mfa_token": behind["token"], "passkey": proof})
    alone = post("/auth/mfa/sign-in/options", {})["data"]["passkey"]
    proof = convinces(phone, known, alone)
    signed_in = post("/auth/mfa/sign-in", {"passkey": proof})
    assert signed_in["user"]["email"] == email
    # The very same once more, and one whose signature has a bit that is wrong.
    assert post("/auth/mfa/sign-in", {"passkey": proof}, status=401)["error"] == "Invalid passkey"
    spoilt = phone.uses(options := post("/auth/mfa/sign-in/options", {})["data"]["passkey"])
    signature = data(spoilt["response"]["signature"])
    spoilt["response"]["signature"] = text(signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not opinion_of_used(spoilt, known, parse_authentication_options_json(options))
    post("/auth/mfa/sign-in", {"passkey": spoilt}, status=401)

    later(301)
    access = signed_in["session"]["access_token"]
    post("/auth/mfa/recovery-codes", {}, access, status=403)
    asks = post("/auth/mfa/step-up/options", {}, access)["data"]["passkey"]
    raised = post("/auth/mfa/step-up", {"passkey": convinces(phone, known, asks)}, access)
    codes = post("/auth/mfa/recovery-codes", {}, raised["data"]["access_token"])["data"]["recovery_codes"]
    assert len(set(codes)) == 10


def opinion_of_new(made, options):
    """What py_webauthn keeps of a new passkey; nothing where it refuses it."""
    try:
        return verify_registration_response(
            credential=made,
            expected_challenge=options.challenge,
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            require_user_verification=True,
        )
    except InvalidRegistrationResponse:
        return None


def opinion_of_used(used, known, options):
    """Whether a used passkey convinces py_webauthn."""
    try:
        return verify_authentication_response(
            credential=used,
            expected_challenge=options.challenge,
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            credential_public_key=known.credential_public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        ).user_verified
    except InvalidAuthenticationResponse:
        return False


def convinces(phone, known, options):
    """Uses the passkey as asked, and holds that against py_webauthn before we hear of it."""
    read = parse_authentication_options_json(options)
    assert (read.rp_id, read.user_verification) == (RP_ID, UserVerificationRequirement.REQUIRED)
    assert not read.allow_credentials, "whoever has the password learns which passkeys there are"
    used = phone.uses(options)
    assert opinion_of_used(used, known, read)
    return used


shows_codes()
makes_and_uses_passkeys()
