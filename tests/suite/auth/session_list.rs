//! Where an account is signed in, and ending that.

use std::collections::BTreeSet;

use futures::future::join_all;
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::ids::SessionId;
use tests::{Page, Person, Reply, Request, Session, World, authorized, json_request};

use super::{guard::tries, tokens::claims};
use crate::logs;

const SESSIONS: &str = "/auth/sessions";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.6 Mobile/15E148 Safari/604.1";

pub fn id(session: &Session) -> String {
    claims(&session.access)["sid"].as_str().unwrap().to_owned()
}

fn by(agent: &str, mut request: Request) -> Request {
    request.headers.push(("user-agent".to_owned(), agent.to_owned()));
    request
}

async fn listed(world: &World, session: &Session) -> Vec<Value> {
    let reply = world.get_as(session, SESSIONS).await;
    reply.assert_ok()["sessions"].as_array().unwrap().clone()
}

async fn ids(world: &World, session: &Session) -> BTreeSet<String> {
    listed(world, session).await.iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
}

async fn leaves(world: &World, session: &Session, scope: &str) -> Reply {
    world.post("/auth/logout", json!({ "access_token": session.access, "scope": scope })).await
}

async fn ends(world: &World, session: &Session, id: &str) -> Reply {
    world.delete_as(session, &format!("{SESSIONS}/{id}")).await
}

/// What has happened to an account, oldest first.
async fn happened(world: &World, session: &Session) -> Vec<String> {
    let rows = world.rows_of("Accounts", &format!("ACCOUNT#{}", session.user_id)).await;
    let mut events: Vec<_> = rows.iter().filter(|row| row["sk"].as_str().unwrap().starts_with("EVENT#")).collect();
    events.sort_by_key(|row| row["sk"].as_str().unwrap());
    events.iter().map(|row| row["action"].as_str().unwrap().to_owned()).collect()
}

/// The rows of the sessions of an account.
async fn rows(world: &World, session: &Session) -> Vec<Value> {
    let mut rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"] != "GUARD");
    rows
}

/// As many sessions more as one that there is, each last used a second before the one before it.
async fn many(world: &World, session: &Session, count: i64) -> Vec<String> {
    let row = rows(world, session).await.remove(0);
    let begun = row["created_at"].as_i64().unwrap();
    let copies: Vec<_> = (1..=count)
        .map(|number| {
            let id = shared::ids::SessionId::random().unwrap().to_string();
            let mut copy = row.clone();
            (copy["sk"], copy["id"]) = (json!(format!("SESSION#{id}")), json!(id));
            copy["created_at"] = json!(begun - 10_000);
            copy["rotated_at"] = json!(begun - number);
            copy
        })
        .collect();
    let ids = copies.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    world.put_rows("Sessions", copies).await;
    ids
}

#[tokio::test]
async fn sessions_are_listed_with_what_a_person_recognises() {
    let world = World::start().await;
    let (ada, first) = world.person().signed_in().await;
    let login = by(FIREFOX, json_request("POST", "/auth/login", &ada.credentials()));
    world.advance(60);
    let second = Session::of(&world.send_from("198.51.100.7", login).await);
    let all = listed(&world, &second).await;
    let now = world.now().to_string();
    assert_eq!(all.len(), 2);
    assert_eq!(
        all[0],
        json!({
            "id": id(&second), "current": true, "created_at": now, "last_used_at": now, "method": "pwd",
            "expires_at": (world.now() + std::time::Duration::from_hours(720)).to_string(),
            "ip": "198.51.100.7", "country": null, "device": "Firefox on Windows",
        })
    );
    assert_eq!((&all[1]["id"], &all[1]["current"]), (&json!(id(&first)), &json!(false)));

    // A refresh says where the session is now, and puts it first.
    world.advance(60);
    let refresh = json_request("POST", "/auth/refresh", &json!({ "refresh_token": first.refresh }));
    world.send_from("192.0.2.9", by(SAFARI, refresh)).await.assert_ok();
    let all = listed(&world, &second).await;
    assert_eq!([&all[0]["id"], &all[0]["device"], &all[0]["ip"]], [id(&first).as_str(), "Safari on iOS", "192.0.2.9"]);
    assert_eq!(all[0]["last_used_at"], world.now().to_string());

    // One that has ended by itself is not there, whether its row is or not.
    let row = rows(&world, &second).await.into_iter().find(|row| row["id"] == id(&first)).unwrap();
    world.tamper("Sessions", &row, "expires_at", json!(world.now().as_second())).await;
    assert_eq!(ids(&world, &second).await, BTreeSet::from([id(&second)]));
}

