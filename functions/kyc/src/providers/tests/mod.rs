//! Recorded reports, and reports of our own that are signed on the spot.

mod fuzz;
mod mapping;
mod signatures;
mod vectors;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use shared::time::Timestamp;

use super::{Malformed, Meaning, Provider, ProviderEvent, Secret, Unproven, find};

/// 2026-03-10T12:00:00Z.
const NOW: Timestamp = Timestamp::from_second(1_773_144_000);

fn provider(id: &str) -> &'static Provider {
    find(id).unwrap_or_else(|| panic!("{id} is missing"))
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned()).unwrap()
}

/// As HTTP carries them, after the given headers.
fn header_map(headers: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>) -> HeaderMap {
    let parse = |(name, value): (_, _)| parsed(&name, &value);
    headers.into_iter().map(parse).collect()
}

fn parsed(name: &impl AsRef<str>, value: &impl AsRef<str>) -> (HeaderName, HeaderValue) {
    (name.as_ref().parse().unwrap(), value.as_ref().parse().unwrap())
}

/// Verifies with the secret `ours` at `NOW`.
fn verify(id: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Unproven> {
    provider(id).verify(&[secret("ours")], headers, body, NOW).map(drop)
}

fn signed(id: &str, body: &[u8], at: Timestamp) -> Vec<(&'static str, String)> {
    paper::sign(id, "ours", body, at).unwrap()
}

/// The event and the meaning of a genuine delivery.
fn delivered(id: &str, body: &[u8]) -> Result<(ProviderEvent, Meaning), Malformed> {
    let headers = header_map(signed(id, body, NOW));
    let secrets = [secret("ours")];
    let verified = provider(id).verify(&secrets, &headers, body, NOW);
    let event = verified.unwrap_or_else(|refusal| panic!("{id}: {refusal:?}")).read()?;
    let meaning = provider(id).meaning(&event);
    Ok((event, meaning))
}

/// A report of type `kind` and status `word`, where the provider puts them.
fn report(id: &str, kind: &str, word: &str) -> Value {
    match id {
        "sumsub" => json!({"type": kind, "correlationId": "req-1", "applicantId": "a-1", "externalUserId": "u-1",
            "levelName": "basic", "createdAtMs": "2026-03-10 12:00:00.001", "reviewStatus": word}),
        "onfido" => json!({"payload": {"action": kind,
            "object": {"id": "run-1", "status": word, "completed_at_iso8601": "2026-03-10T12:00:00Z"},
            "resource": {"customer_user_id": "u-1", "workflow_id": "w-1"}}}),
        "persona" => json!({"data": {"id": "evt_1", "attributes": {"name": kind, "created-at": "2026-03-10T12:00:00Z",
            "payload": {"data": {"id": "inq_1", "attributes": {"status": word, "reference-id": "u-1"}}}}}}),
        "veriff" if kind == "event" => json!({"id": "s-1", "attemptId": "a-1", "action": word, "vendorData": "u-1"}),
        "veriff" => json!({"status": "success", "verification": {"id": "s-1", "attemptId": "a-1", "status": word,
            "vendorData": "u-1", "decisionTime": "2026-03-10T12:00:00Z"}}),
        "stripe_identity" => json!({"id": "evt_1", "created": NOW.as_second(), "livemode": true, "type": kind,
            "data": {"object": {"id": "vs_1", "status": word, "client_reference_id": "u-1", "last_error": null}}}),
        "didit" => json!({"webhook_type": kind, "event_id": "e-1", "timestamp": NOW.as_second(), "status": word,
            "session_id": "s-1", "vendor_data": "u-1", "workflow_id": "w-1"}),
        _ => json!({"event_id": "e-1", "user_id": "u-1", "status": word, "level": "basic", "session_id": "s-1",
            "occurred_at": "2026-03-10T12:00:00Z"}),
    }
}
