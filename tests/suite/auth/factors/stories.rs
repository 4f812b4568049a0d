//! What owners do.

use serde_json::{Value, json};
use tests::{Added, Authenticator, ORIGIN, Session, World};

use super::STEP;
use crate::auth::tokens::claims;

#[tokio::test]
async fn an_app_is_asked_for_behind_the_password_from_its_first_code_on() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let elsewhere = Session::of(&ada.logs_in().await);
    let (app, added) = world.enrols_app(&session).await;
    assert_eq!(added.codes.len(), 10);
    assert_eq!(claims(&added.session.access)["aal"], "aal2");
    assert_eq!(world.get_as(&elsewhere, "/auth/profile").await.status, 401, "everybody else is signed out");
    world.get_as(&added.session, "/auth/profile").await.assert_ok();

    let asked = ada.is_asked_for_a_factor().await;
    assert_eq!(asked["methods"], json!(["totp", "recovery_code"]));
    assert_eq!(asked["passkey"], Value::Null);
    let used = world.verifies(&asked, json!({ "totp": app.shows(&world) })).await;
    assert_eq!((used.status, &used.body["error"]), (401, &json!("Invalid or expired second factor")), "{used:?}");
    world.advance(STEP);
    let reply = world.verifies(&asked, json!({ "totp": app.shows(&world) })).await;
    let again = Session::of(&reply);
    let claims = claims(&again.access);
    assert_eq!((&claims["aal"], &claims["amr"]), (&json!("aal2"), &json!(["pwd", "otp", "mfa"])));
    let twice = world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await;
    assert_eq!(twice.status, 401, "the token is spent");

    let listed = world.get_as(&again, "/auth/mfa").await;
    let data = &listed.assert_ok()["data"];
    assert_eq!((&data["recovery_codes_left"], &data["aal"]), (&json!(10), &json!("aal2")));
    assert_eq!(data["totp"]["last_used_at"], world.now().to_string());
}

#[tokio::test]
async fn a_passkey_signs_in_alone_and_behind_the_password() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut phone = Authenticator::new(ORIGIN);
    let added = world.adds_passkey(&session, &mut phone, "Phone").await;
    assert_eq!(added.codes.len(), 10);
    let alone = Session::of(&world.signs_in_by_passkey(&mut phone).await);
    let said = claims(&alone.access);
    assert_eq!((&said["aal"], &said["amr"]), (&json!("aal2"), &json!(["pop", "mfa"])));
    let asked = ada.is_asked_for_a_factor().await;
    assert_eq!(asked["methods"], json!(["passkey", "recovery_code"]));
    let passkey = phone.sign(&asked["passkey"]);
    let behind = Session::of(&world.verifies(&asked, json!({ "passkey": passkey })).await);
    assert_eq!(claims(&behind.access)["amr"], json!(["pwd", "pop", "mfa"]));
}

#[tokio::test]
async fn a_recovery_code_works_once_in_whatever_way_it_is_typed() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (_, added) = world.enrols_app(&session).await;
    let code = added.codes[0].to_lowercase().replace('-', " ");
    let asked = ada.is_asked_for_a_factor().await;
    let signed_in = Session::of(&world.verifies(&asked, json!({ "recovery_code": code })).await);
    assert_eq!(claims(&signed_in.access)["amr"], json!(["pwd", "recovery", "mfa"]));
    let asked = ada.is_asked_for_a_factor().await;
    assert_eq!(world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await.status, 401);
    world.verifies(&asked, json!({ "recovery_code": added.codes[1] })).await.assert_ok();
    let mails = world.mails(&ada.email).await;
    assert_eq!(mails.iter().filter(|mail| mail.subject.starts_with("Recovery code used")).count(), 2);
}

