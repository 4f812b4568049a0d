//! The password is replaced by who knows it.

use serde_json::json;
use shared::ids::MailId;
use tests::{PATIENCE, Session, World, authorized};

use super::{NEW, asks_for, at, changes_password, frozen_for, is_alive, letters, redeems, resets, told};

#[tokio::test]
async fn a_new_password_ends_every_session_but_the_one_that_asks() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    changes_password(&ada, &session, NEW).await.assert_ok();
    assert!(is_alive(&world, &session).await && !is_alive(&world, &other).await);
    world.refresh(&session.refresh).await.assert_ok();
    ada.logs_in().await.assert_status(401);
    ada.rival(NEW).logs_in().await.assert_ok();
    assert_eq!(told(&world).await, ["password_changed"]);
    assert!(letters(&world).await.contains(&(ada.email.clone(), "password-changed".to_owned())));
    // Who knows the password could have looked at the keys before.
    assert_eq!(frozen_for(&world).await, 0);
    let event = &world.rows_of("Accounts", "ACCOUNT#").await.into_iter().find(|row| row["action"].is_string()).unwrap();
    assert_eq!((&event["by"], event["session"].is_string()), (&json!("user"), true));
}

#[tokio::test]
async fn a_wrong_current_password_is_403_and_counts_where_it_does_at_sign_in() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let thief = |path: &'static str, new: &'static str| {
        let body = json!({ "current_password": "a mere guess", "new_password": NEW, "new_email": new });
        world.send_from("192.0.2.7", authorized("POST", path, &session.access, Some(body)))
    };
    for _ in 0..2 {
        for path in ["/auth/change-password", "/auth/change-email"] {
            let refused = thief(path, "thief@example.org").await;
            assert_eq!((refused.status, &refused.body["success"]), (403, &json!(false)));
        }
    }
    thief("/auth/change-password", "").await.assert_status(403);
    for path in ["/auth/change-password", "/auth/change-email"] {
        let locked = thief(path, "thief@example.org").await;
        assert_eq!((locked.status, locked.header("retry-after")), (429, Some("1")), "{locked:?}");
    }
    // Elsewhere, too, but not where the owner comes from.
    let login = tests::json_request("POST", "/auth/login", &ada.credentials());
    assert_eq!(world.send_from("192.0.2.7", login).await.status, 429);
    changes_password(&ada, &session, NEW).await.assert_ok();
    assert!(at(&ada, "thief@example.org").all_mailed("confirm-email").await.is_empty());
    assert_eq!(told(&world).await, ["password_changed"]);
}

/// A right one is no failure, however often.
#[tokio::test]
async fn a_right_password_uses_up_no_tries() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    for _ in 0..8 {
        changes_password(&ada, &session, &ada.password).await.assert_status(400);
        changes_password(&ada, &session, "password1").await.assert_status(422);
    }
    ada.rival("a mere guess").logs_in().await.assert_status(401);
    ada.logs_in().await.assert_ok();
    assert_eq!(told(&world).await, [""; 0]);
}

#[tokio::test]
async fn the_same_password_is_refused_however_its_accents_are_composed() {
    let world = World::start().await;
    let mut ada = world.person();
    "a caf\u{e9} at noon, twice".clone_into(&mut ada.password);
    let (ada, session) = ada.signed_in().await;
    let runs = world.auth.argon2_runs();
    let refused = changes_password(&ada, &session, "a cafe\u{301} at noon, twice").await;
    assert_eq!((refused.status, &refused.body["success"]), (400, &json!(false)));
    assert_eq!(world.auth.argon2_runs() - runs, 1);
    changes_password(&ada, &session, NEW).await.assert_ok();
    assert_eq!(world.auth.argon2_runs() - runs, 3, "two for a change");
}

#[tokio::test]
async fn a_password_that_is_easy_to_guess_or_was_stolen_is_refused() {
    let world = World::with_breaches(PATIENCE).await;
    world.aws.breaches().steal("stolen elsewhere");
    let (ada, session) = world.person().signed_in().await;
    world.patch_as(&session, "/auth/profile", json!({ "full_name": "Ada Lovelace" })).await.assert_ok();
    for weak in ["password1", "stolen elsewhere", "lovelace12", "short"] {
        let refused = changes_password(&ada, &session, weak).await;
        refused.assert_status(422);
        assert_eq!(refused.body["detail"][0]["loc"], json!(["body", "new_password"]), "{weak}");
        assert_eq!(refused.body["detail"][0].get("input").unwrap_or(&json!(null)), &json!(null), "{weak}");
    }
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_mailed_link_that_sets_a_password_is_void_by_a_new_one() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    changes_password(&ada, &session, NEW).await.assert_ok();
    resets(&world, &token, "by a link of before").await.assert_status(400);
    ada.rival(NEW).logs_in().await.assert_ok();
    // And one that has set the password is not told of any more.
    world.advance(60);
    let token = ada.is_offered_a_password().await;
    resets(&world, &token, "set by a link").await.assert_ok();
    let owner = ada.rival("set by a link");
    changes_password(&owner, &Session::of(&owner.logs_in().await), NEW).await.assert_ok();
    resets(&world, &token, "set by a link").await.assert_status(400);
}

