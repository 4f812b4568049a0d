//! What people and tests ask the local AWS itself: the inbox, the calls counted, the faults planned, the conflicts of transactions,
//! the tasks of schedules, the clock of the functions, what an authenticator app shows.

mod page;

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;

use crate::ahead::Standing;
use crate::app::Shown;
use crate::door::{self, Door};
use crate::{Calls, Error, Fault, Mail, Service};

/// Our own pages; all other requests are calls to AWS.
pub(crate) fn router(door: Arc<Door>) -> Router {
    Router::new()
        .route("/", get(index).fallback(door::answer))
        .route("/inbox", get(inbox))
        .route("/inbox.json", get(inbox_json))
        .route("/calls.json", get(calls_json))
        .route("/calls", delete(reset_calls))
        .route("/faults", delete(clear_faults))
        .route("/faults/{service}", put(set_fault))
        .route("/tasks/{name}", post(run_task))
        .route("/conflicts", put(set_conflicts))
        .route("/clock", get(clock).put(advance_clock))
        .route("/totp", get(totp))
        .route("/totp.json", get(totp_json))
        .fallback(door::answer)
        .with_state(door)
}

#[derive(Deserialize)]
struct Recipient {
    to: Option<String>,
}

#[derive(Deserialize)]
struct Without {
    without: Option<String>,
}

/// The secret of an authenticator app, in base32.
#[derive(Deserialize)]
struct OfApp {
    secret: Option<String>,
}

/// How long transactions are in the way of other writes after their answers, in milliseconds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hold {
    hold_ms: u16,
}

/// By how many seconds the clock of the functions moves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: u64,
}

async fn index() -> Html<&'static str> {
    Html(page::INDEX)
}

async fn inbox(State(door): State<Arc<Door>>, Query(Recipient { to }): Query<Recipient>) -> impl IntoResponse {
    // A mail's HTML is shown as it was sent, so it gets no scripts and loads nothing.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page::inbox(&door.inbox.mails(to.as_deref()))))
}

async fn inbox_json(State(door): State<Arc<Door>>, Query(Recipient { to }): Query<Recipient>) -> Json<Vec<Mail>> {
    Json(door.inbox.mails(to.as_deref()))
}

async fn calls_json(State(door): State<Arc<Door>>, Query(Without { without }): Query<Without>) -> Json<Calls> {
    Json(door.recorder.calls(without.as_deref()))
}

async fn reset_calls(State(door): State<Arc<Door>>) -> StatusCode {
    door.recorder.reset();
    StatusCode::NO_CONTENT
}

/// Takes the fault whatever content type it comes with, so that a plain `curl -d` will do.
async fn set_fault(
    State(door): State<Arc<Door>>,
    Path(service): Path<Service>,
    body: Bytes,
) -> Result<StatusCode, (StatusCode, String)> {
    let fault: Fault =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    door.faults.set(service, fault);
    Ok(StatusCode::NO_CONTENT)
}

/// Carries out a task as its schedule would, and answers when that is done.
async fn run_task(State(door): State<Arc<Door>>, Path(name): Path<String>) -> Result<StatusCode, (StatusCode, String)> {
    door.tasks.run(&name).await.map(|()| StatusCode::NO_CONTENT).map_err(|error| {
        let status =
            if matches!(error, Error::NoSuchTask(_)) { StatusCode::NOT_FOUND } else { StatusCode::BAD_GATEWAY };
        (status, format!("{error}\n"))
    })
}

async fn clear_faults(State(door): State<Arc<Door>>) -> StatusCode {
    door.faults.clear();
    StatusCode::NO_CONTENT
}

/// Takes the time whatever content type it comes with, too.
async fn set_conflicts(State(door): State<Arc<Door>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    let Hold { hold_ms } =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    door.conflicts.set(Duration::from_millis(hold_ms.into()));
    Ok(StatusCode::NO_CONTENT)
}

async fn clock(State(door): State<Arc<Door>>) -> Json<Standing> {
    Json(door.ahead.standing())
}

/// Takes the seconds whatever content type they come with, too, and says where the clock stands then.
async fn advance_clock(State(door): State<Arc<Door>>, body: Bytes) -> Result<Json<Standing>, (StatusCode, String)> {
    let refused = |reason: &dyn Display| (StatusCode::UNPROCESSABLE_ENTITY, format!("{reason}\n"));
    let Advance { advance } = serde_json::from_slice(&body).map_err(|error| refused(&error))?;
    match door.ahead.advance(advance) {
        Ok(true) => Ok(Json(door.ahead.standing())),
        Ok(false) => Err(refused(&"that is more than ten years ahead")),
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, format!("{error}\n"))),
    }
}

/// What an authenticator app shows at the functions' time. A page that was opened without a secret asks for one.
async fn totp(State(door): State<Arc<Door>>, Query(OfApp { secret }): Query<OfApp>) -> Html<String> {
    let secret = secret.unwrap_or_default();
    Html(page::totp(&secret, Shown::by(&secret, door.ahead.now()).as_ref()))
}

async fn totp_json(
    State(door): State<Arc<Door>>,
    Query(OfApp { secret }): Query<OfApp>,
) -> Result<Json<Shown>, (StatusCode, &'static str)> {
    let shown = Shown::by(&secret.unwrap_or_default(), door.ahead.now());
    shown.map(Json).ok_or((StatusCode::UNPROCESSABLE_ENTITY, "?secret= is not base32\n"))
}
