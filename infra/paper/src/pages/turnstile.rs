//! Turnstile's widget, and whether the provider works.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use serde::Deserialize;
use serde_json::json;

use crate::Play;
use crate::turnstile::{Given, Widget};

/// As much of the real script as pages use. The widget is a page of its own origin, which tells the page around it the token, or an error,
/// after most of which it tries again by itself; the real one waits for eight seconds first.
const SCRIPT: &str = r#""use strict";
{
  const { origin } = new URL(document.currentScript.src);
  const PASSING = /^(10[2346]|1106|300|600)/;
  window.turnstile = {
    render(place, { action, callback, "error-callback": failed, "unsupported-callback": unsupported }) {
      const frame = document.createElement("iframe");
      frame.title = "Turnstile, played";
      const attempt = (attempt) => {
        frame.src = `${origin}/turnstile/widget?${new URLSearchParams({ action, hostname: location.hostname, attempt })}`;
      };
      let attempts = 0;
      addEventListener("message", ({ source, data: { event, value } }) => {
        if (source !== frame.contentWindow) return;
        if (event === "token") callback(value);
        if (event === "unsupported") unsupported();
        if (event === "error") {
          if (!failed(value)) console.warn(`Turnstile, played: ${value}`);
          attempts += 1;
          if (PASSING.test(value)) setTimeout(attempt, 200, attempts);
        }
      });
      attempt(attempts);
      place.append(frame);
      return "played";
    },
    remove() {
      document.querySelector("iframe[title='Turnstile, played']")?.remove();
    },
  };
}
"#;

/// The script where no widget can be shown.
const THROWS: &str = r#"window.turnstile = { render() { throw new Error("played"); } };"#;
const STUB: &str = "window.turnstile = { render() {} };";

/// Whether it is out of order, and what its widget does where it is not.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    #[serde(default)]
    down: bool,
    #[serde(default)]
    widget: Widget,
}

/// What the widget is asked with: where it is, what for, and how often before.
#[derive(Deserialize)]
pub(super) struct Asked {
    hostname: String,
    action: String,
    attempt: u32,
}

/// The script that pages load.
pub(super) async fn script(State(play): State<Arc<Play>>) -> Result<impl IntoResponse, StatusCode> {
    if play.turnstile.is_down() {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let script = match play.turnstile.widget() {
        Widget::Throws => THROWS,
        Widget::Stub => STUB,
        _ => SCRIPT,
    };
    Ok(([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], script))
}

/// The widget. It needs no click; whoever wants to finds a button in it.
pub(super) async fn widget(
    State(play): State<Arc<Play>>,
    Query(Asked { hostname, action, attempt }): Query<Asked>,
) -> Html<String> {
    let told = json!(play.turnstile.tell(Given { hostname, action }, attempt));
    Html(format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Turnstile, played</title><button>You are a person.</button>\
         <script>parent.postMessage({told}, \"*\")</script></html>"
    ))
}

/// Takes the state whatever content type it comes with, as faults are taken.
pub(super) async fn set(State(play): State<Arc<Play>>, body: Bytes) -> Result<StatusCode, (StatusCode, String)> {
    let Condition { down, widget } =
        serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))?;
    play.turnstile.set_down(down);
    play.turnstile.set_widget(widget);
    Ok(StatusCode::NO_CONTENT)
}
