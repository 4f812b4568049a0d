//! What somebody gets who knows the password, or has come by a token of some kind: tries, and no more.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use shared::http::{Route, Security};
use tests::{Added, App, Authenticator, ORIGIN, Person, Reply, Session, World, authorized, json_request};

use super::{
    STEP, assert_refused, code, events, letters, row_of_app, rows_of_factors, with_app, with_passkey, wrong_code,
};
use crate::{api_keys::keeps_a_key, auth::changes::resets};

const LOCKED: &str = "Too many attempts; try again later";

/// A wrong code behind the right password, with a pending token of its own.
async fn guesses(world: &World, ada: &Person<'_>, app: &App) -> Reply {
    let asked = ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "totp": wrong_code(app, world) })).await
}

/// For how many seconds a locked answer says that no code is compared.
#[track_caller]
fn locked_for(reply: &Reply) -> u64 {
    reply.assert_status(429);
    reply.header("retry-after").unwrap().parse().unwrap()
}

#[tokio::test]
async fn wrong_codes_are_counted_together_wherever_they_are_tried() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let (session, user) = (&added.session, &added.session.user_id);
    for failures in 1..=5 {
        // A right password and a new token are no new beginning.
        if failures % 2 == 0 {
            let reply = world.steps_up(session, json!({ "totp": wrong_code(&app, &world) })).await;
            assert_eq!(code(&reply), (403, "NOT_CONFIRMED"));
        } else {
            assert_refused(&guesses(&world, &ada, &app).await);
        }
        assert_eq!(row_of_app(&world, user).await["failures"], failures);
        let told = usize::from(failures == 5);
        assert_eq!(letters(&world, &ada, "wrong-codes").await, told);
        assert_eq!(events(&world, user, "wrong_codes").await, told);
    }
    // Ten tokens, a session: nothing is compared any more, be it right.
    let before = row_of_app(&world, user).await;
    for _ in 0..10 {
        let asked = ada.is_asked_for_a_factor().await;
        let reply = world.verifies(&asked, json!({ "totp": app.shows(&world) })).await;
        assert_eq!((locked_for(&reply), &reply.body["error"]), (60, &json!(LOCKED)));
    }
    let reply = world.steps_up(session, json!({ "totp": app.shows(&world) })).await;
    assert_eq!((locked_for(&reply), code(&reply).1), (60, "TOO_MANY_REQUESTS"));
    assert_eq!(row_of_app(&world, user).await, before, "nor counted");

    // The owner's other ways in are open.
    let asked = ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await.assert_ok();
    world.steps_up(session, json!({ "recovery_code": added.codes[1] })).await.assert_ok();
    let mut phone = Authenticator::new(ORIGIN);
    world.adds_passkey(session, &mut phone, "Phone").await;
    world.signs_in_by_passkey(&mut phone).await.assert_ok();
    let asked = ada.is_asked_for_a_factor().await;
    let passkey = phone.sign(&asked["passkey"]);
    world.verifies(&asked, json!({ "passkey": passkey })).await.assert_ok();
    // None of which begins the count anew.
    assert_eq!(row_of_app(&world, user).await["failures"], 5);
    assert_eq!(letters(&world, &ada, "wrong-codes").await, 1);
}

