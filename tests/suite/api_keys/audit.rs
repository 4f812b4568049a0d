//! Who did what with a key: one event for each access, never changed, kept for 400 days.

use serde_json::{Value, json};
use tests::{Request, World, authorized};

use super::{KEYS, Owner, assert_no_key, binance, demo, rows, text, with};

const REST_API: &str = include_str!("../../events/rest_api.json");

/// Actions and outcomes, newest first.
pub(super) fn told(events: &[Value]) -> Vec<(&str, &str)> {
    events.iter().map(|event| (event["action"].as_str().unwrap(), event["outcome"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn every_access_is_one_event_and_reading_is_none() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "withdraw")).await;
    ada.decrypts(&id).await.assert_ok();
    ada.tests(&id).await.assert_ok();
    ada.decrypts(&id).await.assert_status(409);
    ada.changes(&id, json!({ "is_active": false })).await.assert_ok();
    ada.decrypts(&id).await.assert_status(409);
    ada.tests(&id).await.assert_status(409);
    // None of these is an access.
    ada.changes(&id, json!({ "secret": "x" })).await.assert_status(422);
    ada.creates(&demo(&world, "okx", "withdraw")).await.assert_status(409);
    assert_eq!((ada.lists().await.len(), ada.events(&id).await.len()), (1, 7));
    ada.deletes(&id).await.assert_ok();
    assert_no_key(&ada.deletes(&id).await);
    assert_no_key(&ada.decrypts(&id).await);
    let expected = [
        ("delete", "ok"),
        ("test", "KEY_DISABLED"),
        ("decrypt", "KEY_DISABLED"),
        ("update", "ok"),
        ("decrypt", "KEY_CAN_WITHDRAW"),
        ("test", "ok"),
        ("decrypt", "ok"),
        ("create", "ok"),
    ];
    // Those of one second tell the order by their id.
    let mut events = ada.events(&id).await;
    assert!(events.is_sorted_by(|newer, older| text(&newer["id"]) > text(&older["id"])));
    assert_eq!(sorted(told(&events)), sorted(expected.to_vec()));
    events.retain(|event| event["action"] == "create" || event["action"] == "delete");
    assert_eq!(told(&events), [("delete", "ok"), ("create", "ok")]);
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

#[tokio::test]
async fn an_event_says_who_when_and_from_where() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let mut request: Request = authorized("POST", KEYS, &ada.session.access, Some(demo(&world, "okx", "ok")));
    request.headers.extend([
        ("user-agent".to_owned(), format!("agent/1 {}", "x".repeat(300))),
        ("x-forwarded-for".to_owned(), "198.51.100.66".to_owned()),
        ("forwarded".to_owned(), "for=198.51.100.66".to_owned()),
    ]);
    let id = text(&world.send(request).await.body["data"]["id"]);
    let event = ada.events(&id).await.remove(0);
    assert_eq!((&event["user_id"], &event["ip"]), (&json!(ada.session.user_id), &json!("203.0.113.9")));
    let agent = text(&event["user_agent"]);
    assert!(agent.starts_with("agent/1 x") && agent.len() == 256, "{agent}");
    assert_eq!([&event["by"], &event["via"], &event["device"]], ["user", "session", "agent"]);
    assert_eq!([&event["country"], &event["token"]], [&json!(null); 2]);
    assert_eq!(event.as_object().unwrap().len(), 12);

    let rows = rows(&world).await;
    let row = rows.iter().find(|row| row["id"] == event["id"]).unwrap();
    let at = row["at"].as_i64().unwrap();
    assert_eq!(at, world.now().as_second());
    assert_eq!(row["ttl"].as_i64().unwrap() - at, 400 * 24 * 60 * 60);
    assert_eq!(row["sk"], format!("EVENT#{id}#{}", text(&event["id"])));
    assert!(rows.iter().all(|row| text(&row["sk"]).starts_with("EVENT#") || row.get("ttl").is_none()));
}

#[tokio::test]
async fn a_rest_api_says_the_address_in_its_own_way() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&demo(&world, "okx", "ok")).await;
    let mut event: Value = serde_json::from_str(REST_API).unwrap();
    let path = format!("{KEYS}{id}/decrypt");
    event["path"] = json!(path);
    event["requestContext"]["path"] = json!(format!("/prod{path}"));
    event["requestContext"]["identity"]["sourceIp"] = json!("192.0.2.77");
    event["multiValueHeaders"]["Authorization"] = json!([format!("Bearer {}", ada.session.access)]);
    event["multiValueHeaders"]["X-Forwarded-For"] = json!(["198.51.100.66", "198.51.100.67"]);
    event["headers"]["Authorization"] = event["multiValueHeaders"]["Authorization"][0].clone();
    world.event(event).await.assert_ok();
    let access = ada.events(&id).await.remove(0);
    assert_eq!(
        (&access["action"], &access["ip"], &access["user_agent"]),
        (&json!("decrypt"), &json!("192.0.2.77"), &json!("curl/8.5.0"))
    );
}

