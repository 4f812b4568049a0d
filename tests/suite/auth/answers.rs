//! Every answer of every endpoint of accounts, as clients see it: a page each in `tests/snapshots/auth`.

use serde_json::{Value, json};
use tests::{PATIENCE, Page, Request, Session, World, authorized, json_request, no_text};

use super::{
    challenge::switched,
    changes::{asks_for, at},
};

const FOLDER: &str = "auth";

#[tokio::test]
async fn signup() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("A new address", &world.person().signs_up().await);
    page.answer("An address that has an account", &ada.signs_up().await);
    page.answer("Nothing", &world.post("/auth/signup", json!({})).await);
    let flawed = json!({ "email": "nowhere", "password": "short" });
    page.answer("An address that is none, and a password that is too short", &world.post("/auth/signup", flawed).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", "/auth/signup", "").await);
    switched(&world, true).await;
    page.answer("While everybody is asked for a challenge", &ada.signs_up().await);
    let trusting = World::with(|config| config.auto_confirm = true).await;
    page.answer("A new address where none has to be proven", &trusting.person().signs_up().await);
    let strict = World::with(|config| config.ip_limit_factor = 1).await;
    for _ in 0..10 {
        strict.person().signs_up().await.assert_ok();
    }
    page.answer("One more by a client that has asked for many letters", &strict.person().signs_up().await);
    page.is_kept(FOLDER, "signup");
}

