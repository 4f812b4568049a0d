//! Refresh, logout and the end of sessions.

use serde_json::json;
use tests::{Session, World};

use super::tokens::claims;
use crate::admin::rotate_account_key;

#[tokio::test]
async fn a_refresh_token_works_once() {
    let world = World::start().await;
    let (_, first) = world.person().signed_in().await;
    let second = Session::of(&world.refresh(&first.refresh).await);
    assert_ne!(first.refresh, second.refresh);
    world.get_as(&second, "/auth/profile").await.assert_ok();

    world.advance(31);
    let reused = world.refresh(&first.refresh).await;
    reused.assert_status(401);
    world.get_as(&second, "/auth/profile").await.assert_status(401);
    world.refresh(&second.refresh).await.assert_status(401);
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
}

#[tokio::test]
async fn within_the_grace_a_token_brings_the_same_successor_and_the_successor_stays() {
    let world = World::start().await;
    let (_, first) = world.person().signed_in().await;
    let second = Session::of(&world.refresh(&first.refresh).await);
    let rows = async || world.rows_of("Sessions", "ACCOUNT#").await;
    let before = rows().await;
    for token in [&first.refresh, &second.refresh] {
        world.advance(15);
        // Now the switches are known.
        world.get_as(&second, "/auth/profile").await.assert_ok();
        let (reply, calls) = world.calls(world.refresh(token)).await;
        let again = Session::of(&reply);
        assert_eq!(again.refresh, second.refresh);
        assert_eq!(calls.dynamodb, [("UpdateItem".to_owned(), 1)].into());
        world.get_as(&again, "/auth/profile").await.assert_ok();
    }
    assert_eq!(rows().await, before, "nothing is written");

    // The window does not slide.
    world.advance(1);
    let third = Session::of(&world.refresh(&second.refresh).await);
    assert_ne!(third.refresh, second.refresh);
    world.refresh(&first.refresh).await.assert_status(401);
    world.refresh(&third.refresh).await.assert_status(401);
}

#[tokio::test]
async fn a_token_used_after_the_grace_ends_the_session() {
    let world = World::start().await;
    let (_, first) = world.person().signed_in().await;
    let second = Session::of(&world.refresh(&first.refresh).await);
    world.advance(31);
    world.refresh(&first.refresh).await.assert_status(401);
    world.get_as(&second, "/auth/profile").await.assert_status(401);
    world.refresh(&second.refresh).await.assert_status(401);
}

#[tokio::test]
async fn the_key_of_successors_is_replaced_and_nobody_notices() {
    let world = World::start().await;
    let (_, first) = world.person().signed_in().await;
    let rotation = rotate_account_key(&world, false).await.unwrap();
    assert_eq!((rotation.number, rotation.ended.as_slice()), (2, &[1][..]));
    world.advance(30 * 60 - 10);
    let second = Session::of(&world.refresh(&first.refresh).await);
    // Derived under the old key, and told again when the new one is in use, also by an instance that has just begun.
    world.advance(20);
    for auth in [&world.auth, &world.another_auth()] {
        let body = json!({ "refresh_token": first.refresh });
        assert_eq!(Session::of(&world.post_to(auth, "/auth/refresh", body).await).refresh, second.refresh);
    }
    world.advance(30);
    let third = Session::of(&world.refresh(&second.refresh).await);

    // What was derived under a key that is withdrawn is not told again, and no theft either.
    rotate_account_key(&world, true).await.unwrap();
    let cold = world.another_auth();
    let asked = async |token: &str| world.post_to(&cold, "/auth/refresh", json!({ "refresh_token": token })).await;
    asked(&second.refresh).await.assert_status(401);
    asked(&third.refresh).await.assert_ok();
    world.advance(31);
    let fourth = Session::of(&asked(&third.refresh).await);
    assert_ne!(fourth.refresh, third.refresh);
    assert_eq!(Session::of(&asked(&third.refresh).await).refresh, fourth.refresh);
}

