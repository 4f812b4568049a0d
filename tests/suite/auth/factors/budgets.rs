//! What operations of second factors cost: calls to DynamoDB on the warm path, as counted, and never one to KMS. R reads, Q looks for rows,
//! U updates one, T is a transaction; one U of whoever shows a factor counts the client.

use local::Calls;
use serde_json::{Value, json};
use tests::{Added, App, Authenticator, ORIGIN, Reply, Session, World};

use super::STEP;

/// What was done, and what each has cost.
#[derive(Default)]
struct Bill(Vec<String>);

impl Bill {
    /// Adds an answer of this status.
    #[track_caller]
    fn add(&mut self, what: &str, status: u64, (reply, calls): (Reply, Calls)) -> Reply {
        reply.assert_status(status);
        assert!(calls.kms.is_empty() && calls.ses.is_empty(), "{what}: {calls:?}");
        let parts = calls.dynamodb.iter().map(|(name, times)| {
            let letter = match name.as_str() {
                "GetItem" => "R",
                "Query" => "Q",
                "UpdateItem" => "U",
                "TransactWriteItems" => "T",
                _ => name,
            };
            format!("{times}{letter}")
        });
        self.0.push(format!("{what}: {}", parts.collect::<Vec<_>>().join(" ")));
        reply
    }
}

/// Until the app shows another code. Switches are read anew then, which is no part of anything here.
async fn passes(world: &World, session: &Session) {
    world.advance(STEP);
    world.get_as(session, "/auth/profile").await.assert_ok();
}

#[tokio::test]
async fn a_factor_behind_the_password() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (app, Added { session, codes, .. }) = world.enrols_app(&session).await;
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(&session, &mut phone, "Phone").await;
    passes(&world, &session).await;
    let mut bill = Bill::default();
    let asked = bill.add("login, asked for a factor", 401, world.calls(ada.logs_in()).await).body["mfa"].clone();
    let code = json!({ "totp": app.shows(&world) });
    bill.add("a code", 200, world.calls(world.verifies(&asked, code)).await);
    let asked = ada.is_asked_for_a_factor().await;
    let passkey = json!({ "passkey": phone.sign(&asked["passkey"]) });
    bill.add("a passkey", 200, world.calls(world.verifies(&asked, passkey)).await);
    let asked = ada.is_asked_for_a_factor().await;
    let code = json!({ "recovery_code": codes[0] });
    bill.add("a recovery code", 200, world.calls(world.verifies(&asked, code)).await);
    let asked = ada.is_asked_for_a_factor().await;
    bill.add("a wrong code", 401, world.calls(world.verifies(&asked, json!({ "totp": "000 000" }))).await);
    let none = json!({ "token": "none" });
    bill.add("a token that is none", 401, world.calls(world.verifies(&none, json!({ "totp": "000 000" }))).await);
    let expected = [
        "login, asked for a factor: 4R 3U",
        "a code: 3R 1T 2U",
        "a passkey: 5R 1T 1U",
        "a recovery code: 4R 1Q 1T 2U",
        "a wrong code: 3R 2U",
        "a token that is none: 1U",
    ];
    assert_eq!(bill.0, expected);
}

#[tokio::test]
async fn a_passkey_alone() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(&session, &mut phone, "Phone").await;
    let mut bill = Bill::default();
    let options = world.calls(world.post("/auth/mfa/sign-in/options", json!({}))).await;
    let options = bill.add("what to ask for", 200, options);
    let mut signs_in = async |what: &str, status: u64, passkey: &Value| {
        let body = json!({ "passkey": passkey });
        bill.add(what, status, world.calls(world.post("/auth/mfa/sign-in", body)).await);
    };
    let passkey = phone.sign(&options.body["data"]["passkey"]);
    signs_in("a passkey", 200, &passkey).await;
    signs_in("the same again", 401, &passkey).await;
    signs_in("none at all", 401, &json!({})).await;
    let expected = ["what to ask for: ", "a passkey: 4R 1T 1U", "the same again: 7R 1T 1U", "none at all: 1U"];
    assert_eq!(bill.0, expected);
}

