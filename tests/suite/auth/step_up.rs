//! What a handler may ask of a caller besides a session: that who it is was proven of late.

use axum::{Router, routing::get};
use serde_json::{Value, json};
use shared::caller::{Caller, Confirmed, Fresh};
use tests::{Reply, Session, World, authorized, invoke_undocumented};

use super::tokens::claims;

const MINUTES: u64 = 60;

/// Handlers that want more and more, and say whose account it is.
fn handlers(world: &World) -> Router {
    Router::new()
        .route("/caller", get(async |caller: Caller| caller.account_id().to_string()))
        .route("/confirmed", get(async |confirmed: Confirmed| confirmed.account_id().to_string()))
        .route("/fresh", get(async |fresh: Fresh| fresh.caller().account_id().to_string()))
        .with_state::<()>(world.app())
}

async fn ask(handlers: &Router, path: &str, token: &str) -> Reply {
    invoke_undocumented(handlers, authorized("GET", path, token, None)).await
}

/// What the three say to a session: they let in its own account, or ask for a proof at this level.
async fn lets_in(handlers: &Router, session: &Session, confirmed: Option<&str>, fresh: Option<&str>) {
    for (path, asked) in [("/caller", None), ("/confirmed", confirmed), ("/fresh", fresh)] {
        let reply = ask(handlers, path, &session.access).await;
        match asked {
            None => assert_eq!((reply.status, reply.text.as_str()), (200, session.user_id.as_str()), "{path}"),
            Some(aal) => assert_asked(&reply, aal),
        }
    }
}

fn assert_asked(reply: &Reply, aal: &str) {
    let data = json!({ "code": "STEP_UP_REQUIRED", "aal": aal, "max_age": 300 });
    let body = json!({ "success": false, "message": "Confirm that it is you", "data": data });
    assert_eq!((reply.status, &reply.body), (403, &body));
    let challenge = format!(r#"Bearer error="insufficient_user_authentication", acr_values="{aal}", max_age="300""#);
    assert_eq!(reply.header("www-authenticate"), Some(challenge.as_str()));
}

/// The row of the only session that somebody has.
async fn row(world: &World, session: &Session) -> Value {
    let mut rows = world.rows_of("Sessions", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.retain(|row| row["sk"] != "GUARD");
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[tokio::test]
async fn a_proof_is_fresh_for_five_minutes() {
    let world = World::start().await;
    let handlers = handlers(&world);
    let (_, session) = world.person().signed_in().await;
    world.advance(5 * MINUTES);
    lets_in(&handlers, &session, None, None).await;
    world.advance(1);
    // There are no factors that could be asked for before a key is opened.
    lets_in(&handlers, &session, None, Some("aal1")).await;
}

#[tokio::test]
async fn with_factors_one_of_them_must_be_part_of_the_proof_and_the_row_decides() {
    let world = World::start().await;
    let handlers = handlers(&world);
    let (_, session) = world.person().signed_in().await;
    world.tamper("Sessions", &row(&world, &session).await, "mfa", json!(true)).await;
    lets_in(&handlers, &session, Some("aal2"), Some("aal2")).await;
    // The token still says aal1.
    world.tamper("Sessions", &row(&world, &session).await, "aal", json!("aal2")).await;
    world.advance(5 * MINUTES);
    lets_in(&handlers, &session, None, None).await;
    world.advance(1);
    lets_in(&handlers, &session, Some("aal2"), Some("aal2")).await;
}

#[tokio::test]
async fn a_refresh_copies_how_somebody_has_signed_in_and_renews_nothing() {
    let world = World::start().await;
    let handlers = handlers(&world);
    let (_, session) = world.person().signed_in().await;
    let facts = |of: &Value| ["aal", "amr", "auth_time"].map(|name| of[name].clone());
    let before = facts(&row(&world, &session).await);
    assert_eq!(before, [json!("aal1"), json!(["pwd"]), json!(world.now().as_second())]);
    world.advance(5 * MINUTES + 1);
    let refreshed = Session::of(&world.refresh(&session.refresh).await);
    assert_eq!(facts(&row(&world, &refreshed).await), before);
    assert_eq!([&session, &refreshed].map(|session| facts(&claims(&session.access))), [before.clone(), before]);
    lets_in(&handlers, &refreshed, None, Some("aal1")).await;
}

#[tokio::test]
async fn without_a_living_session_nobody_is_asked_for_more() {
    let world = World::start().await;
    let handlers = handlers(&world);
    let (_, session) = world.person().signed_in().await;
    world.post("/auth/logout", json!({ "access_token": session.access })).await;
    for path in ["/caller", "/confirmed", "/fresh"] {
        for token in ["no-token", &session.access] {
            ask(&handlers, path, token).await.assert_status(401);
        }
    }
}
