//! The OpenAPI document and its page. Static: it knows no table, no key and no caller.

mod page;

use axum::{
    Router,
    extract::Request,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value};
use shared::{
    config::Stage,
    edge::Edge,
    http::{Content, DEADLINE, Operation, Route, Routes, redirect},
    invocation::Function,
};

/// Made by `make openapi`; a test holds it against the code.
const DOCUMENT: &str = include_str!("../openapi.json");
/// The group of these routes in the document.
const TAG: &str = "Documentation";

fn listed<const DESCRIBED: bool>() -> Routes<(), DESCRIBED> {
    Routes::new()
        .get("/openapi.json", document, document_operation)
        .get("/docs", page::page, page::page_operation)
        .get("/docs/{file}", page::file, page::file_operation)
        .get("/", root, root_operation)
}

/// The function: what it does for each kind of event.
#[must_use]
pub fn function(stage: Stage, edge: Edge) -> Function<()> {
    Function::over(()).http(router(stage, edge))
}

/// Every route of this function, where `stage` says that it stands and behind `edge`.
pub fn router(stage: Stage, edge: Edge) -> Router {
    listed::<false>().serve((), DEADLINE, stage, edge)
}

/// The routes of this function, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}

async fn document() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, DOCUMENT).into_response()
}

fn document_operation() -> Operation {
    let example = Map::from_iter([("openapi".to_owned(), Value::from("3.1.0"))]);
    Operation::new("openapi", "This document.").tag(TAG).ok(&example)
}

async fn root(request: Request) -> Response {
    redirect(&request, "/docs")
}

fn root_operation() -> Operation {
    Operation::new("home", "Leads to the page.").tag(TAG).other(307, "To /docs", Content::Empty)
}
