//! Veriff. Signature: HMAC-SHA-256 of the body in hex, `X-HMAC-SIGNATURE`; the older `X-SIGNATURE` is no HMAC and counts for
//! nothing. No time is signed, and tries go on for seven days.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{
    KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven,
    crypto::{HMAC_SHA256, verify_plain},
    payload::Payload,
};

pub(super) static PROVIDER: Provider =
    Provider { id: "veriff", name: "Veriff", sends_bearer: false, verify, read, map };

const SIGNATURE: &str = "x-hmac-signature";

fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], _: Timestamp) -> Result<(), Unproven> {
    verify_plain(HMAC_SHA256, secrets, headers, SIGNATURE, body)
}

/// Reports name no type. Those of a decision have `verification`, those of the user's steps `action`.
fn read(payload: &Payload) -> ProviderEvent {
    if payload.has("verification") { decision(payload) } else { step(payload) }
}

/// The `status` on top is that of Veriff's interface, not of the user.
fn decision(payload: &Payload) -> ProviderEvent {
    let word = payload.word("verification/status");
    let time = payload.id("verification/decisionTime");
    ProviderEvent {
        id: payload.event_id([payload.id("verification/attemptId"), word.clone(), time.clone()]),
        kind: "decision".to_owned(),
        user: payload.id("verification/vendorData").or_else(|| payload.id("verification/endUserId")),
        session: payload.id("verification/id"),
        level: None,
        occurred_at: time.and_then(|text| Millis::from_rfc3339(&text)),
        word,
        detail: payload.int("verification/reasonCode").map(|code| code.to_string()),
        cause: None,
        is_test: false,
    }
}

/// Carries no time. What is neither a decision nor a step: watch lists and statuses that a customer defines.
fn step(payload: &Payload) -> ProviderEvent {
    let word = payload.word("action");
    let kind = match word {
        Some(_) => "event",
        None if payload.has("checkType") => "watchlist",
        None if payload.has("customStatus") => "custom_status",
        None => "",
    };
    ProviderEvent {
        id: payload.event_id([payload.id("attemptId"), word.clone()]),
        kind: kind.to_owned(),
        user: payload.id("vendorData").or_else(|| payload.id("endUserId")),
        session: payload.id("id").or_else(|| payload.id("sessionId")),
        level: payload.id("feature"),
        occurred_at: None,
        word,
        detail: None,
        cause: None,
        is_test: false,
    }
}

/// By the word and not by the number: expired and abandoned share one.
fn map(event: &ProviderEvent) -> Meaning {
    let status = match (event.kind.as_str(), event.word.as_deref()) {
        ("event" | "decision", Some("created")) => KycStatus::NotStarted,
        ("event" | "decision", Some("started" | "submitted")) => KycStatus::Pending,
        ("decision", Some("review")) => KycStatus::InReview,
        ("decision", Some("approved")) => KycStatus::Approved,
        ("decision", Some("declined")) => KycStatus::Rejected,
        ("decision", Some("resubmission_requested")) => KycStatus::ResubmissionRequested,
        ("decision", Some("expired" | "abandoned")) => KycStatus::Expired,
        ("event" | "decision", _) => return Meaning::UnknownStatus,
        ("watchlist" | "custom_status", _) => return Meaning::Ignored,
        _ => return Meaning::UnknownType,
    };
    Meaning::Says(status)
}
