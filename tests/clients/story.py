"""The life of an account and of an exchange key, through the Python client that was generated from the API's document.

Every answer must arrive as the object that the document promises: `isinstance` and fields, nowhere a dictionary.
"""

import datetime
import json
import os
import time
import urllib.parse
import urllib.request

from api import AuthenticatedClient, Client
from api.api.accounts import update_profile_auth_profile_patch as update_profile
from api.api.api_keys import api_key_events_api_v1_api_keys_key_id_events_get as api_key_events
from api.api.auth import create_api_key_api_v1_api_keys_post as create_api_key
from api.api.auth import decrypt_api_key_api_v1_api_keys_key_id_decrypt_post as decrypt_api_key
from api.api.auth import delete_api_key_api_v1_api_keys_key_id_delete as delete_api_key
from api.api.auth import get_profile_auth_profile_get as get_profile
from api.api.auth import get_verification_status_auth_verification_status_get as verification_status
from api.api.auth import health_check_api_kyc_health_get as health_check
from api.api.auth import list_api_keys_api_v1_api_keys_get as list_api_keys
from api.api.auth import login_auth_login_post as login
from api.api.auth import logout_auth_logout_post as logout
from api.api.auth import refresh_token_auth_refresh_post as refresh_token
from api.api.auth import root_api_kyc_get as kyc_root
from api.api.auth import signup_auth_signup_post as signup
from api.api.auth import test_api_key_connection_api_v1_api_keys_key_id_test_connection_post as test_connection
from api.api.auth import update_api_key_api_v1_api_keys_key_id_patch as update_api_key
from api.api.auth import verify_email_auth_verify_email_post as verify_email
from api.api.identity import kyc_status_api_kyc_status_get as kyc_status
from api.api.second_factors import mfa_auth_mfa_get as list_factors
from api.api.second_factors import mfa_totp_activate_auth_mfa_totp_activate_post as activate_totp
from api.api.second_factors import mfa_totp_auth_mfa_totp_post as enrol_totp
from api.api.second_factors import mfa_verify_auth_mfa_verify_post as verify_factor
from api.api.sessions import jwks_well_known_jwks_json_get as jwks
from api.models import (
    AccessAction,
    AccessEventList,
    AccessOutcome,
    ApiKey,
    ApiKeyList,
    ApiKeyRefusal,
    ApiKeyRefusalCode,
    ApiKeyResponse,
    ApiKeyStatus,
    AuthResponse,
    AuthSession,
    ConnectionStatus,
    ConnectionTest,
    CreateApiKeyRequest,
    DecryptedApiKeyResponse,
    ErrorDetail,
    HTTPValidationError,
    IdentityStatus,
    JsonWebKeySet,
    KeyType,
    KycHealth,
    KycService,
    KycStatus,
    LoginRequest,
    LogoutRequest,
    MfaRefusal,
    MfaRefusalCode,
    MfaVerifyRequest,
    PermissionSource,
    ProfileUpdate,
    RefreshTokenRequest,
    SecondFactor,
    SignupRequest,
    TotpActivationRequest,
    TotpEnrolment,
    UpdateApiKeyRequest,
    UserProfile,
    VerificationStatusResponse,
    VerifyEmailRequest,
    VerifyEmailResponse,
)
from api.types import UNSET

API = f"http://127.0.0.1:{os.environ['PORT']}"
AWS = f"http://127.0.0.1:{os.environ['AWS_PORT']}"
EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


def got(kind, operation, *arguments, status=200, **named):
    """Makes the request; its answer has this status and this type."""
    answer = operation.sync_detailed(*arguments, **named)
    assert answer.status_code == status, (operation.__name__, answer.status_code, answer.content)
    assert type(answer.parsed) is kind, (operation.__name__, answer.parsed)
    return answer.parsed


def fetched(path):
    with urllib.request.urlopen(AWS + path, timeout=60) as response:
        return json.load(response)


def mailed_token():
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for mail in fetched(f"/inbox.json?to={urllib.parse.quote(EMAIL)}"):
            for link in mail["links"]:
                return urllib.parse.parse_qs(urllib.parse.urlparse(link).query)["token"][0]
        time.sleep(0.1)
    raise TimeoutError("no mail")


def demo(outcome):
    """Credentials that the paper exchange knows; the same body as any user's."""
    demos = fetched("/exchanges.json")
    body = next(demo["credentials"] for demo in demos if (demo["exchange"], demo["outcome"]) == ("okx", outcome))
    return CreateApiKeyRequest.from_dict(body)


def signs_up(anybody):
    signed_up = got(AuthResponse, signup, client=anybody, body=SignupRequest(EMAIL, PASSWORD))
    assert signed_up.success and signed_up.session is None and signed_up.user.email_confirmed_at is None
    refused = got(AuthResponse, login, client=anybody, body=LoginRequest(EMAIL, PASSWORD), status=401)
    assert not refused.success and "not verified" in refused.error and refused.mfa is UNSET
    verified = got(VerifyEmailResponse, verify_email, client=anybody, body=VerifyEmailRequest(mailed_token()))
    assert verified.success and verified.email == EMAIL and verified.resend_url is None
    status = got(VerificationStatusResponse, verification_status, client=anybody, email=EMAIL)
    assert status.is_verified and isinstance(status.verified_at, datetime.datetime)
    flawed = got(HTTPValidationError, signup, client=anybody, body=SignupRequest(EMAIL, "short"), status=422)
    assert flawed.detail[0].loc == ["body", "password"] and flawed.detail[0].type_ == "string_too_short"


