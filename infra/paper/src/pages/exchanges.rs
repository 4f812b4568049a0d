//! What the paper exchange knows, was asked, and is told to answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use serde::de::DeserializeOwned;

use super::page;
use crate::{Demo, Play};

pub(super) async fn page(State(play): State<Arc<Play>>) -> Html<String> {
    Html(page::exchanges(play.paper.demos()))
}

pub(super) async fn json(State(play): State<Arc<Play>>) -> Json<Vec<Demo>> {
    Json(play.paper.demos().to_vec())
}

pub(super) async fn calls_json(State(play): State<Arc<Play>>) -> Json<BTreeMap<&'static str, u64>> {
    Json(play.paper.calls())
}

pub(super) async fn reset_calls(State(play): State<Arc<Play>>) -> StatusCode {
    play.paper.reset_calls();
    StatusCode::NO_CONTENT
}

/// Takes the answer whatever content type it comes with, as faults are taken.
pub(super) async fn set_canned(State(play): State<Arc<Play>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    play.paper.set_canned(Some(read(&body)?));
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear_canned(State(play): State<Arc<Play>>) -> StatusCode {
    play.paper.set_canned(None);
    StatusCode::NO_CONTENT
}

/// What stands in a body of JSON.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))
}
