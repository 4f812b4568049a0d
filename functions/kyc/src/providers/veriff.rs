//! Veriff. Signature: HMAC-SHA-256 of the body in hex, `X-HMAC-SIGNATURE`; the older `X-SIGNATURE` is no HMAC and counts for
//! nothing. No time is signed, and tries go on for seven days.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{
    Event, Meaning, Millis, Provider, Refusal, Secret, Status,
    crypto::{HMAC_SHA256, verify_plain},
    report::Report,
};

pub(super) static PROVIDER: Provider =
    Provider { id: "veriff", name: "Veriff", sends_bearer: false, verify, read, map };

const SIGNATURE: &str = "x-hmac-signature";

fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], _: Timestamp) -> Result<(), Refusal> {
    verify_plain(HMAC_SHA256, secrets, headers, SIGNATURE, body)
}

/// Reports name no type. Those of a decision have `verification`, those of the user's steps `action`.
fn read(report: &Report) -> Event {
    if report.has("verification") { decision(report) } else { step(report) }
}

/// The `status` on top is that of Veriff's interface, not of the user.
fn decision(report: &Report) -> Event {
    let word = report.word("verification/status");
    let time = report.id("verification/decisionTime");
    Event {
        id: report.event_id([report.id("verification/attemptId"), word.clone(), time.clone()]),
        kind: "decision".to_owned(),
        user: report.id("verification/vendorData").or_else(|| report.id("verification/endUserId")),
        session: report.id("verification/id"),
        level: None,
        occurred_at: time.and_then(|text| Millis::from_rfc3339(&text)),
        word,
        detail: report.int("verification/reasonCode").map(|code| code.to_string()),
        cause: None,
        is_test: false,
    }
}

/// Carries no time. What is neither a decision nor a step: watch lists and statuses that a customer defines.
fn step(report: &Report) -> Event {
    let word = report.word("action");
    let kind = match word {
        Some(_) => "event",
        None if report.has("checkType") => "watchlist",
        None if report.has("customStatus") => "custom_status",
        None => "",
    };
    Event {
        id: report.event_id([report.id("attemptId"), word.clone()]),
        kind: kind.to_owned(),
        user: report.id("vendorData").or_else(|| report.id("endUserId")),
        session: report.id("id").or_else(|| report.id("sessionId")),
        level: report.id("feature"),
        occurred_at: None,
        word,
        detail: None,
        cause: None,
        is_test: false,
    }
}

/// By the word and not by the number: expired and abandoned share one.
fn map(event: &Event) -> Meaning {
    let status = match (event.kind.as_str(), event.word.as_deref()) {
        ("event" | "decision", Some("created")) => Status::NotStarted,
        ("event" | "decision", Some("started" | "submitted")) => Status::Pending,
        ("decision", Some("review")) => Status::InReview,
        ("decision", Some("approved")) => Status::Approved,
        ("decision", Some("declined")) => Status::Rejected,
        ("decision", Some("resubmission_requested")) => Status::ResubmissionRequested,
        ("decision", Some("expired" | "abandoned")) => Status::Expired,
        ("event" | "decision", _) => return Meaning::UnknownStatus,
        ("watchlist" | "custom_status", _) => return Meaning::Ignored,
        _ => return Meaning::UnknownType,
    };
    Meaning::Says(status)
}
