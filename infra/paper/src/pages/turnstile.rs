//! Turnstile's widget, and whether the provider works.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use serde::Deserialize;

use crate::Play;
use crate::turnstile::Given;

/// As much of the real script as pages use. The widget is a page of its own origin, which tells the page around it the token.
const SCRIPT: &str = r#""use strict";
{
  const { origin } = new URL(document.currentScript.src);
  window.turnstile = {
    render(place, { action, callback }) {
      const frame = document.createElement("iframe");
      frame.title = "Turnstile, played";
      frame.src = `${origin}/turnstile/widget?${new URLSearchParams({ action, hostname: location.hostname })}`;
      addEventListener("message", (event) => {
        if (event.source === frame.contentWindow) callback(event.data);
      });
      place.append(frame);
    },
  };
}
"#;

/// Whether it is out of order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    down: bool,
}

/// The script that pages load.
pub(super) async fn script(State(play): State<Arc<Play>>) -> Result<impl IntoResponse, StatusCode> {
    if play.turnstile.is_down() {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    Ok(([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT))
}

/// The widget. It needs no click.
pub(super) async fn widget(State(play): State<Arc<Play>>, Query(given): Query<Given>) -> Html<String> {
    let token = play.turnstile.give(given);
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Turnstile, played</title>You are a person.\
         <script>parent.postMessage({token:?}, \"*\")</script></html>"
    ))
}

/// Takes the state whatever content type it comes with, as faults are taken.
pub(super) async fn set(State(play): State<Arc<Play>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    let Condition { down } =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    play.turnstile.set_down(down);
    Ok(StatusCode::NO_CONTENT)
}
