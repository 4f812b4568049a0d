//! What the paper exchange knows, was asked, and is told to answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;

use super::page;
use crate::door::Door;
use crate::{Canned, Demo};

pub(super) async fn page(State(door): State<Arc<Door>>) -> Html<String> {
    Html(page::exchanges(door.paper.demos()))
}

pub(super) async fn json(State(door): State<Arc<Door>>) -> Json<Vec<Demo>> {
    Json(door.paper.demos().to_vec())
}

pub(super) async fn calls_json(State(door): State<Arc<Door>>) -> Json<BTreeMap<&'static str, u64>> {
    Json(door.paper.calls())
}

pub(super) async fn reset_calls(State(door): State<Arc<Door>>) -> StatusCode {
    door.paper.reset_calls();
    StatusCode::NO_CONTENT
}

/// Takes the answer whatever content type it comes with, as faults are taken.
pub(super) async fn set_canned(State(door): State<Arc<Door>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    let canned: Canned =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    door.paper.set_canned(Some(canned));
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn clear_canned(State(door): State<Arc<Door>>) -> StatusCode {
    door.paper.set_canned(None);
    StatusCode::NO_CONTENT
}