def signs_in(anybody):
    signed_in = got(AuthResponse, login, client=anybody, body=LoginRequest(EMAIL, PASSWORD))
    assert type(signed_in.session) is AuthSession and signed_in.user.email == EMAIL
    assert isinstance(signed_in.user.email_confirmed_at, datetime.datetime)
    body = RefreshTokenRequest(signed_in.session.refresh_token)
    refreshed = got(AuthResponse, refresh_token, client=anybody, body=body)
    assert refreshed.session.refresh_token != signed_in.session.refresh_token
    assert refreshed.session.expires_at > time.time()
    keys = got(JsonWebKeySet, jwks, client=anybody)
    assert keys.keys[0].alg == "ES256"
    return refreshed.session.access_token


def has_a_profile(me):
    profile = got(UserProfile, get_profile, client=me)
    assert profile.email == EMAIL and profile.full_name is None and isinstance(profile.created_at, datetime.datetime)
    changed = got(UserProfile, update_profile, client=me, body=ProfileUpdate(full_name="Ada Lovelace"))
    assert changed.id == profile.id and changed.full_name == "Ada Lovelace"


def keeps_a_key(me):
    body = demo("ok")
    created = got(ApiKeyResponse, create_api_key, client=me, body=body)
    key = created.data
    assert created.success and type(key) is ApiKey and key.status is ApiKeyStatus.UNTESTED
    assert key.key_type is KeyType.HMAC and key.permissions.withdraw is None and body.api_key != key.api_key
    twice = got(ApiKeyRefusal, create_api_key, client=me, body=body, status=409)
    assert not twice.success and twice.data.code is ApiKeyRefusalCode.KEY_ALREADY_STORED

    test = got(ApiKeyResponse, test_connection, key.id, client=me)
    assert test.success and type(test.data) is ConnectionTest and test.data.status is ConnectionStatus.OK
    assert test.data.key_id == key.id and test.data.permission_source is PermissionSource.KEY
    assert test.data.permissions.read is True and test.data.latency_ms >= 0 and test.data.retry_after is None
    listed = got(ApiKeyList, list_api_keys, client=me, limit=10)
    assert [listed.data.api_keys[0].id, len(listed.data.api_keys), listed.data.next_cursor] == [key.id, 1, None]
    assert listed.data.api_keys[0].status is ApiKeyStatus.OK
    assert isinstance(listed.data.api_keys[0].last_tested_at, datetime.datetime)

    clear = got(DecryptedApiKeyResponse, decrypt_api_key, key.id, client=me)
    assert (clear.data.api_key, clear.data.secret, clear.data.passphrase) == (body.api_key, body.secret, body.passphrase)
    changed = got(ApiKeyResponse, update_api_key, key.id, client=me, body=UpdateApiKeyRequest(label="second"))
    assert type(changed.data) is ApiKey and changed.data.label == "second"
    got(ApiKeyRefusal, decrypt_api_key, "another", client=me, status=404)

    gone = got(ApiKeyResponse, delete_api_key, key.id, client=me)
    assert gone.success and gone.data is None
    events = got(AccessEventList, api_key_events, key.id, client=me).data.events
    actions = [AccessAction.DELETE, AccessAction.UPDATE, AccessAction.DECRYPT, AccessAction.TEST, AccessAction.CREATE]
    assert [event.action for event in events] == actions and {event.outcome for event in events} == {AccessOutcome.OK}
    assert isinstance(events[0].at, datetime.datetime)


def adds_a_factor(anybody, me):
    enrolment = enrol_totp.sync(client=me).data
    assert type(enrolment) is TotpEnrolment and enrolment.uri.startswith("otpauth://totp/")
    wrong = got(MfaRefusal, activate_totp, client=me, body=TotpActivationRequest("none", "000000"), status=400)
    assert wrong.data.code is MfaRefusalCode.ENROLMENT_EXPIRED
    code = fetched(f"/totp.json?secret={enrolment.secret}")["code"]
    added = activate_totp.sync(client=me, body=TotpActivationRequest(enrolment.enrolment, code)).data
    assert len(added.recovery_codes) == 10
    asked = got(AuthResponse, login, client=anybody, body=LoginRequest(EMAIL, PASSWORD), status=401)
    assert type(asked.mfa) is SecondFactor and asked.mfa.methods == ["totp", "recovery_code"] and asked.mfa.passkey is None
    body = MfaVerifyRequest(asked.mfa.token, recovery_code=added.recovery_codes[0])
    signed_in = got(AuthResponse, verify_factor, client=anybody, body=body)
    assert type(signed_in.session) is AuthSession and signed_in.mfa is UNSET
    me = AuthenticatedClient(API, signed_in.session.access_token, timeout=60, raise_on_unexpected_status=True)
    factors = list_factors.sync(client=me).data
    assert (factors.aal, factors.recovery_codes_left, factors.passkeys) == ("aal2", 9, [])
    assert isinstance(factors.totp.created_at, datetime.datetime)


def asks_for_identity(anybody, me):
    assert got(KycHealth, health_check, client=anybody).status == "ok"
    assert "sumsub" in got(KycService, kyc_root, client=anybody).providers
    assert got(KycStatus, kyc_status, client=me).status is IdentityStatus.NOT_STARTED


# A status that the document does not know is an error.
anybody = Client(API, timeout=60, raise_on_unexpected_status=True)
signs_up(anybody)
access = signs_in(anybody)
me = AuthenticatedClient(API, access, timeout=60, raise_on_unexpected_status=True)
has_a_profile(me)
keeps_a_key(me)
asks_for_identity(anybody, me)
adds_a_factor(anybody, me)
assert logout.sync_detailed(client=anybody, body=LogoutRequest(access)).parsed.message == "Logged out"
assert got(ErrorDetail, get_profile, client=me, status=401).detail == "Invalid or expired token"
