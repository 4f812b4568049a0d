//! A person plays an identity provider: one click sends a signed report and shows what it has changed.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, body::Body};
use kyc::providers::KycStatus;
use serde::Deserialize;

use super::page::{STYLE, escaped};
use crate::Play;
use crate::identity::{Reported, Reporter, Sayable, Trouble, Wanted};

/// Bytes; nobody types more.
const BODY_LIMIT: usize = 64 * 1024;
/// Nothing is loaded, nothing runs, and the form goes nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";

/// The form: its fields, and the button that was pressed, as `provider status`.
#[derive(Deserialize)]
pub(super) struct Clicked {
    user: String,
    session: String,
    report: String,
}

pub(super) async fn page(State(play): State<Arc<Play>>) -> Response {
    answer(StatusCode::OK, &form(&sayable(&play), "", "", ""))
}

pub(super) async fn json(State(play): State<Arc<Play>>) -> Json<Vec<Sayable>> {
    Json(sayable(&play))
}

/// A click is answered with the page; everything else is taken as JSON, whatever content type it comes with.
pub(super) async fn send(State(play): State<Arc<Play>>, request: Request) -> Response {
    let kind = request.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded")) {
        return match Form::from_request(request, &()).await {
            Ok(Form(clicked)) => click(&play, &clicked).await,
            Err(rejection) => rejection.into_response(),
        };
    }
    match read(request.into_body()).await {
        Ok(wanted) => match reported(&play, &wanted).await {
            Ok(outcome) => Json(outcome).into_response(),
            Err((status, reason)) => (status, format!("{reason}\n")).into_response(),
        },
        Err(refusal) => refusal.into_response(),
    }
}

async fn read(body: Body) -> Result<Wanted, (StatusCode, String)> {
    let body = to_bytes(body, BODY_LIMIT).await;
    let body = body.map_err(|_| (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large\n".to_owned()))?;
    serde_json::from_slice(&body).map_err(|error| (StatusCode::BAD_REQUEST, format!("{error}\n")))
}

async fn click(play: &Play, Clicked { user, session, report }: &Clicked) -> Response {
    let (user, session) = (user.trim(), session.trim());
    let result = match wanted(user, session, report) {
        Some(wanted) => reported(play, &wanted).await,
        None => Err((StatusCode::BAD_REQUEST, "there is no such status".to_owned())),
    };
    let (status, said) = match result {
        Ok(Reported { answer, status }) => {
            let text = format!("{report}: answered {answer}; the check stands at {}.", status.as_str());
            (StatusCode::OK, text)
        }
        Err((status, reason)) => (status, format!("{report}: {reason}.")),
    };
    answer(status, &form(&sayable(play), user, session, &said))
}

fn wanted(user: &str, session: &str, report: &str) -> Option<Wanted> {
    let (provider, status) = report.split_once(' ')?;
    let (provider, user, session) = (provider.to_owned(), user.to_owned(), Some(session.to_owned()));
    Some(Wanted { provider, status: KycStatus::parse(status)?, user, session, occurred_at: None })
}

async fn reported(play: &Play, wanted: &Wanted) -> Result<Reported, (StatusCode, String)> {
    let Some(reporter) = &play.reporter else {
        let reason = "no report can be signed: STAGE is not local, or KYC_WEBHOOK_SECRETS is not set";
        return Err((StatusCode::FORBIDDEN, reason.to_owned()));
    };
    reporter.send(wanted).await.map_err(|trouble| match trouble {
        Trouble::Unsayable(reason) => (StatusCode::BAD_REQUEST, reason.to_owned()),
        Trouble::Silence(reason) => (StatusCode::BAD_GATEWAY, reason),
    })
}

fn sayable(play: &Play) -> Vec<Sayable> {
    play.reporter.iter().flat_map(Reporter::sayable).collect()
}

fn answer(status: StatusCode, page: &str) -> Response {
    (status, [(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page.to_owned())).into_response()
}

/// The page: what was entered before, and what has come of it. Whatever comes from elsewhere is escaped.
fn form(sayable: &[Sayable], user: &str, session: &str, said: &str) -> String {
    let rows: String = sayable.iter().map(row).collect();
    let rows = if rows.is_empty() { "<p>No webhook secrets are known in the clear.".to_owned() } else { rows };
    let said = if said.is_empty() { String::new() } else { format!("<p><strong>{}</strong>", escaped(said)) };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Identity providers</title><style>{STYLE}</style>\
         <h1>Identity providers</h1><p>A click sends a report of that provider, signed as it signs, to the webhook of the functions. \
         The user is <code>user.id</code> of the answer to a sign-in.{said}<form method=post action=/kyc>\
         <p><label>User <input name=user size=40 required value=\"{}\"></label> \
         <label>Session <input name=session size=20 placeholder=\"one per provider\" value=\"{}\"></label>\
         <table>{rows}</table></form></html>",
        escaped(user),
        escaped(session),
    )
}

fn row(Sayable { provider, name, statuses }: &Sayable) -> String {
    let button = |status: &KycStatus| {
        let status = status.as_str();
        format!("<button name=report value=\"{} {status}\">{status}</button> ", escaped(provider))
    };
    let buttons: String = statuses.iter().map(button).collect();
    format!("<tr><th>{}<td>{buttons}</tr>", escaped(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_entered_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        let sayable = Sayable { provider: evil, name: evil, statuses: vec![KycStatus::Approved] };
        let page = form(&[sayable], evil, evil, evil);
        assert!(!page.contains("<script") && !page.contains("'1'") && !page.contains("\"\">"), "{page}");
        assert_eq!(page.matches("&quot;&gt;&lt;script&gt;").count(), 5, "{page}");
    }
}
