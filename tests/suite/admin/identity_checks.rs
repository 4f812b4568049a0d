//! The operators' tools for identity checks: sealing webhook secrets, deciding by hand, looking at the history.

use std::collections::BTreeMap;

use admin::{
    kyc_secret::seal,
    kyc_set::{self, Arguments, Change},
    kyc_show::show,
    typed_secret::piped,
};
use kyc::{Kyc, providers::KycStatus};
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::{ids::AccountId, time::Timestamp};
use tests::{Reply, Request, Session, World};

/// A report of our own provider, which shows this token.
fn generic(token: &str, body: &Value) -> Request {
    let headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
    Request {
        method: "POST",
        path: "/api/kyc/webhook/generic".to_owned(),
        headers,
        body: Some(body.to_string()),
        ..Request::default()
    }
}

/// A report of Sumsub, signed with this secret, and perhaps with the token besides.
fn sumsub(world: &World, secret: &str, token: Option<&str>) -> Request {
    let body = json!({ "type": "applicantPending", "externalUserId": "u", "correlationId": "c" }).to_string();
    let signed = paper::sign("sumsub", secret, body.as_bytes(), world.now()).unwrap();
    let mut headers: Vec<_> = signed.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    headers.extend(token.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
    Request {
        method: "POST",
        path: "/api/kyc/webhook/sumsub".to_owned(),
        headers,
        body: Some(body),
        ..Request::default()
    }
}

fn secrets(of: &[(&str, &str)]) -> BTreeMap<String, Vec<String>> {
    of.iter().map(|(provider, sealed)| ((*provider).to_owned(), vec![(*sealed).to_owned()])).collect()
}

#[tokio::test]
async fn a_sealed_secret_proves_the_reports_of_its_provider_and_of_no_other() {
    let world = World::start().await;
    let operator = world.operator();
    let typed = piped(" s3cret \n".as_bytes()).unwrap();
    let sealed = seal(&operator, "sumsub", &typed).await.unwrap();
    assert!(!sealed.contains(char::is_whitespace) && !sealed.contains("s3cret"), "{sealed}");

    let kyc = world.deployed_kyc(secrets(&[("sumsub", &sealed)]), None);
    let status = async |kyc: &Kyc, request| world.send_to_kyc(kyc, request).await.status;
    assert_eq!(status(&kyc, sumsub(&world, " s3cret ", None)).await, 200);
    assert_eq!(status(&kyc, sumsub(&world, "s3cret", None)).await, 401);
    // Not the sealed text itself, as on a laptop.
    assert_eq!(status(&kyc, sumsub(&world, &sealed, None)).await, 401);

    for other in ["onfido", "generic", "token"] {
        let elsewhere = seal(&operator, other, &typed).await.unwrap();
        let kyc = world.deployed_kyc(secrets(&[("sumsub", &elsewhere)]), None);
        assert_eq!(status(&kyc, sumsub(&world, " s3cret ", None)).await, 503, "{other}");
    }
}

#[tokio::test]
async fn a_sealed_token_is_the_second_lock() {
    let world = World::start().await;
    let operator = world.operator();
    let sealed = seal(&operator, "sumsub", "s3cret").await.unwrap();
    let token = seal(&operator, "token", "t0ken").await.unwrap();
    let kyc = world.deployed_kyc(secrets(&[("sumsub", &sealed)]), Some(token));
    for (shown, status) in [(None, 401), (Some("wrong"), 401), (Some("t0ken"), 200)] {
        let reply = world.send_to_kyc(&kyc, sumsub(&world, "s3cret", shown)).await;
        reply.assert_status(status);
    }
    let report = generic("t0ken", &json!({ "event_id": "e", "user_id": "u", "status": "pending" }));
    world.send_to_kyc(&kyc, report).await.assert_status(503);
}

/// Decides by hand, at the world's time.
async fn set(world: &World, user: &Session, status: KycStatus, reason: &str) -> Change {
    let arguments =
        Arguments { user: id(user), status, reason: reason.parse().unwrap(), level: Some("basic".parse().unwrap()) };
    kyc_set::set(&world.operator(), &arguments, &world.clock).await.unwrap()
}

fn id(user: &Session) -> AccountId {
    AccountId::parse(&user.user_id).unwrap()
}

async fn report(world: &World, user: &Session, event: &str, status: &str, at: Timestamp) {
    let body = json!({ "event_id": event, "user_id": user.user_id, "status": status, "session_id": "s-canary",
        "level": "level-canary", "occurred_at": at.to_string(), "full_name": "Ada Canary" });
    let reply: Reply = world.send(generic("generic-secret", &body)).await;
    assert_eq!((reply.status, reply.body), (200, Value::Null));
}

async fn status(world: &World, user: &Session) -> Value {
    let reply = world.get_as(user, "/api/kyc/status").await;
    reply.assert_ok();
    reply.body
}

#[tokio::test]
async fn what_an_operator_decides_holds_against_everything_that_happened_before() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let (_, grace) = world.person().signed_in().await;
    report(&world, &ada, "1", "rejected", world.now()).await;
    world.advance(60);
    let decided_at = world.now();

    let change = set(&world, &ada, KycStatus::Approved, "papers_seen_by_hand").await;
    assert!(change.before.starts_with("rejected since ") && change.before.ends_with(", by generic"), "{change:?}");
    assert!(change.after.starts_with("approved since ") && change.after.ends_with(", by manual"), "{change:?}");
    assert!(change.is_in_force);
    let shown = status(&world, &ada).await;
    assert_eq!(
        [&shown["status"], &shown["level"], &shown["provider"], &shown["reason"]],
        ["approved", "basic", "manual", "papers_seen_by_hand"]
    );
    assert!(shown["approved_at"].is_string() && shown["approved_at"] == shown["updated_at"]);
    assert_eq!(status(&world, &grace).await["status"], "not_started");

    // What comes late, and what a new session of the user begins, change nothing.
    world.advance(60);
    report(&world, &ada, "2", "rejected", decided_at - std::time::Duration::from_secs(30)).await;
    report(&world, &ada, "3", "pending", world.now()).await;
    assert_eq!(status(&world, &ada).await, shown);
    // What is found later, does.
    report(&world, &ada, "4", "in_review", world.now()).await;
    assert_eq!(status(&world, &ada).await["status"], "in_review");
}

