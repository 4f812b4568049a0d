//! `GET /docs`: Swagger UI, out of this binary alone.

use std::sync::Arc;

use axum::{
    extract::Path,
    http::{HeaderName, header},
    response::{Html, IntoResponse, Response},
};
use shared::{
    error::{self, Detail},
    http::{Content, Operation},
};
use utoipa_swagger_ui::Config;

use crate::TAG;

const PAGE: &str = include_str!("page/index.html");
const START: &str = include_str!("page/start.js");

/// Everything comes from here, nothing stands in the page itself. Icons are in the style sheet.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page.
pub async fn page() -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "public, max-age=300"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    (headers, Html(PAGE)).into_response()
}

pub fn page_operation() -> Operation {
    Operation::new("docs", "The page that shows this document and tries its operations.").tag(TAG).other(
        200,
        "The page",
        Content::Text("text/html; charset=utf-8"),
    )
}

/// A script or style of the page.
pub async fn file(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "start.js" => send("text/javascript", START).into_response(),
        "swagger-ui.css" => swagger_ui(&name, "text/css"),
        "swagger-ui-bundle.js" => swagger_ui(&name, "text/javascript"),
        _ => error::not_found(),
    }
}

pub fn file_operation() -> Operation {
    Operation::new("docs_file", "A script or style of the page.")
        .tag(TAG)
        .path("file", "The name of the file")
        .other(200, "The file", Content::Text("text/*"))
        .answer(404, "Not Found", &Detail { detail: "Not Found".into() })
}

/// Kept compressed. A client that asks for no encoding takes any (RFC 9110), and every browser takes this one.
fn swagger_ui(name: &str, media: &'static str) -> Response {
    match utoipa_swagger_ui::serve(name, Arc::new(Config::default())) {
        Ok(Some(file)) => {
            let encoding = file.gzpipped.then_some([(header::CONTENT_ENCODING, "gzip")]);
            (encoding, send(media, file.bytes)).into_response()
        }
        _ => error::not_found(),
    }
}

fn send<T>(media: &'static str, bytes: T) -> ([(HeaderName, &'static str); 3], T) {
    let headers = [
        (header::CONTENT_TYPE, media),
        (header::CACHE_CONTROL, "public, max-age=86400"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes)
}
