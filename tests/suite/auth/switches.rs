//! What operators switch: every instance of every function obeys within half a minute, and costs no more for it.

use admin::{
    sessions_end, sign_up,
    switching::{self, switch},
    vault_freeze,
};
use local::{Mode, Service};
use serde_json::json;
use tests::{Page, Session, World};

use crate::api_keys::keeps_a_key;

/// A question to each function that asks who is there.
const QUESTIONS: [&str; 4] = ["/auth/profile", "/api/v1/api-keys/", "/api/kyc/status", "/oauth/tokens"];

pub async fn everybody_leaves(world: &World, yes: bool) -> u64 {
    let arguments = sessions_end::Arguments { of: sessions_end::Of { user: None, everybody: true }, yes };
    sessions_end::end(&world.operator(), &arguments, &world.clock, |_, _| {}).await.unwrap()
}

pub async fn sign_up_is(world: &World, closed: bool) {
    let wanted = sign_up::Wanted { open: !closed, closed };
    switch(&world.operator(), &switching::Arguments { wanted, yes: true }, &world.clock).await.unwrap();
    world.advance(30);
}

/// Operators shut the vault for everybody, or open it.
pub async fn vault_is(world: &World, shut: bool) {
    let wanted = vault_freeze::Wanted { on: shut, off: !shut };
    switch(&world.operator(), &switching::Arguments { wanted, yes: true }, &world.clock).await.unwrap();
    world.advance(30);
}

/// The sessions that there are count no more, though their rows are there.
async fn void(world: &World) {
    let row = json!({ "pk": "SWITCHES", "sk": "SWITCHES", "sessions_from": world.now().as_second() });
    world.put_rows("Sessions", vec![row]).await;
}

async fn statuses(world: &World, session: &Session) -> Vec<u64> {
    let mut statuses = Vec::new();
    for path in QUESTIONS {
        statuses.push(world.get_as(session, path).await.status);
    }
    statuses
}

#[tokio::test]
async fn everybodys_sessions_end_within_half_a_minute_in_every_function() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    assert_eq!(statuses(&world, &session).await, [200; 4]);
    void(&world).await;
    // Whoever has not looked yet.
    assert_eq!(statuses(&world, &session).await, [200; 4]);
    let cold = world.another_auth();
    world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": session.refresh })).await.assert_status(401);
    world.advance(30);
    assert_eq!(statuses(&world, &session).await, [401; 4]);
    world.refresh(&session.refresh).await.assert_status(401);
    let global = json!({ "access_token": session.access, "scope": "global" });
    world.post("/auth/logout", global).await.assert_status(401);
    let new = Session::of(&ada.logs_in().await);
    assert_eq!(statuses(&world, &new).await, [200; 4]);
    world.advance(60);
    let new = Session::of(&world.refresh(&new.refresh).await);
    let listed = world.get_as(&new, "/auth/sessions").await.assert_ok()["sessions"].as_array().unwrap().len();
    assert_eq!(listed, 1);
}

#[tokio::test]
async fn an_operator_ends_everybodys_sessions_and_none_that_begin_after() {
    let world = World::start().await;
    let (ada, first) = world.person().signed_in().await;
    let (_, second) = world.person().signed_in().await;
    assert_eq!(everybody_leaves(&world, false).await, 2);
    assert_eq!(statuses(&world, &first).await, [200; 4]);
    assert_eq!(everybody_leaves(&world, true).await, 2);
    // The rows are gone, so nobody waits for the switch.
    for session in [&first, &second] {
        assert_eq!(statuses(&world, session).await, [401; 4]);
    }
    world.advance(30);
    let new = Session::of(&ada.logs_in().await);
    world.advance(1);
    let again = everybody_leaves(&world, true).await;
    assert_eq!(again, 1);
    world.get_as(&new, "/auth/profile").await.assert_status(401);
}

#[tokio::test]
async fn switches_cost_one_read_in_half_a_minute() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.advance(30);
    for reads in [2, 1, 1] {
        let (reply, calls) = world.calls(world.get_as(&session, "/api/v1/api-keys/")).await;
        reply.assert_ok();
        assert_eq!(calls.dynamodb["GetItem"], reads);
        world.advance(9);
    }
    let (_, calls) = world.calls(world.refresh(&session.refresh)).await;
    assert_eq!(calls.dynamodb.get("UpdateItem"), Some(&1));
}

