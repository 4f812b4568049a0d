//! Identity checks through the front door: providers report, users ask, and what depends on it follows.

mod again;
mod answers;
mod doubt;
mod effects;
mod fuzz;
mod gate;
mod moment;
mod outages;
mod privacy;
mod races;
mod receiver;
mod samples;
mod stories;

use std::time::Duration;

use serde_json::{Value, json};
use shared::{
    kyc::{KycReport, KycStatus, reports_of, standing},
    time::Timestamp,
};
use tests::{Reply, Request, World, webhook_secrets};

use crate::logs;

/// Whose signature covers the body, so that bytes of theirs cannot be made up.
const SIGNING: [&str; 6] = ["sumsub", "onfido", "persona", "veriff", "stripe_identity", "didit"];

/// A report as its provider would send it at `now`.
fn signed(provider: &str, secret: &str, body: &str, now: Timestamp) -> Request {
    let proof = paper::sign(provider, secret, body.as_bytes(), now).unwrap();
    let mut headers: Vec<_> = proof.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    let path = format!("/api/kyc/webhook/{provider}");
    Request { method: "POST", path, headers, body: Some(body.to_owned()), is_base64: false }
}

/// A report that is signed with the secret that the world knows, at its time.
pub fn genuine(world: &World, provider: &str, body: &Value) -> Request {
    signed(provider, &newest_secret(provider), &body.to_string(), world.now())
}

fn newest_secret(provider: &str) -> String {
    webhook_secrets(provider).1.remove(0)
}

/// Delivers a genuine report, which is taken whatever it says.
async fn report(world: &World, provider: &str, body: &Value) {
    assert_taken(&world.send(genuine(world, provider, body)).await);
}

pub fn assert_taken(reply: &Reply) {
    assert_eq!((reply.status, reply.text.as_str()), (200, "null"), "{reply:?}");
}

/// In our own words: a report that can say anything at any time, or at none.
pub fn said(user: &str, event: &str, session: &str, status: &str, at: Option<Timestamp>) -> Value {
    let at = at.map(|at| at.to_string());
    json!({ "event_id": event, "user_id": user, "session_id": session, "status": status, "level": "basic", "occurred_at": at })
}

/// A provider's report that the identity of `user` is proven.
pub fn approval(provider: &str, user: &str, at: Timestamp) -> Value {
    let (second, time) = (at.as_second(), at.to_string());
    // What happens to another is another event.
    let id = format!("e-1-{user}");
    match provider {
        "sumsub" => json!({ "type": "applicantReviewed", "correlationId": id, "applicantId": "s-1",
            "externalUserId": user, "levelName": "basic", "createdAtMs": sumsub_time(at),
            "reviewStatus": "completed", "reviewResult": { "reviewAnswer": "GREEN" } }),
        "onfido" => json!({ "payload": { "action": "workflow_run.completed",
            "object": { "id": "s-1", "status": "approved", "completed_at_iso8601": time },
            "resource": { "customer_user_id": user, "workflow_id": "basic" } } }),
        "persona" => json!({ "data": { "id": id, "attributes": { "name": "inquiry.approved", "created-at": time,
            "payload": { "data": { "id": "s-1", "attributes": { "status": "approved", "reference-id": user } } } } } }),
        "veriff" => json!({ "status": "success", "verification": { "id": "s-1", "attemptId": id,
            "status": "approved", "vendorData": user, "decisionTime": time } }),
        "stripe_identity" => json!({ "id": id, "created": second, "livemode": true,
            "type": "identity.verification_session.verified",
            "data": { "object": { "id": "s-1", "status": "verified", "client_reference_id": user } } }),
        "didit" => json!({ "webhook_type": "status.updated", "event_id": id, "timestamp": second,
            "status": "Approved", "session_id": "s-1", "vendor_data": user, "workflow_id": "basic" }),
        _ => said(user, &id, "s-1", "approved", Some(at)),
    }
}

/// Seconds after a moment.
fn later(moment: Timestamp, seconds: u64) -> Timestamp {
    moment + Duration::from_secs(seconds)
}

/// As Sumsub writes a time.
fn sumsub_time(at: Timestamp) -> String {
    at.to_string().replace('T', " ").replace('Z', ".000")
}

/// What is kept of a user.
async fn kept(world: &World, user: &str) -> Vec<KycReport> {
    reports_of(&world.store(), user).await.unwrap()
}

/// Where the check of a user stands.
async fn status(world: &World, user: &str) -> KycStatus {
    standing(&kept(world, user).await).status
}

/// What the log says has become of each report since the last `logs::capture`.
fn outcomes() -> Vec<String> {
    let lines = logs::lines().into_iter().filter(|line| line["event"] == "kyc_report");
    lines.map(|line| line["outcome"].as_str().unwrap().to_owned()).collect()
}
