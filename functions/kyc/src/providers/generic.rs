//! A source of our own, or a provider that is not listed. It shows a bearer token and speaks our words:
//! `{"event_id", "user_id", "status", "level", "session_id", "occurred_at"}`, the time as RFC 3339. The token proves who is connected
//! and not what was sent: it is for connections that nobody else can join.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven, crypto::bearer, payload::Payload};

pub(super) static PROVIDER: Provider =
    Provider { id: "generic", name: "Generic", sends_bearer: true, verify, read, map };

fn verify(secrets: &[Secret], headers: &HeaderMap, _: &[u8], _: Timestamp) -> Result<(), Unproven> {
    bearer(headers, secrets)
}

fn read(payload: &Payload) -> ProviderEvent {
    ProviderEvent {
        id: payload.event_id([payload.id("event_id")]),
        kind: "status".to_owned(),
        user: payload.id("user_id"),
        session: payload.id("session_id"),
        level: payload.id("level"),
        occurred_at: payload.id("occurred_at").and_then(|text| Millis::from_rfc3339(&text)),
        word: payload.word("status"),
        detail: None,
        cause: None,
        is_test: false,
    }
}

fn map(event: &ProviderEvent) -> Meaning {
    event.word.as_deref().and_then(KycStatus::parse).map_or(Meaning::UnknownStatus, Meaning::Says)
}
