//! What reading and checking a login body costs, beside what `serde_json` takes to parse the same bytes without a check.

#![expect(clippy::expect_used, reason = "without its fixtures there is nothing to measure")]

use axum::{
    body::Body as Bytes,
    extract::FromRequest,
    http::{Request, header},
};
use shared::{
    email::EmailAddress,
    http::{Body, Fields, Input, SecretText},
};

struct Login {
    _email: EmailAddress,
    _password: SecretText,
}

impl Input for Login {
    fn read(fields: &mut Fields) -> Option<Self> {
        let email = fields.required("email", "User email address");
        let password = fields.required("password", "User password");
        Some(Self { _email: email?, _password: password? })
    }
}

const PLAIN: &str = r#"{"email":"ada.lovelace@example.com","password":"correct horse battery staple"}"#;
const INTERNATIONAL: &str = r#"{"email":"jürgen@bücher.example.com","password":"correct horse battery staple"}"#;
const WRONG: &str = r#"{"email":"nobody"}"#;

fn main() {
    divan::main();
}

#[divan::bench(args = [PLAIN, INTERNATIONAL, WRONG])]
fn read_and_check(bencher: divan::Bencher<'_, '_>, body: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    bencher.with_inputs(|| request(body)).bench_values(|request| {
        runtime.block_on(Body::<Login>::from_request(request, &())).map(|_| ()).map_err(|_| ())
    });
}

#[divan::bench(args = [PLAIN, INTERNATIONAL, WRONG])]
fn parse_only(body: &str) -> Option<serde_json::Value> {
    serde_json::from_str(divan::black_box(body)).ok()
}

fn request(body: &str) -> Request<Bytes> {
    let request = Request::post("/auth/login").header(header::CONTENT_TYPE, "application/json");
    request.body(Bytes::from(body.to_owned())).expect("a request")
}
