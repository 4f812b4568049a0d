//! Keys in the forms of the exchanges, out of names: fake ones, which no run changes.

use api_keys::exchanges::KeyType;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use k256::SecretKey;
use k256::elliptic_curve::sec1::ToSec1Point;
use sha3::{Digest, Keccak256};

/// In the form of the exchange, and recognisable where the form allows it.
pub(crate) fn api_key(id: &str, outcome: &str, secret: &str) -> String {
    let random = seed(id, outcome, "key");
    let short = outcome.replace('_', "");
    match id {
        "coinbase" => format!("organizations/{}/apiKeys/{}", uuid(&seed(id, "", "organization")), uuid(&random)),
        "okx" | "htx" => uuid(&random),
        "kraken" => BASE64_STANDARD.encode([&random[..], &random[..10]].concat()),
        "kucoin" => hex(&random[..12]),
        "gemini" => format!("account-PAPER{}", hex(&random[..10])),
        "hyperliquid" => agent_address(secret),
        _ => format!("PAPER{short}{}", hex(&random[..10])),
    }
}

/// What no one could use at the real exchange, in a form that it could have given out.
pub(crate) fn secret(id: &str, outcome: &str, key_type: KeyType) -> String {
    let random = seed(id, outcome, "secret");
    match (id, key_type) {
        (_, KeyType::Ed25519) => BASE64_STANDARD.encode(random),
        (_, KeyType::Es256) => p256(&random),
        (_, KeyType::Agent) => format!("0x{}", hex(&random)),
        ("kraken", _) => BASE64_STANDARD.encode([random, seed(id, outcome, "more")].concat()),
        _ => format!("paper-secret-{}", hex(&random)),
    }
}

/// The address of the master of an agent wallet.
pub(crate) fn wallet(id: &str, outcome: &str) -> String {
    format!("0x{}", hex(&seed(id, outcome, "master")[..20]))
}

/// A private key of P-256 in PEM, SEC 1. Whatever 32 bytes of a hash are, they are below the order of the curve.
fn p256(key: &[u8; 32]) -> String {
    const HEAD: [u8; 7] = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
    const CURVE: [u8; 12] = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let der = [&HEAD[..], key, &CURVE[..]].concat();
    let label = "EC PRIVATE KEY";
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64_STANDARD.encode(der))
}

/// The address of an agent wallet: the end of the Keccak-256 of the public key.
fn agent_address(secret: &str) -> String {
    let bytes = unhex(secret.trim_start_matches("0x"));
    let Some(key) = bytes.and_then(|bytes| SecretKey::from_slice(&bytes).ok()) else { return String::new() };
    let point = key.public_key().to_sec1_point(false);
    let hash = Keccak256::digest(&point.as_bytes()[1..]);
    format!("0x{}", hex(&hash[12..]))
}

/// 32 bytes that look random.
fn seed(id: &str, outcome: &str, part: &str) -> [u8; 32] {
    let hash = digest(&SHA256, format!("paper exchange/{id}/{outcome}/{part}").as_bytes());
    let mut seed = [0; 32];
    seed.copy_from_slice(hash.as_ref());
    seed
}

fn uuid(random: &[u8; 32]) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&random[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Bytes that are written in hex.
pub(crate) fn unhex(digits: &str) -> Option<Vec<u8>> {
    let byte = |at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
