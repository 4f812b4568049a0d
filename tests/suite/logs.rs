//! What the log tells, and what it must never tell.

use std::{cell::RefCell, io, sync::Once};

use local::{Mode, Service};
use serde_json::{Value, json};
use tests::{Session, World};

thread_local! {
    /// What this test's own thread has logged, once it wants to know.
    static LOG: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Catches what would go to standard output, for each test apart.
struct PerTest;

impl io::Write for PerTest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| log.iter_mut().for_each(|log| log.extend_from_slice(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to catch. Everything of a test runs on its own thread, but for the hashing of passwords, which logs nothing.
pub fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = shared::log::subscriber(tracing::Level::TRACE, || PerTest);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    LOG.set(Some(Vec::new()));
}

/// What it caught.
pub fn text() -> String {
    String::from_utf8(LOG.take().unwrap()).unwrap()
}

/// The same, line by line.
pub fn lines() -> Vec<Value> {
    text().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
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
    assert_eq!(world.post("/auth/reset-password", body).await.status, 200);

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
    let mut canaries = vec![verify, reset, next.refresh, next.access, session.refresh, session.access];
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
        assert_eq!(line["request_id"], "8476a536-e9f4-11e8-9739-2dfe598c3fcd");
        assert!(line["duration_ms"].is_u64() && line["method"].is_string());
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
