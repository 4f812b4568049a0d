//! What the log tells, and what it must never tell.

use std::{fmt, panic};

use local::{Mode, Service};
use serde_json::{Value, json};
use shared::config::LogConfig;
use tests::{Session, World};
use tracing::Level;

use super::{capture, capture_as, config, lines, text};
use crate::http::{REST_API, event};

/// Lines of the functions, and not of the emulator that they talk to.
fn own_lines() -> Vec<Value> {
    let mut lines = lines();
    lines.retain(|line| !line["target"].as_str().unwrap().starts_with("dynoxide"));
    lines
}

/// Everything a user can do, well and badly, with outages. Gives all that no log line may hold.
async fn story(world: &World) -> Vec<String> {
    let mut ada = world.person().rival("canary password");
    "Canary.Address@example.com".clone_into(&mut ada.email);
    ada.rival("canary contender").signs_up().await;
    ada.signs_up().await;
    let verify = ada.mailed("verify-email").await;
    world.post("/auth/resend-verification", json!({ "email": ada.email })).await;
    world.get(&format!("/auth/verification-status?email={}", ada.email)).await;
    world.get(&format!("/auth/ui/verify-email?token={verify}")).await;
    ada.verifies().await;
    let reset = ada.mailed("reset-password").await;
    let body = json!({ "token": reset, "password": ada.password });
    world.post("/auth/reset-password", body).await.assert_ok();

    let forgot = ada.is_offered_a_password().await;

    let session = Session::of(&ada.logs_in().await);
    ada.rival("canary mistake").logs_in().await;
    let change =
        json!({ "full_name": "Canary Name", "phone": "+4915112345678", "avatar_url": "https://canary.example/" });
    world.patch_as(&session, "/auth/profile", change).await;
    world.patch_as(&session, "/auth/profile", json!({ "phone": "canary phone" })).await;
    world.post("/auth/login", json!({ "email": "canary address", "password": 5 })).await;
    let next = Session::of(&world.refresh(&session.refresh).await);
    for service in [Service::DynamoDb, Service::Kms, Service::Ses] {
        world.break_down(service, Mode::Unavailable, None);
    }
    ada.logs_in().await;
    world.get_as(&next, "/auth/profile").await;
    world.mend();
    world.advance(31);
    world.refresh(&session.refresh).await;
    world.post("/auth/logout", json!({ "access_token": session.access })).await;
    let mut canaries = vec![verify, reset, forgot, next.refresh, next.access, session.refresh, session.access];
    canaries.extend(["canary", "canary.address", "+4915112345678"].map(str::to_owned));
    canaries
}

#[tokio::test]
async fn no_line_holds_a_person_or_a_secret() {
    capture();
    let world = World::start().await;
    let canaries = story(&world).await;
    let text = text().to_lowercase();
    assert!(text.lines().count() > 20, "{text}");
    for canary in canaries {
        let canary = canary.to_lowercase();
        let line = text.lines().find(|line| line.contains(&canary));
        assert!(line.is_none(), "{canary} in {line:?}");
        // Tokens are secret in parts as well.
        if let Some(signature) = canary.get(canary.len().saturating_sub(20)..).filter(|_| canary.len() > 60) {
            assert!(!text.contains(signature));
        }
    }
}

#[tokio::test]
async fn every_request_is_one_line_that_says_what_happened() {
    capture();
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.get_as(&session, "/auth/profile").await;
    world.get("/auth/nothing-here").await;
    let lines = lines();
    let requests: Vec<_> = lines.iter().filter(|line| line["message"] == "request").collect();
    let seen: Vec<_> =
        requests.iter().map(|line| (line["route"].as_str().unwrap(), line["status"].as_u64().unwrap())).collect();
    let expected =
        [("/auth/signup", 200), ("/auth/verify-email", 200), ("/auth/login", 200), ("/auth/profile", 200), ("-", 404)];
    assert_eq!(seen, expected);
    for line in requests {
        let timestamp = line["timestamp"].as_str().unwrap();
        assert!(timestamp.ends_with('Z') && timestamp.contains('T'), "{timestamp}");
        assert_eq!(line["level"], "INFO");
        assert!(line["duration_ms"].is_u64() && line["method"].is_string());
    }
}

