//! Second factors through the front door: adding, signing in with them, proving again who is there, removing them.

mod added_since;
mod answers;
mod attacks;
mod budgets;
mod canaries;
mod outages;
mod passkeys;
mod races;
mod removal;
mod stories;

use serde_json::{Value, json};
use tests::{Added, App, Authenticator, ORIGIN, Person, Reply, World};

/// How long a code of an app is shown. Seconds.
const STEP: u64 = 30;
/// Seconds after which a proof is not fresh any more.
const STALE: u64 = 301;

/// Somebody with an app, which shows a code that has not been used.
async fn with_app(world: &World) -> (Person<'_>, App, Added) {
    let (ada, session) = world.person().signed_in().await;
    let (app, added) = world.enrols_app(&session).await;
    world.advance(STEP);
    (ada, app, added)
}

/// Somebody with a passkey.
async fn with_passkey(world: &World) -> (Person<'_>, Authenticator, Added) {
    let (ada, session) = world.person().signed_in().await;
    let mut phone = Authenticator::new(ORIGIN);
    let added = world.adds_passkey(&session, &mut phone, "Phone").await;
    (ada, phone, added)
}

/// A code of six digits that no app shows now.
fn wrong_code(app: &App, world: &World) -> String {
    let shown: u32 = app.shows(world).parse().unwrap();
    format!("{:06}", (shown + 500_000) % 1_000_000)
}

/// Holds that somebody is not let in by a second factor, in the words that tell no reason.
#[track_caller]
fn assert_refused(reply: &Reply) {
    let error = &reply.assert_status(401)["error"];
    assert_eq!(
        (error, &reply.body["session"]),
        (&json!("Invalid or expired second factor"), &Value::Null),
        "{reply:?}"
    );
}

/// Why a request about factors is refused, for programs.
fn code(reply: &Reply) -> (u64, &str) {
    (reply.status, reply.body["data"]["code"].as_str().unwrap_or_default())
}

/// How many of these answers have a status.
fn with(status: u64, replies: &[Reply]) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

/// How many letters of a kind somebody gets.
async fn letters(world: &World, ada: &Person<'_>, what: &str) -> usize {
    let rows = world.rows_of("Mail", "MAIL#").await;
    rows.iter().filter(|row| row["to"] == ada.email && row["news"]["what"] == what).count()
}

/// How many events of a kind are told of an account.
async fn events(world: &World, user_id: &str, action: &str) -> usize {
    let rows = world.rows_of("Accounts", &format!("ACCOUNT#{user_id}")).await;
    rows.iter().filter(|row| row["action"] == action).count()
}

/// The rows of an account's factors.
async fn rows_of_factors(world: &World, user_id: &str) -> Vec<Value> {
    let mut rows = world.rows_of("Accounts", &format!("ACCOUNT#{user_id}")).await;
    let kinds = ["MFA", "PASSKEY#", "RECOVERY#"];
    rows.retain(|row| kinds.iter().any(|kind| row["sk"].as_str().unwrap().starts_with(kind)));
    rows
}

/// The row of an account's app.
async fn row_of_app(world: &World, user_id: &str) -> Value {
    let rows = rows_of_factors(world, user_id).await;
    rows.into_iter().find(|row| row["sk"] == "MFA").expect("the row of an app")
}
