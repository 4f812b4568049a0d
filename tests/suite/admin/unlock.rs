//! Operators let passwords be tried again.

use admin::account_unlock::{Arguments, unlock};
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

#[tokio::test]
async fn an_operator_unlocks_an_address_with_an_account_and_one_without() {
    let world = World::start().await;
    let operator = world.operator();
    let (ada, _) = world.person().signed_in().await;
    for (person, status) in [(ada, 200), (world.person(), 401)] {
        let stranger = person.rival("a guess");
        for _ in 0..5 {
            tries(&stranger).await.assert_status(401);
        }
        tries(&person).await.assert_status(429);
        let told = unlock(&operator, &arguments(&person, false)).await.unwrap().unwrap();
        let until = told.free_from.unwrap();
        let words = format!("5 wrong in a row, locked until {until}; 5 on that day; 1 came during locks");
        assert_eq!((told.to_string(), until.seconds_from(world.now())), (words, 1));
        tries(&person).await.assert_status(429);

        unlock(&operator, &arguments(&person, true)).await.unwrap().unwrap();
        tries(&person).await.assert_status(status);
        let told = unlock(&operator, &arguments(&person, false)).await.unwrap().unwrap();
        assert_eq!(told.free_from, None);
        assert_eq!(told.failures, u32::from(status != 200));
    }
}

#[tokio::test]
async fn where_nothing_was_tried_there_is_nothing_to_forgive() {
    let world = World::start().await;
    let nobody = world.person();
    assert_eq!(unlock(&world.operator(), &arguments(&nobody, true)).await.unwrap(), None);
    assert!(world.rows_of("Sessions", "ADDRESS#").await.is_empty());
    tries(&nobody).await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("UpdateItem"));
    let refused = unlock(&world.operator(), &arguments(&nobody, true)).await;
    assert!(!refused.unwrap_err().to_string().contains(&nobody.email));
    world.mend();
}
