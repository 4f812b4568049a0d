//! Making tokens: what one is like, that it is shown once, and who makes one.

use serde_json::{Value, json};
use shared::ids::KeyId;
use tests::{CLIENT, Session, World};

use super::{DAY, TOKENS, happened, has_tokens, listed, made, rows, told, usual, with};
use crate::{
    auth::{
        changes::resets,
        switches::{everybody_leaves, vault_is},
    },
    endings::has_factors,
};

#[tokio::test]
async fn a_token_is_shown_once_and_listed_without_what_proves_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let keys = [KeyId::random().unwrap().to_string(), KeyId::random().unwrap().to_string()];
    let wanted = json!({
        "name": "  a program ", "scopes": ["keys:read", "profile"], "expires_in_days": 3, "key_ids": keys,
        "networks": ["203.0.113.0/24", "2001:DB8::/32", "198.51.100.7"],
    });
    let reply = world.post_as(&session, TOKENS, wanted).await;
    let data = &reply.assert_ok()["data"];
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let token = data["token"].as_str().unwrap();
    assert!(token.starts_with("bcpat_") && token.len() == 92, "{token}");

    let mut sorted = keys.to_vec();
    sorted.sort();
    let made_at = world.now();
    let expected = json!({
        "id": data["id"], "name": "a program", "scopes": ["profile", "keys:read"], "key_ids": sorted,
        "networks": ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7/32"], "mfa": false,
        "created_at": made_at.to_string(), "expires_at": (made_at + std::time::Duration::from_secs(3 * DAY)).to_string(),
    });
    let mut shown = data.clone();
    shown.as_object_mut().unwrap().remove("token");
    assert_eq!(shown, expected);
    assert_eq!(listed(&world, &session).await, [expected]);
    assert!(!world.get_as(&session, TOKENS).await.told().contains(&token[6..]));
    assert_eq!(happened(&world, &session).await, [(json!("token_made"), json!("user"))]);
    assert_eq!(told(&world, &ada.email).await, ["New token for a program in your account with Tested & Tried"]);
    // What nothing is said of: everywhere, all keys, for ninety days.
    made(&world, &session, &usual()).await;
    let newest = &listed(&world, &session).await[0];
    assert_eq!((&newest["key_ids"], &newest["networks"]), (&Value::Null, &json!([])));
    let expires_at = made_at + std::time::Duration::from_secs(90 * DAY);
    assert_eq!(newest["expires_at"], expires_at.to_string());
    assert_eq!(rows(&world, &session, "COUNT").await[0]["opened"], 2);
}

#[tokio::test]
async fn the_letter_says_what_the_token_is_good_for_and_has_a_link_for_who_has_not_made_it() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let wanted = json!({ "scopes": ["keys:read", "keys:decrypt"], "networks": ["203.0.113.0/24"], "name": "Bot & Co" });
    made(&world, &session, &with(&wanted)).await;
    let mail = &world.mails(&ada.email).await[0];
    let text = mail.text.as_deref().unwrap().replace('\n', " ");
    let until = (world.now() + std::time::Duration::from_secs(90 * DAY)).in_words();
    for said in ["Bot & Co", "to see the secrets of your exchange keys", "203.0.113.0/24", CLIENT, &until] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let token = mail.links[0].split_once("token=").unwrap().1;
    world.post("/auth/not-me", json!({ "token": token })).await.assert_ok();
    world.get_as(&session, TOKENS).await.assert_status(401);
}

