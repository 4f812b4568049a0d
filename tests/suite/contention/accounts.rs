//! Forty at one address, one account, and one user of identity checks.

use serde_json::json;
use shared::config::Stage;
use tests::{World, invoke};

use super::{FEW, INSTANCES, MANY, TRANSACTION, assert_all_but_contended, at_once, count, to_auth};
use crate::kyc::{assert_taken, genuine, said};

#[tokio::test]
async fn forty_sign_ups_of_one_address() {
    let world = World::start().await;
    let ada = world.person();
    let body = |number| json!({ "email": ada.email, "password": format!("password number {number}") });
    let replies = to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/signup", (0..MANY).map(body).collect()).await;
    assert_all_but_contended(&replies, 200);
    assert_eq!(world.rows_of("Accounts", "ADDRESS#").await.len(), 1);
}

#[tokio::test]
async fn forty_requests_for_one_link() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let bodies = vec![json!({ "email": ada.email }); MANY];
    let replies = to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/resend-verification", bodies).await;
    assert_eq!(count(&replies, 200), 1, "{replies:?}");
    assert_eq!(count(&replies, 429) + count(&replies, 503), MANY - 1, "{replies:?}");
}

#[tokio::test]
async fn forty_requests_for_one_new_password() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let bodies = vec![json!({ "email": ada.email }); MANY];
    let replies = to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/forgot-password", bodies).await;
    assert_eq!(count(&replies, 200), 1, "{replies:?}");
    assert_eq!(count(&replies, 429) + count(&replies, 503), MANY - 1, "{replies:?}");
}

#[tokio::test]
async fn forty_proofs_by_one_link() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let token = ada.mailed("verify-email").await;
    let replies =
        to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/verify-email", vec![json!({ "token": token }); MANY]).await;
    assert_all_but_contended(&replies, 200);
    assert_eq!(world.accounts().await.len(), 1);
}

#[tokio::test]
async fn forty_passwords_by_one_link() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    let body = |number| json!({ "token": token, "password": format!("password number {number}") });
    let replies =
        to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/reset-password", (0..MANY).map(body).collect()).await;
    assert_eq!(count(&replies, 200), 1, "{replies:?}");
    // Those that came too late are compared with it, as often as anybody may try one.
    assert!(count(&replies, 400) <= 5, "{replies:?}");
    assert_eq!([400, 429, 503].map(|status| count(&replies, status)).iter().sum::<usize>(), MANY - 1, "{replies:?}");
}

#[tokio::test]
async fn forty_sign_ins_to_one_account() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    // Five may be under way together, and ten more from where she has signed in before.
    let replies = to_auth(&world, (TRANSACTION, 15, FEW), "/auth/login", vec![ada.credentials(); MANY]).await;
    let (refused, admitted): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 429);
    // More, where some have succeeded before others have tried.
    assert!(admitted.len() >= 15, "{refused:?}");
    assert_all_but_contended(&admitted, 200);
    let replies = admitted;
    let guards = world.rows_of("Sessions", "ACCOUNT#").await;
    let guard = guards.iter().find(|row| row["sk"] == "GUARD").unwrap();
    assert_eq!(guard["opened"], json!(count(&replies, 200) + 1));
}

/// Reports and what is claimed under their ids are rows of their own: nobody is in anybody's way.
#[tokio::test]
async fn forty_reports_of_one_user() {
    let world = World::start().await;
    let deployed: Vec<_> =
        (0..INSTANCES).map(|_| kyc::router(world.another_kyc(Stage::Local, world.clock.clone(), |_| {}))).collect();
    let said = |number| said("ada", &format!("e-{number}"), "s-1", "pending", Some(world.now()));
    let reports: Vec<_> = (0..MANY).map(|number| genuine(&world, "generic", &said(number))).collect();
    let reports = reports.into_iter().enumerate();
    let reports = reports.map(|(number, report)| invoke(&deployed[number % INSTANCES], report));
    let replies = at_once(&world, (TRANSACTION, MANY, 0), reports).await;
    replies.iter().for_each(assert_taken);
    assert_eq!(world.rows_of("Kyc", "USER#ada").await.len(), MANY);
}