#[tokio::test]
async fn each_wrong_code_waits_twice_as_long_until_there_are_no_codes() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let user = &added.session.user_id;
    for _ in 0..5 {
        guesses(&world, &ada, &app).await;
    }
    let mut waits = Vec::new();
    for _ in 0..4 {
        waits.push(locked_for(&guesses(&world, &ada, &app).await));
        world.advance(waits.last().unwrap() - 1);
        assert_eq!(locked_for(&guesses(&world, &ada, &app).await), 1);
        world.advance(1);
        assert_refused(&guesses(&world, &ada, &app).await);
    }
    assert_eq!(waits, [60, 120, 240, 480]);
    // A right one ends that.
    world.advance(960);
    let asked = ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "totp": app.shows(&world) })).await.assert_ok();
    assert_eq!(row_of_app(&world, user).await["failures"], 0);
    for _ in 0..5 {
        assert_refused(&guesses(&world, &ada, &app).await);
    }
    assert_eq!(letters(&world, &ada, "wrong-codes").await, 2);

    let tried = |failures: u32| {
        let world = &world;
        async move {
            world.tamper("Accounts", &row_of_app(world, user).await, "failures", json!(failures)).await;
            world.advance(24 * 3_600);
        }
    };
    tried(98).await;
    assert_refused(&guesses(&world, &ada, &app).await);
    assert_eq!(locked_for(&guesses(&world, &ada, &app).await), 24 * 3_600);
    world.advance(24 * 3_600);
    assert_refused(&guesses(&world, &ada, &app).await);
    assert_eq!(row_of_app(&world, user).await["failures"], 100);
    // From here on the app is off, and is not asked for.
    world.advance(365 * 24 * 3_600);
    let asked = ada.is_asked_for_a_factor().await;
    assert_eq!((&asked["methods"], &asked["passkey"]), (&json!(["recovery_code"]), &Value::Null));
    assert_refused(&world.verifies(&asked, json!({ "totp": app.shows(&world) })).await);
    assert_eq!(row_of_app(&world, user).await["failures"], 100);
    // Until it is enrolled anew, by whoever has another factor.
    let session = Session::of(&world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await);
    let (app, Added { session, .. }) = world.enrols_app(&session).await;
    world.advance(STEP);
    let asked = ada.is_asked_for_a_factor().await;
    assert_eq!(asked["methods"], json!(["totp", "recovery_code"]));
    world.verifies(&asked, json!({ "totp": app.shows(&world) })).await.assert_ok();
    // Beside a passkey that is what is asked for, whether or not one may be shown this minute.
    world.adds_passkey(&session, &mut Authenticator::new(ORIGIN), "Phone").await;
    for (failures, methods) in
        [(99, json!(["totp", "passkey", "recovery_code"])), (100, json!(["passkey", "recovery_code"]))]
    {
        world.tamper("Accounts", &row_of_app(&world, user).await, "failures", json!(failures)).await;
        assert_eq!(ada.is_asked_for_a_factor().await["methods"], methods);
    }
}

#[tokio::test]
async fn recovery_codes_are_looked_at_ten_times_an_hour() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let asked = ada.is_asked_for_a_factor().await;
    for number in 0..10 {
        let shown = ["", "0000-0000-0000-0000", "no code at all", "000000"][number % 4];
        assert_refused(&world.verifies(&asked, json!({ "recovery_code": shown })).await);
    }
    let reply = world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await;
    assert!(locked_for(&reply) <= 3_600);
    let reply = world.steps_up(&added.session, json!({ "recovery_code": added.codes[0] })).await;
    assert_eq!(code(&reply), (429, "TOO_MANY_REQUESTS"));
    // Which stops no code of the app.
    world.verifies(&asked, json!({ "totp": app.shows(&world) })).await.assert_ok();
    world.advance(3_600);
    let asked = ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "recovery_code": added.codes[0] })).await.assert_ok();
}

/// A code is good once, and those before it are void with it, in another session, too.
#[tokio::test]
async fn a_code_that_was_used_is_void_for_as_long_as_it_would_be_good() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let earlier = app.shows(&world);
    world.advance(STEP);
    let used = app.shows(&world);
    let asked = ada.is_asked_for_a_factor().await;
    world.verifies(&asked, json!({ "totp": used })).await.assert_ok();
    for _ in 0..2 {
        for shown in [&earlier, &used] {
            let asked = ada.is_asked_for_a_factor().await;
            assert_refused(&world.verifies(&asked, json!({ "totp": shown })).await);
        }
        world.advance(STEP);
    }
    let reply = world.steps_up(&added.session, json!({ "totp": used })).await;
    assert!([(403, "NOT_CONFIRMED"), (429, "TOO_MANY_REQUESTS")].contains(&code(&reply)), "{reply:?}");
}

/// Everything that is no session, each by its name.
async fn tokens(world: &World, ada: &Person<'_>, session: &Session, device: &str) -> BTreeMap<&'static str, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let asked = ada.is_asked_for_a_factor().await;
    let enrolment = world.post_as(session, "/auth/mfa/totp", json!({})).await;
    let sign_in = world.post("/auth/mfa/sign-in/options", json!({})).await;
    let step_up = world.post_as(session, "/auth/mfa/step-up/options", json!({})).await;
    [
        ("pending", text(&asked["token"])),
        ("challenge of a pending token", text(&asked["passkey"]["challenge"])),
        ("enrolment", text(&enrolment.assert_ok()["data"]["enrolment"])),
        ("challenge of a sign-in", text(&sign_in.assert_ok()["data"]["passkey"]["challenge"])),
        ("challenge of a step-up", text(&step_up.assert_ok()["data"]["passkey"]["challenge"])),
        ("challenge of a new passkey", text(&world.asks_for_new_passkey(session).await["challenge"])),
        ("device", device.to_owned()),
        ("refresh", session.refresh.clone()),
        ("reset", ada.is_offered_a_password().await),
    ]
    .into()
}