#[tokio::test]
async fn the_list_has_the_living_tokens_of_the_caller_newest_first() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let (_bob, other) = world.person().signed_in().await;
    made(&world, &other, &usual()).await;
    let mut ids = Vec::new();
    for days in [1, 2, 3] {
        ids.push(made(&world, &session, &with(&json!({ "expires_in_days": days }))).await.1);
        world.advance(1);
    }
    let listed_ids = async |session: &Session| {
        listed(&world, session).await.iter().map(|token| token["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    ids.reverse();
    assert_eq!(listed_ids(&session).await, ids);
    world.advance(DAY);
    let session = Session::of(&ada.logs_in().await);
    assert_eq!(listed_ids(&session).await, ids[..2]);
    // One whose row cannot be read keeps none of the others from being seen.
    let row = rows(&world, &session, "PAT#").await.pop().unwrap();
    world.tamper("Grants", &row, "scopes", json!(["everything"])).await;
    assert_eq!(listed_ids(&session).await, ids[1..2]);
}

#[tokio::test]
async fn whoever_makes_one_has_proven_of_late_who_is_asking() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let token = world.token(&session, &["keys:read", "keys:write", "keys:decrypt", "profile", "kyc:read"]).await;
    let before = rows(&world, &session, "").await;
    // No token makes, sees or ends one.
    for (method, path) in [("POST", TOKENS), ("GET", TOKENS), ("GET", "/oauth/export")] {
        world.ask_by(&token, method, path, (method == "POST").then(usual)).await.assert_status(401);
    }
    let id = listed(&world, &session).await[0]["id"].as_str().unwrap().to_owned();
    world.ask_by(&token, "DELETE", &format!("{TOKENS}/{id}"), None).await.assert_status(401);
    world.advance(301);
    let refused = world.post_as(&session, TOKENS, usual()).await;
    assert_eq!(refused.assert_status(403)["data"]["code"], "STEP_UP_REQUIRED");
    assert_eq!(rows(&world, &session, "").await, before);
    listed(&world, &session).await;
    let (_bob, session) = world.person().signed_in().await;
    has_factors(&world, &session).await;
    let refused = world.post_as(&session, TOKENS, usual()).await;
    assert_eq!(refused.assert_status(403)["data"]["aal"], "aal2");
    assert!(rows(&world, &session, "").await.is_empty());
}

#[tokio::test]
async fn while_the_vault_is_shut_none_is_made_that_leads_to_what_is_in_it() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    resets(&world, &ada.is_offered_a_password().await, &ada.password).await.assert_ok();
    let session = Session::of(&ada.logs_in().await);
    let sensitive = |scope: &str| with(&json!({ "scopes": [scope, "profile"], "networks": [CLIENT] }));
    let refused = |reply: &tests::Reply, seconds: &str| {
        assert_eq!(reply.assert_status(409)["data"]["code"], "VAULT_FROZEN");
        assert_eq!(reply.header("retry-after"), Some(seconds));
    };
    for scope in ["keys:write", "keys:decrypt"] {
        refused(&world.post_as(&session, TOKENS, sensitive(scope)).await, "86400");
    }
    assert!(rows(&world, &session, "PAT#").await.is_empty());
    made(&world, &session, &with(&json!({ "scopes": ["profile", "keys:read", "kyc:read"] }))).await;
    world.advance(DAY - 1);
    refused(&world.post_as(&Session::of(&ada.logs_in().await), TOKENS, sensitive("keys:write")).await, "1");
    world.advance(1);
    let session = Session::of(&ada.logs_in().await);
    made(&world, &session, &sensitive("keys:write")).await;
    // Operators may shut it for everybody.
    vault_is(&world, true).await;
    refused(&world.post_as(&session, TOKENS, sensitive("keys:decrypt")).await, "3600");
    vault_is(&world, false).await;
    made(&world, &session, &sensitive("keys:decrypt")).await;
}

#[tokio::test]
async fn an_account_has_fifty_that_live() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    has_tokens(&world, &session, 49).await;
    let (_, id) = made(&world, &session, &with(&json!({ "expires_in_days": 1 }))).await;
    let full = world.post_as(&session, TOKENS, usual()).await;
    assert_eq!(full.assert_status(409)["data"]["code"], "TOO_MANY_TOKENS");
    world.delete_as(&session, &format!("{TOKENS}/{id}")).await.assert_ok();
    made(&world, &session, &with(&json!({ "expires_in_days": 1 }))).await;
    world.post_as(&session, TOKENS, usual()).await.assert_status(409);
    // What is over counts no more, though its row may still be there.
    world.advance(DAY);
    let session = Session::of(&ada.logs_in().await);
    made(&world, &session, &usual()).await;
    world.post_as(&session, TOKENS, usual()).await.assert_status(409);
    // Nor does what operators have ended with all sessions.
    everybody_leaves(&world, true).await;
    world.advance(31);
    let session = Session::of(&ada.logs_in().await);
    assert_eq!(listed(&world, &session).await, Vec::<Value>::new());
    made(&world, &session, &usual()).await;
}
