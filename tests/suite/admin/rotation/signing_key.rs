//! A new key signs, and tokens of the old one stay good.

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Reply, Session, World};

use super::{END, LEAD, NOTICED, arranged, kid, refreshed, sorted, statuses};
use crate::admin::rotate_signing_key;

fn kids(reply: &Reply) -> Vec<&str> {
    reply.assert_ok();
    reply.body["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_key_is_published_first_and_signs_later_and_the_old_one_outlives_its_tokens() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let old = kid(&session);
    let rotation = rotate_signing_key(&world, false).await.unwrap();
    assert!(rotation.from.seconds_from(world.now()) > 15 * 60, "{rotation:?}");
    assert_eq!(rotation.ended, [old.as_str()]);
    let new = rotation.kid.clone();
    assert_ne!(new, old);

    // A cold instance knows at once, a warm one soon, and neither signs with it yet.
    world.another_auth().warm_up().await;
    world.advance(NOTICED);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), sorted(vec![&old, &new]));
    world.advance(LEAD - NOTICED - 30);
    let session = refreshed(&world, &session).await;
    let cold = world.another_auth();
    let of_cold =
        Session::of(&world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": session.refresh })).await);
    assert_eq!([kid(&session), kid(&of_cold)], [old.clone(), old.clone()]);

    // From the moment on, instances that have been at work since before the rotation sign with it, and every function knows it.
    world.advance(30);
    assert!(world.now() >= rotation.from);
    let later = refreshed(&world, &of_cold).await;
    assert_eq!(kid(&later), new);
    assert_eq!(statuses(&world, &later).await, [200, 200]);
    let latest = world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": later.refresh })).await;
    assert_eq!(kid(&Session::of(&latest)), new);
    // The last tokens of the old one are good until they expire.
    world.advance(900 - 60);
    assert_eq!(statuses(&world, &of_cold).await, [200, 200]);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), sorted(vec![&old, &new]));

    world.advance(END - (900 - 60));
    assert!(world.now() >= rotation.until);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), [new.as_str()]);
    assert_eq!(statuses(&world, &refreshed(&world, &Session::of(&latest)).await).await, [200, 200]);
    // DynamoDB deletes it some day, and nothing depends on when.
    for row in arranged(&world).await.iter().filter(|row| row["ttl"].is_number()) {
        world.remove(if row["pk"] == "SECRET" { "Accounts" } else { "Sessions" }, row).await;
    }
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 1);
    let again = rotate_signing_key(&world, false).await.unwrap();
    assert_eq!(again.ended, [new]);
    assert!(arranged(&world).await.iter().any(|row| row["sk"] == "signing-key#3"));
    world.another_auth().warm_up().await;
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 2);
}

#[tokio::test]
async fn a_compromised_key_is_worthless_within_ten_minutes_and_sessions_go_on() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let (_, other) = world.person().signed_in().await;
    // Even while another rotation is under way.
    let pending = rotate_signing_key(&world, false).await.unwrap().kid;
    let rotation = rotate_signing_key(&world, true).await.unwrap();
    let mut ended = rotation.ended.clone();
    ended.sort();
    assert_eq!(ended, sorted(vec![&kid(&session), &pending]));

    let cold = world.another_auth();
    let of_cold = world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": session.refresh })).await;
    assert_eq!(kid(&Session::of(&of_cold)), rotation.kid);
    world.advance(NOTICED);
    assert_eq!(statuses(&world, &session).await, [401, 401]);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), [rotation.kid.as_str()]);
    let session = refreshed(&world, &Session::of(&of_cold)).await;
    assert_eq!(kid(&session), rotation.kid);
    assert_eq!(statuses(&world, &session).await, [200, 200]);
    // A token of a withdrawn key is good for ending its session and for nothing else.
    assert_eq!(statuses(&world, &other).await, [401, 401]);
    world.post("/auth/logout", json!({ "access_token": other.access })).await.assert_ok();
    world.refresh(&other.refresh).await.assert_status(401);
    // Neither the one that was pending nor the old one comes back, whoever starts.
    world.advance(LEAD);
    world.another_auth().warm_up().await;
    assert_eq!(kid(&refreshed(&world, &session).await), rotation.kid);
    assert_eq!(kids(&world.get("/.well-known/jwks.json").await), [rotation.kid.as_str()]);
}

#[tokio::test]
async fn a_key_that_is_published_again_keeps_its_end() {
    let world = World::start().await;
    let rotation = rotate_signing_key(&world, false).await.unwrap();
    let published = world.rows_of("Sessions", "SIGNING_KEYS").await;
    world.empty("Sessions").await;
    world.another_auth().warm_up().await;
    let again = world.rows_of("Sessions", "SIGNING_KEYS").await;
    let ends = |rows: &[Value]| rows.iter().map(|row| (row["kid"].clone(), row["until"].clone())).collect::<Vec<_>>();
    assert_eq!(ends(&again), ends(&published));
    assert!(again.iter().any(|row| row["until"] == rotation.until.as_second()));
}

#[tokio::test]
async fn an_instance_that_cannot_learn_of_a_new_key_stops_before_the_old_one_ends() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let old = kid(&session);
    let new = rotate_signing_key(&world, false).await.unwrap().kid;
    // What it has goes on for a while, and not every request looks for something newer.
    world.break_down(Service::Kms, Mode::Unavailable, Some("Decrypt"));
    world.advance(NOTICED);
    world.aws.reset_calls();
    let session = refreshed(&world, &refreshed(&world, &session).await).await;
    assert_eq!((kid(&session), world.aws.calls().dynamodb["Query"]), (old, 2), "one look at two tables");
    // Then it says so rather than sign what nobody will take.
    world.advance(5 * 60);
    for _ in 0..2 {
        world.refresh(&session.refresh).await.assert_status(503);
    }
    world.mend();
    world.advance(LEAD);
    assert_eq!(kid(&refreshed(&world, &session).await), new);
}