/// A body with everything that any operation takes: whatever may be a token is this one, and what else there is is right.
fn body(route: &Route, token: &str, ada: &Person<'_>, totp: &str) -> Value {
    let fields = [
        "token",
        "access_token",
        "refresh_token",
        "mfa_token",
        "enrolment",
        "current_password",
        "recovery_code",
        "secret",
        "api_key",
        "passphrase",
        "new_password",
    ];
    let mut body: Map<String, Value> = fields.iter().map(|name| ((*name).to_owned(), json!(token))).collect();
    body.insert("totp".to_owned(), json!(totp));
    body.insert("name".to_owned(), json!("Phone"));
    body.insert("label".to_owned(), json!("main"));
    body.insert("exchange".to_owned(), json!("binance"));
    body.insert("language".to_owned(), json!("de"));
    body.insert("email".to_owned(), json!(ada.email));
    body.insert("new_email".to_owned(), json!("thief@example.org"));
    body.insert("password".to_owned(), json!(token));
    let one_factor = ["/auth/mfa/verify", "/auth/mfa/step-up"].contains(&route.path);
    if one_factor {
        for name in ["recovery_code", "password"] {
            body.remove(name);
        }
    }
    body.into()
}

/// What must be as it was, whoever tries whatever: sessions and factors, but for how often a code was tried.
async fn guarded(world: &World, user_id: &str) -> Vec<Value> {
    let mut rows = world.rows_of("Sessions", &format!("ACCOUNT#{user_id}")).await;
    rows.retain(|row| row["sk"] != "GUARD");
    rows.extend(rows_of_factors(world, user_id).await);
    for row in &mut rows {
        let row = row.as_object_mut().unwrap();
        for name in ["failures", "next_at"] {
            row.remove(name);
        }
    }
    rows.sort_by_key(|row| row["sk"].to_string());
    rows
}

/// Every route of the service, with each of them for a bearer token and wherever a body takes one.
#[tokio::test]
async fn what_is_no_session_opens_and_raises_nothing_on_any_route() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let mut phone = Authenticator::new(ORIGIN);
    let passkey = world.adds_passkey(&added.session, &mut phone, "Phone").await.id;
    let key = keeps_a_key(&world, &added.session, "a-key").await;
    let asked = ada.is_asked_for_a_factor().await;
    let reply = world.verifies(&asked, json!({ "totp": app.shows(&world), "remember_device": true })).await;
    let (device, session) = (reply.header("x-device-token").unwrap().to_owned(), Session::of(&reply));
    let user = &session.user_id;
    world.advance(STEP);
    let tokens = tokens(&world, &ada, &session, &device).await;
    let before = guarded(&world, user).await;
    let mut tried = 0;
    for (kind, token) in &tokens {
        for route in openapi::routes() {
            // Where each of them belongs.
            let belongs = match route.path {
                "/auth/refresh" => *kind == "refresh",
                "/auth/reset-password" | "/auth/verify-email" => *kind == "reset",
                // A right code behind a right password is a session: `stories`.
                "/auth/mfa/verify" => *kind == "pending",
                _ => false,
            };
            if belongs {
                continue;
            }
            let path = route.path.replace("{key_id}", key.rsplit('/').next().unwrap()).replace("{id}", &passkey);
            let path = path.replace("{session_id}", user).replace("{provider}", "sumsub");
            let body = (route.method != "GET").then(|| body(&route, token, &ada, &app.shows(&world)));
            let mut request = authorized(route.method, &path, token, body);
            request.headers.push(("x-device-token".to_owned(), device.clone()));
            let reply = world.send(request).await;
            if (route.operation)().security == Security::Session {
                assert_eq!(reply.status, 401, "{kind} as bearer at {} {path}: {reply:?}", route.method);
            }
            for opened in ["/session/access_token", "/data/access_token", "/data/recovery_codes", "/data/secret"] {
                let is_none = reply.body.pointer(opened).is_none_or(Value::is_null);
                assert!(is_none, "{kind} at {} {path}: {reply:?}", route.method);
            }
            tried += 1;
        }
        // A logout by a token that is no session of hers ends none.
        assert_eq!(guarded(&world, user).await, before, "{kind}");
    }
    assert!(tried > 9 * 60, "{tried}");
}