#[tokio::test]
async fn a_session_ends_thirty_days_after_its_last_use() {
    let world = World::start().await;
    let (_, first) = world.person().signed_in().await;
    world.advance(29 * 24 * 3_600);
    let second = Session::of(&world.refresh(&first.refresh).await);
    world.advance(29 * 24 * 3_600);
    let third = Session::of(&world.refresh(&second.refresh).await);
    world.advance(30 * 24 * 3_600);
    world.refresh(&third.refresh).await.assert_status(401);
}

#[tokio::test]
async fn an_access_token_lives_fifteen_minutes() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let reply = ada.logs_in().await;
    let life = reply.body["session"]["expires_at"].as_i64().unwrap() - world.now().as_second();
    assert_eq!(life, 900);
    world.advance(900);
    let expired = world.get_as(&Session::of(&reply), "/auth/profile").await;
    expired.assert_status(401);
    assert_eq!(expired.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}

#[tokio::test]
async fn logout_ends_the_session_of_a_token_even_of_an_expired_one() {
    let world = World::start().await;
    let (ada, kept) = world.person().signed_in().await;
    let ended = Session::of(&ada.logs_in().await);
    world.advance(3_600);
    world.post("/auth/logout", json!({ "access_token": ended.access })).await.assert_ok();
    world.refresh(&ended.refresh).await.assert_status(401);
    world.refresh(&kept.refresh).await.assert_ok();
}

#[tokio::test]
async fn logout_bites_at_once_and_everywhere() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.post("/auth/logout", json!({ "access_token": session.access })).await;
    world.get_as(&session, "/auth/profile").await.assert_status(401);
    world.get_as(&session, "/api/v1/api-keys/").await.assert_status(401);
}

#[tokio::test]
async fn logout_says_the_same_to_nonsense() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let own = world.post("/auth/logout", json!({ "access_token": session.access })).await;
    for token in ["", "nonsense", &session.access, &session.refresh, &format!("{}x", session.access)] {
        let reply = world.post("/auth/logout", json!({ "access_token": token })).await;
        assert_eq!((reply.status, reply.body), (200, own.body.clone()));
    }
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_on_the_way_to_us_still_succeeds() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.break_times(local::Service::DynamoDb, local::Mode::Lost, "UpdateItem", 1);
    let next = Session::of(&world.refresh(&session.refresh).await);
    world.advance(31);
    world.refresh(&next.refresh).await.assert_ok();
}

#[tokio::test]
async fn no_text_that_is_no_refresh_token_ends_a_session() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let half = &session.refresh[..session.refresh.len() / 2];
    for token in ["", "nonsense", half, &session.access, &"A".repeat(60_000)] {
        world.refresh(token).await.assert_status(401);
    }
    world.refresh(&session.refresh).await.assert_ok();
}

#[tokio::test]
async fn no_token_outlives_its_session() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = rows.iter().find(|row| row["sk"] != "GUARD").unwrap();
    world.tamper("Sessions", row, "expires_at", json!(world.now().as_second())).await;
    world.get_as(&session, "/auth/profile").await.assert_status(401);
    world.refresh(&session.refresh).await.assert_status(401);
}

#[tokio::test]
async fn what_a_request_decides_it_decides_at_one_moment() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let begun = world.now().as_second();
    world.aws.reset_calls();
    world.hold("GetItem", 1_000);
    let later = async {
        while !world.aws.calls().dynamodb.contains_key("GetItem") {
            tokio::task::yield_now().await;
        }
        world.advance(60);
        world.mend();
    };
    let (login, ()) = tokio::join!(ada.logs_in(), later);
    let session = Session::of(&login);
    let claims = claims(&session.access);
    let rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    let row = rows.iter().find(|row| claims["sid"].as_str().is_some_and(|id| row["sk"] == format!("SESSION#{id}")));
    let moments = [&row.unwrap()["created_at"], &row.unwrap()["auth_time"], &claims["iat"], &claims["auth_time"]];
    assert_eq!(moments, [&json!(begun); 4]);
    assert_eq!(login.body["session"]["expires_at"], json!(begun + 900));
}
