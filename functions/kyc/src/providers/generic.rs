//! A source of our own, or a provider that is not listed. It shows a bearer token and speaks our words:
//! `{"event_id", "user_id", "status", "level", "session_id", "occurred_at"}`, the time as RFC 3339. The token proves who is connected
//! and not what was sent: it is for connections that nobody else can join.

use axum::http::HeaderMap;
use shared::time::Timestamp;

use super::{Event, Meaning, Millis, Provider, Refusal, Secret, Status, crypto::bearer, report::Report};

pub(super) static PROVIDER: Provider =
    Provider { id: "generic", name: "Generic", sends_bearer: true, verify, read, map };

fn verify(secrets: &[Secret], headers: &HeaderMap, _: &[u8], _: Timestamp) -> Result<(), Refusal> {
    bearer(headers, secrets)
}

fn read(report: &Report) -> Event {
    Event {
        id: report.event_id([report.id("event_id")]),
        kind: "status".to_owned(),
        user: report.id("user_id"),
        session: report.id("session_id"),
        level: report.id("level"),
        occurred_at: report.id("occurred_at").and_then(|text| Millis::from_rfc3339(&text)),
        word: report.word("status"),
        detail: None,
        cause: None,
        is_test: false,
    }
}

fn map(event: &Event) -> Meaning {
    event.word.as_deref().and_then(Status::parse).map_or(Meaning::UnknownStatus, Meaning::Says)
}