#[tokio::test]
async fn an_operator_can_take_an_approval_back_by_any_status() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    for at in KycStatus::ALL {
        report(&world, &ada, at.as_str(), "approved", world.now()).await;
        world.advance(5);
        assert!(set(&world, &ada, at, "by_hand").await.is_in_force, "{at:?}");
        assert_eq!(status(&world, &ada).await["status"], at.as_str());
        world.advance(5);
    }
    // Every decision is a row of its own.
    let rows = world.rows_of("Kyc", &format!("USER#{}", ada.user_id)).await;
    assert_eq!(rows.iter().filter(|row| row["provider"] == "manual").count(), KycStatus::ALL.len());
}

#[tokio::test]
async fn a_decision_comes_after_a_report_that_claims_a_later_time() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    report(&world, &ada, "1", "approved", world.now() + std::time::Duration::from_hours(1)).await;
    let change = set(&world, &ada, KycStatus::Rejected, "by_hand").await;
    assert!(change.is_in_force, "{change:?}");
    assert_eq!(status(&world, &ada).await["status"], "rejected");
}

#[tokio::test]
async fn a_decision_whose_answer_is_lost_counts_once() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    world.break_times(Service::DynamoDb, Mode::Lost, "PutItem", 1);
    assert!(set(&world, &ada, KycStatus::Approved, "by_hand").await.is_in_force);
    assert_eq!(world.rows_of("Kyc", "USER#").await.len(), 1);

    world.break_down(Service::DynamoDb, Mode::Unavailable, None);
    let arguments =
        Arguments { user: id(&ada), status: KycStatus::Rejected, reason: "by_hand".parse().unwrap(), level: None };
    let operator = world.operator();
    assert!(kyc_set::set(&operator, &arguments, &world.clock).await.is_err());
    assert!(show(&operator, id(&ada)).await.is_err());
    world.mend();
    assert_eq!(status(&world, &ada).await["status"], "approved");
}

#[tokio::test]
async fn the_history_tells_what_came_of_everything_and_nothing_of_the_person() {
    let world = World::start().await;
    let (person, ada) = world.person().signed_in().await;
    assert_eq!(show(&world.operator(), id(&ada)).await.unwrap(), ["not_started, nothing is reported"]);
    let start = world.now();
    report(&world, &ada, "event-canary", "pending", start).await;
    world.advance(60);
    set(&world, &ada, KycStatus::Approved, "papers_seen").await;
    world.advance(60);
    report(&world, &ada, "3", "expired", world.now()).await;
    world.advance(60);
    report(&world, &ada, "4", "no_such_status", world.now()).await;
    world.advance(60);
    let last = world.now();
    report(&world, &ada, "5", "rejected", last).await;

    let lines = show(&world.operator(), id(&ada)).await.unwrap();
    let words: Vec<Vec<_>> = lines.iter().map(|line| line.split_whitespace().skip(1).collect()).collect();
    assert_eq!(
        words,
        [
            vec!["generic", "status", "pending", "-", "ok"],
            vec!["manual", "set", "approved", "papers_seen", "ok"],
            vec!["generic", "status", "expired", "-", "changes_nothing"],
            vec!["generic", "status", "-", "-", "unknown_status"],
            vec!["generic", "status", "rejected", "-", "ok"],
            vec!["since", &format!("{last},"), "by", "generic"],
        ]
    );
    assert!(lines[0].starts_with(&start.to_string()) && lines[5].starts_with("rejected"), "{lines:?}");
    let text = lines.join("\n").to_lowercase();
    for canary in ["canary", "ada", &person.email, &ada.user_id] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
}
