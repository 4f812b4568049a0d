//! Passwords that are easy to guess: nobody learns at sign-up that one is, and none ever opens an account.

use serde_json::{Value, json};
use tests::{Person, Reply, World};

/// Passwords that are tried first, with the trick that was meant to make each better; and one that says who its owner is.
const COMMON: [&str; 4] = ["password", "P@ssw0rd2026!", "11111111", "qwertyuiop"];

async fn sets(person: &Person<'_>, token: &str, password: &str) -> Reply {
    person.world.post("/auth/reset-password", json!({ "token": token, "password": password })).await
}

/// Why the password of a reset was refused.
fn reason(reply: &Reply) -> &Value {
    reply.assert_status(422);
    let flaw = &reply.body["detail"][0];
    assert_eq!((&flaw["loc"], &flaw["type"]), (&json!(["body", "password"]), &json!("value_error")));
    assert_eq!(flaw["input"], json!(null), "a password is not echoed");
    &flaw["ctx"]["reason"]
}

#[tokio::test]
async fn a_weak_password_signs_up_and_never_signs_in() {
    let world = World::start().await;
    for password in COMMON {
        let ada = world.person().rival(password);
        ada.signs_up().await.assert_ok();
        let proven = ada.verifies().await;
        assert!(proven.assert_ok()["message"].as_str().unwrap().contains("Choose a password"));
        ada.logs_in().await.assert_status(401);

        let letter = world.mails(&ada.email).await.remove(0).text.unwrap();
        assert!(letter.contains("is easy to guess"), "{letter}");
        let chosen = ada.rival("chosen with more care");
        sets(&ada, &ada.mailed("reset-password").await, &chosen.password).await.assert_ok();
        chosen.logs_in().await.assert_ok();
        ada.logs_in().await.assert_status(401);
    }
}

#[tokio::test]
async fn a_weak_password_and_another_one_are_contested() {
    let world = World::start().await;
    for [first, second] in [["password", "correct horse battery"], ["correct horse battery", "password"]] {
        let ada = world.person().rival(first);
        ada.signs_up().await;
        ada.rival(second).signs_up().await;
        ada.verifies().await;
        for password in [first, second] {
            ada.rival(password).logs_in().await.assert_status(401);
        }
        let letter = world.mails(&ada.email).await.remove(0).text.unwrap();
        assert!(letter.contains("with different\npasswords"), "{letter}");
    }
}

#[tokio::test]
async fn a_sign_up_costs_and_says_the_same_whatever_its_password_is() {
    let world = World::start().await;
    let mut seen = Vec::new();
    for password in ["correct horse battery", "password"] {
        let ada = world.person().rival(password);
        let runs = world.auth.argon2_runs();
        let (mut reply, calls) = world.calls(ada.signs_up()).await;
        reply.body["user"]["id"].take();
        reply.body["user"]["email"].take();
        seen.push((reply.status, reply.body, calls, world.auth.argon2_runs() - runs));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_reset_refuses_a_weak_password_says_why_and_keeps_the_link() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let name = json!({ "full_name": "Augusta Lovelace" });
    world.patch_as(&session, "/auth/profile", name).await.assert_ok();
    let token = ada.is_offered_a_password().await;
    let refused = [
        ("password1!", "Password should not be one of the most common ones, nor one with digits and signs behind it"),
        ("abababababab", "Password should have at least 4 different characters"),
        (&*ada.email, "Password should not be made of your address, your name or the name of this service"),
        ("lovelace-AUGUSTA", "Password should not be made of your address, your name or the name of this service"),
    ];
    for (password, why) in refused {
        assert_eq!(reason(&sets(&ada, &token, password).await), why, "{password}");
        world.get_as(&session, "/auth/profile").await.assert_ok();
        ada.logs_in().await.assert_ok();
    }
    sets(&ada, &token, "chosen with more care").await.assert_ok();
    ada.rival("chosen with more care").logs_in().await.assert_ok();
}

#[tokio::test]
async fn only_who_holds_the_link_learns_that_a_password_is_weak() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    sets(&ada, "no-link-at-all", "password").await.assert_status(400);
    sets(&ada, &token, "chosen with more care").await.assert_ok();
    sets(&ada, &token, "password").await.assert_status(400);
}
