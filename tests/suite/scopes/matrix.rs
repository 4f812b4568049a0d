//! Every route by everything that may be shown to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::{
    caller::scope::Scope,
    http::{Route, Security},
};
use tests::{Person, Reply, Request, Session, World, authorized};

use super::{ELSEWHERE, TABLE, Token, ends_token, good_for, makes_token};
use crate::{api_keys::keeps_a_key, auth::changes::resets};

const DAY: u64 = 24 * 60 * 60;
const NOBODYS: &str = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";

/// What is shown to a route.
enum Shown<'a> {
    Nothing,
    /// The access token of the owner's session.
    Session,
    /// A token of the owner's with these scopes.
    Good(&'a [Scope]),
    /// Another account's, with all scopes.
    OfAnother,
    /// A token with all scopes that is not good from where it is shown from.
    FromElsewhere,
    /// What is worthless.
    Void,
}

/// Somebody, what keys are called that he adds, and how many he has added.
struct Owner<'w> {
    world: &'w World,
    session: Session,
    keys: u32,
}

impl Owner<'_> {
    fn next(&mut self) -> String {
        self.keys += 1;
        format!("key-number-{:05}", self.keys)
    }

    /// A request that is a good one, to a key of the owner's where it is to a key: each gets a fresh one.
    async fn request(&mut self, route: &Route, token: &str) -> Request {
        let mut path = route.path.to_owned();
        if path.starts_with("/api/v1/api-keys/{key_id}") {
            let name = self.next();
            let key = keeps_a_key(self.world, &self.session, &name).await;
            path = path.replace("/api/v1/api-keys/{key_id}", &key);
        }
        for (name, value) in [("{file}", "start.js"), ("{provider}", "sumsub")] {
            path = path.replace(name, value);
        }
        let parts = path.split('/').map(|part| if part.starts_with('{') { NOBODYS } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        let body = match (route.method, route.path) {
            ("POST", "/api/v1/api-keys/") => {
                let name = self.next();
                Some(json!({ "exchange": "binance", "label": name, "api_key": name, "secret": "a-secret-of-binance" }))
            }
            ("PATCH", "/api/v1/api-keys/{key_id}") => Some(json!({ "label": "changed" })),
            _ => None,
        };
        match token {
            "" => Request { headers: Vec::new(), ..authorized(route.method, &path, token, body) },
            token => authorized(route.method, &path, token, body),
        }
    }
}

/// A status, the detail of its body, and what is asked for in its head: how programs are refused.
fn refused(reply: &Reply) -> (u64, &str, Option<&str>) {
    (reply.status, reply.body["detail"].as_str().unwrap_or_default(), reply.header("www-authenticate"))
}

