//! What a program's request costs: what a session's does, but that the token is read and no session.

use serde_json::json;
use shared::caller::scope::Scope;
use tests::{Session, World, authorized};

use super::{TABLE, Token, good_for, makes_token};
use crate::api_keys::keeps_a_key;

/// The calls of a request to AWS.
async fn calls(world: &World, token: &str, method: &'static str, path: &str) -> String {
    let body = match (method, path) {
        ("POST", "/api/v1/api-keys/") => {
            let name = format!("key-of-{}", &token[token.len() - 20..]);
            Some(json!({ "exchange": "binance", "label": "a", "api_key": name, "secret": "a-secret-of-binance" }))
        }
        ("PATCH", _) => Some(json!({ "label": "changed" })),
        _ => None,
    };
    let request = authorized(method, path, token, body);
    let (reply, calls) = world.calls(world.send(request)).await;
    reply.assert_ok();
    format!("{:?} {:?} {:?}", calls.dynamodb, calls.kms, calls.ses)
}

#[tokio::test]
async fn a_program_costs_what_its_owner_does() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let token = makes_token(&world, &session, good_for(&Scope::ALL.map(Scope::as_str))).await;
    // What every function reads once in half a minute.
    for path in ["/auth/profile", "/api/v1/api-keys/", "/api/kyc/status"] {
        world.get_as(&session, path).await.assert_ok();
    }
    for (number, (method, path, _)) in TABLE.into_iter().enumerate() {
        let mut costs = Vec::new();
        for secret in [&session.access, &token.secret] {
            let key = keeps_a_key(&world, &session, &format!("a-key-{number}-{}", secret.len())).await;
            let path = path.replace("/api/v1/api-keys/{key_id}", &key);
            costs.push(calls(&world, secret, method, &path).await);
        }
        assert_eq!(costs[0], costs[1], "{method} {path}");
    }
}

/// One read of what is shown, whatever it is worth; none for what cannot be a token.
#[tokio::test]
async fn a_token_that_is_refused_costs_one_read_at_most() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let good = makes_token(&world, &session, good_for(&["profile"])).await;
    let flipped = |at: usize| {
        let other = if good.secret.as_bytes()[at] == b'A' { "B" } else { "A" };
        Token { secret: format!("{}{other}{}", &good.secret[..at], &good.secret[at + 1..]), ..good.clone() }
    };
    good.asks(&world, "GET", "/api/v1/api-keys/", None).await.assert_status(403);
    for (shown, status, reads) in [
        (good.clone(), 403, 1),
        // Of the account, of its own id, of its secret.
        (flipped(10), 401, 1),
        (flipped(30), 401, 1),
        (flipped(80), 401, 1),
        (Token { secret: good.secret[..90].to_owned(), ..good.clone() }, 401, 0),
        (Token { secret: "bcpat_".to_owned(), ..good.clone() }, 401, 0),
        (Token { secret: format!("bcpat_{}", "=".repeat(86)), ..good.clone() }, 401, 0),
    ] {
        let (reply, calls) = world.calls(shown.asks(&world, "GET", "/api/v1/api-keys/", None)).await;
        reply.assert_status(status);
        let reads: Vec<_> = [("GetItem".to_owned(), reads)].into_iter().filter(|(_, reads)| *reads > 0).collect();
        assert_eq!(calls.dynamodb, reads.into_iter().collect(), "{status}");
    }
}

/// Operators end all sessions of before by a switch, and all tokens with them.
#[tokio::test]
async fn the_switch_that_voids_sessions_voids_tokens() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let all = good_for(&Scope::ALL.map(Scope::as_str));
    let token = makes_token(&world, &session, all.clone()).await;
    let statuses = async |token: &Token| {
        let mut statuses = Vec::new();
        for path in ["/auth/profile", "/api/v1/api-keys/", "/api/kyc/status"] {
            statuses.push(token.asks(&world, "GET", path, None).await.status);
        }
        statuses
    };
    assert_eq!(statuses(&token).await, [200; 3]);
    let row = json!({ "pk": "SWITCHES", "sk": "SWITCHES", "sessions_from": world.now().as_second() });
    world.put_rows("Sessions", vec![row]).await;
    world.advance(30);
    assert_eq!(statuses(&token).await, [401; 3]);
    let session = Session::of(&ada.logs_in().await);
    let new = makes_token(&world, &session, all).await;
    assert_eq!(statuses(&new).await, [200; 3]);
    assert_eq!(statuses(&token).await, [401; 3]);
}
