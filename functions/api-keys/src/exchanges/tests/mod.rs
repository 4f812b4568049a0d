//! Recorded signatures and recorded answers. The vectors come from ccxt and from the exchanges' own SDKs.

mod classes;
mod left_out;
mod more_rules;
mod refusals;
mod rules;

use aws_lc_rs::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{
    Call, ConnectionStatus, Credentials, Environment, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType,
    Method, Moment, PermissionSource, Request, Site, find,
};

const SIGNING: &str = include_str!("../../../../../tests/vectors/exchange_signing.json");
const RESPONSES: &str = include_str!("../../../../../tests/vectors/exchange_responses.json");

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    exchange: String,
    credentials: Map<String, Value>,
    clock: Option<Value>,
    call: Value,
    request: Value,
    must_match_headers: Vec<String>,
    frozen_uuid: Option<String>,
    frozen_nonce: Option<String>,
    jwt: Option<Value>,
}

#[derive(Deserialize)]
struct Fixtures {
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    id: String,
    exchange: String,
    http: u16,
    body: String,
    expect: Value,
}

/// A text, or the PEM armour of a key that is kept without it.
fn text(value: &Value) -> String {
    let Some(pem) = value.get("pem") else { return value.as_str().expect("a text").to_owned() };
    let lines: Vec<_> = pem["der_b64"].as_str().unwrap().as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    let label = pem["label"].as_str().unwrap();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn credentials(given: &Map<String, Value>) -> Credentials {
    let optional = |name: &str| given.get(name).map(text);
    let key_type = match given["key_type"].as_str().unwrap() {
        "secp256k1-agent" => KeyType::Agent,
        name => serde_json::from_value(name.into()).unwrap(),
    };
    Credentials {
        key_type,
        api_key: Zeroizing::new(optional("api_key").or_else(|| optional("derived_agent_address")).unwrap()),
        secret: Zeroizing::new(optional("secret").or_else(|| optional("private_key")).unwrap()),
        passphrase: optional("passphrase").map(Zeroizing::new),
        wallet_address: optional("wallet_address"),
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter(|c| *c != '-').collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap()).collect()
}

/// The parameters of a form.
fn form(body: &str) -> Vec<(String, Value)> {
    url::form_urlencoded::parse(body.as_bytes()).map(|(name, value)| (name.into(), (*value).into())).collect()
}

impl Vector {
    fn moment(&self) -> Moment {
        let mut nonce = [7; 32];
        if let Some(frozen) = self.frozen_nonce.as_ref().or(self.frozen_uuid.as_ref()) {
            let frozen = bytes(frozen);
            nonce[..frozen.len()].copy_from_slice(&frozen);
        }
        Moment { unix_ms: self.clock.as_ref().map_or(0, |clock| clock["unix_ms"].as_i64().unwrap()), nonce }
    }

    fn call(&self, site: &Site) -> Call {
        let url = url::Url::parse(self.request["url_normalized"].as_str().unwrap()).unwrap();
        assert_eq!(url.host_str(), Some(site.host), "{}", self.id);
        let method = if self.call["method"] == "GET" { Method::Get } else { Method::Post };
        let params = match self.exchange.as_str() {
            // ccxt gives a call without parameters one of its own invention.
            "bitstamp" => form(self.request["body"].as_str().unwrap()),
            _ => self.call["params"].as_object().unwrap().clone().into_iter().collect(),
        };
        Call { method, path: url.path().to_owned(), params }
    }

    fn sign(&self) -> Request {
        let exchange = find(&self.exchange).unwrap_or_else(|| panic!("{} is missing", self.exchange));
        let site = exchange.site(Environment::Live, None).unwrap();
        let signed = (exchange.sign)(&credentials(&self.credentials), site, &self.call(site), &self.moment());
        signed.unwrap_or_else(|_| panic!("{} does not sign", self.id))
    }

    fn header<'a>(&self, request: &'a Request, name: &str) -> &'a str {
        let found = request.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        found.unwrap_or_else(|| panic!("{}: no header {name}", self.id)).1.as_str()
    }
}

fn vectors(of: impl Fn(&str) -> bool) -> Vec<Vector> {
    let all: Vectors = serde_json::from_str(SIGNING).unwrap();
    all.vectors.into_iter().filter(|vector| of(&vector.exchange)).collect()
}

#[test]
fn every_signing_vector_comes_out_byte_for_byte() {
    for vector in vectors(|exchange| exchange != "coinbase") {
        let (request, expected) = (vector.sign(), &vector.request);
        let url = format!("https://{}{}", request.host, request.target.as_str());
        assert_eq!(url, expected["url_normalized"].as_str().unwrap(), "{}", vector.id);
        assert_eq!(request.method.as_str(), expected["method"].as_str().unwrap(), "{}", vector.id);
        for name in &vector.must_match_headers {
            assert_eq!(
                vector.header(&request, name),
                expected["headers"][name].as_str().unwrap(),
                "{}: {name}",
                vector.id
            );
        }
        assert!(same_body(request.body.as_ref().map(|body| body.as_str()), &expected["body"]), "{}", vector.id);
    }
}

