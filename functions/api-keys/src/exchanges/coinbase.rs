//! Coinbase Advanced Trade. A short-lived JWT for one method and path; ES256 (r and s in 64 bytes) or Ed25519.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Method, Moment,
    Permissions, Request, Site, Unsignable,
    answer::{code_in, flag, text},
    crypto::{ed25519, encoded, es256, hex, parses},
    refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "coinbase",
    name: "Coinbase Advanced",
    key_types: &[KeyType::Es256, KeyType::Ed25519],
    has_passphrase: false,
    // Its sandbox answers anybody, so it proves nothing.
    sites: &[Site::live("api.coinbase.com")],
    check,
    question: |_, _| Call::get("/api/v3/brokerage/key_permissions"),
    sign,
    read,
};

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    kid: &'a str,
    nonce: String,
    typ: &'static str,
}

#[derive(Serialize)]
struct TokenClaims<'a> {
    sub: &'a str,
    iss: &'static str,
    nbf: i64,
    exp: i64,
    uri: String,
}

/// The id of a key, which stands alone or at the end of its name.
pub(super) fn id_in(name: &str) -> &str {
    name.rsplit_once("/apiKeys/").map_or(name, |(_, id)| id)
}

fn check(credentials: &Credentials) -> Result<(), (&'static str, &'static str)> {
    let name = credentials.api_key.as_str();
    let is_path = matches!(
        name.split('/').collect::<Vec<_>>()[..],
        ["organizations", organization, "apiKeys", key] if !organization.is_empty() && !key.is_empty()
    );
    let is_id = name.len() == 36 && name.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !is_path && !is_id {
        return Err(("api_key", "api_key must be the key's name, organizations/…/apiKeys/…, or its id"));
    }
    parses(credentials)
}

/// The token names the path without its query.
fn sign(credentials: &Credentials, site: &Site, call: &Call, moment: &Moment) -> Result<Request, Unsignable> {
    let (alg, sign): (_, fn(&str, &[u8]) -> _) = match credentials.key_type {
        KeyType::Ed25519 => ("EdDSA", ed25519),
        _ => ("ES256", es256),
    };
    let (key, nbf) = (credentials.api_key.as_str(), moment.unix_ms.div_euclid(1000));
    let uri = format!("{} {}{}", call.method.as_str(), site.host, call.path);
    let header = part(&Header { alg, kid: key, nonce: hex(&moment.nonce), typ: "JWT" })?;
    let claims = part(&TokenClaims { sub: key, iss: "cdp", nbf, exp: nbf + 120, uri })?;
    let signed = format!("{header}.{claims}");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(sign(&credentials.secret, signed.as_bytes())?);
    let request = match call.method {
        Method::Get => Request::new(site, call, &encoded(&call.pairs())),
        Method::Post => Request::new(site, call, "").header("Content-Type", "application/json")?.body(call.json()),
    };
    request.header("Authorization", format!("Bearer {signed}.{signature}"))
}

fn part(json: &impl Serialize) -> Result<String, Unsignable> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(json).map_err(|_| Unsignable)?))
}

fn read(_: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    if answer.status == 200 && body.get("can_view").is_some() {
        // Whoever can move funds out of a portfolio can send them anywhere.
        let transfer = flag(&body["can_transfer"]);
        let (read, trade) = (flag(&body["can_view"]), flag(&body["can_trade"]));
        return Interpretation::Accepted(KeyInfo::of_key(Permissions { read, trade, withdraw: transfer, transfer }));
    }
    // Older parts of the exchange answer with a list.
    let older = &body["errors"][0];
    let code = code_in(&body["error"]).or_else(|| code_in(&older["id"]));
    let said = [text(&body["message"]), text(&older["message"])].join(" ");
    REFUSALS.read(answer, code.as_deref(), &said)
}

const REFUSALS: RefusalTable = RefusalTable {
    codes: &[
        (ConnectionStatus::AmbiguousCredentials, &["unauthorized", "invalid_token", "UNAUTHENTICATED"]),
        (ConnectionStatus::KeyExpired, &["revoked_token"]),
        // A token is made for every request, so an old one is a matter of clocks.
        (ConnectionStatus::ClockSkew, &["expired_token"]),
        (ConnectionStatus::PermissionDenied, &["PERMISSION_DENIED", "invalid_scope"]),
        (
            ConnectionStatus::AccountRestricted,
            &[
                // API access is blocked for deleted users.
                "invalid_authentication_method",
                "unverified_email",
                "personal_details_required",
                "identity_verification_required",
                "jumio_verification_required",
                "jumio_face_match_verification_required",
            ],
        ),
        (ConnectionStatus::RateLimited, &["rate_limit_exceeded", "resource_exhausted", "RESOURCE_EXHAUSTED"]),
        (
            ConnectionStatus::ExchangeUnavailable,
            &["internal_server_error", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED"],
        ),
    ],
    mixed: &[(
        "authentication_error",
        &[(ConnectionStatus::ClockSkew, &["timestamp expired"]), (ConnectionStatus::AmbiguousCredentials, &[""])],
    )],
    words: &[(ConnectionStatus::ClockSkew, &["timestamp expired"])],
    // One plain word for a wrong key, signature, clock and address.
    http: &[(401, ConnectionStatus::AmbiguousCredentials)],
};
