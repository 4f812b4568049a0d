//! The owner hears of a sign-in from a place that is not known, once, and of no other.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Person, World};

use super::guard::{HOME, TOKEN, at_home, tries};
use crate::logs;

const ELSEWHERE: &str = "192.0.2.1";

async fn letters(person: &Person<'_>) -> Vec<local::Mail> {
    let mut mails = person.world.mails(&person.email).await;
    mails.retain(|mail| mail.links.iter().any(|link| link.contains("/auth/ui/not-me?")));
    mails
}

async fn events(world: &World) -> Vec<Value> {
    let mut rows = world.rows_of("Accounts", "ACCOUNT#").await;
    rows.retain(|row| row["sk"].as_str().unwrap().starts_with("EVENT#"));
    rows
}

#[tokio::test]
async fn the_owner_hears_of_a_new_place_and_of_no_known_one() {
    let world = World::start().await;
    let (ada, device) = at_home(&world).await;
    tries(&ada, HOME, None).await.assert_ok();
    tries(&ada, "198.51.100.99", Some(&device)).await.assert_ok();
    assert_eq!((letters(&ada).await.len(), events(&world).await.len()), (0, 0));

    let new = tries(&ada, ELSEWHERE, None).await;
    new.assert_ok();
    let letter = letters(&ada).await.remove(0);
    let text = letter.text.unwrap();
    assert!(text.contains(ELSEWHERE), "{text}");
    let events = events(&world).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!([&event["action"], &event["by"], &event["ip"]], ["new_device", "user", ELSEWHERE]);

    // It is known from now on, by its network and by its device.
    tries(&ada, ELSEWHERE, None).await.assert_ok();
    tries(&ada, "203.0.113.200", new.header(TOKEN)).await.assert_ok();
    assert_eq!(letters(&ada).await.len(), 1);
    // And in thirty days, when nobody has come from there, it is not.
    world.advance(31 * 24 * 3_600);
    tries(&ada, HOME, Some(&device)).await.assert_ok();
    assert_eq!(letters(&ada).await.len(), 1);
    tries(&ada, ELSEWHERE, None).await.assert_ok();
    assert_eq!(letters(&ada).await.len(), 2);
}

#[tokio::test]
async fn the_first_sign_in_is_no_surprise_wherever_the_link_was_redeemed() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await.assert_ok();
    ada.verifies().await.assert_ok();
    tries(&ada, ELSEWHERE, None).await.assert_ok();
    assert_eq!(letters(&ada).await.len(), 0);
    // Wrong passwords from elsewhere are none either.
    tries(&ada.rival("a guess"), "192.0.2.9", None).await.assert_status(401);
    assert_eq!(letters(&ada).await.len(), 0);
    tries(&ada, "192.0.2.9", None).await.assert_ok();
    assert_eq!(letters(&ada).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_sign_ins_from_one_new_place_the_owner_hears_once() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    // Each round is lost to who has signed in, and none to a transaction that is under way.
    world.aws.set_conflicts(Duration::ZERO);
    // Five of them may try at once; those are at their write together.
    world.hold("TransactWriteItems", 5);
    let replies = join_all((0..20).map(|_| tries(&ada, ELSEWHERE, None))).await;
    assert!(replies.iter().all(|reply| [200, 429].contains(&reply.status)), "{replies:?}");
    assert!(replies.iter().filter(|reply| reply.status == 200).count() > 1);
    assert_eq!((letters(&ada).await.len(), events(&world).await.len()), (1, 1));
}

#[tokio::test]
async fn only_a_surprise_costs_more_and_it_is_one_transaction() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let mut parts = Vec::new();
    for client in [HOME, ELSEWHERE, ELSEWHERE] {
        let (reply, calls) = world.calls(tries(&ada, client, None)).await;
        reply.assert_ok();
        let expected = [("GetItem", 3), ("TransactWriteItems", 1), ("UpdateItem", 2)];
        let calls_made: Vec<_> = calls.dynamodb.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(calls_made, expected);
        parts.push(calls.transacted);
    }
    assert_eq!(parts, [3, 5, 3]);
}

#[tokio::test]
async fn where_nobody_could_be_told_nobody_is_let_in() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    let sessions = async || world.rows_of("Sessions", "ACCOUNT#").await.len();
    let before = sessions().await;
    logs::capture();
    world.break_down(local::Service::DynamoDb, local::Mode::Unavailable, Some("TransactWriteItems"));
    tries(&ada, ELSEWHERE, None).await.assert_unavailable();
    world.mend();
    assert_eq!((sessions().await, letters(&ada).await.len(), events(&world).await.len()), (before, 0, 0));
    let lines = logs::lines();
    let said = lines.iter().filter(|line| line["event"].as_str().is_some_and(|event| event.starts_with("account_")));
    let said: Vec<_> = said.map(|line| &line["event"]).collect();
    assert_eq!(said, ["account_event", "account_event_void"]);
    // The log says which event of which account, and nothing of who or from where.
    assert!(!json!(lines).to_string().contains(ELSEWHERE) && !json!(lines).to_string().contains(&ada.email));
    tries(&ada, ELSEWHERE, None).await.assert_ok();
    assert_eq!((letters(&ada).await.len(), events(&world).await.len()), (1, 1));
}

#[tokio::test]
async fn a_lock_and_a_weak_password_are_events_with_their_letters() {
    let world = World::start().await;
    let (ada, _) = at_home(&world).await;
    for _ in 0..10 {
        world.advance(600);
        tries(&ada.rival("a guess"), ELSEWHERE, None).await.assert_status(401);
    }
    let locked = events(&world).await;
    assert_eq!(locked.len(), 1);
    assert_eq!([&locked[0]["action"], &locked[0]["ip"], &locked[0]["by"]], ["locked", ELSEWHERE, "user"]);
    assert!(locked[0].get("session").is_none());
    // An address without an account costs the same, and leaves no event.
    let nobody = world.person();
    for number in 0..10 {
        world.advance(600);
        let (reply, calls) = world.calls(tries(&nobody, ELSEWHERE, None)).await;
        reply.assert_status(401);
        let transacted = if number == 9 { 2 } else { 0 };
        assert_eq!(calls.transacted, transacted, "{number}");
    }
    assert_eq!(events(&world).await.len(), 1);
}
