//! How identity providers prove their reports. The functions only verify; whoever plays a provider signs here.

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use shared::time::Timestamp;

use crate::keys::hex;

/// The headers with which the provider, by its name in paths, proves a delivery of `body` at `now`: names as it writes them. None for
/// a provider that is not known.
#[must_use]
pub fn sign(provider: &str, secret: &str, body: &[u8], now: Timestamp) -> Option<Vec<(&'static str, String)>> {
    let second = now.as_second().to_string();
    let plain = || mac(secret, &[body]);
    let stamped = || format!("t={second},v1={}", mac(secret, &[second.as_bytes(), b".", body]));
    Some(match provider {
        "sumsub" => vec![("X-Payload-Digest", plain()), ("X-Payload-Digest-Alg", "HMAC_SHA256_HEX".to_owned())],
        "onfido" => vec![("X-SHA2-Signature", plain())],
        "persona" => vec![("Persona-Signature", stamped())],
        "veriff" => vec![("X-HMAC-SIGNATURE", plain())],
        "stripe_identity" => vec![("Stripe-Signature", stamped())],
        "didit" => vec![("X-Signature", plain()), ("X-Timestamp", second)],
        "generic" => vec![("Authorization", format!("Bearer {secret}"))],
        _ => return None,
    })
}

/// HMAC-SHA-256 of the texts one after the other, in hex. The key is the whole secret, its prefix included.
fn mac(secret: &str, texts: &[&[u8]]) -> String {
    let mut context = Context::with_key(&Key::new(HMAC_SHA256, secret.as_bytes()));
    for text in texts {
        context.update(text);
    }
    hex(context.sign().as_ref())
}
