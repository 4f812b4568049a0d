//! Operators let passwords be tried again.

use admin::account_unlock::{Arguments, Told, unlock};
use compat::email::EmailAddress;
use local::{Mode, Service};
use tests::{Person, Reply, World, json_request};

/// Somebody at an address that nobody has signed in from.
async fn tries(person: &Person<'_>) -> Reply {
    person.world.send_from("192.0.2.1", json_request("POST", "/auth/login", &person.credentials())).await
}

fn arguments(person: &Person<'_>, yes: bool) -> Arguments {
    Arguments { address: EmailAddress::parse(&person.email).unwrap(), yes }
}

async fn told(person: &Person<'_>, yes: bool) -> Option<String> {
    let world = person.world;
    unlock(&world.operator(), &arguments(person, yes), &world.clock).await.unwrap().map(|Told(told)| told)
}

#[tokio::test]
async fn an_operator_unlocks_an_address_with_an_account_and_one_without() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    for (person, status) in [(ada, 200), (world.person(), 401)] {
        let stranger = person.rival("a guess");
        for _ in 0..5 {
            tries(&stranger).await.assert_status(401);
        }
        tries(&person).await.assert_status(429);
        let locked = "5 wrong in a row, locked for 1 s; 5 today, 0 more from known places; 1 came during locks";
        assert_eq!(told(&person, false).await.as_deref(), Some(locked));
        tries(&person).await.assert_status(429);

        told(&person, true).await.unwrap();
        tries(&person).await.assert_status(status);
        let left = u32::from(status != 200);
        let free = format!("{left} wrong in a row; {left} today, 0 more from known places; 2 came during locks");
        assert_eq!(told(&person, false).await, Some(free));
    }
}

#[tokio::test]
async fn the_day_begins_anew_and_so_do_known_places() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    tries(&ada).await.assert_ok();
    let day = 24 * 60 * 60;
    world.advance(day - world.now().as_second().unsigned_abs() % day);
    // A day's worth, four at a time; then a network that somebody else is in uses up its tries, too.
    let stranger = ada.rival("a guess");
    for _ in 0..25 {
        for _ in 0..4 {
            ada.world.send_from("192.0.2.9", json_request("POST", "/auth/login", &stranger.credentials())).await;
        }
        world.advance(900);
    }
    for _ in 0..10 {
        tries(&stranger).await.assert_status(429);
    }
    tries(&ada).await.assert_status(429);
    assert!(told(&ada, true).await.unwrap().contains("100 today, 10 more from known places"));
    tries(&ada).await.assert_ok();
}

#[tokio::test]
async fn where_nothing_was_tried_there_is_nothing_to_forgive() {
    let world = World::start().await;
    let nobody = world.person();
    assert_eq!(told(&nobody, true).await, None);
    assert!(world.rows_of("Sessions", "ADDRESS#").await.is_empty());
    tries(&nobody).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("TransactWriteItems"));
    let refused = unlock(&world.operator(), &arguments(&nobody, true), &world.clock).await;
    assert!(!refused.unwrap_err().to_string().contains(&nobody.email));
    world.mend();
}
