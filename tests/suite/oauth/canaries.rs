//! A whole story with tokens that would be recognised wherever they turn up.

use local::{Mode, Service};
use serde_json::json;
use tests::{CLIENT, Reply, World};

use super::{REVOKE, TOKENS, form, made, revokes, rows, usual, with};
use crate::logs;

const TABLES: [&str; 8] = ["Accounts", "Sessions", "Mail", "ExchangeKeys", "Limits", "Kyc", "Endings", "Grants"];

/// What must turn up nowhere: the secret half of a token, in the forms that somebody might write it in.
fn canaries(token: &str) -> Vec<String> {
    let (names, secret) = token.strip_prefix("bcpat_").unwrap().split_at(43);
    // The names of account and token are no secret; the rest of them shares a character with it.
    assert_eq!(names.len(), 43);
    vec![token.to_owned(), secret.to_owned(), secret[..20].to_owned(), secret[23..].to_owned()]
}

#[tokio::test]
async fn what_proves_a_token_is_told_once_and_kept_nowhere() {
    let world = World::start().await;
    logs::capture();
    let (ada, session) = world.person().signed_in().await;
    let wanted = with(&json!({ "scopes": ["keys:write", "keys:decrypt", "keys:read"], "networks": [CLIENT] }));
    let (token, id) = made(&world, &session, &wanted).await;
    let (found, _) = made(&world, &session, &usual()).await;
    let mut replies: Vec<Reply> = Vec::new();
    for path in [TOKENS, "/oauth/export", "/auth/events", "/auth/export", "/auth/profile"] {
        replies.push(world.get_as(&session, path).await);
    }
    for path in ["/api/v1/api-keys/", "/auth/sessions", TOKENS, "/oauth/nowhere", "/auth/nowhere"] {
        replies.push(world.ask_by(&token, "GET", path, None).await);
    }
    // Where it does not belong.
    replies.push(world.post_as(&session, TOKENS, with(&json!({ "name": token, "scopes": [token] }))).await);
    replies.push(world.post_as(&session, TOKENS, with(&json!({ "networks": [token], "key_ids": [token] }))).await);
    replies.push(world.delete_as(&session, &format!("{TOKENS}/{token}")).await);
    replies.push(world.get(&format!("{REVOKE}?token={token}")).await);
    replies.push(world.send(form(&format!("token={token}&token={token}"))).await);
    replies.push(world.post(REVOKE, json!({ "token": token })).await);
    for mode in [Mode::Unavailable, Mode::Refused] {
        world.break_down(Service::DynamoDb, mode, None);
        replies.push(revokes(&world, &token).await);
        replies.push(world.ask_by(&token, "GET", "/api/v1/api-keys/", None).await);
        world.mend();
    }
    replies.push(revokes(&world, &found).await);
    replies.push(world.delete_as(&session, &format!("{TOKENS}/{id}")).await);
    assert!(rows(&world, &session, "PAT#").await.is_empty());

    let log = logs::text();
    assert_eq!(log.matches("\"token_revoked\"").count(), 1);
    let mut places = vec![log];
    for table in TABLES {
        places.extend(world.rows(table).await.iter().map(ToString::to_string));
    }
    for mail in world.mails(&ada.email).await {
        places.extend([mail.text, mail.html, Some(mail.subject)].into_iter().flatten());
    }
    places.extend(replies.iter().map(Reply::told));
    assert!(places.len() > 30);
    for place in &places {
        for canary in canaries(&token).iter().chain(&canaries(&found)) {
            assert!(!place.contains(canary), "{canary} in {place}");
        }
    }
    // The prefix stands in what explains tokens, and nowhere else.
    let with_prefix = places.iter().filter(|place| place.contains("bcpat_")).count();
    assert_eq!(with_prefix, 0);
}
