//! The wire contract: cases recorded from the original's framework, replayed through the routers as API Gateway events and, on
//! demand, through a running service.
//!
//! Comparison is exact, numbers included, but for the words in which an e-mail address is refused.

mod compare;
mod wire;

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use compat::json::{self, Json};
use tests::{Reply, Request, World};

use self::compare::{difference, items, items_of, member, members, text};

/// How the clients of these cases address the routers.
const BASE: &str = "https://api.example.com";

/// What came of the cases: by category, how many were answered as recorded and how many not; and each that was not.
#[derive(Default)]
struct Outcome {
    by_category: BTreeMap<String, (u32, u32)>,
    failures: Vec<String>,
}

impl Outcome {
    fn add(&mut self, case: &Json, base: &str, reply: &Reply) {
        let wanted = [member(case, "expected")].into_iter().chain(items_of(case, "also_ok").iter().map(Some)).flatten();
        let differences: Vec<_> = wanted.map(|wanted| difference(case, base, reply, wanted)).collect();
        let category = text(case, "category").unwrap().to_owned();
        let (right, wrong) = self.by_category.entry(category).or_default();
        if differences.iter().any(Option::is_none) {
            *right += 1;
        } else {
            *wrong += 1;
            self.failures.push(format!("{}: {}", text(case, "name").unwrap(), differences[0].as_ref().unwrap()));
        }
    }

    /// Says how it went; how many were right.
    fn print(&self) -> u32 {
        for (category, (right, wrong)) in &self.by_category {
            println!("{category:28} {right:4} passed {wrong:4} failed");
        }
        println!("{}", self.failures.join("\n"));
        self.by_category.values().map(|(right, _)| right).sum()
    }
}

fn cases() -> Json {
    json::parse(include_bytes!("../../contract/cases.json")).unwrap()
}

#[tokio::test]
async fn every_recorded_case_is_answered_as_recorded() {
    let world = World::start().await;
    let mut outcome = Outcome::default();
    for case in items(&cases()) {
        outcome.add(case, BASE, &world.send(request(case)).await);
    }
    assert_eq!((outcome.print(), outcome.failures.len()), (122, 0));
}

#[test]
#[ignore = "needs a running service: make contract URL=http://127.0.0.1:9000"]
fn a_running_service_answers_every_case_as_recorded() {
    let base = url();
    let mut outcome = Outcome::default();
    for case in items(&cases()) {
        outcome.add(case, &base, &wire::send(&base, &request(case)));
    }
    outcome.print();
    // cargo-lambda decodes bodies itself, before any function sees them.
    outcome.failures.retain(|failure| !failure.starts_with("encoding/"));
    assert!(outcome.failures.is_empty());
}

#[expect(clippy::disallowed_methods, reason = "the service to test is given from outside")]
fn url() -> String {
    std::env::var("CONTRACT_URL").expect("CONTRACT_URL").trim_end_matches('/').to_owned()
}

fn request(case: &Json) -> Request {
    let host = [("host", "api.example.com"), ("x-forwarded-proto", "https")];
    let host = host.map(|(name, value)| (name.to_owned(), value.to_owned()));
    // API Gateway joins repeated headers.
    let own = members(member(case, "headers")).map(|(name, value)| {
        let value = match value {
            Json::Array(values) => values.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", "),
            value => value.as_str().unwrap().to_owned(),
        };
        (name.to_lowercase(), value)
    });
    let encoded = text(case, "body_b64").map(str::to_owned);
    Request {
        method: text(case, "method").unwrap().to_owned().leak(),
        path: text(case, "path").unwrap().to_owned(),
        headers: host.into_iter().chain(own).collect(),
        is_base64: encoded.is_some(),
        body: encoded.or_else(|| text(case, "body").map(str::to_owned)),
    }
}

#[tokio::test]
async fn the_same_body_is_read_plain_and_in_base64() {
    let world = World::start().await;
    let text = r#"{"email":"ada@example.com"}"#;
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let plain = Request {
        method: "POST",
        path: "/auth/login".to_owned(),
        headers,
        body: Some(text.to_owned()),
        is_base64: false,
    };
    let encoded = Request { body: Some(BASE64_STANDARD.encode(text)), is_base64: true, ..plain.clone() };
    assert_eq!(world.send(plain).await.text, world.send(encoded).await.text);
}