#[tokio::test]
async fn every_line_of_a_request_says_where_it_comes_from() {
    capture();
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    capture();
    ada.rival("not the password").logs_in().await;
    world.break_down(Service::DynamoDb, Mode::Throttled, None);
    ada.logs_in().await;
    let lines = own_lines();
    let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    let refused = ["Argon2 has run", "somebody may not sign in", "request"];
    // The client is counted beside the first read.
    let throttled =
        ["AWS asks for fewer calls", "AWS asks for fewer calls", "a dependency asks for fewer calls", "request"];
    assert_eq!(messages, [&refused[..], &throttled].concat());
    for line in lines {
        assert_eq!((&line["service"], &line["function_name"]), (&json!("auth"), &json!("stack-auth")));
        assert_eq!((&line["function_memory_size"], &line["cold_start"]), (&json!(512), &json!(false)));
        assert_eq!(line["function_version"], "7");
        assert_eq!(line["function_arn"], "arn:aws:lambda:us-east-1:123456789012:function:stack-auth:live");
        assert_eq!(line["function_request_id"], "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
        assert_eq!(line["correlation_id"], "JKJaXmPLvHcESHA=");
        assert_eq!(line["xray_trace_id"], "1-5bef4de7-ad49b0e87f6ef6c87fc2e709");
    }
}

#[tokio::test]
async fn a_request_of_a_rest_api_has_an_id_as_well() {
    capture();
    let world = World::start().await;
    let mut event = event(REST_API);
    event["requestContext"]["requestId"] = json!("an \"odd\" id");
    world.event(event.clone()).await;
    event["requestContext"]["requestId"] = json!(null);
    world.event(event).await;
    let lines = lines();
    let ids: Vec<_> =
        lines.iter().filter(|line| line["message"] == "request").map(|line| line.get("correlation_id")).collect();
    assert_eq!(ids, [Some(&json!("an \"odd\" id")), None]);
}

#[tokio::test]
async fn the_first_invocation_of_a_process_is_a_cold_start() {
    let _process = capture_as(config());
    let world = World::start().await;
    world.get("/docs").await;
    world.get("/docs").await;
    let lines = own_lines();
    let seen: Vec<_> = lines.iter().filter_map(|line| line["cold_start"].as_bool()).collect();
    assert_eq!(seen, [true, true, false], "the event, and two requests");
    assert_eq!((&lines[0]["event"], &lines[0]["level"]), (&json!("cold_start"), &json!("INFO")));
    let releases: Vec<_> = lines.iter().map(|line| line["release"].as_str()).collect();
    assert_eq!(releases, [Some("a-release"), None, None], "what was deployed, once");
}

#[tokio::test]
async fn what_nobody_has_released_names_no_release() {
    let _process = capture_as(LogConfig { release: None, ..config() });
    let world = World::start().await;
    world.get("/docs").await;
    let lines = own_lines();
    assert_eq!(lines[0]["event"], "cold_start");
    assert!(lines.iter().all(|line| line.get("release").is_none()), "{lines:?}");
}

#[tokio::test]
async fn what_has_a_name_is_logged_at_every_level() {
    let _process = capture_as(LogConfig { level: Level::ERROR, ..config() });
    let world = World::start().await;
    // Its mail would be sent some time meanwhile.
    world.pause_mail().await;
    let ada = world.person();
    ada.signs_up().await;
    ada.logs_in().await;
    let lines = own_lines();
    let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap_or("-")).collect();
    assert_eq!(events, ["cold_start", "mail_budget", "sign_up", "login_refused"]);
    assert!(lines[1]["function_request_id"].is_string() && lines[1]["_aws"].is_object());
}

#[test]
fn libraries_say_little_and_whatever_is_said_makes_a_line() {
    struct Unwritable;
    impl fmt::Debug for Unwritable {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("half of")?;
            Err(fmt::Error)
        }
    }
    capture();
    let _span = tracing::error_span!(target: "hyper", "of a library", secret = "canary").entered();
    tracing::info!(target: "hyper", "canary");
    tracing::warn!(target: "lambda_runtime", "canary");
    tracing::error!(target: "lambda_runtime::layers", "said");
    tracing::warn!(target: "hyper", "said");
    let odd = "\u{0}\u{1b}[31m\"\n\u{2028}\u{10ffff}";
    tracing::info!(
        target: "shared::odd", level = "FATAL", timestamp = 0, service = odd, odd, nan = f64::NAN, huge = u128::MAX,
        unwritable = ?Unwritable, none = Option::<u8>::None, yes = true, "said"
    );
    tracing::info!(target: "shared::odd", of = -1);
    let lines = lines();
    assert_eq!(
        lines.iter().map(|line| &line["message"]).collect::<Vec<_>>(),
        [&json!("said"), &json!("said"), &json!("said"), &json!(null)]
    );
    assert!(lines.iter().all(|line| !line.to_string().contains("canary")), "{lines:?}");
    let line = &lines[2];
    assert_eq!((&line["level"], &line["service"], &line["odd"]), (&json!("INFO"), &json!("auth"), &json!(odd)));
    assert_eq!((&line["nan"], &line["unwritable"]), (&json!(null), &json!("half of")));
    assert_eq!((&line["huge"], line.get("none"), &line["yes"]), (&json!(u128::MAX.to_string()), None, &json!(true)));
    assert_eq!(lines[3]["of"], -1);
}

#[test]
fn a_panic_is_a_line_that_says_where_and_quotes_nothing() {
    capture();
    let secret = String::from("canary");
    let panics: [Box<dyn Fn() + panic::UnwindSafe>; 3] = [
        Box::new(|| panic!("of our own")),
        Box::new(move || panic!("with {secret}")),
        Box::new(|| drop(serde_json::from_str::<Vec<u8>>(r#"["canary"]"#).unwrap())),
    ];
    for panics in panics {
        panic::catch_unwind(panics).unwrap_err();
    }
    let lines = lines();
    let says: Vec<_> = lines.iter().map(|line| line.get("says")).collect();
    assert_eq!(says, [Some(&json!("of our own")), None, None]);
    for line in lines {
        assert_eq!((&line["level"], &line["message"]), (&json!("ERROR"), &json!("a panic")));
        assert!(line["place"].as_str().unwrap().contains("logs/lines.rs:"), "{line}");
        assert!(!line.to_string().contains("canary"), "{line}");
    }
}

#[tokio::test]
async fn the_reuse_of_a_refresh_token_is_an_event() {
    capture();
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.refresh(&session.refresh).await;
    world.advance(31);
    world.refresh(&session.refresh).await;
    let event = lines().into_iter().find(|line| line["event"] == "refresh_token_reuse").unwrap();
    assert_eq!((&event["level"], &event["account"]), (&json!("WARN"), &json!(session.user_id)));
}
