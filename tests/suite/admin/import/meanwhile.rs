//! Addresses that somebody has to do with already.

use admin::users_import::formats::Source;
use serde_json::json;
use tests::{Person, World};

use super::{at, export, hash_of, imported};

/// Signs up with the address that is about to be brought along, and a password of its own.
fn rival(world: &World) -> Person<'_> {
    at(world, "ada@example.com").rival("chosen by somebody")
}

#[tokio::test]
async fn an_account_that_is_there_stays_as_it_is() {
    let world = World::start().await;
    let (ada, session) = rival(&world).signed_in().await;
    let before = ada.account().await;
    let report = imported(&world, Source::Supabase, export("supabase.csv")).await;
    assert_eq!((report.made, report.there), (2, 1));
    assert_eq!(ada.account().await, before);
    ada.logs_in().await.assert_ok();
    at(&world, "ada@example.com").logs_in().await.assert_status(401);
    world.get_as(&session, "/auth/profile").await.assert_ok();
}

#[tokio::test]
async fn a_pending_sign_up_ends_and_what_was_tried_stays_counted() {
    let world = World::start().await;
    let stranger = rival(&world);
    stranger.signs_up().await.assert_ok();
    let token = stranger.mailed("verify-email").await;
    for _ in 0..3 {
        stranger.logs_in().await.assert_status(401);
    }
    assert_eq!(imported(&world, Source::Supabase, export("supabase.csv")).await.made, 3);
    world.post("/auth/verify-email", json!({ "token": token })).await.assert_status(400);
    stranger.logs_in().await.assert_status(401);
    let guards = world.rows_of("Sessions", "ACCOUNT#").await;
    assert!(guards.iter().any(|row| row["sk"] == "GUARD" && row["failures"] == 4), "{guards:?}");
    at(&world, "ada@example.com").logs_in().await.assert_ok();
}

/// Whoever is first at the address has it, whatever the other was about to write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_ups_and_proofs_at_the_same_moment_leave_one_account() {
    let (mut by_import, mut by_link) = (0, 0);
    for round in 0..6 {
        let world = World::start().await;
        let (stranger, ada) = (rival(&world), at(&world, "ada@example.com"));
        stranger.signs_up().await.assert_ok();
        let token = stranger.mailed("verify-email").await;
        // All three are about to write when the first of them may: two accounts beside hers are in the file.
        world.hold("TransactWriteItems", 5);
        let proof = world.post("/auth/verify-email", json!({ "token": token }));
        let late = at(&world, "ada@example.com").rival("another one altogether");
        let (report, proven, late) =
            tokio::join!(imported(&world, Source::Supabase, export("supabase.csv")), proof, late.signs_up());
        world.mend();
        late.assert_ok();
        assert!(report.is_complete(), "{round}: {report:?}");
        let accounts = world.accounts().await;
        assert_eq!(accounts.iter().filter(|row| row["address"] == ada.email).count(), 1, "{round}");
        let records = world.rows_of("Accounts", "ADDRESS#").await;
        assert!(records.iter().any(|row| row["owner"] == *ada_id(&accounts)), "{round}");
        let is_imported = hash_of(&ada).await.is_some_and(|hash| hash.starts_with("bcrypt:10,"));
        if is_imported {
            by_import += 1;
            assert_eq!((report.made, report.there, proven.status), (3, 0, 400), "{round}");
            ada.logs_in().await.assert_ok();
            stranger.logs_in().await.assert_status(401);
        } else {
            by_link += 1;
            assert_eq!((report.made, report.there, proven.status), (2, 1, 200), "{round}");
            ada.logs_in().await.assert_status(401);
        }
    }
    assert_eq!(by_import + by_link, 6);
}

fn ada_id(accounts: &[serde_json::Value]) -> &serde_json::Value {
    &accounts.iter().find(|row| row["address"] == "ada@example.com").unwrap()["id"]
}