#[test]
fn coinbase_gets_a_token_that_its_public_key_verifies() {
    for vector in vectors(|exchange| exchange == "coinbase") {
        let (request, expected) = (vector.sign(), vector.jwt.as_ref().unwrap());
        let token = vector.header(&request, "Authorization").strip_prefix("Bearer ").unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let decoded = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
        let json = |part| serde_json::from_slice::<Value>(&decoded(part)).unwrap();
        assert_eq!((json(header), json(claims)), (expected["header"].clone(), expected["claims"].clone()));

        let public = &vector.credentials["public_key_pem"]["pem"]["der_b64"];
        let public = BASE64_STANDARD.decode(public.as_str().unwrap()).unwrap();
        let (algorithm, length): (&'static dyn VerificationAlgorithm, _) = match expected["header"]["alg"].as_str() {
            Some("ES256") => (&signature::ECDSA_P256_SHA256_FIXED, 65),
            _ => (&signature::ED25519, 32),
        };
        let key = UnparsedPublicKey::new(algorithm, &public[public.len() - length..]);
        assert!(key.verify(signed.as_bytes(), &decoded(signature)).is_ok(), "{}", vector.id);
        if let Some(example) = expected["example_token"].as_str() {
            assert_eq!(token, example, "{}", vector.id);
        }
    }
}

/// JSON may come in another order where only its values are signed. ccxt sends Gemini `{}`, which nobody signs.
fn same_body(sent: Option<&str>, expected: &Value) -> bool {
    match (sent, expected.as_str()) {
        (None, None) | (None | Some(""), Some("{}")) => true,
        (Some(sent), Some(expected)) => {
            let json = |text| serde_json::from_str::<Value>(text).ok();
            sent == expected || json(sent).is_some_and(|sent| Some(sent) == json(expected))
        }
        _ => false,
    }
}

#[test]
fn every_recorded_answer_is_read() {
    let all: Fixtures = serde_json::from_str(RESPONSES).unwrap();
    for fixture in all.fixtures {
        let exchange = find(&fixture.exchange).unwrap_or_else(|| panic!("{} is missing", fixture.exchange));
        let key = key_of(exchange);
        let question = (exchange.question)(&key, &exchange.sites[0]);
        let verdict =
            (exchange.read)(&key, &question, &ExchangeAnswer::new(fixture.http, fixture.body.clone().into_bytes()));
        let (status, info) = match verdict {
            Interpretation::Accepted(info) => ("ok", Some(info)),
            Interpretation::Refused { status, .. } => (status.as_str(), None),
            Interpretation::Ask(_) => panic!("{} leads to another question", fixture.id),
        };
        assert_eq!(status, fixture.expect["status"].as_str().unwrap(), "{}", fixture.id);
        if let Some(info) = info {
            assert_eq!(described(&info), described_as(&fixture.expect), "{}", fixture.id);
        }
    }
}

/// A key of an exchange that no answer names.
fn key_for(exchange: &Exchange) -> Credentials {
    Credentials {
        key_type: exchange.key_types[0],
        api_key: Zeroizing::new("FAKE-key".to_owned()),
        secret: Zeroizing::new("FAKE-secret".to_owned()),
        passphrase: None,
        wallet_address: None,
    }
}

/// How a refusal ends. Where it leads to another question, that gets the same answer.
fn settled(exchange: &Exchange, http: u16, body: &str) -> (ConnectionStatus, Option<String>) {
    let key = key_for(exchange);
    let mut question = (exchange.question)(&key, &exchange.sites[0]);
    loop {
        match (exchange.read)(&key, &question, &ExchangeAnswer::new(http, body.as_bytes().to_vec())) {
            Interpretation::Ask(next) => question = next,
            Interpretation::Refused { status, code } => return (status, code),
            Interpretation::Accepted(_) => panic!("{} accepts {body}", exchange.id),
        }
    }
}

/// The key that an answer is about, where the answer names it.
fn key_of(exchange: &Exchange) -> Credentials {
    let (api_key, secret, wallet) = match exchange.id {
        "htx" => ("160bb889-b7XXXXbe-e0XXXXf5-ghxertfvbf", "x", None),
        "hyperliquid" => (
            "0x1164832a327f91a0a73571736703e22b414a249a",
            "0x52484d2870c280c306c6c2631d392984984699fb5d1077d59c8ad9612f1748c3",
            Some("0xe1f5c9b52afcc06a9b829299e7d5eca3c2b8ffe9"),
        ),
        _ => return key_for(exchange),
    };
    Credentials {
        api_key: Zeroizing::new(api_key.to_owned()),
        secret: Zeroizing::new(secret.to_owned()),
        wallet_address: wallet.map(str::to_owned),
        ..key_for(exchange)
    }
}

fn described(info: &KeyInfo) -> Value {
    serde_json::json!({
        "permissions": info.permissions,
        "permission_source": match info.source {
            PermissionSource::Key => "key",
            PermissionSource::Protocol => "protocol",
            PermissionSource::None => "none",
        },
        "ip_restricted": info.ip_restricted,
        "ip_allow_list": info.ip_allow_list,
        "expires_at": info.expires_at.map(|at| at.to_string()),
    })
}

fn described_as(expect: &Value) -> Value {
    let mut expect = expect.as_object().unwrap().clone();
    expect.remove("status");
    expect.into()
}