#[tokio::test]
async fn a_session_is_ended_by_its_owner_and_by_nobody_else() {
    let world = World::start().await;
    let (ada, own) = world.person().signed_in().await;
    let (_, eve) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    world.advance(31);
    let nothing = ends(&world, &eve, "no-id").await;
    for id in [id(&own), id(&other), own.user_id.clone(), id(&own).to_uppercase(), "%2e%2e".to_owned()] {
        let reply = ends(&world, &eve, &id).await;
        assert_eq!(*reply.assert_status(404), json!({ "detail": "Not Found" }));
        assert_eq!((reply.text, reply.headers), (nothing.text.clone(), nothing.headers.clone()));
    }
    assert_eq!(happened(&world, &eve).await, [""; 0]);

    assert_eq!(*ends(&world, &own, &id(&other)).await.assert_ok(), json!({ "message": "Session ended" }));
    world.get_as(&other, "/auth/profile").await.assert_status(401);
    world.get_as(&other, "/api/v1/api-keys/").await.assert_status(401);
    world.refresh(&other.refresh).await.assert_status(401);
    ends(&world, &own, &id(&other)).await.assert_status(404);
    assert_eq!(happened(&world, &own).await, ["signed_out"]);
    ends(&world, &own, &id(&own)).await.assert_ok();
    world.get_as(&own, SESSIONS).await.assert_status(401);
    assert_eq!(happened(&world, &own).await, ["signed_out"; 2]);
}

#[tokio::test]
async fn logout_ends_one_session_all_others_or_all() {
    let world = World::start().await;
    let (ada, first) = world.person().signed_in().await;
    let mut more = Vec::new();
    for _ in 0..3 {
        more.push(Session::of(&ada.logs_in().await));
    }
    leaves(&world, &more[0], "local").await.assert_ok();
    world.get_as(&more[0], SESSIONS).await.assert_status(401);
    leaves(&world, &first, "others").await.assert_ok();
    assert_eq!(ids(&world, &first).await, BTreeSet::from([id(&first)]));
    // There are none left.
    leaves(&world, &first, "others").await.assert_ok();
    assert_eq!(happened(&world, &first).await, ["signed_out", "sessions_ended"]);
    ada.logs_in().await.assert_ok();
    leaves(&world, &first, "global").await.assert_ok();
    assert!(rows(&world, &first).await.is_empty());
    assert_eq!(happened(&world, &first).await, ["signed_out", "sessions_ended", "sessions_ended"]);
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn logout_ends_sessions_that_nobody_can_read() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    for scope in ["others", "global"] {
        let sk = format!("SESSION#{}", SessionId::random().unwrap());
        let pk = format!("ACCOUNT#{}", session.user_id);
        world.put_rows("Sessions", vec![json!({ "pk": pk, "sk": sk, "id": "none" })]).await;
        leaves(&world, &session, scope).await.assert_ok();
        assert!(rows(&world, &session).await.iter().all(|row| row["sk"] != sk), "{scope}");
    }
}

