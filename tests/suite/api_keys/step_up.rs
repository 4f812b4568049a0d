//! Whoever has second factors has proven one of late, or is shown no secret and stores none. The session's row decides.

use admin::{switching, vault_freeze};
use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Reply, Session, World};

use super::{Owner, assert_conflict, assert_no_key, binance, binance_likes, rows, text, with};
use crate::auth::changes::resets;

/// How a session stands to its account's second factors, and how long ago that was proven, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    factors: bool,
    aal: &'static str,
    age: i64,
}

pub const WITHOUT: Standing = Standing { factors: false, aal: "aal1", age: 86_000 };
const PASSWORD: Standing = Standing { factors: true, aal: "aal1", age: 0 };
const STALE: Standing = Standing { factors: true, aal: "aal2", age: 301 };
pub const FRESH: Standing = Standing { factors: true, aal: "aal2", age: 300 };

/// Writes into the row of a session how it stands.
pub async fn stands(owner: &Owner<'_>, standing: Standing) {
    let proven = owner.world.now().as_second() - standing.age;
    let facts = [("mfa", json!(standing.factors)), ("aal", json!(standing.aal)), ("auth_time", json!(proven))];
    for (attribute, value) in facts {
        changes_session(owner, attribute, value).await;
    }
}

/// Changes an attribute of the only session that somebody has.
pub async fn changes_session(owner: &Owner<'_>, attribute: &str, value: Value) {
    let mut rows = owner.world.rows_of("Sessions", &format!("ACCOUNT#{}", owner.session.user_id)).await;
    rows.retain(|row| row["sk"] != "GUARD");
    assert_eq!(rows.len(), 1, "one session");
    owner.world.tamper("Sessions", &rows[0], attribute, value).await;
}

/// Somebody with a key that works, and its id.
async fn with_a_key(world: &World) -> (Owner<'_>, String) {
    let owner = Owner::of(world).await;
    let key = binance(&format!("name-{}", owner.session.user_id));
    let id = owner.keeps(&key).await;
    (owner, id)
}

pub fn is_asked_for_a_proof(reply: &Reply) {
    let data = json!({ "code": "STEP_UP_REQUIRED", "aal": "aal2", "max_age": 300 });
    let body = json!({ "success": false, "message": "Confirm that it is you", "data": data });
    assert_eq!((reply.status, &reply.body), (403, &body), "{reply:?}");
    let challenge = r#"Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300""#;
    assert_eq!(reply.header("www-authenticate"), Some(challenge));
}

pub fn lacks_a_factor(reply: &Reply) {
    let body = json!({
        "success": false,
        "message": "Exchange keys can be stored and shown once your account has a second factor",
        "data": { "code": "MFA_REQUIRED" },
    });
    assert_eq!((reply.status, &reply.body), (403, &body), "{reply:?}");
}

