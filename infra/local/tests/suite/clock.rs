//! The clock of the functions, as people move it.

use std::time::Duration;

use local::{LocalAws, Options};
use serde_json::Value;
use shared::time::{CLOCK_FILE, Clock, Timestamp};

use crate::door::ask;
use crate::world::{Directory, options, start};

const START: Timestamp = Timestamp::from_second(1_795_341_600);
const DAY: u64 = 86_400;

async fn put(local: &LocalAws, body: &str) -> (u16, Value) {
    understood(&ask(local, "PUT /clock", body).await)
}

fn understood(answer: &str) -> (u16, Value) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn the_clock_of_functions_in_this_process_moves() {
    let clock = Clock::at(START);
    let local = start(Options { clock: clock.clone(), ..options() }).await;
    let standing = understood(&ask(&local, "GET /clock", "").await);
    assert_eq!(standing, (200, serde_json::json!({"now": START.to_string(), "ahead": 0})));
    assert_eq!(put(&local, r#"{"advance":900}"#).await.1["ahead"], 900);
    let (status, standing) = put(&local, r#"{"advance":1}"#).await;
    let now = START + Duration::from_secs(901);
    assert_eq!((status, standing), (200, serde_json::json!({"now": now.to_string(), "ahead": 901})));
    assert_eq!(clock.now(), now);
}

#[tokio::test]
async fn functions_elsewhere_read_it_and_it_outlives_a_restart() {
    let directory = Directory::new();
    let state = directory.path().display().to_string();
    let lookup = |name: &str| match name {
        "STAGE" => Some("local".to_owned()),
        "LOCAL_STATE" => Some(state.clone()),
        _ => None,
    };
    let elsewhere = Clock::read(&shared::config::Env::new(&lookup)).unwrap();
    let ahead = || elsewhere.now().seconds_from(Clock::default().now());
    let kept = || Options { state: Some(directory.path().to_owned()), ..options() };
    let local = start(kept()).await;
    assert!(ahead() < 2);
    put(&local, r#"{"advance":86400}"#).await;
    assert!(ahead().abs_diff(86_400) < 2);
    local.shutdown().await;

    let clock = Clock::at(START);
    let local = start(Options { clock: clock.clone(), ..kept() }).await;
    assert_eq!(clock.now(), START + Duration::from_secs(DAY));
    put(&local, r#"{"advance":86400}"#).await;
    assert_eq!(std::fs::read_to_string(directory.path().join(CLOCK_FILE)).unwrap(), "172800");
}

#[tokio::test]
async fn it_moves_neither_back_nor_absurdly_far() {
    let clock = Clock::at(START);
    let local = start(Options { clock: clock.clone(), ..options() }).await;
    let years = 10 * 365 * DAY;
    let further = format!(r#"{{"advance":{}}}"#, years + 1);
    let refused = [
        r#"{"advance":-1}"#,
        r#"{"advance":1.5}"#,
        r#"{"advance":"900"}"#,
        r#"{"advance":18446744073709551615}"#,
        r#"{"advance":18446744073709551616}"#,
        r#"{"advance":1,"back":true}"#,
        "{}",
        "",
        &further,
    ];
    for body in refused {
        assert_eq!(put(&local, body).await.0, 422, "{body}");
    }
    assert_eq!(clock.now(), START);
    assert_eq!(put(&local, &format!(r#"{{"advance":{years}}}"#)).await.0, 200);
    assert_eq!(put(&local, r#"{"advance":1}"#).await.0, 422, "all steps together");
}

/// What an authenticator app shows is of the functions' time. RFC 6238, appendix B, has these codes.
#[tokio::test]
async fn an_app_shows_codes_by_the_functions_clock() {
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let local = start(Options { clock: Clock::at(Timestamp::from_second(59)), ..options() }).await;
    let shown = async || understood(&ask(&local, &format!("GET /totp.json?secret={SECRET}"), "").await);
    assert_eq!(shown().await, (200, serde_json::json!({ "code": "287082", "seconds_left": 1 })));
    put(&local, r#"{"advance":1}"#).await;
    assert_eq!(shown().await.1["seconds_left"], 30);
    assert_ne!(shown().await.1["code"], "287082");
    assert!(ask(&local, &format!("GET /totp?secret={SECRET}"), "").await.contains("for 30 seconds"));
    assert_eq!(understood(&ask(&local, "GET /totp.json?secret=0189", "").await).0, 422);
    assert_eq!(understood(&ask(&local, "GET /totp.json", "").await).0, 422);
}
