//! Which passwords count as stolen, and what was asked of who knows them.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;

use super::exchanges::read;
use crate::Play;

pub(super) async fn asked_json(State(play): State<Arc<Play>>) -> Json<Vec<String>> {
    Json(play.breaches.asked())
}

/// Takes a list of passwords.
pub(super) async fn steal(State(play): State<Arc<Play>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    for password in read::<Vec<String>>(&body)? {
        play.breaches.steal(&password);
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn reset(State(play): State<Arc<Play>>) -> StatusCode {
    play.breaches.reset();
    StatusCode::NO_CONTENT
}

pub(super) async fn set_canned(State(play): State<Arc<Play>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    play.breaches.set_canned(Some(read(&body)?));
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear_canned(State(play): State<Arc<Play>>) -> StatusCode {
    play.breaches.set_canned(None);
    StatusCode::NO_CONTENT
}