#[tokio::test]
async fn what_cannot_be_read_counts_for_ten_minutes_and_then_nobody_is_let_in() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    assert_eq!(statuses(&world, &session).await, [200; 4]);
    // A row that nobody understands.
    world.put_rows("Sessions", vec![json!({ "pk": "SWITCHES", "sk": "SWITCHES", "vault_frozen": "perhaps" })]).await;
    world.advance(9 * 60);
    assert_eq!(statuses(&world, &session).await, [200; 4]);
    world.advance(2 * 60);
    assert_eq!(statuses(&world, &session).await, [500; 4]);
    world.refresh(&session.refresh).await.assert_status(500);
    world.person().signs_up().await.assert_status(500);
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("GetItem"));
    assert_eq!(statuses(&world, &session).await, [503; 4]);
    world.mend();
    // The very command sets it right.
    let wanted = vault_freeze::Wanted { on: false, off: true };
    let arguments = switching::Arguments { wanted, yes: true };
    let switched = switch(&world.operator(), &arguments, &world.clock).await.unwrap();
    assert_eq!(switched.to_string(), "unreadable: now off");
    let session = Session::of(&ada.logs_in().await);
    assert_eq!(statuses(&world, &session).await, [200; 4]);
}

#[tokio::test]
async fn nobody_signs_up_while_that_is_closed_and_every_address_is_told_the_same() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let pending = world.person();
    pending.signs_up().await.assert_ok();
    sign_up_is(&world, true).await;
    world.get_as(&session, "/auth/profile").await.assert_ok();
    let rows = world.rows("Accounts").await;
    let mut answers = Vec::new();
    for person in [&world.person(), &pending, &ada] {
        let (reply, calls) = world.calls(person.signs_up()).await;
        reply.assert_status(403);
        assert!(calls.dynamodb.is_empty(), "{calls:?}");
        answers.push(reply.told());
    }
    assert_eq!([&answers[0]; 3], [&answers[0], &answers[1], &answers[2]]);
    assert_eq!(world.rows("Accounts").await, rows);
    // What had begun by then goes on.
    pending.verifies().await.assert_ok();
    pending.logs_in().await.assert_ok();
    world.get_as(&session, "/auth/profile").await.assert_ok();
    sign_up_is(&world, false).await;
    world.person().signs_up().await.assert_ok();
}

#[tokio::test]
async fn while_operators_have_shut_the_vault_it_shows_nobody_a_secret() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &session, "a-key-that-stays").await;
    let decrypts = async || world.post_as(&session, &format!("{key}/decrypt"), json!(null)).await;
    let app = world.app();
    assert!(!app.switches(world.now()).await.unwrap().vault_frozen);
    let arguments = |yes| switching::Arguments { wanted: vault_freeze::Wanted { on: true, off: false }, yes };
    let switch = async |yes| switch(&world.operator(), &arguments(yes), &world.clock).await.unwrap();
    assert_eq!(switch(false).await.to_string(), "off; --yes makes it on");
    assert_eq!(switch(true).await.to_string(), "off: now on");
    assert!(!app.switches(world.now()).await.unwrap().vault_frozen);
    decrypts().await.assert_ok();
    world.advance(30);
    assert!(app.switches(world.now()).await.unwrap().vault_frozen);
    let refused = decrypts().await;
    assert_eq!((refused.status, &refused.body["data"]["code"]), (409, &json!("VAULT_FROZEN")));
    assert_eq!(refused.header("retry-after"), Some("3600"));
    let lines = world.operators_log();
    assert_eq!(lines, [json!({ "event": "operator_command", "command": "vault-freeze", "to": "on" })]);
}

#[tokio::test]
async fn pages_of_switches() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut page = Page::default();
    sign_up_is(&world, true).await;
    page.answer("While nobody can sign up", &world.person().signs_up().await);
    let global = json!({ "access_token": "nonsense", "scope": "global" });
    page.answer("All sessions, by somebody who has none", &world.post("/auth/logout", global).await);
    let odd = json!({ "access_token": session.access, "scope": "all" });
    page.answer("Sessions of another kind", &world.post("/auth/logout", odd).await);
    page.is_kept("auth", "scopes_and_switches");
}