#[tokio::test]
async fn who_ends_other_sessions_holds_one_that_lives() {
    let world = World::start().await;
    let (ada, kept) = world.person().signed_in().await;
    let ended = Session::of(&ada.logs_in().await);
    leaves(&world, &ended, "local").await.assert_ok();
    let expired = Session::of(&ada.logs_in().await);
    world.advance(900);
    let kept = Session::of(&world.refresh(&kept.refresh).await);
    for scope in ["others", "global"] {
        for token in [&ended.access, &expired.access, &kept.refresh, &String::new()] {
            let reply = world.post("/auth/logout", json!({ "access_token": token, "scope": scope })).await;
            assert_eq!(*reply.assert_status(401), json!({ "detail": "Invalid or expired token" }));
        }
    }
    assert_eq!(ids(&world, &kept).await, [&kept, &expired].map(id).into());
    let reply = leaves(&world, &kept, "everything").await;
    let flaw = json!({
        "type": "enum", "loc": ["body", "scope"], "msg": "Input should be 'local', 'others' or 'global'",
        "input": "everything", "ctx": { "expected": "'local', 'others' or 'global'" },
    });
    assert_eq!(*reply.assert_status(422), json!({ "detail": [flaw] }));
    let null = world.post("/auth/logout", json!({ "access_token": expired.access, "scope": null })).await;
    assert_eq!(null.text, leaves(&world, &expired, "local").await.text);
    assert_eq!(ids(&world, &kept).await, [id(&kept)].into());
}

#[tokio::test]
async fn a_hundred_and_fifty_sessions_are_listed_by_one_query_and_ended_in_steps() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    many(&world, &session, 149).await;
    world.get_as(&session, "/auth/profile").await.assert_ok();
    let (reply, calls) = world.calls(world.get_as(&session, SESSIONS)).await;
    assert_eq!(reply.assert_ok()["sessions"].as_array().unwrap().len(), 150);
    assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 1), ("Query".to_owned(), 1)].into());

    // What is written down of it comes with the last step.
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    leaves(&world, &session, "others").await.assert_unavailable();
    world.mend();
    assert_eq!((rows(&world, &session).await.len(), happened(&world, &session).await.len()), (45, 0));
    leaves(&world, &session, "others").await.assert_ok();
    assert_eq!(rows(&world, &session).await.len(), 1);
    assert_eq!(happened(&world, &session).await, ["sessions_ended"]);
}

#[tokio::test]
async fn every_fiftieth_sign_in_leaves_the_hundred_that_were_used_last() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let others = many(&world, &session, 150).await;
    let guard = async |opened: i64| {
        let rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
        let guard = rows.iter().find(|row| row["sk"] == "GUARD").unwrap();
        world.tamper("Sessions", guard, "opened", json!(opened)).await;
    };
    guard(48).await;
    ada.logs_in().await.assert_ok();
    assert_eq!(rows(&world, &session).await.len(), 152);
    // A sign-in that cannot end them is one all the same, and the next fiftieth makes up for it.
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("Query"));
    let newest = Session::of(&ada.logs_in().await);
    world.mend();
    assert_eq!(rows(&world, &session).await.len(), 153);
    guard(99).await;
    let (login, calls) = world.calls(ada.logs_in()).await;
    assert_eq!((calls.dynamodb["Query"], calls.dynamodb["DeleteItem"]), (1, 54));
    let last = Session::of(&login);
    let left: BTreeSet<_> =
        rows(&world, &last).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(left.len(), 100);
    assert!([&session, &newest, &last].into_iter().all(|session| left.contains(&id(session))));
    assert!(others[..96].iter().all(|id| left.contains(id)));
    assert_eq!(happened(&world, &session).await, [""; 0]);
}

