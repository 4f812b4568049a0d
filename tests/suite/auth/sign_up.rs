//! From sign-up to proof.

use serde_json::json;
use tests::{APP_URL, Request, Session, World};

#[tokio::test]
async fn an_account_comes_into_being_when_its_address_is_proven() {
    let world = World::start().await;
    let ada = world.person();

    let reply = ada.signs_up().await;
    reply.assert_ok();
    assert_eq!(reply.body["session"], json!(null));
    assert!(world.accounts().await.is_empty());
    ada.logs_in().await.assert_status(401);

    let verified = ada.verifies().await;
    assert_eq!((verified.status, &verified.body["success"]), (200, &json!(true)));
    assert_eq!(verified.body["email"], ada.email);
    assert_eq!(verified.body["user_id"], reply.body["user"]["id"]);
    assert_eq!(verified.body["redirect_url"], "https://app.example.com/sign-in");

    let session = Session::of(&ada.logs_in().await);
    let profile = world.get_as(&session, "/auth/profile").await;
    assert_eq!((profile.status, &profile.body["email"]), (200, &json!(ada.email)));
    assert_eq!(profile.body["id"], verified.body["user_id"]);
}

#[tokio::test]
async fn the_same_link_again_does_nothing_and_says_so() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let token = ada.mailed("verify-email").await;
    world.post("/auth/verify-email", json!({ "token": token })).await;
    let before = world.rows("Accounts").await;

    let again = world.post("/auth/verify-email", json!({ "token": token })).await;
    again.assert_ok();
    assert_eq!(again.body["message"], "Your email address is already verified.");
    assert_eq!(world.rows("Accounts").await, before);
}

#[tokio::test]
async fn a_second_sign_up_with_the_same_password_is_mailed_the_same_link() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let second = ada.signs_up().await;
    let mailed = ada.all_mailed("verify-email").await;
    assert_eq!((mailed.len(), &mailed[0]), (2, &mailed[1]));
    assert_eq!(ada.verifies().await.body["user_id"], second.body["user"]["id"]);
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_link_about_to_expire_gets_a_successor_and_lives_no_longer() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let old = ada.mailed("verify-email").await;
    world.advance(24 * 3_600 - 15 * 60);
    ada.signs_up().await;
    assert_ne!(ada.mailed("verify-email").await, old);

    world.advance(15 * 60);
    let refused = world.post("/auth/verify-email", json!({ "token": old })).await;
    assert_eq!((refused.status, &refused.body["success"]), (400, &json!(false)));
    ada.verifies().await.assert_ok();
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_link_expires_and_can_be_renewed() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    world.advance(24 * 3_600);
    assert_eq!(ada.verifies().await.body["message"], "This link has expired. Ask for a new one.");
    assert_eq!(world.status_of(&ada.email).await, "expired");

    let resent = world.post("/auth/resend-verification", json!({ "email": ada.email })).await;
    assert_eq!((resent.status, &resent.body["retry_after"]), (200, &json!(60)));
    ada.verifies().await.assert_ok();
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_forgotten_sign_up_cannot_be_revived() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    world.advance(48 * 3_600);
    assert_eq!(world.status_of(&ada.email).await, "unknown");
    world.post("/auth/resend-verification", json!({ "email": ada.email })).await;
    assert_eq!(ada.all_mailed("verify-email").await.len(), 1);
    ada.verifies().await.assert_status(400);
}

#[tokio::test]
async fn the_status_tells_strangers_little_and_the_owner_everything() {
    let world = World::start().await;
    let ada = world.person();
    assert_eq!(world.status_of(&ada.email).await, "unknown");
    ada.signs_up().await;
    let pending = world.get(&format!("/auth/verification-status?email={}", ada.email)).await;
    assert_eq!(pending.body["status"], "pending");
    assert_eq!(pending.body["time_remaining_seconds"], 24 * 3_600);

    ada.verifies().await;
    assert_eq!(world.status_of(&ada.email).await, "verified");
    world.advance(24 * 3_600);
    assert_eq!(world.status_of(&ada.email).await, "unknown");

    let session = Session::of(&ada.logs_in().await);
    let path = format!("/auth/verification-status?email={}", ada.email);
    let own = world.get_as(&session, &path).await;
    assert_eq!((&own.body["status"], &own.body["is_verified"]), (&json!("verified"), &json!(true)));
    let (bob, _) = world.person().signed_in().await;
    world.advance(24 * 3_600);
    let others = world.get_as(&Session::of(&bob.logs_in().await), &path).await;
    assert_eq!(others.body["status"], "unknown");
}

