//! Persona. Signature: `Persona-Signature: t=SECONDS,v1=HEX`, several pairs with spaces between them while a secret is replaced.
//! The time is signed and new with each try: 300 seconds, a number of ours.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{
    KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven, crypto::verify_stamped, payload::Payload,
};

pub(super) static PROVIDER: Provider =
    Provider { id: "persona", name: "Persona", sends_bearer: true, verify, read, map };

const SIGNATURE: &str = "persona-signature";

fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Unproven> {
    verify_stamped(secrets, headers, SIGNATURE, body, now)
}

fn read(payload: &Payload) -> ProviderEvent {
    // How names of two words are written is a setting of the webhook.
    let any = |paths: [&str; 3]| paths.into_iter().find_map(|path| payload.id(path));
    let created = any(["data/attributes/created-at", "data/attributes/created_at", "data/attributes/createdAt"]);
    ProviderEvent {
        id: payload.event_id([payload.id("data/id")]),
        kind: payload.word("data/attributes/name").unwrap_or_default(),
        user: any([
            "data/attributes/payload/data/attributes/reference-id",
            "data/attributes/payload/data/attributes/reference_id",
            "data/attributes/payload/data/attributes/referenceId",
        ]),
        session: payload.id("data/attributes/payload/data/id"),
        level: any([
            "data/attributes/payload/data/relationships/inquiry-template/data/id",
            "data/attributes/payload/data/relationships/inquiry_template/data/id",
            "data/attributes/payload/data/relationships/inquiryTemplate/data/id",
        ]),
        occurred_at: created.and_then(|text| Millis::from_rfc3339(&text)),
        word: payload.word("data/attributes/payload/data/attributes/status"),
        detail: None,
        cause: None,
        is_test: false,
    }
}

/// The type decides: the status `approved` comes with redactions and new tags as well. A type that approves must not be
/// contradicted by the status; a blocklist may have removed that.
fn map(event: &ProviderEvent) -> Meaning {
    let status = match (event.kind.as_str(), event.word.as_deref()) {
        ("inquiry.created", _) => KycStatus::NotStarted,
        // Completed is not decided.
        ("inquiry.started" | "inquiry.completed", _) => KycStatus::Pending,
        ("inquiry.marked-for-review", _) => KycStatus::InReview,
        ("inquiry.approved", None | Some("approved")) => KycStatus::Approved,
        ("inquiry.approved", Some(_)) => return Meaning::UnknownStatus,
        ("inquiry.declined" | "inquiry.failed", _) => KycStatus::Rejected,
        ("inquiry.expired", _) => KycStatus::Expired,
        ("inquiry.transitioned" | "inquiry.redacted" | "inquiry.updated-tags", _) => return Meaning::Ignored,
        (kind, _) if ["verification.", "report.", "case.", "workflow-run."].iter().any(|of| kind.starts_with(of)) => {
            return Meaning::Ignored;
        }
        _ => return Meaning::UnknownType,
    };
    Meaning::Says(status)
}