#[tokio::test]
async fn events_come_in_pages_newest_first() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (id, other) = (ada.keeps(&binance("the-first-name-1")).await, ada.keeps(&binance("the-second-name2")).await);
    for number in 0..6 {
        world.advance(1);
        ada.changes(&id, json!({ "label": format!("label {number}") })).await.assert_ok();
        ada.changes(&other, json!({ "label": "x" })).await.assert_ok();
    }
    let all = ada.events(&id).await;
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted_by(|newer, older| text(&newer["at"]) >= text(&older["at"])));
    let (mut found, mut query) = (Vec::new(), "?limit=3".to_owned());
    loop {
        let reply = ada.sends("GET", &format!("{id}/events{query}"), None).await;
        let data = &reply.body["data"];
        found.push(data["events"].as_array().unwrap().clone());
        let Some(cursor) = data["next_cursor"].as_str() else { break };
        query = format!("?limit=3&cursor={cursor}");
    }
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 1]);
    assert_eq!(found.concat(), all);
}

#[tokio::test]
async fn events_outlive_their_key_and_are_never_rewritten() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let body = demo(&world, "okx", "ok");
    let id = ada.keeps(&body).await;
    ada.decrypts(&id).await.assert_ok();
    let of_events =
        |rows: Vec<Value>| rows.into_iter().filter(|row| text(&row["sk"]).starts_with("EVENT#")).collect::<Vec<_>>();
    let before = of_events(rows(&world).await);
    ada.deletes(&id).await.assert_ok();
    ada.keeps(&body).await;
    let after = of_events(rows(&world).await);
    assert!(before.iter().all(|row| after.contains(row)));
    assert_eq!(sorted(told(&ada.events(&id).await)), [("create", "ok"), ("decrypt", "ok"), ("delete", "ok")]);
    assert_no_key(&bob.sends("GET", &format!("{id}/events"), None).await);
}

#[tokio::test]
async fn a_key_stored_after_a_test_has_an_event_of_each() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let id = ada.keeps(&with(&demo(&world, "okx", "ok"), json!({ "verify": true }))).await;
    assert_eq!(told(&ada.events(&id).await), [("create", "ok"), ("test", "ok")]);
}

#[tokio::test]
async fn an_event_holds_nothing_of_the_credentials() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let body = demo(&world, "okx", "ok");
    let id = ada.keeps(&body).await;
    ada.tests(&id).await.assert_ok();
    ada.decrypts(&id).await.assert_ok();
    for row in rows(&world).await.iter().filter(|row| text(&row["sk"]).starts_with("EVENT#")) {
        let mut names: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        names.retain(|name| *name != "user_agent");
        let expected = ["account", "action", "at", "by", "id", "ip", "key", "outcome", "pk", "session", "sk", "ttl"];
        assert_eq!(sorted(names), expected);
        for name in ["api_key", "secret", "passphrase", "label"] {
            assert!(!row.to_string().contains(body[name].as_str().unwrap()), "{name} in {row}");
        }
    }
}