#[tokio::test]
async fn an_owner_hears_of_another_sign_up_once_an_hour() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let subject = "You already have an account with Tested & Tried";
    let told = async || world.mails(&ada.email).await.iter().filter(|mail| mail.subject == subject).count();

    ada.rival("something else").signs_up().await.assert_ok();
    assert_eq!(told().await, 1);
    ada.rival("something else").signs_up().await;
    assert_eq!(told().await, 1);
    world.advance(3_600);
    ada.rival("something else").signs_up().await;
    assert_eq!(told().await, 2);

    ada.rival("something else").logs_in().await.assert_status(401);
    ada.logs_in().await.assert_ok();
}

#[tokio::test]
async fn a_mailbox_cannot_be_flooded_nor_a_link_be_replaced_for_ever() {
    let world = World::start().await;
    let ada = world.person();
    for _ in 0..8 {
        ada.signs_up().await.assert_ok();
    }
    assert_eq!(ada.all_mailed("verify-email").await.len(), 5);
    // Silent sign-ups count all the same: a stranger's password is none the better for coming late.
    ada.rival("a stranger's password").signs_up().await;
    assert_eq!(ada.all_mailed("verify-email").await.len(), 5);
    ada.verifies().await.assert_ok();
    ada.logs_in().await.assert_status(401);
    ada.rival("a stranger's password").logs_in().await.assert_status(401);

    let bob = world.person();
    for _ in 0..6 {
        bob.signs_up().await;
    }
    world.advance(3_600);
    bob.signs_up().await;
    assert_eq!(bob.all_mailed("verify-email").await.len(), 6);
}

#[tokio::test]
async fn two_spellings_of_an_address_are_one_account() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut shouting = ada.rival(&ada.password);
    shouting.email = ada.email.to_uppercase();
    assert_eq!(Session::of(&shouting.logs_in().await).user_id, session.user_id);
    shouting.signs_up().await;
    assert_eq!(world.rows_of("Accounts", "ADDRESS#").await.len(), 1);
}

#[tokio::test]
async fn a_link_never_leads_where_a_header_points() {
    let world = World::start().await;
    let ada = world.person();
    let hostile = ["host", "x-forwarded-host", "x-forwarded-proto", "forwarded", "origin", "referer"];
    let mut headers: Vec<_> = hostile.iter().map(|name| ((*name).to_owned(), "evil.example".to_owned())).collect();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let body = Some(ada.credentials().to_string());
    world.send(Request { method: "POST", path: "/auth/signup".to_owned(), headers, body, ..Request::default() }).await;
    let mail = &world.mails(&ada.email).await[0];
    assert!(mail.links.iter().all(|link| link.starts_with(APP_URL)), "{:?}", mail.links);
    assert!(!format!("{mail:?}").contains("evil.example"));
}

#[tokio::test]
async fn auto_confirm_signs_up_and_in_at_once() {
    let world = World::with(|config| config.auto_confirm = true).await;
    let ada = world.person();
    let session = Session::of(&ada.signs_up().await);
    world.get_as(&session, "/auth/profile").await.assert_ok();
    assert!(world.mails(&ada.email).await.is_empty());

    let again = ada.signs_up().await;
    assert_eq!((again.status, &again.body["session"]), (200, &json!(null)));
    assert_eq!(world.accounts().await.len(), 1);
}

#[tokio::test]
async fn no_table_holds_an_address_in_a_key_or_a_secret_anywhere() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let link = ada.mailed("verify-email").await;
    for table in ["Accounts", "Sessions", "Mail"] {
        for row in world.rows(table).await {
            let keys = format!("{} {}", row["pk"], row["sk"]);
            assert!(!keys.contains(&ada.email), "an address in a key of {table}");
            let all = row.to_string();
            for secret in [&ada.password, &session.refresh, &session.access, &link] {
                assert!(!all.contains(secret.as_str()), "a secret in {table}: {}", row["pk"]);
            }
        }
    }
}
