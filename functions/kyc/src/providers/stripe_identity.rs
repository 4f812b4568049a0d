//! Stripe Identity. Signature: `Stripe-Signature: t=SECONDS,v1=HEX`, one `v1` for each secret in force; `v0` counts for nothing.
//! The time is signed and new with each try: 300 seconds, as in Stripe's libraries.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{
    Cause, KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven, crypto::verify_stamped,
    payload::Payload,
};

pub(super) static PROVIDER: Provider =
    Provider { id: "stripe_identity", name: "Stripe Identity", sends_bearer: false, verify, read, map };

const SIGNATURE: &str = "stripe-signature";

fn verify(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), Unproven> {
    verify_stamped(secrets, headers, SIGNATURE, body, now)
}

fn read(payload: &Payload) -> ProviderEvent {
    let code = payload.word("data/object/last_error/code");
    let has_failed = payload.has("data/object/last_error");
    ProviderEvent {
        id: payload.event_id([payload.id("id")]),
        kind: payload.word("type").unwrap_or_default(),
        user: payload.id("data/object/client_reference_id").or_else(|| payload.id("data/object/metadata/user_id")),
        session: payload.id("data/object/id"),
        level: payload.word("data/object/type"),
        occurred_at: payload.int("created").and_then(Millis::from_second),
        word: payload.word("data/object/status"),
        cause: has_failed.then(|| cause(code.as_deref())),
        detail: has_failed.then(|| code.unwrap_or_else(|| "error".to_owned())),
        is_test: payload.flag("livemode") == Some(false),
    }
}

/// The type decides: a redaction carries the status `verified` as well. What approves must not be contradicted by the status.
fn map(event: &ProviderEvent) -> Meaning {
    let Some(kind) = event.kind.strip_prefix("identity.verification_session.") else {
        return Meaning::UnknownType;
    };
    let status = match (kind, event.word.as_deref()) {
        ("processing", _) => KycStatus::Pending,
        ("verified", None | Some("verified")) => KycStatus::Approved,
        ("verified", Some(_)) => return Meaning::UnknownStatus,
        // Without an error the user has not handed in anything yet.
        ("requires_input", _) if event.detail.is_some() => KycStatus::ResubmissionRequested,
        ("created" | "requires_input", _) => KycStatus::NotStarted,
        ("canceled", _) => KycStatus::Cancelled,
        ("redacted", _) => return Meaning::Ignored,
        _ => return Meaning::UnknownType,
    };
    Meaning::Says(status)
}

/// Three errors that no retry can fix keep their own name, so that the user is told.
fn cause(code: Option<&str>) -> Cause {
    match code {
        Some("under_supported_age") => Cause::UnderSupportedAge,
        Some("country_not_supported") => Cause::CountryNotSupported,
        Some("consent_declined") => Cause::ConsentDeclined,
        Some(code) if code.starts_with("document_") => Cause::Document,
        Some(code) if code.starts_with("selfie_") => Cause::Selfie,
        _ => Cause::Other,
    }
}
