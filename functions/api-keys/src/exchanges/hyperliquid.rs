//! Hyperliquid. The credentials are the key of an agent wallet and the address of its master. Reads are unsigned: the proof is
//! that the address of the key is among the master's agents. An agent trades, may move funds into vaults and cannot withdraw,
//! by protocol.

use k256::{SecretKey, elliptic_curve::sec1::ToSec1Point};
use sha3::{Digest, Keccak256};
use shared::time::Timestamp;
use zeroize::Zeroizing;

use super::{
    Call, ConnectionStatus, Credentials, Exchange, ExchangeAnswer, Interpretation, KeyInfo, KeyType, Moment,
    PermissionSource, Permissions, Request, Site, Unsignable, answer::text, crypto::hex, refusals::RefusalTable,
};

pub(super) static EXCHANGE: Exchange = Exchange {
    id: "hyperliquid",
    name: "Hyperliquid",
    key_types: &[KeyType::Agent],
    has_passphrase: false,
    sites: &[Site::live("api.hyperliquid.xyz"), Site::testnet("api.hyperliquid-testnet.xyz")],
    check,
    question: |credentials, _| {
        let master = credentials.wallet_address.as_deref().unwrap_or_default();
        Call::post("/info").with("type", "extraAgents").with("user", master)
    },
    sign,
    read,
};

/// The key of the master itself can withdraw, so it is not for us to keep.
fn check(credentials: &Credentials) -> Result<(), (&'static str, &'static str)> {
    let Some(agent) = agent_address(credentials) else {
        return Err(("secret", "secret is not a private key: 64 hex digits, with or without 0x"));
    };
    let Some(master) = credentials.wallet_address.as_deref().filter(|text| is_address(text)) else {
        return Err(("wallet_address", "wallet_address is not an address: 0x and 40 hex digits"));
    };
    if agent.eq_ignore_ascii_case(master) {
        let rule = "secret is the private key of the master wallet, which can withdraw: use an agent wallet";
        return Err(("secret", rule));
    }
    Ok(())
}

/// The address of the agent wallet: `0x` and 40 lower-case hex digits. `None` when the secret is no private key.
#[must_use]
pub fn agent_address(credentials: &Credentials) -> Option<String> {
    address(&credentials.secret)
}

/// The last 20 bytes of the Keccak-256 of the public key.
fn address(secret: &str) -> Option<String> {
    let digits = secret.strip_prefix("0x").unwrap_or(secret);
    let key = SecretKey::from_slice(unhex(digits)?.as_slice()).ok()?;
    let point = key.public_key().to_sec1_point(false);
    let hash = Keccak256::digest(point.as_bytes().get(1..)?);
    Some(format!("0x{}", hex(hash.get(12..)?)))
}

fn unhex(digits: &str) -> Option<Zeroizing<[u8; 32]>> {
    let pairs: &[[u8; 2]; 32] = digits.as_bytes().as_chunks().0.try_into().ok().filter(|_| digits.len() == 64)?;
    let mut bytes = Zeroizing::new([0; 32]);
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? * 16 + low?).ok()?;
    }
    Some(bytes)
}

fn is_address(text: &str) -> bool {
    text.strip_prefix("0x").is_some_and(|digits| digits.len() == 40 && digits.bytes().all(|c| c.is_ascii_hexdigit()))
}

fn sign(_: &Credentials, site: &Site, call: &Call, _: &Moment) -> Result<Request, Unsignable> {
    let request = Request::new(site, call, "").body(call.json());
    request.header("Content-Type", "application/json")
}

fn read(credentials: &Credentials, _: &Call, answer: &ExchangeAnswer) -> Interpretation {
    let body = answer.json();
    let agents = body.as_array().filter(|agents| agents.iter().all(|agent| agent["address"].is_string()));
    let (Some(agents), 200) = (agents, answer.status) else {
        return REFUSALS.read(answer, None, text(&body["response"]));
    };
    let ours = agent_address(credentials).unwrap_or_default();
    let is_ours = |address: &str| address.eq_ignore_ascii_case(&ours);
    let Some(agent) = agents.iter().find(|agent| agent["address"].as_str().is_some_and(is_ours)) else {
        return Interpretation::Refused { status: ConnectionStatus::InvalidKey, code: None };
    };
    // An agent may pay into anybody's vault (`vaultTransfer`), so transfers are never out of its reach.
    let permissions = Permissions { read: Some(true), trade: Some(true), withdraw: Some(false), transfer: Some(true) };
    let expires_at = agent["validUntil"].as_i64().map(|ms| Timestamp::from_second(ms.div_euclid(1000)));
    Interpretation::Accepted(
        KeyInfo { source: PermissionSource::Protocol, ..KeyInfo::of_key(permissions) }.until(expires_at),
    )
}

/// Hyperliquid has no codes.
const REFUSALS: RefusalTable =
    RefusalTable { words: &[(ConnectionStatus::RateLimited, &["too many cumulative requests"])], ..RefusalTable::NONE };