/// Holds an answer against what the document says of who may ask.
fn hold(route: &Route, what: &str, shown: &Shown<'_>, reply: &Reply, anonymous: u64) {
    let security = (route.operation)().security;
    let place = format!("{} {} by {what}", route.method, route.path);
    match (security, shown) {
        // Who is asked for nothing is asked for nothing: a token is not even looked at.
        (Security::None, _) => assert_eq!(reply.status, anonymous, "{place}: {reply:?}"),
        (Security::Provider, _) | (Security::Session | Security::Allowed(_), Shown::Nothing) => {
            assert_eq!(reply.status, 401, "{place}: {reply:?}");
        }
        (Security::Session, Shown::Session) => assert_ne!(reply.status, 401, "{place}: {reply:?}"),
        (Security::Session, _) | (Security::Allowed(_), Shown::Void) => {
            let void = (401, "Invalid or expired token", Some(r#"Bearer error="invalid_token""#));
            assert_eq!(refused(reply), void, "{place}: {reply:?}");
        }
        (Security::Allowed(_), Shown::Session) => assert_eq!(reply.status, 200, "{place}: {reply:?}"),
        (Security::Allowed(scope), Shown::Good(scopes)) if scopes.contains(&scope) => {
            assert_eq!(reply.status, 200, "{place}: {reply:?}");
        }
        (Security::Allowed(scope), Shown::Good(_)) => {
            let challenge = format!(r#"Bearer error="insufficient_scope", scope="{}""#, scope.as_str());
            assert_eq!(refused(reply), (403, "Insufficient scope", Some(challenge.as_str())), "{place}: {reply:?}");
        }
        (Security::Allowed(_), Shown::OfAnother) => {
            let status = if route.path.contains("{key_id}") { 404 } else { 200 };
            assert_eq!(reply.status, status, "{place}: {reply:?}");
        }
        (Security::Allowed(_), Shown::FromElsewhere) => {
            let detail = format!("This token is not good from here: {ELSEWHERE}");
            assert_eq!(refused(reply), (403, detail.as_str(), None), "{place}: {reply:?}");
        }
    }
}

/// A token that its owner made and that something has ended since.
async fn ended(world: &World, how: &str) -> Token {
    let (person, session) = world.person().signed_in().await;
    let token = makes_token(world, &session, good_for(&Scope::ALL.map(Scope::as_str))).await;
    token.asks(world, "GET", "/auth/profile", None).await.assert_ok();
    match how {
        "revoked" => ends_token(world, &session, &token).await,
        "deleted" => leaves(&person, &session).await,
        _ => resets(world, &person.is_offered_a_password().await, "chosen a moment ago").await,
    }
    .assert_ok();
    token
}

async fn leaves(person: &Person<'_>, session: &Session) -> Reply {
    let body = json!({ "current_password": person.password });
    person.world.post_as(session, "/auth/delete-account", body).await
}

/// Another secret for the same row.
fn with_another_secret(token: &Token) -> String {
    let (rest, last) = token.secret.split_at(token.secret.len() - 2);
    format!("{rest}{}{}", if last.starts_with('A') { 'B' } else { 'A' }, &last[1..])
}

#[tokio::test]
async fn every_route_lets_in_whom_its_document_names_and_nobody_else() {
    let world = World::start().await;
    let (person, session) = world.person().signed_in().await;
    let all = Scope::ALL.map(Scope::as_str);
    let expired = makes_token(&world, &session, with_days(&all, 1)).await;
    world.advance(DAY);
    let session = Session::of(&person.logs_in().await);
    let mut owner = Owner { world: &world, session, keys: 0 };

    let good = makes_token(&world, &owner.session, good_for(&all)).await;
    let single: Vec<_> = Scope::ALL.into_iter().map(|scope| [scope]).collect();
    let mut shown = vec![
        ("nothing", Shown::Nothing, String::new()),
        ("a session", Shown::Session, owner.session.access.clone()),
        ("a token of all scopes", Shown::Good(&Scope::ALL), good.secret.clone()),
        ("a token from elsewhere", Shown::FromElsewhere, good.secret.clone()),
        ("a token in part", Shown::Void, good.secret[..91].to_owned()),
        ("a token with another secret", Shown::Void, with_another_secret(&good)),
        ("an expired token", Shown::Void, expired.secret),
    ];
    for scope in &single {
        let token = makes_token(&world, &owner.session, good_for(&scope.map(Scope::as_str))).await;
        shown.push((scope[0].as_str(), Shown::Good(scope), token.secret));
    }
    for how in ["revoked", "deleted", "reset"] {
        shown.push((how, Shown::Void, ended(&world, how).await.secret));
    }
    let (_, bob) = world.person().signed_in().await;
    shown.push(("another's token", Shown::OfAnother, makes_token(&world, &bob, good_for(&all)).await.secret));

    for route in openapi::routes() {
        let mut anonymous = 0;
        for (what, shown, token) in &shown {
            let request = owner.request(&route, token).await;
            let client = if matches!(shown, Shown::FromElsewhere) { ELSEWHERE } else { "203.0.113.9" };
            let reply = world.send_from(client, request).await;
            if matches!(shown, Shown::Nothing) {
                anonymous = reply.status;
            }
            hold(&route, what, shown, &reply, anonymous);
        }
    }
}

fn with_days(scopes: &[&str], days: u32) -> Value {
    let mut wanted = good_for(scopes);
    wanted["expires_in_days"] = json!(days);
    wanted
}

#[test]
fn programs_are_let_in_where_the_table_says_and_nowhere_else() {
    let routes = openapi::routes().into_iter();
    let documented: BTreeMap<_, _> = routes
        .filter_map(|route| match (route.operation)().security {
            Security::Allowed(scope) => Some(((route.method, route.path), scope.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(documented, TABLE.map(|(method, path, scope)| ((method, path), scope)).into());
}
