//! Every answer of every endpoint of second factors, as clients see it: a page each in `tests/snapshots/auth`.

use serde_json::{Value, json};
use tests::{Added, App, Authenticator, ORIGIN, Page, Person, Session, World, authorized, no_text};

use super::{STALE, STEP};

const FOLDER: &str = "auth";
const LIST: &str = "/auth/mfa";
const VERIFY: &str = "/auth/mfa/verify";
const SIGN_IN: &str = "/auth/mfa/sign-in";
const STEP_UP: &str = "/auth/mfa/step-up";
const TOTP: &str = "/auth/mfa/totp";
const ACTIVATE: &str = "/auth/mfa/totp/activate";
const PASSKEYS: &str = "/auth/mfa/passkeys";
const RECOVERY_CODES: &str = "/auth/mfa/recovery-codes";
const DEVICES: &str = "/auth/mfa/devices";

/// Somebody with an app and a phone, fresh, and a code of the app not used yet.
async fn with_factors(world: &World) -> (Person<'_>, App, Authenticator, Added) {
    let (ada, session) = world.person().signed_in().await;
    let (app, Added { session, codes, .. }) = world.enrols_app(&session).await;
    let mut phone = Authenticator::new(ORIGIN);
    let added = world.adds_passkey(&session, &mut phone, "Phone").await;
    world.advance(STEP);
    (ada, app, phone, Added { codes, ..added })
}

/// A code that the app does not show.
fn wrong(app: &App, world: &World) -> String {
    let right: u32 = app.shows(world).parse().unwrap();
    format!("{:06}", (right + 500_000) % 1_000_000)
}

#[tokio::test]
async fn login_with_factors() {
    let world = World::start().await;
    let (ada, ..) = with_factors(&world).await;
    let mut page = Page::default();
    page.answer("The password of an account with an app and a passkey", &ada.logs_in().await);
    let (bob, session) = world.person().signed_in().await;
    world.enrols_app(&session).await;
    page.answer("The password of one with an app alone", &bob.logs_in().await);
    page.answer("Another password", &ada.rival("another password").logs_in().await);
    page.is_kept(FOLDER, "login_with_factors");
}

#[tokio::test]
async fn mfa() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("Without factors", &world.get_as(&session, LIST).await);
    let (app, _) = world.enrols_app(&session).await;
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "Phone").await;
    world.advance(STEP);
    let asked = ada.is_asked_for_a_factor().await;
    let proof = json!({ "totp": app.shows(&world), "remember_device": true });
    let session = Session::of(&world.verifies(&asked, proof).await);
    page.answer("With an app, a passkey and a device", &world.get_as(&session, LIST).await);
    page.answer("Without a token", &world.get(LIST).await);
    page.is_kept(FOLDER, "mfa");
}

