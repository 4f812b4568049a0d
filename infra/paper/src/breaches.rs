//! Have I Been Pwned's range API: which passwords were stolen, by the first five digits of their SHA-1. Here it knows those that it is told.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::lock::lock;
use crate::{Canned, request};

/// Where it is.
const HOST: &str = "api.pwnedpasswords.com";
/// How many lines an answer with fillers has.
const PADDED: usize = 800;

/// The stolen passwords, and who asks for them.
#[derive(Default)]
pub struct Breaches {
    /// By SHA-1, in upper-case digits.
    stolen: Mutex<BTreeSet<String>>,
    /// What is answered instead.
    canned: Mutex<Option<Canned>>,
    asked: Mutex<Vec<String>>,
}

impl Breaches {
    /// From now on this password is one that was stolen.
    pub fn steal(&self, password: &str) {
        lock(&self.stolen).insert(digits(&SHA1_FOR_LEGACY_USE_ONLY, password));
    }

    /// Nothing was ever stolen or asked, and answers are what they should be.
    pub fn reset(&self) {
        lock(&self.stolen).clear();
        lock(&self.canned).take();
        lock(&self.asked).clear();
    }

    /// Lets this be the answer to everybody; `None` lets it work again.
    pub fn set_canned(&self, canned: Option<Canned>) {
        *lock(&self.canned) = canned;
    }

    /// Every request so far, whole and as text.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        lock(&self.asked).clone()
    }

    /// Whether a request is for it.
    pub(crate) fn is_addressee(headers: &HeaderMap, uri: &Uri) -> bool {
        request::host(headers, uri).is_some_and(|host| host == HOST)
    }

    /// Answers one request.
    pub(crate) async fn answer(&self, parts: &Parts, body: &[u8]) -> Response {
        lock(&self.asked).push(text(parts, body));
        let canned = lock(&self.canned).clone();
        match canned {
            Some(canned) => canned.answer().await,
            None => self.range(parts),
        }
    }

    fn range(&self, parts: &Parts) -> Response {
        if !parts.headers.contains_key(header::USER_AGENT) {
            return (StatusCode::FORBIDDEN, "The request must have a user agent").into_response();
        }
        let prefix = parts.uri.path().strip_prefix("/range/").map(str::to_ascii_uppercase).unwrap_or_default();
        if prefix.len() != 5 || !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return (StatusCode::BAD_REQUEST, "The hash prefix was not in a valid format").into_response();
        }
        let stolen = lock(&self.stolen);
        let mut lines: BTreeSet<_> =
            stolen.iter().filter_map(|hash| Some(format!("{}:3", hash.strip_prefix(&prefix)?))).collect();
        // Somebody else's: there is no range without any.
        lines.insert(format!("{}:1", filler(&prefix, 0)));
        if parts.headers.get("add-padding").is_some_and(|value| value == "true") {
            lines.extend((1..).map(|number| format!("{}:0", filler(&prefix, number))).take(PADDED - lines.len()));
        }
        let lines: Vec<_> = lines.into_iter().collect();
        ([(header::CONTENT_TYPE, "text/plain")], lines.join("\r\n")).into_response()
    }
}

/// A hash of nothing in a range, without its prefix.
fn filler(prefix: &str, number: usize) -> String {
    let mut hash = digits(&SHA256, &format!("{prefix}{number}"));
    hash.truncate(35);
    hash
}

fn digits(algorithm: &'static Algorithm, text: &str) -> String {
    digest(algorithm, text.as_bytes()).as_ref().iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02X}");
        digits
    })
}

fn text(parts: &Parts, body: &[u8]) -> String {
    let mut text = format!("{} {}\n", parts.method, parts.uri);
    for (name, value) in &parts.headers {
        let _ = writeln!(text, "{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    text + "\n" + &String::from_utf8_lossy(body)
}