#[tokio::test]
async fn an_address_that_was_asked_for_is_void_by_a_new_password() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    asks_for(&ada, &session, "elsewhere@example.org").await.assert_ok();
    changes_password(&ada, &session, NEW).await.assert_ok();
    let token = at(&ada, "elsewhere@example.org").mailed("confirm-email").await;
    redeems(&world, "confirm-email", &token).await.assert_status(400);
    ada.rival(NEW).logs_in().await.assert_ok();
}

/// As one that signs in with a provider alone.
#[tokio::test]
async fn without_a_password_the_session_has_to_be_fresh() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let change = json!({ "current_password": null, "new_password": NEW });
    let changes = || world.post_as(&session, "/auth/change-password", change.clone());
    changes().await.assert_status(403);
    let mut account = ada.account().await;
    account.as_object_mut().unwrap().remove("password");
    world.put_rows("Accounts", vec![account]).await;
    let guess = json!({ "current_password": "a mere guess", "new_password": NEW });
    world.post_as(&session, "/auth/change-password", guess).await.assert_status(403);
    world.advance(301);
    let stale = changes().await;
    assert_eq!((stale.status, &stale.body["data"]["code"]), (403, &json!("STEP_UP_REQUIRED")));
    let row = world.rows_of("Sessions", "ACCOUNT#").await.into_iter().find(|row| row["sk"] != "GUARD").unwrap();
    world.tamper("Sessions", &row, "auth_time", json!(world.now().as_second())).await;
    changes().await.assert_ok();
    ada.rival(NEW).logs_in().await.assert_ok();
}

#[tokio::test]
async fn keep_apps_has_to_be_a_switch() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let body =
        |keep: serde_json::Value| json!({ "current_password": ada.password, "new_password": NEW, "keep_apps": keep });
    world.post_as(&session, "/auth/change-password", body(json!("yes"))).await.assert_status(422);
    world.post_as(&session, "/auth/change-password", body(json!(true))).await.assert_ok();
}

#[tokio::test]
async fn a_client_has_so_many_passwords_compared() {
    let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 3)).await;
    let (ada, session) = world.person().signed_in().await;
    for _ in 0..2 {
        changes_password(&ada, &session, &ada.password).await.assert_status(400);
    }
    for refused in [changes_password(&ada, &session, NEW).await, asks_for(&ada, &session, "x@example.org").await] {
        assert_eq!((refused.status, &refused.body["success"]), (429, &json!(false)));
        assert!(refused.header("retry-after").is_some());
    }
}

#[tokio::test]
async fn who_may_not_sign_in_changes_nothing_and_no_link_works() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    asks_for(&ada, &session, "elsewhere@example.org").await.assert_ok();
    let confirm = at(&ada, "elsewhere@example.org").mailed("confirm-email").await;
    let not_me = ada.mailed("not-me").await;
    let account = ada.account().await;
    let ending = json!({ "at": world.now().as_second() + 1, "by": "user", "keep": MailId::random().unwrap(), "has_begun": false });
    let ban = json!({ "reason": "TEST", "at": world.now().as_second() });
    for (attribute, value) in [("banned", ban), ("ending", ending)] {
        world.tamper("Accounts", &account, attribute, value).await;
        changes_password(&ada, &session, NEW).await.assert_status(401);
        asks_for(&ada, &session, "other@example.org").await.assert_status(401);
        resets(&world, &token, NEW).await.assert_status(400);
        redeems(&world, "confirm-email", &confirm).await.assert_status(400);
        world.advance(60);
        let before = letters(&world).await;
        ada.forgets().await.assert_ok();
        assert_eq!(letters(&world).await, before, "{attribute}");
        if attribute == "banned" {
            redeems(&world, "not-me", &not_me).await.assert_status(400);
        }
    }
    // The owner's word keeps an account that somebody else is about to delete.
    redeems(&world, "not-me", &not_me).await.assert_ok();
    assert_eq!(ada.account().await.get("ending"), None);
    resets(&world, &ada.mailed("reset-password").await, NEW).await.assert_ok();
    ada.rival(NEW).logs_in().await.assert_ok();
}
