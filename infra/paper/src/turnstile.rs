//! Cloudflare Turnstile, played: a widget that takes everybody for a person where it is not told to fail, and the one who is asked about
//! the tokens that it gives out. (<https://developers.cloudflare.com/turnstile/get-started/server-side-validation/>)

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::Json;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::lock::lock;
use crate::request;

/// Who is asked about tokens.
const HOST: &str = "challenges.cloudflare.com";
const PATH: &str = "/turnstile/v0/siteverify";
/// The secret key that goes with every site key here.
pub const SECRET: &str = "local-turnstile";

/// The provider.
#[derive(Default)]
pub struct Turnstile {
    /// Tokens that nobody has asked about yet.
    tokens: Mutex<BTreeMap<String, Given>>,
    count: AtomicU64,
    is_down: AtomicBool,
    widget: Mutex<Widget>,
    last: Mutex<Option<Value>>,
}

/// What the widget does. Errors are as in <https://developers.cloudflare.com/turnstile/troubleshooting/client-side-errors/error-codes/>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Widget {
    /// It gives a token.
    #[default]
    Works,
    /// Nothing, for ever.
    Hangs,
    /// It cannot be shown: its script throws.
    Throws,
    /// It cannot be shown: in place of its script there is one that does nothing, as blockers put it.
    Stub,
    /// It tells that the browser is too old for it.
    Unsupported,
    /// An error that trying again does not mend.
    Misplaced,
    /// An error that passes: the second try gives a token.
    Hiccups,
    /// An error that should pass, and does not.
    Fails,
    /// A token that was used already.
    Stale,
}

/// What the widget tells the page that it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", content = "value", rename_all = "lowercase")]
pub(crate) enum Told {
    /// The answer to the challenge.
    Token(String),
    /// What went wrong.
    Error(&'static str),
    /// That there is no widget for this browser.
    Unsupported,
    /// Nothing yet.
    Nothing,
}

/// Where a token was given out, and for what.
#[derive(Clone, Debug, Deserialize)]
pub struct Given {
    /// The host of the page.
    pub hostname: String,
    /// What the page says that it is for.
    pub action: String,
}

impl Turnstile {
    /// What the widget does: a token, which is good once.
    pub fn give(&self, given: Given) -> String {
        let token = format!("played.{}", self.count.fetch_add(1, Ordering::Relaxed));
        lock(&self.tokens).insert(token.clone(), given);
        token
    }

    /// What the widget tells when it tries for the `attempt`th time, from 0.
    pub(crate) fn tell(&self, given: Given, attempt: u32) -> Told {
        match self.widget() {
            Widget::Unsupported => Told::Unsupported,
            Widget::Misplaced => Told::Error("110200"),
            Widget::Fails => Told::Error("600010"),
            Widget::Hiccups if attempt == 0 => Told::Error("300010"),
            Widget::Stale => Told::Token("played.stale".to_owned()),
            Widget::Works | Widget::Hiccups => Told::Token(self.give(given)),
            Widget::Hangs | Widget::Throws | Widget::Stub => Told::Nothing,
        }
    }

    /// From now on the widget does this.
    pub fn set_widget(&self, widget: Widget) {
        *lock(&self.widget) = widget;
    }

    /// What the widget does.
    pub fn widget(&self) -> Widget {
        *lock(&self.widget)
    }

    /// From now on it is out of order, or works again.
    pub fn set_down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Whether it is out of order.
    pub fn is_down(&self) -> bool {
        self.is_down.load(Ordering::Relaxed)
    }

    /// What it was asked last.
    pub fn last(&self) -> Option<Value> {
        lock(&self.last).clone()
    }

    /// Whether a request is for it.
    pub(crate) fn is_addressee(headers: &HeaderMap, uri: &Uri) -> bool {
        request::host(headers, uri).is_some_and(|host| host == HOST)
    }

    /// Answers a question.
    pub(crate) fn answer(&self, method: &Method, uri: &Uri, body: &[u8]) -> Response {
        if self.is_down() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if method != Method::POST || uri.path() != PATH {
            return StatusCode::NOT_FOUND.into_response();
        }
        let question: Value = serde_json::from_slice(body).unwrap_or_default();
        *lock(&self.last) = Some(question.clone());
        Json(self.verdict(&question)).into_response()
    }

    fn verdict(&self, question: &Value) -> Value {
        let refused = |fault: &str| json!({ "success": false, "error-codes": [fault] });
        if question["secret"] != SECRET {
            return refused("invalid-input-secret");
        }
        let Some(token) = question["response"].as_str().filter(|token| !token.is_empty()) else {
            return refused("missing-input-response");
        };
        match lock(&self.tokens).remove(token) {
            Some(Given { hostname, action }) => {
                json!({ "success": true, "error-codes": [], "hostname": hostname, "action": action, "cdata": "" })
            }
            None if token.starts_with("played.") => refused("timeout-or-duplicate"),
            None => refused("invalid-input-response"),
        }
    }
}