/// The session of a device that is asked for no factor: every day's business, and nothing that wants a proof.
#[tokio::test]
async fn a_remembered_device_adds_and_removes_no_factor_and_sees_no_secret() {
    let world = World::start().await;
    let (ada, app, added) = with_app(&world).await;
    let mut phone = Authenticator::new(ORIGIN);
    let passkey = world.adds_passkey(&added.session, &mut phone, "Phone").await.id;
    let key = keeps_a_key(&world, &added.session, "a-key").await;
    let enrolment = world.post_as(&added.session, "/auth/mfa/totp", json!({})).await.body["data"].clone();
    let made = Authenticator::new(ORIGIN).make(&world.asks_for_new_passkey(&added.session).await);
    let asked = ada.is_asked_for_a_factor().await;
    let reply = world.verifies(&asked, json!({ "totp": app.shows(&world), "remember_device": true })).await;
    let device = reply.header("x-device-token").unwrap().to_owned();
    let mut request = json_request("POST", "/auth/login", &ada.credentials());
    request.headers.push(("x-device-token".to_owned(), device));
    let session = Session::of(&world.send(request).await);
    let refreshed = Session::of(&world.refresh(&session.refresh).await);
    let new_app = App::new(enrolment["secret"].as_str().unwrap());
    let password = &ada.password;
    let proven = [
        ("POST", "/auth/mfa/totp".to_owned(), json!({})),
        (
            "POST",
            "/auth/mfa/totp/activate".to_owned(),
            json!({ "enrolment": enrolment["enrolment"], "totp": new_app.shows(&world) }),
        ),
        ("DELETE", "/auth/mfa/totp".to_owned(), json!(null)),
        ("POST", "/auth/mfa/passkeys/options".to_owned(), json!({})),
        ("POST", "/auth/mfa/passkeys".to_owned(), json!({ "passkey": made, "name": "Mine" })),
        ("DELETE", format!("/auth/mfa/passkeys/{passkey}"), json!(null)),
        ("POST", "/auth/mfa/recovery-codes".to_owned(), json!({})),
        (
            "POST",
            "/auth/change-password".to_owned(),
            json!({ "current_password": password, "new_password": "a new one of the thief" }),
        ),
        (
            "POST",
            "/auth/change-email".to_owned(),
            json!({ "current_password": password, "new_email": "thief@example.org" }),
        ),
        ("POST", "/auth/delete-account".to_owned(), json!({ "current_password": password })),
        ("GET", "/auth/export".to_owned(), json!(null)),
        ("GET", "/api/v1/api-keys/export".to_owned(), json!(null)),
        ("GET", "/api/kyc/export".to_owned(), json!(null)),
        ("POST", format!("{key}/decrypt"), json!(null)),
        ("PATCH", key.clone(), json!({ "secret": "another" })),
        (
            "POST",
            "/api/v1/api-keys/".to_owned(),
            json!({ "exchange": "binance", "label": "new", "api_key": "another", "secret": "a-secret" }),
        ),
    ];
    let before = guarded(&world, &session.user_id).await;
    for (method, path, body) in proven {
        for session in [&session, &refreshed] {
            let body = (method != "GET").then(|| body.clone());
            let reply = world.send(authorized(method, &path, &session.access, body)).await;
            assert_eq!(code(&reply), (403, "STEP_UP_REQUIRED"), "{method} {path}: {reply:?}");
        }
    }
    for wrong in [json!({ "password": password }), json!({ "totp": wrong_code(&app, &world) })] {
        let reply = world.steps_up(&refreshed, wrong).await;
        assert_eq!(code(&reply), (403, "NOT_CONFIRMED"));
    }
    assert_eq!(guarded(&world, &session.user_id).await, before);
    world.get_as(&refreshed, "/auth/mfa").await.assert_ok();
    world.get_as(&refreshed, "/api/v1/api-keys/").await.assert_ok();
}

/// Whoever reads the mail sets a password, and is asked for a factor behind it.
#[tokio::test]
async fn a_link_that_sets_a_password_leaves_the_factors() {
    let world = World::start().await;
    let (ada, mut phone, added) = with_passkey(&world).await;
    let before = rows_of_factors(&world, &added.session.user_id).await;
    let token = ada.is_offered_a_password().await;
    let reset = resets(&world, &token, "set by a mailed link").await;
    assert_eq!(reset.assert_ok().get("session"), None);
    assert_eq!(rows_of_factors(&world, &added.session.user_id).await, before);
    let asked = ada.rival("set by a mailed link").is_asked_for_a_factor().await;
    let passkey = phone.sign(&asked["passkey"]);
    world.verifies(&asked, json!({ "passkey": passkey })).await.assert_ok();
}