#[tokio::test]
async fn mfa_verify() {
    let world = World::start().await;
    let (ada, app, mut phone, added) = with_factors(&world).await;
    let mut page = Page::default();
    let asked = ada.is_asked_for_a_factor().await;
    page.answer("A code", &world.verifies(&asked, json!({ "totp": app.shows(&world) })).await);
    page.answer("The same token again", &world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await);
    let asked = ada.is_asked_for_a_factor().await;
    let passkey = phone.sign(&asked["passkey"]);
    page.answer("A passkey", &world.verifies(&asked, json!({ "passkey": passkey })).await);
    let asked = ada.is_asked_for_a_factor().await;
    page.answer("A recovery code", &world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await);
    let asked = ada.is_asked_for_a_factor().await;
    page.answer("No factor", &world.verifies(&asked, json!({})).await);
    let both = json!({ "totp": "000000", "recovery_code": added.codes[1] });
    page.answer("Two of them", &world.verifies(&asked, both).await);
    for _ in 0..5 {
        world.verifies(&asked, json!({ "totp": wrong(&app, &world) })).await.assert_status(401);
    }
    page.answer("A sixth wrong code", &world.verifies(&asked, json!({ "totp": wrong(&app, &world) })).await);
    page.answer("Nothing", &world.post(VERIFY, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", VERIFY, "").await);
    page.is_kept(FOLDER, "mfa_verify");
}

#[tokio::test]
async fn mfa_sign_in() {
    let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 6)).await;
    let (.., mut phone, _) = with_factors(&world).await;
    let mut page = Page::default();
    let options = world.post("/auth/mfa/sign-in/options", json!({})).await;
    page.answer("What to ask the browser for", &options);
    let passkey = phone.sign(&options.body["data"]["passkey"]);
    page.answer("A passkey", &world.post(SIGN_IN, json!({ "passkey": passkey })).await);
    page.answer("The same again", &world.post(SIGN_IN, json!({ "passkey": passkey })).await);
    page.answer("No object", &world.post(SIGN_IN, json!({ "passkey": 7 })).await);
    page.answer("Nothing", &world.post(SIGN_IN, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", SIGN_IN, "").await);
    let mut last = world.post(SIGN_IN, json!({ "passkey": {} })).await;
    for _ in 0..6 {
        last = world.post(SIGN_IN, json!({ "passkey": {} })).await;
    }
    page.answer("A client that has tried often", &last);
    page.is_kept(FOLDER, "mfa_sign_in");
}

#[tokio::test]
async fn mfa_step_up() {
    const OPTIONS: &str = "/auth/mfa/step-up/options";
    let world = World::start().await;
    let (_, app, mut phone, Added { session, codes, .. }) = with_factors(&world).await;
    let mut page = Page::default();
    let options = world.post_as(&session, OPTIONS, json!({})).await;
    page.answer("What to ask the browser for", &options);
    page.answer("The same without a token", &world.post(OPTIONS, json!({})).await);
    page.answer("A code", &world.steps_up(&session, json!({ "totp": app.shows(&world) })).await);
    let passkey = phone.sign(&options.body["data"]["passkey"]);
    page.answer("A passkey", &world.steps_up(&session, json!({ "passkey": passkey })).await);
    page.answer("A recovery code", &world.steps_up(&session, json!({ "recovery_code": codes[0] })).await);
    page.answer("The same again", &world.steps_up(&session, json!({ "recovery_code": codes[0] })).await);
    let (bob, of_bob) = world.person().signed_in().await;
    page.answer("A password, without factors", &world.steps_up(&of_bob, json!({ "password": bob.password })).await);
    page.answer("Another one", &world.steps_up(&of_bob, json!({ "password": "a mere guess" })).await);
    page.answer("No proof", &world.steps_up(&session, json!({})).await);
    page.answer("No text", &world.steps_up(&session, json!({ "totp": 7 })).await);
    for _ in 0..5 {
        world.steps_up(&session, json!({ "totp": wrong(&app, &world) })).await.assert_status(403);
    }
    page.answer("A sixth wrong code", &world.steps_up(&session, json!({ "totp": wrong(&app, &world) })).await);
    page.answer("Without a token", &world.post(STEP_UP, json!({ "totp": "000000" })).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", STEP_UP, &session.access).await);
    page.is_kept(FOLDER, "mfa_step_up");
}

#[tokio::test]
async fn mfa_totp() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let Session { access, .. } = &session;
    let mut page = Page::default();
    let enrolment = world.post_as(&session, TOTP, json!({})).await;
    page.answer("An app", &enrolment);
    let app = App::new(enrolment.body["data"]["secret"].as_str().unwrap());
    let enrolment = &enrolment.body["data"]["enrolment"];
    page.answer("A wrong code of it", &world.activates(&session, enrolment, &wrong(&app, &world)).await);
    page.answer("Its first code", &world.activates(&session, enrolment, &app.shows(&world)).await);
    world.advance(STEP);
    page.answer("The same enrolment again", &world.activates(&session, enrolment, &app.shows(&world)).await);
    page.answer("Nothing", &world.post_as(&session, ACTIVATE, json!({})).await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", ACTIVATE, access).await);
    page.answer("Removed", &world.delete_as(&session, TOTP).await);
    page.answer("Removed again", &world.delete_as(&session, TOTP).await);
    page.answer("Without a token", &world.post(TOTP, json!({})).await);
    page.answer("Activated without a token", &world.post(ACTIVATE, json!({})).await);
    page.answer("Removed without a token", &world.send(authorized("DELETE", TOTP, "", None)).await);
    world.advance(STALE);
    page.answer("An app, when that is not fresh", &world.post_as(&session, TOTP, json!({})).await);
    let code = app.shows(&world);
    page.answer("Activated, when that is not fresh", &world.activates(&session, enrolment, &code).await);
    page.answer("Removed, when that is not fresh", &world.delete_as(&session, TOTP).await);
    page.is_kept(FOLDER, "mfa_totp");
}

#[tokio::test]
async fn mfa_passkeys() {
    const OPTIONS: &str = "/auth/mfa/passkeys/options";
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let Session { access, .. } = &session;
    let mut phone = Authenticator::new(ORIGIN);
    let mut page = Page::default();
    let options = world.post_as(&session, OPTIONS, json!({})).await;
    page.answer("What to ask the browser for", &options);
    let made = phone.make(&options.body["data"]["passkey"]);
    let added = world.registers(&session, made.clone(), "Phone").await;
    page.answer("A passkey", &added);
    page.answer("What to ask for, beside one", &world.post_as(&session, OPTIONS, json!({})).await);
    page.answer("The same again", &world.registers(&session, made, "Phone").await);
    phone.credential_id = Some(vec![7; 32]);
    world.adds_passkey(&session, &mut phone, "Second").await;
    phone.credential_id = Some(vec![7; 32]);
    let twin = phone.make(&world.asks_for_new_passkey(&session).await);
    page.answer("One that is somebody's already", &world.registers(&session, twin, "Twin").await);
    page.answer("No name", &world.registers(&session, json!({}), " ").await);
    page.answer("Bytes that are no text", &no_text(&world, "POST", PASSKEYS, access).await);
    let one = format!("{PASSKEYS}/{}", added.body["data"]["id"].as_str().unwrap());
    let foreign = format!("{PASSKEYS}/0f9a4c1e-5b7d-4a3e-8c21-6d5e9f3b7a10");
    let name = json!({ "name": "Old phone" });
    page.answer("Another name", &world.patch_as(&session, &one, name.clone()).await);
    page.answer("Another name of nobody's", &world.patch_as(&session, &foreign, name.clone()).await);
    page.answer("No other name", &world.patch_as(&session, &one, json!({})).await);
    page.answer("A name that is no text", &no_text(&world, "PATCH", &one, access).await);
    page.answer("Removed", &world.delete_as(&session, &one).await);
    page.answer("Removed again", &world.delete_as(&session, &one).await);
    for (what, method, path) in [
        ("What to ask for, without a token", "POST", OPTIONS),
        ("A passkey, without a token", "POST", PASSKEYS),
        ("Another name, without a token", "PATCH", &one),
        ("Removed without a token", "DELETE", &one),
    ] {
        page.answer(what, &world.send(authorized(method, path, "", Some(name.clone()))).await);
    }
    world.advance(STALE);
    page.answer("What to ask for, when that is not fresh", &world.post_as(&session, OPTIONS, json!({})).await);
    page.answer("A passkey, when that is not fresh", &world.registers(&session, json!({}), "Late").await);
    page.answer("Removed, when that is not fresh", &world.delete_as(&session, &one).await);
    page.is_kept(FOLDER, "mfa_passkeys");
}

#[tokio::test]
async fn mfa_recovery_codes() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut page = Page::default();
    let renews = async || world.post_as(&session, RECOVERY_CODES, Value::Null).await;
    page.answer("Without factors", &renews().await);
    world.enrols_app(&session).await;
    page.answer("Ten new ones", &renews().await);
    page.answer("Without a token", &world.post(RECOVERY_CODES, Value::Null).await);
    world.advance(STALE);
    page.answer("When that is not fresh", &renews().await);
    page.is_kept(FOLDER, "mfa_recovery_codes");
}

#[tokio::test]
async fn mfa_devices() {
    let world = World::start().await;
    let (ada, app, ..) = with_factors(&world).await;
    let asked = ada.is_asked_for_a_factor().await;
    let proof = json!({ "totp": app.shows(&world), "remember_device": true });
    let session = Session::of(&world.verifies(&asked, proof).await);
    let listed = world.get_as(&session, LIST).await;
    let one = format!("{DEVICES}/{}", listed.body["data"]["devices"][0]["id"].as_str().unwrap());
    let mut page = Page::default();
    page.answer("One device", &world.delete_as(&session, &one).await);
    page.answer("The same again", &world.delete_as(&session, &one).await);
    page.answer("All of them", &world.delete_as(&session, DEVICES).await);
    page.answer("One, without a token", &world.send(authorized("DELETE", &one, "", None)).await);
    page.answer("All of them, without a token", &world.send(authorized("DELETE", DEVICES, "", None)).await);
    page.is_kept(FOLDER, "mfa_devices");
}
