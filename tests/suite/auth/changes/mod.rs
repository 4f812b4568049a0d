//! What changes an account and what takes it back: a thief with the password, one with a session, one with a mailbox, and the owner.

mod address;
mod at_once;
mod not_me;
mod outages;
mod password;
mod races;

use serde_json::{Value, json};
use tests::{Person, Reply, Session, World};

pub use self::races::{overtaken, overtaken_at};

/// The new password of whoever changes one.
const NEW: &str = "chosen a moment ago";

/// Somebody at another address: what arrives there, and who signs in with it and the same password.
pub fn at<'w>(person: &Person<'w>, email: &str) -> Person<'w> {
    Person { world: person.world, email: email.to_owned(), password: person.password.clone() }
}

/// Replaces the password by the own one.
pub async fn changes_password(person: &Person<'_>, session: &Session, new: &str) -> Reply {
    let body = json!({ "current_password": person.password, "new_password": new });
    person.world.post_as(session, "/auth/change-password", body).await
}

/// Asks for another address by the own password.
pub async fn asks_for(person: &Person<'_>, session: &Session, new: &str) -> Reply {
    let body = json!({ "new_email": new, "current_password": person.password });
    person.world.post_as(session, "/auth/change-email", body).await
}

/// Redeems a mailed link that needs nothing else.
async fn redeems(world: &World, page: &str, token: &str) -> Reply {
    world.post(&format!("/auth/{page}"), json!({ "token": token })).await
}

/// Asks for another address and proves it. Who reads the mail there.
pub async fn moves<'w>(person: &Person<'w>, session: &Session, new: &str) -> Person<'w> {
    asks_for(person, session, new).await.assert_ok();
    let there = at(person, new);
    redeems(person.world, "confirm-email", &there.mailed("confirm-email").await).await.assert_ok();
    there
}

/// Redeems the newest link of a notice for who it was not.
pub async fn disowns(person: &Person<'_>) -> Reply {
    redeems(person.world, "not-me", &person.mailed("not-me").await).await
}

/// Sets a password by a mailed link.
pub async fn resets(world: &World, token: &str, password: &str) -> Reply {
    world.post("/auth/reset-password", json!({ "token": token, "password": password })).await
}

/// Whether a session is alive, in both of its tokens.
async fn is_alive(world: &World, session: &Session) -> bool {
    let shown = world.get_as(session, "/auth/profile").await.status;
    assert!(shown == 200 || shown == 401, "{shown}");
    if shown == 401 {
        world.refresh(&session.refresh).await.assert_status(401);
    }
    shown == 200
}

/// What is told of an account's changes, in the order of time.
async fn told(world: &World) -> Vec<String> {
    let mut rows = world.rows_of("Accounts", "ACCOUNT#").await;
    rows.retain(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("EVENT#")));
    rows.sort_by_key(|row| row["sk"].to_string());
    rows.iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
}

/// All letters of late that somebody gets: to whom, and what they are.
async fn letters(world: &World) -> Vec<(String, String)> {
    let mut rows = world.rows_of("Mail", "MAIL#").await;
    rows.retain(|row| row["kind"] != "nothing");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kind = |row: &Value| match &row["news"] {
        Value::Null => text(&row["kind"]),
        news => text(&news["what"]),
    };
    let mut letters: Vec<_> = rows.iter().map(|row| (text(&row["to"]), kind(row))).collect();
    letters.sort();
    letters
}

/// For how many seconds the vault stays shut for who signs in now.
async fn frozen_for(world: &World) -> i64 {
    let mut rows = world.rows_of("Sessions", "ACCOUNT#").await;
    rows.retain(|row| row["sk"] == "GUARD");
    let [guard] = &rows[..] else { panic!("no guard, or several: {rows:?}") };
    guard["frozen_until"].as_i64().map_or(0, |until| until - world.now().as_second())
}
