//! Onfido. Signature: HMAC-SHA-256 of the body in hex, `X-SHA2-Signature`. No time is signed.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{
    KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven,
    crypto::{HMAC_SHA256, verify_plain},
    payload::Payload,
};

pub(super) static PROVIDER: Provider =
    Provider { id: "onfido", name: "Onfido", sends_bearer: false, verify, read, map };

const SIGNATURE: &str = "x-sha2-signature";

fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], _: Timestamp) -> Result<(), Unproven> {
    verify_plain(HMAC_SHA256, secrets, headers, SIGNATURE, body)
}

/// Events have no id: action, object and time make one. Only Studio knows our id of the user.
fn read(payload: &Payload) -> ProviderEvent {
    let kind = payload.word("payload/action");
    let object = payload.id("payload/object/id");
    let time = ["payload/object/completed_at_iso8601", "payload/object/started_at_iso8601"];
    let time = time.into_iter().find_map(|path| payload.id(path));
    ProviderEvent {
        id: payload.event_id([kind.clone(), object.clone(), time.clone()]),
        kind: kind.unwrap_or_default(),
        user: payload.id("payload/resource/customer_user_id"),
        session: object.or_else(|| payload.id("payload/resource/id")),
        level: payload.id("payload/resource/workflow_id"),
        occurred_at: time.and_then(|text| Millis::from_rfc3339(&text)),
        word: payload.word("payload/object/status").or_else(|| payload.word("payload/resource/status")),
        detail: None,
        cause: None,
        is_test: false,
    }
}

/// A run decides. A task of it or a check may well be clear in a run that ends declined.
fn map(event: &ProviderEvent) -> Meaning {
    match event.kind.as_str() {
        "workflow_run.completed" => run(event.word.as_deref()),
        "check.withdrawn" => Meaning::Says(KycStatus::Cancelled),
        // It says neither the result nor whose it is.
        "check.completed" => Meaning::NeedsFetch,
        "check.started" | "check.reopened" | "check.form_completed" => Meaning::Ignored,
        kind if ["workflow_task.", "report.", "audit_log.", "watchlist_monitor."]
            .iter()
            .any(|of| kind.starts_with(of)) =>
        {
            Meaning::Ignored
        }
        _ => Meaning::UnknownType,
    }
}

fn run(word: Option<&str>) -> Meaning {
    let status = match word {
        Some("processing" | "awaiting_input") => KycStatus::Pending,
        Some("review" | "awaiting_client_input" | "error") => KycStatus::InReview,
        Some("approved") => KycStatus::Approved,
        Some("declined") => KycStatus::Rejected,
        Some("abandoned") => KycStatus::Expired,
        Some("cancelled") => KycStatus::Cancelled,
        _ => return Meaning::UnknownStatus,
    };
    Meaning::Says(status)
}
