//! Didit. Signature: HMAC-SHA-256 of the body in hex, `X-Signature`. Of the other two, V2 covers a rewritten body, and its official
//! descriptions disagree; Simple leaves out whose session it is. Neither counts for anything.
//!
//! `X-Timestamp` is the time of the try, 300 seconds, but no signature over the body covers it: so the body's own time, which does not
//! change with tries (the last comes after five minutes), must be within 900.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{
    KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven,
    crypto::{HMAC_SHA256, TOLERANCE, is_near, verify_plain},
    payload::Payload,
};

pub(super) static PROVIDER: Provider = Provider { id: "didit", name: "Didit", sends_bearer: false, verify, read, map };

const SIGNATURE: &str = "x-signature";
const SENT_AT: &str = "x-timestamp";
/// How far the time in the body may be from ours. Seconds.
const BODY_TOLERANCE: u64 = 900;

/// The body is looked into only after its signature has been found right.
fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Unproven> {
    verify_plain(HMAC_SHA256, secrets, headers, SIGNATURE, body)?;
    let sent_at = headers.get(SENT_AT).ok_or(Unproven::MissingTimestamp)?;
    let sent_at = sent_at.to_str().ok().and_then(|text| text.parse().ok()).ok_or(Unproven::MalformedHeader)?;
    // What is no JSON changes nothing anyway; what has no time could be of any time.
    let is_fresh = Payload::parse(body)
        .map_or(true, |payload| payload.int("timestamp").is_some_and(|second| is_near(second, now, BODY_TOLERANCE)));
    if is_near(sent_at, now, TOLERANCE) && is_fresh { Ok(()) } else { Err(Unproven::StaleTimestamp) }
}

/// Older versions have no event id.
fn read(payload: &Payload) -> ProviderEvent {
    let (kind, session, word) = (payload.word("webhook_type"), payload.id("session_id"), payload.word("status"));
    let second = payload.int("timestamp");
    let id = match payload.id("event_id") {
        Some(id) => payload.event_id([Some(id)]),
        None => {
            payload.event_id([session.clone(), kind.clone(), word.clone(), second.map(|second| second.to_string())])
        }
    };
    ProviderEvent {
        id,
        kind: kind.unwrap_or_default(),
        user: payload.id("vendor_data"),
        session,
        level: payload.id("workflow_id"),
        occurred_at: second.and_then(Millis::from_second),
        word,
        detail: None,
        cause: None,
        is_test: payload.word("environment").is_some_and(|environment| environment != "live"),
    }
}

fn map(event: &ProviderEvent) -> Meaning {
    match event.kind.as_str() {
        "status.updated" => session(event.word.as_deref()),
        "data.updated" => Meaning::Ignored,
        kind if ["user.", "business.", "activity.", "transaction."].iter().any(|of| kind.starts_with(of)) => {
            Meaning::Ignored
        }
        _ => Meaning::UnknownType,
    }
}

fn session(word: Option<&str>) -> Meaning {
    let status = match word {
        Some("Not Started") => KycStatus::NotStarted,
        Some("In Progress") => KycStatus::Pending,
        Some("In Review") => KycStatus::InReview,
        Some("Approved") => KycStatus::Approved,
        Some("Declined") => KycStatus::Rejected,
        Some("Resubmitted") => KycStatus::ResubmissionRequested,
        Some("Expired" | "Abandoned") => KycStatus::Expired,
        Some("Kyc Expired") => return Meaning::ApprovalExpired,
        _ => return Meaning::UnknownStatus,
    };
    Meaning::Says(status)
}