#[tokio::test]
async fn a_session_ends_after_a_year_however_often_it_is_refreshed() {
    let day = 24 * 3_600;
    for days in [365, 31, 30, 7] {
        let world = World::with(|config| config.longest_session = std::time::Duration::from_hours(days * 24)).await;
        let (_, mut session) = world.person().signed_in().await;
        let begun = world.now();
        let mut left = days;
        while left > 5 {
            world.advance(5 * day);
            left -= 5;
            session = Session::of(&world.refresh(&session.refresh).await);
            let end = listed(&world, &session).await[0]["expires_at"].clone();
            let most = begun + std::time::Duration::from_hours(days * 24);
            assert_eq!(end, most.min(world.now() + std::time::Duration::from_hours(720)).to_string(), "{days}: {left}");
        }
        world.advance(left * day - 1);
        session = Session::of(&world.refresh(&session.refresh).await);
        world.get_as(&session, SESSIONS).await.assert_ok();
        world.advance(1);
        world.get_as(&session, SESSIONS).await.assert_status(401);
        world.refresh(&session.refresh).await.assert_status(401);
    }
}

#[tokio::test]
async fn who_shortens_the_life_of_sessions_shortens_that_of_those_that_there_are() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let short = world.auth_with(|config| config.longest_session = std::time::Duration::from_hours(24));
    let refresh = async |token: &str| world.post_to(&short, "/auth/refresh", json!({ "refresh_token": token })).await;
    world.advance(3_600);
    let next = Session::of(&refresh(&session.refresh).await);
    let end = world.now() + std::time::Duration::from_hours(23);
    assert_eq!(listed(&world, &next).await[0]["expires_at"], end.to_string());
    world.advance(23 * 3_600);
    refresh(&next.refresh).await.assert_status(401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_who_end_a_session_at_once_one_does() {
    let world = World::start().await;
    let (ada, own) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    world.hold("TransactWriteItems", 20);
    let path = format!("{SESSIONS}/{}", id(&other));
    let replies = join_all((0..20).map(|_| world.delete_as(&own, &path))).await;
    let with = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(200), with(404)), (1, 19), "{replies:?}");
    assert_eq!(happened(&world, &own).await, ["signed_out"]);

    for scope in ["others", "global"] {
        ada.logs_in().await.assert_ok();
        world.hold("TransactWriteItems", 20);
        let replies = join_all((0..20).map(|_| leaves(&world, &own, scope))).await;
        let allowed = if scope == "others" { 200 } else { 401 };
        assert!(replies.iter().all(|reply| [200, allowed].contains(&reply.status)), "{replies:?}");
        assert!(replies.iter().any(|reply| reply.status == 200));
    }
    assert_eq!(happened(&world, &own).await, ["signed_out", "sessions_ended", "sessions_ended"]);
}