#[tokio::test]
async fn a_session_proves_again_who_is_there() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let (app, Added { session, .. }) = world.enrols_app(&session).await;
    world.advance(301);
    let refused = world.post_as(&session, "/auth/mfa/recovery-codes", json!({})).await;
    assert_eq!((refused.status, &refused.body["data"]["code"]), (403, &json!("STEP_UP_REQUIRED")));
    let wrong = world.steps_up(&session, json!({ "password": "correct horse battery" })).await;
    assert_eq!((wrong.status, &wrong.body["data"]["code"]), (403, &json!("NOT_CONFIRMED")));
    let raised = world.steps_up(&session, json!({ "totp": app.shows(&world) })).await;
    assert_eq!(raised.assert_ok()["data"]["aal"], "aal2");
    let renewed = world.post_as(&session, "/auth/mfa/recovery-codes", json!({})).await;
    assert_eq!(renewed.assert_ok()["data"]["recovery_codes"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn without_factors_the_password_proves_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    world.advance(301);
    assert_eq!(world.post_as(&session, "/auth/mfa/totp", json!({})).await.status, 403);
    let raised = world.steps_up(&session, json!({ "password": ada.password })).await;
    assert_eq!(raised.assert_ok()["data"]["aal"], "aal1");
    world.enrols_app(&session).await;
}

#[tokio::test]
async fn a_factor_that_is_removed_is_gone_for_everybody_and_shuts_the_vault() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (_, Added { session, .. }) = world.enrols_app(&session).await;
    let mut phone = Authenticator::new(ORIGIN);
    let passkey = world.adds_passkey(&session, &mut phone, "Phone").await;
    let other = Session::of(&world.signs_in_by_passkey(&mut phone).await);
    // A factor of this very second is no older than what shuts the vault.
    world.advance(1);
    world.delete_as(&session, "/auth/mfa/totp").await.assert_ok();
    assert_eq!(world.get_as(&other, "/auth/profile").await.status, 401);
    let listed = world.get_as(&session, "/auth/sessions").await;
    assert_ne!(listed.assert_ok()["vault_frozen_until"], Value::Null);
    // Whoever shows a factor that is older than that is the owner.
    let asked = world.post_as(&session, "/auth/mfa/step-up/options", json!({})).await;
    let proof = phone.sign(&asked.assert_ok()["data"]["passkey"]);
    world.steps_up(&session, json!({ "passkey": proof })).await.assert_ok();
    assert_eq!(world.get_as(&session, "/auth/sessions").await.body["vault_frozen_until"], Value::Null);

    let removed = world.delete_as(&session, &format!("/auth/mfa/passkeys/{}", passkey.id)).await;
    assert_eq!(removed.assert_ok()["data"]["aal"], "aal1");
    ada.logs_in().await.assert_ok();
    assert_eq!(world.signs_in_by_passkey(&mut phone).await.status, 401);
    let rows = world.rows_of("Accounts", &format!("ACCOUNT#{}", session.user_id)).await;
    let kinds = ["MFA", "PASSKEY#", "RECOVERY#"];
    let left: Vec<_> =
        rows.iter().filter(|row| kinds.iter().any(|kind| row["sk"].as_str().unwrap().starts_with(kind))).collect();
    assert!(left.is_empty(), "{left:?}");
    assert!(world.rows_of("Accounts", "CREDENTIAL#").await.is_empty());
}

#[tokio::test]
async fn a_device_is_remembered_for_a_month() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (app, _) = world.enrols_app(&session).await;
    world.advance(STEP);
    let asked = ada.is_asked_for_a_factor().await;
    let reply = world.verifies(&asked, json!({ "totp": app.shows(&world), "remember_device": true })).await;
    let device = reply.header("x-device-token").unwrap().to_owned();
    let from_there = || async {
        let mut request = tests::json_request("POST", "/auth/login", &ada.credentials());
        request.headers.push(("x-device-token".to_owned(), device.clone()));
        world.send(request).await
    };
    let remembered = Session::of(&from_there().await);
    assert_eq!(claims(&remembered.access)["aal"], "aal1");
    assert_eq!(world.post_as(&remembered, "/auth/mfa/recovery-codes", json!({})).await.status, 403);
    ada.is_asked_for_a_factor().await;
    world.advance(30 * 24 * 3600);
    assert_eq!(from_there().await.status, 401);
}