#[tokio::test]
async fn login() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("The password", &ada.logs_in().await);
    page.answer("Another password", &ada.rival("another password").logs_in().await);
    for _ in 2..=5 {
        ada.rival("another password").logs_in().await.assert_status(401);
    }
    page.answer("Another password, once too often", &ada.rival("another password").logs_in().await);
    switched(&world, true).await;
    page.answer("While everybody is asked for a challenge", &ada.logs_in().await);
    page.answer("Nothing", &world.post("/auth/login", json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", "/auth/login", "").await);
    page.is_kept(FOLDER, "login");
}

#[tokio::test]
async fn refresh() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("The token of a session", &world.refresh(&session.refresh).await);
    world.advance(60);
    page.answer("A token that was used before", &world.refresh(&session.refresh).await);
    page.answer("Nothing", &world.post("/auth/refresh", json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", "/auth/refresh", "").await);
    page.is_kept(FOLDER, "refresh");
}

#[tokio::test]
async fn logout() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("A session", &world.post("/auth/logout", json!({ "access_token": session.access })).await);
    page.answer("Nothing", &world.post("/auth/logout", json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", "/auth/logout", "").await);
    page.is_kept(FOLDER, "logout");
}

#[tokio::test]
async fn resend_verification() {
    const PATH: &str = "/auth/resend-verification";
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let mut page = Page::default();
    world.advance(60);
    page.answer("A sign-up that waits for its proof", &world.post(PATH, json!({ "email": ada.email })).await);
    page.answer("The same again, too soon", &world.post(PATH, json!({ "email": ada.email })).await);
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    switched(&world, true).await;
    let asked = world.post(PATH, json!({ "email": ada.email })).await;
    page.answer("While everybody is asked for a challenge", &asked);
    page.is_kept(FOLDER, "resend_verification");
}

#[tokio::test]
async fn verify_email() {
    const PATH: &str = "/auth/verify-email";
    let world = World::start().await;
    let (ada, bob) = (world.person(), world.person());
    ada.signs_up().await;
    let mut page = Page::default();
    page.answer("A link", &ada.verifies().await);
    page.answer("The same link again", &ada.verifies().await);
    bob.signs_up().await;
    bob.rival("a stranger's password").signs_up().await;
    page.answer("A link to an address that two signed up with", &bob.verifies().await);
    page.answer("A link that leads nowhere", &world.post(PATH, json!({ "token": "nothing" })).await);
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    page.is_kept(FOLDER, "verify_email");
}

#[tokio::test]
async fn verification_status() {
    const PATH: &str = "/auth/verification-status";
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let (bob, _) = world.person().signed_in().await;
    let of = |email: &str| format!("{PATH}?email={email}");
    let mut page = Page::default();
    page.answer("A sign-up that waits for its proof", &world.get(&of(&ada.email)).await);
    page.answer("An account", &world.get(&of(&bob.email)).await);
    page.answer("An address that nobody signed up with", &world.get(&of("nobody@example.com")).await);
    page.answer("Nothing", &world.get(PATH).await);
    page.answer("An address that is none", &world.get(&of("nowhere")).await);
    let strict = World::with(|config| config.ip_limit_factor = 1).await;
    for _ in 0..300 {
        strict.get(&of(&ada.email)).await.assert_ok();
    }
    page.answer("A client that has asked often", &strict.get(&of(&ada.email)).await);
    page.is_kept(FOLDER, "verification_status");
}

#[tokio::test]
async fn forgot_password() {
    const PATH: &str = "/auth/forgot-password";
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("An account", &ada.forgets().await);
    page.answer("The same again, too soon", &ada.forgets().await);
    page.answer("An address that nobody signed up with", &world.person().forgets().await);
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("An address that is none", &world.post(PATH, json!({ "email": "nowhere" })).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    switched(&world, true).await;
    page.answer("While everybody is asked for a challenge", &ada.forgets().await);
    page.is_kept(FOLDER, "forgot_password");
}

#[tokio::test]
async fn reset_password() {
    const PATH: &str = "/auth/reset-password";
    let world = World::with_breaches(PATIENCE).await;
    world.aws.breaches().steal("stolen elsewhere");
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    let choice = |password: &str| json!({ "token": token, "password": password });
    let mut page = Page::default();
    page.answer("A password that is too short", &world.post(PATH, choice("short")).await);
    page.answer("A password that is easy to guess", &world.post(PATH, choice("password1!")).await);
    page.answer("A password that was stolen", &world.post(PATH, choice("stolen elsewhere")).await);
    page.answer("A link and a password", &world.post(PATH, choice("another password")).await);
    page.answer("The same again", &world.post(PATH, choice("another password")).await);
    page.answer("The same link and another password", &world.post(PATH, choice("a third password")).await);
    for _ in 0..4 {
        world.post(PATH, choice("a third password")).await.assert_status(400);
    }
    page.answer(
        "Many more of them",
        &world.send_from("192.0.2.1", json_request("POST", PATH, &choice("a third password"))).await,
    );
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    page.is_kept(FOLDER, "reset_password");
}

#[tokio::test]
async fn change_password() {
    const PATH: &str = "/auth/change-password";
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let change = |current: &str, new: &str| json!({ "current_password": current, "new_password": new });
    let current = ada.password.as_str();
    let mut page = Page::default();
    page.answer("Another password", &world.post_as(&session, PATH, change(current, "another password")).await);
    page.answer(
        "One that is not the current one",
        &world.post_as(&session, PATH, change(current, "a third one")).await,
    );
    let current = "another password";
    page.answer("The same password", &world.post_as(&session, PATH, change(current, current)).await);
    page.answer(
        "A password that is easy to guess",
        &world.post_as(&session, PATH, change(current, "password1!")).await,
    );
    let without = json!({ "current_password": null, "new_password": "a third one" });
    page.answer("Nothing for a proof", &world.post_as(&session, PATH, without.clone()).await);
    let mut account = ada.account().await;
    account.as_object_mut().unwrap().remove("password");
    world.advance(301);
    world.put_rows("Accounts", vec![account]).await;
    page.answer(
        "Where there is no password, and the session is not fresh",
        &world.post_as(&session, PATH, without).await,
    );
    for _ in 0..4 {
        world.post_as(&session, PATH, change("a mere guess", "a third one")).await.assert_status(403);
    }
    let guess = authorized("POST", PATH, &session.access, Some(change("a mere guess", "a third one")));
    page.answer("Once too often", &world.send_from("192.0.2.1", guess).await);
    page.answer("Without a token", &world.post(PATH, change(current, "a third one")).await);
    page.answer("Nothing", &world.post_as(&session, PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, &session.access).await);
    page.is_kept(FOLDER, "change_password");
}

#[tokio::test]
async fn change_email() {
    const PATH: &str = "/auth/change-email";
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let change = |password: &str, new: &str| json!({ "new_email": new, "current_password": password });
    let mut page = Page::default();
    let asks = async |new: &str| world.post_as(&session, PATH, change(&ada.password, new)).await;
    page.answer("Another address", &asks("elsewhere@example.org").await);
    page.answer("The same again, too soon", &asks("elsewhere@example.org").await);
    page.answer("The present address", &asks(&ada.email.to_uppercase()).await);
    page.answer("A wrong password", &world.post_as(&session, PATH, change("a mere guess", "x@example.org")).await);
    page.answer("An address that is none", &asks("nowhere").await);
    page.answer("Without a token", &world.post(PATH, change(&ada.password, "x@example.org")).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, &session.access).await);
    switched(&world, true).await;
    page.answer("While everybody is asked for a challenge", &asks("x@example.org").await);
    switched(&world, false).await;
    let there = at(&ada, "elsewhere@example.org");
    let token = json!({ "token": there.mailed("confirm-email").await });
    world.post("/auth/confirm-email", token).await.assert_ok();
    let session = Session::of(&there.logs_in().await);
    let twice = change(&ada.password, "twice@example.org");
    page.answer("A second change that comes too early", &world.post_as(&session, PATH, twice).await);
    page.is_kept(FOLDER, "change_email");
}

#[tokio::test]
async fn confirm_email() {
    const PATH: &str = "/auth/confirm-email";
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    asks_for(&ada, &session, "elsewhere@example.org").await.assert_ok();
    let body = json!({ "token": at(&ada, "elsewhere@example.org").mailed("confirm-email").await });
    let mut page = Page::default();
    page.answer("A link", &world.post(PATH, body.clone()).await);
    page.answer("The same again", &world.post(PATH, body).await);
    page.answer("A token that is none", &world.post(PATH, json!({ "token": "no-token" })).await);
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    page.is_kept(FOLDER, "confirm_email");
}

#[tokio::test]
async fn not_me() {
    const PATH: &str = "/auth/not-me";
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    asks_for(&ada, &session, "thief@example.org").await.assert_ok();
    let body = json!({ "token": ada.mailed("not-me").await });
    let mut page = Page::default();
    page.answer("A link", &world.post(PATH, body.clone()).await);
    page.answer("The same again", &world.post(PATH, body).await);
    page.answer("A token that is none", &world.post(PATH, json!({ "token": "no-token" })).await);
    page.answer("Nothing", &world.post(PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PATH, "").await);
    page.is_kept(FOLDER, "not_me");
}

#[tokio::test]
async fn profile() {
    const PATH: &str = "/auth/profile";
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let Session { access, .. } = &session;
    let mut page = Page::default();
    page.answer("As sign-up has made it", &world.get_as(&session, PATH).await);
    page.answer("Without a token", &world.get(PATH).await);
    page.answer("With a token that is none", &world.send(authorized("GET", PATH, "no-token", None)).await);
    let change = json!({ "full_name": "Ada", "phone": "+14155550100", "avatar_url": "https://a.example/i.png" });
    page.answer("Changed", &world.patch_as(&session, PATH, change.clone()).await);
    page.answer("Changed without a token", &world.send(authorized("PATCH", PATH, "", Some(change))).await);
    page.answer("A bad value", &world.patch_as(&session, PATH, json!({ "phone": "5" })).await);
    page.answer("Bytes that are no text", &no_text(&world, "PATCH", PATH, access).await);
    page.is_kept(FOLDER, "profile");
}

#[tokio::test]
async fn preferences() {
    const PATH: &str = "/auth/preferences";
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let Session { access, .. } = &session;
    let mut page = Page::default();
    page.answer("As sign-up has made them", &world.get_as(&session, PATH).await);
    page.answer("Without a token", &world.get(PATH).await);
    page.answer("Changed", &world.patch_as(&session, PATH, json!({ "language": "de" })).await);
    page.answer("Changed without a token", &world.send(authorized("PATCH", PATH, "", Some(json!({})))).await);
    page.answer("A language that there is not", &world.patch_as(&session, PATH, json!({ "language": "tlh" })).await);
    page.answer("No text", &world.patch_as(&session, PATH, json!({ "language": null })).await);
    page.answer("Nothing", &world.patch_as(&session, PATH, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "PATCH", PATH, access).await);
    page.is_kept(FOLDER, "preferences");
}

#[tokio::test]
async fn pages_and_keys() {
    let world = World::start().await;
    let mut page = Page::default();
    page.head("Where a link to prove an address leads", &world.get("/auth/ui/verify-email").await);
    page.head("Where a link to choose a password leads", &world.get("/auth/ui/reset-password").await);
    page.head("Where a link to confirm a new address leads", &world.get("/auth/ui/confirm-email").await);
    page.head("Where a link leads that undoes what others did", &world.get("/auth/ui/not-me").await);
    page.head("Where a link to keep an account leads", &world.get("/auth/ui/keep-account").await);
    page.head("Where a password is forgotten", &world.get("/auth/ui/forgot-password").await);
    page.head("Where an account is seen and changed", &world.get("/auth/ui/account").await);
    page.head("Where second factors are seen and changed", &world.get("/auth/ui/security").await);
    page.head("What solves challenges of work", &world.get("/auth/ui/proof.js").await);
    page.answer("The keys that tokens are signed with", &world.get("/.well-known/jwks.json").await);
    page.is_kept(FOLDER, "pages_and_keys");
}

/// What endpoints have in common stands on one page, of one of them.
#[tokio::test]
async fn refusals_of_all() {
    use local::{Mode, Service};
    let world = World::start().await;
    let mut page = Page::default();
    let body = |text: &str| json!({ "email": text, "password": "x" });
    page.answer("A body that is too large", &world.post("/auth/login", body(&"x".repeat(1 << 20))).await);
    page.answer("A query that is too long", &world.get(&format!("/auth/profile?{}", "q".repeat(70_000))).await);
    let not_json = Request { body: Some("{".to_owned()), ..authorized("POST", "/auth/login", "", None) };
    page.answer("Not JSON", &world.send(not_json).await);
    page.answer("JSON, and no object", &world.post("/auth/login", json!([])).await);
    page.answer("A path that nobody knows", &world.get("/auth/nothing").await);
    page.answer("A method that the path does not have", &world.get("/auth/login").await);
    page.answer("A slash too many", &world.post("/auth/login/", Value::Null).await);
    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    page.answer("Tables that are out of order", &world.post("/auth/login", body("ada@example.com")).await);
    world.mend();
    page.is_kept(FOLDER, "refusals_of_all");
}