#[tokio::test]
async fn no_refresh_brings_a_session_back_that_is_being_ended() {
    let world = World::start().await;
    let (ada, own) = world.person().signed_in().await;
    for scope in ["revoke", "others"] {
        let other = Session::of(&ada.logs_in().await);
        world.aws.no_conflicts().await;
        world.aws.reset_calls();
        // Each is at its write.
        world.hold("TransactWriteItems", 1_000);
        let ends = async {
            match scope {
                "revoke" => ends(&world, &own, &id(&other)).await,
                _ => leaves(&world, &own, scope).await,
            }
        };
        let refreshes = async {
            world.called("TransactWriteItems", 1).await;
            let next = world.refresh(&other.refresh).await;
            world.mend();
            Session::of(&next)
        };
        let (ended, next) = tokio::join!(ends, refreshes);
        ended.assert_ok();
        world.refresh(&next.refresh).await.assert_status(401);
        assert_eq!(ids(&world, &own).await, [id(&own)].into(), "{scope}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_under_way_outlives_the_end_of_all_sessions() {
    let world = World::start().await;
    let (ada, own) = world.person().signed_in().await;
    world.aws.no_conflicts().await;
    world.aws.reset_calls();
    world.hold("TransactWriteItems", 2);
    let (login, left) = tokio::join!(ada.logs_in(), leaves(&world, &own, "global"));
    left.assert_ok();
    let new = Session::of(&login);
    world.get_as(&own, SESSIONS).await.assert_status(401);
    assert_eq!(ids(&world, &new).await, [id(&new)].into());
}

#[tokio::test]
async fn nothing_is_half_ended_while_the_tables_are_down() {
    let world = World::start().await;
    let (ada, own) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    logs::capture();
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    ends(&world, &own, &id(&other)).await.assert_unavailable();
    leaves(&world, &own, "others").await.assert_unavailable();
    leaves(&world, &own, "local").await.assert_unavailable();
    world.mend();
    assert_eq!((ids(&world, &own).await.len(), happened(&world, &own).await.len()), (2, 0));
    let lines = logs::lines();
    let count = |event: &str| lines.iter().filter(|line| line["event"] == event).count();
    assert_eq!((count("account_event"), count("account_event_void"), count("account_changed")), (3, 3, 0));
    for broken in ["GetItem", "Query"] {
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some(broken));
        world.get_as(&own, SESSIONS).await.assert_unavailable();
        world.get_as(&own, "/auth/events").await.assert_unavailable();
        world.mend();
    }
}

#[tokio::test]
async fn the_longest_session_is_one_write_unit() {
    let world = World::start().await;
    let long = format!("{}@{}.com", "a".repeat(64), ["b".repeat(63), "c".repeat(63), "d".repeat(55)].join("."));
    let (ada, _) = Person::new(&world, long).signed_in().await;
    let agent = format!("{}{}", FIREFOX, "x".repeat(300));
    let login = by(&agent, json_request("POST", "/auth/login", &ada.credentials()));
    let session = Session::of(&world.send_from("2001:0db8:85a3:0000:0000:8a2e:0370:7334", login).await);
    world.advance(31);
    let refresh = json_request("POST", "/auth/refresh", &json!({ "refresh_token": session.refresh }));
    world.send_from("2001:0db8:85a3:0000:0000:8a2e:0370:7334", by(&agent, refresh)).await.assert_ok();
    for row in rows(&world, &session).await {
        let mut row = row.clone();
        (row["frozen_at"], row["frozen_until"], row["country"]) =
            (json!(1_795_341_600), json!(1_795_341_600), json!("DE"));
        assert!(tests::size_of(&row) < 1_024, "{}", tests::size_of(&row));
        assert!(row["agent"].as_str().is_none_or(|agent| agent.len() <= 128));
    }
}

#[tokio::test]
async fn pages_of_the_sessions() {
    let world = World::start().await;
    let (ada, own) = world.person().signed_in().await;
    let login = by(FIREFOX, json_request("POST", "/auth/login", &ada.credentials()));
    let other = Session::of(&world.send_from("198.51.100.7", login).await);
    let mut page = Page::default();
    page.answer("Signed in twice", &world.get_as(&other, SESSIONS).await);
    page.answer("Without a token", &world.get(SESSIONS).await);
    page.is_kept("auth", "list_sessions");
    let mut page = Page::default();
    page.answer("Another session of one's own", &ends(&world, &own, &id(&other)).await);
    page.answer("And again", &ends(&world, &own, &id(&other)).await);
    page.answer(
        "Without a token",
        &world.send(authorized("DELETE", &format!("{SESSIONS}/{}", id(&own)), "", None)).await,
    );
    page.is_kept("auth", "end_session");
    let mut page = Page::default();
    tries(&ada, "192.0.2.44", None).await.assert_ok();
    page.answer("Somebody has signed in elsewhere and ended a session", &world.get_as(&own, "/auth/events").await);
    page.answer("The first page of many", &world.get_as(&own, "/auth/events?limit=1").await);
    page.answer("A page that begins nowhere", &world.get_as(&own, "/auth/events?limit=0&cursor=here").await);
    page.answer("Without a token", &world.get("/auth/events").await);
    page.is_kept("auth", "list_account_events");
}