/// What shows a secret or brings one.
fn guarded(id: &str, name: &str) -> [(&'static str, String, Option<Value>); 5] {
    let new = |which: u8| binance(&format!("{name}-{which}"));
    let secret = json!({ "secret": format!("secret-{name}") });
    let label_and_all = json!({ "label": "y", "api_key": format!("{name}-1"), "secret": "another-secret" });
    [
        ("POST", format!("{id}/decrypt"), None),
        ("PATCH", id.to_owned(), Some(secret)),
        ("PATCH", id.to_owned(), Some(label_and_all)),
        ("POST", String::new(), Some(new(2))),
        ("POST", String::new(), Some(with(&new(3), json!({ "verify": true })))),
    ]
}

/// What any session may do, in an order in which all of it works.
fn open_to_all(id: &str) -> [(&'static str, String, Option<Value>); 7] {
    [
        ("GET", String::new(), None),
        ("GET", format!("{id}/events"), None),
        ("POST", format!("{id}/test-connection"), None),
        ("PATCH", id.to_owned(), Some(json!({ "label": "x" }))),
        ("PATCH", id.to_owned(), Some(json!({ "is_active": false }))),
        ("PATCH", id.to_owned(), Some(json!({ "is_active": true }))),
        ("DELETE", id.to_owned(), None),
    ]
}

/// What is new in the table of the vault, by action and outcome; nothing that was there may have changed.
async fn news(world: &World, before: &[Value]) -> Vec<(String, String)> {
    let now = rows(world).await;
    assert!(before.iter().all(|row| now.contains(row)), "a row has changed");
    let new = now.iter().filter(|row| !before.contains(row));
    new.map(|row| (text(&row["action"]), text(&row["outcome"]))).collect()
}

#[tokio::test]
async fn what_shows_or_brings_a_secret_wants_a_proof_of_late_from_whoever_has_factors() {
    let world = World::start().await;
    binance_likes(&world, true);
    for (standing, passes) in [(WITHOUT, true), (PASSWORD, false), (STALE, false), (FRESH, true)] {
        let (owner, id) = with_a_key(&world).await;
        stands(&owner, standing).await;
        for (method, rest, body) in guarded(&id, &format!("another-{}", owner.session.user_id)) {
            let (before, asked) = (rows(&world).await, world.aws.paper().calls());
            let (reply, calls) = world.calls(owner.sends(method, &rest, body)).await;
            if passes {
                reply.assert_ok();
                continue;
            }
            is_asked_for_a_proof(&reply);
            assert!(calls.kms.is_empty(), "{method} {rest}: {calls:?}");
            assert_eq!(world.aws.paper().calls(), asked, "no exchange is asked");
            let tried = |action: &str| vec![(action.to_owned(), "STEP_UP_REQUIRED".to_owned())];
            // Where nothing is stored yet there is nothing to get at.
            let (written, read) = match (method, rest.as_str()) {
                ("PATCH", _) => (tried("update"), vec![("GetItem", 2), ("PutItem", 1)]),
                (_, "") => (Vec::new(), vec![("GetItem", 1)]),
                _ => (tried("decrypt"), vec![("GetItem", 2), ("PutItem", 1), ("UpdateItem", 1)]),
            };
            assert_eq!(news(&world, &before).await, written, "{method} {rest}");
            let read = read.into_iter().map(|(name, times)| (name.to_owned(), times)).collect();
            assert_eq!(calls.dynamodb, read, "{method} {rest}");
        }
    }
}

#[tokio::test]
async fn all_else_asks_for_a_session_and_no_more() {
    let world = World::start().await;
    binance_likes(&world, true);
    for standing in [WITHOUT, PASSWORD, STALE, FRESH] {
        let (owner, id) = with_a_key(&world).await;
        stands(&owner, standing).await;
        for (method, rest, body) in open_to_all(&id) {
            owner.sends(method, &rest, body).await.assert_ok();
        }
    }
}

#[tokio::test]
async fn the_owner_sees_who_tried_and_no_use_of_the_credential_is_counted() {
    let world = World::start().await;
    let (owner, id) = with_a_key(&world).await;
    stands(&owner, STALE).await;
    for _ in 0..20 {
        is_asked_for_a_proof(&owner.decrypts(&id).await);
    }
    assert_eq!(owner.decrypts(&id).await.status, 429, "that is counted as ever");
    let events = owner.events(&id).await;
    let tries = events.iter().filter(|event| event["outcome"] == "STEP_UP_REQUIRED");
    assert!(tries.clone().all(|event| (&event["action"], &event["by"]) == (&json!("decrypt"), &json!("user"))));
    assert_eq!(tries.count(), 20);
    assert_eq!(owner.sees(&id).await["last_decrypted_at"], Value::Null);
    world.advance(60);
    stands(&owner, FRESH).await;
    owner.decrypts(&id).await.assert_ok();
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_answered() {
    let world = World::start().await;
    let (owner, id) = with_a_key(&world).await;
    stands(&owner, STALE).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("PutItem"));
    owner.decrypts(&id).await.assert_unavailable();
    owner.changes(&id, json!({ "secret": "another" })).await.assert_unavailable();
}

#[tokio::test]
async fn who_has_no_such_key_is_told_nothing_else() {
    for require_mfa in [false, true] {
        let world = World::with_vault(|config| config.require_mfa = require_mfa).await;
        let ada = Owner::of(&world).await;
        stands(&ada, FRESH).await;
        let id = ada.keeps(&binance("a-key-of-adas-own")).await;
        let eve = Owner::of(&world).await;
        for standing in [WITHOUT, PASSWORD, STALE] {
            stands(&eve, standing).await;
            let before = rows(&world).await;
            for id in [&id, "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11", "7"] {
                assert_no_key(&eve.decrypts(id).await);
                assert_no_key(&eve.changes(id, json!({ "secret": "another" })).await);
            }
            assert_eq!(news(&world, &before).await, [], "{standing:?}");
        }
    }
}

/// An account whose owner has set a password by a mailed link a moment ago, and has signed in since.
async fn frozen(world: &World) -> (Owner<'_>, String) {
    let (ada, session) = world.person().signed_in().await;
    let id = Owner { world, session }.keeps(&binance("the-first-name-1")).await;
    resets(world, &ada.is_offered_a_password().await, &ada.password).await.assert_ok();
    (Owner { world, session: Session::of(&ada.logs_in().await) }, id)
}

/// A proof by a factor that is older than what shut the vault opens it, so it is asked for first.
#[tokio::test]
async fn a_proof_is_asked_for_before_a_shut_vault_says_so() {
    let world = World::start().await;
    let (owner, id) = frozen(&world).await;
    for standing in [PASSWORD, STALE] {
        stands(&owner, standing).await;
        is_asked_for_a_proof(&owner.decrypts(&id).await);
    }
    for standing in [WITHOUT, FRESH] {
        stands(&owner, standing).await;
        assert_conflict(&owner.decrypts(&id).await, "VAULT_FROZEN");
    }
}

#[tokio::test]
async fn a_session_without_the_copy_of_a_freeze_is_exempt_until_operators_shut_the_vault() {
    let world = World::start().await;
    let (owner, id) = frozen(&world).await;
    stands(&owner, FRESH).await;
    changes_session(&owner, "frozen_until", Value::Null).await;
    owner.decrypts(&id).await.assert_ok();
    let guards = world.rows_of("Sessions", &format!("ACCOUNT#{}", owner.session.user_id)).await;
    let guard = guards.iter().find(|row| row["sk"] == "GUARD").unwrap();
    assert!(guard["frozen_until"].as_i64() > Some(world.now().as_second()), "the account is still frozen: {guard}");

    let wanted = vault_freeze::Wanted { on: true, off: false };
    let arguments = switching::Arguments { wanted, yes: true };
    switching::switch(&world.operator(), &arguments, &world.clock).await.unwrap();
    world.advance(30);
    stands(&owner, FRESH).await;
    assert_conflict(&owner.decrypts(&id).await, "VAULT_FROZEN");
}

#[tokio::test]
async fn where_factors_are_required_an_account_without_stores_and_sees_nothing() {
    let world = World::with_vault(|config| config.require_mfa = true).await;
    binance_likes(&world, true);
    let owner = Owner::of(&world).await;
    stands(&owner, FRESH).await;
    let id = owner.keeps(&binance("the-first-name-1")).await;
    owner.decrypts(&id).await.assert_ok();

    // However lately its owner has signed in.
    stands(&owner, Standing { age: 0, ..WITHOUT }).await;
    let asked = world.aws.paper().calls();
    let second = binance("the-second-name2");
    for body in [second.clone(), with(&second, json!({ "verify": true }))] {
        let before = rows(&world).await;
        let (reply, calls) = world.calls(owner.creates(&body)).await;
        lacks_a_factor(&reply);
        assert!(calls.kms.is_empty(), "{calls:?}");
        assert_eq!(news(&world, &before).await, []);
    }
    assert_eq!(world.aws.paper().calls(), asked);
    let before = rows(&world).await;
    let (reply, calls) = world.calls(owner.decrypts(&id)).await;
    lacks_a_factor(&reply);
    assert!(calls.kms.is_empty(), "{calls:?}");
    assert_eq!(news(&world, &before).await, [("decrypt".to_owned(), "MFA_REQUIRED".to_owned())]);
    assert_eq!(owner.events(&id).await[0]["outcome"], "MFA_REQUIRED");

    // With factors the proof has to be of late, as everywhere.
    stands(&owner, STALE).await;
    is_asked_for_a_proof(&owner.creates(&second).await);
    is_asked_for_a_proof(&owner.decrypts(&id).await);
    // What else there is to do with a key goes on.
    stands(&owner, WITHOUT).await;
    owner.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    for (method, rest, body) in open_to_all(&id) {
        owner.sends(method, &rest, body).await.assert_ok();
    }
}

#[tokio::test]
async fn a_frozen_account_without_factors_is_told_first_that_it_needs_one() {
    let world = World::with_vault(|config| config.require_mfa = true).await;
    let (ada, session) = world.person().signed_in().await;
    let owner = Owner { world: &world, session };
    stands(&owner, FRESH).await;
    let id = owner.keeps(&binance("the-first-name-1")).await;
    resets(&world, &ada.is_offered_a_password().await, &ada.password).await.assert_ok();
    let owner = Owner { world: &world, session: Session::of(&ada.logs_in().await) };
    lacks_a_factor(&owner.decrypts(&id).await);
}
