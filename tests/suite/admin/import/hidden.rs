//! Who was brought along does not show.

use admin::users_import::formats::Source;
use local::Calls;
use tests::{Person, World};

use super::{at, export, hash_of, imported};

/// What a login costs: its answer, runs of Argon2 and of foreign functions, and calls.
async fn costs(person: &Person<'_>) -> (u64, u64, u64, Calls) {
    let auth = &person.world.auth;
    let (argon2, foreign) = (auth.argon2_runs(), auth.foreign_runs());
    let (reply, calls) = person.world.calls(person.logs_in()).await;
    (reply.status, auth.argon2_runs() - argon2, auth.foreign_runs() - foreign, calls)
}

/// Everybody that a stranger may ask about: brought along with a password and without, here all along, unproven and unknown.
async fn everybody(world: &World) -> Vec<Person<'_>> {
    let (bob, _) = world.person().signed_in().await;
    let unproven = world.person();
    unproven.signs_up().await.assert_ok();
    let addresses = ["ada@example.com", "no-hash@example.com", &bob.email, &unproven.email, "nobody@example.com"];
    addresses.map(|email| at(world, email).rival("a guess")).into()
}

#[tokio::test]
async fn every_login_runs_what_those_who_were_brought_along_need() {
    for (names, foreign) in [("bcrypt:10", 1), ("bcrypt:10,firebase-scrypt:14", 2)] {
        let functions = names.split(',').map(|name| name.parse().unwrap()).collect();
        let world = World::with(|config| config.imported_hashes = functions).await;
        imported(&world, Source::Supabase, export("supabase.csv")).await;
        for person in everybody(&world).await {
            let (status, argon2, runs, calls) = costs(&person).await;
            assert_eq!((status, argon2, runs), (401, 1, foreign), "{}", person.email);
            assert_eq!(calls.dynamodb, [("GetItem".to_owned(), 3), ("UpdateItem".to_owned(), 3)].into());
        }
        // Nor who has moved, for whom they are run for nothing; but once, while a plain hash is made.
        let ada = at(&world, "ada@example.com");
        for (argon2, beginning) in [(2, "$argon2id$"), (1, "$argon2id$")] {
            let (status, runs, others, _) = costs(&ada).await;
            assert_eq!((status, runs, others), (200, argon2, foreign));
            assert!(hash_of(&ada).await.unwrap().starts_with(beginning));
        }
    }
}

#[tokio::test]
async fn without_the_setting_nobody_else_pays_for_those_who_were_brought_along() {
    let world = World::start().await;
    imported(&world, Source::Supabase, export("supabase.csv")).await;
    for (person, expected) in everybody(&world).await.iter().zip([1, 0, 0, 0, 0]) {
        let (status, argon2, foreign, _) = costs(person).await;
        assert_eq!((status, argon2, foreign), (401, 1, expected), "{}", person.email);
    }
}

/// Whoever has proven an address here may be known for it for a day, which is when he looks for it himself.
#[tokio::test]
async fn no_stranger_may_ask_who_was_brought_along() {
    let world = World::start().await;
    imported(&world, Source::Supabase, export("supabase.csv")).await;
    let unknown = world.status_of("nobody@example.com").await;
    for email in ["ada@example.com", "no-hash@example.com"] {
        assert_eq!(world.status_of(email).await, unknown, "{email}");
    }
    let session = tests::Session::of(&at(&world, "ada@example.com").logs_in().await);
    let path = "/auth/verification-status?email=ada@example.com";
    assert_eq!(world.get_as(&session, path).await.body["status"], "verified", "she herself may");
}
