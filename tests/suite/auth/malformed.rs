//! A row that is not what it should be: the log says which attribute is to blame and who asked for it, and nothing of what is in it.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Session, World};

use crate::logs;

const CANARY: &str = "canary@example.com";

/// The causes that were logged as errors or warnings.
fn causes() -> Vec<String> {
    let lines = logs::lines();
    assert!(lines.iter().all(|line| !line.to_string().contains(CANARY)), "{lines:#?}");
    lines.iter().filter_map(|line| line["cause"].as_str()).map(str::to_owned).collect()
}

async fn profile_with(world: &World, session: &Session, sort_key: &str, attribute: &str, value: Value) -> String {
    let table = if sort_key == "PROFILE" { "Accounts" } else { "Sessions" };
    let rows = world.rows_of(table, "ACCOUNT#").await;
    let row = rows.iter().find(|row| row["sk"].as_str().unwrap().starts_with(sort_key)).unwrap();
    world.tamper(table, row, attribute, value).await;
    logs::capture();
    let reply = world.get_as(session, "/auth/profile").await;
    assert_eq!((reply.status, &reply.body["detail"]), (500, &json!("Internal Server Error")));
    world.tamper(table, row, attribute, row[attribute].clone()).await;
    let causes = causes();
    assert_eq!(causes.len(), 1, "{causes:?}");
    causes.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_malformed_row_is_logged_by_attribute_and_place_and_without_any_value() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    for (sort_key, attribute, value, kind, place) in [
        ("PROFILE", "created_at", json!(CANARY), "auth::profile::Profile", "endpoints/account/show_profile.rs:"),
        ("PROFILE", "full_name", json!({ "in": CANARY }), "auth::profile::Profile", "account/show_profile.rs:"),
        ("SESSION#", "aal", json!(CANARY), "shared::caller::Session", "shared/src/caller/mod.rs:"),
        ("SESSION#", "expires_at", json!(CANARY), "shared::caller::Session", "shared/src/caller/mod.rs:"),
        ("SESSION#", "email", json!([CANARY]), "shared::caller::Session", "shared/src/caller/mod.rs:"),
    ] {
        let cause = profile_with(&world, &session, sort_key, attribute, value).await;
        let described = format!("a stored {kind} is malformed: attribute `{attribute}`");
        assert!(cause.starts_with(&described) && cause.contains(place), "{cause}");
    }
}

#[tokio::test]
async fn what_is_down_is_logged_with_the_place_that_asked_for_it() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("GetItem"));
    logs::capture();
    assert_eq!(world.get_as(&session, "/auth/profile").await.status, 503);
    world.mend();
    let causes = causes();
    assert_eq!(causes.len(), 1, "{causes:?}");
    assert!(causes[0].starts_with("GetItem: ") && causes[0].contains("shared/src/caller/mod.rs:"), "{causes:?}");
}