#[tokio::test]
async fn a_session_that_proves_again_who_is_there() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut bill = Bill::default();
    let password = json!({ "password": ada.password });
    bill.add("a password, without factors", 200, world.calls(world.steps_up(&session, password)).await);
    let (app, Added { session, codes, .. }) = world.enrols_app(&session).await;
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(&session, &mut phone, "Phone").await;
    passes(&world, &session).await;
    bill.add("a code", 200, world.calls(world.steps_up(&session, json!({ "totp": app.shows(&world) }))).await);
    let options = world.calls(world.post_as(&session, "/auth/mfa/step-up/options", json!({}))).await;
    let options = bill.add("what to ask for", 200, options);
    let passkey = json!({ "passkey": phone.sign(&options.body["data"]["passkey"]) });
    bill.add("a passkey", 200, world.calls(world.steps_up(&session, passkey)).await);
    let code = json!({ "recovery_code": codes[0] });
    bill.add("a recovery code", 200, world.calls(world.steps_up(&session, code)).await);
    let expected = [
        "a password, without factors: 3R 4U",
        "a code: 1R 1T 2U",
        "what to ask for: 1R",
        "a passkey: 3R 1T 1U",
        "a recovery code: 3R 1Q 1T 2U",
    ];
    assert_eq!(bill.0, expected);
}

#[tokio::test]
async fn factors_that_come_and_go() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut bill = Bill::default();
    let enrolment = world.calls(world.post_as(&session, "/auth/mfa/totp", json!({}))).await;
    let enrolment = bill.add("a secret", 200, enrolment);
    let data = &enrolment.body["data"];
    let app = App::new(data["secret"].as_str().unwrap());
    let first = world.calls(world.activates(&session, &data["enrolment"], &app.shows(&world))).await;
    bill.add("the first factor: an app", 200, first);

    let mut phone = Authenticator::new(ORIGIN);
    let options = world.calls(world.post_as(&session, "/auth/mfa/passkeys/options", json!({}))).await;
    let options = bill.add("what to ask for", 200, options);
    let made = phone.make(&options.body["data"]["passkey"]);
    let second = world.calls(world.registers(&session, made, "Phone")).await;
    let second = bill.add("the second one: a passkey", 200, second);
    let path = format!("/auth/mfa/passkeys/{}", second.body["data"]["id"].as_str().unwrap());
    let renamed = world.calls(world.patch_as(&session, &path, json!({ "name": "Old phone" }))).await;
    bill.add("its name", 200, renamed);
    let enrolment = world.post_as(&session, "/auth/mfa/totp", json!({})).await;
    let data = &enrolment.body["data"];
    let app = App::new(data["secret"].as_str().unwrap());
    let anew = world.calls(world.activates(&session, &data["enrolment"], &app.shows(&world))).await;
    bill.add("another app instead", 200, anew);

    let renewed = world.calls(world.post_as(&session, "/auth/mfa/recovery-codes", json!({}))).await;
    bill.add("new recovery codes", 200, renewed);
    bill.add("the list", 200, world.calls(world.get_as(&session, "/auth/mfa")).await);
    passes(&world, &session).await;
    let asked = ada.is_asked_for_a_factor().await;
    let remembering = json!({ "totp": app.shows(&world), "remember_device": true });
    world.verifies(&asked, remembering).await.assert_ok();
    bill.add("devices forgotten", 200, world.calls(world.delete_as(&session, "/auth/mfa/devices")).await);
    bill.add("a factor removed", 200, world.calls(world.delete_as(&session, "/auth/mfa/totp")).await);
    bill.add("the last one", 200, world.calls(world.delete_as(&session, &path)).await);
    let expected = [
        "a secret: 1R",
        "the first factor: an app: 4R 1Q 1T",
        "what to ask for: 1R 1Q",
        "the second one: a passkey: 5R 1T",
        "its name: 1R 1Q 1T",
        "another app instead: 5R 2Q 1T",
        "new recovery codes: 3R 1Q 1T",
        "the list: 3R 2Q",
        "devices forgotten: 2R 1U",
        "a factor removed: 4R 2Q 1T",
        "the last one: 4R 4Q 1T",
    ];
    assert_eq!(bill.0, expected);
}

/// What was added since the letter is listed from the rows that are read anyway.
#[tokio::test]
async fn an_owners_word() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (_, Added { session, .. }) = world.enrols_app(&session).await;
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "Phone").await;
    let letters = ada.all_mailed("not-me").await;
    let [of_passkey, of_app] = [0, 1].map(|at| json!({ "token": letters[at] }));
    passes(&world, &session).await;
    let mut bill = Bill::default();
    bill.add("an app goes", 200, world.calls(world.post("/auth/not-me", of_app.clone())).await);
    bill.add("the same again", 200, world.calls(world.post("/auth/not-me", of_app)).await);
    bill.add("the last one goes, heeded", 200, world.calls(world.post("/auth/not-me", of_passkey)).await);
    let expected = ["an app goes: 5R 3Q 1T", "the same again: 4R 1Q", "the last one goes, heeded: 5R 4Q 1T"];
    assert_eq!(bill.0, expected);
}
