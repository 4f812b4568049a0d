//! What a token may be like: every rule, by what breaks it.

use serde_json::{Value, json};
use shared::ids::KeyId;
use tests::{Reply, World, json_request};

use super::{REVOKE, TOKENS, rows, with};

fn ids(count: usize) -> Value {
    (0..count).map(|_| json!(KeyId::random().unwrap().to_string())).collect()
}

fn networks(count: usize) -> Value {
    (0..count).map(|number| json!(format!("203.0.{number}.0/24"))).collect()
}

/// The fields that an answer complains of.
fn blamed(reply: &Reply) -> Vec<&str> {
    let flaws = reply.assert_status(422)["detail"].as_array().unwrap();
    flaws.iter().map(|flaw| flaw["loc"][1].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_by_the_name_of_its_field_and_not_repeated() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let twice = KeyId::random().unwrap().to_string();
    let sensitive = |members: Value| {
        let mut wanted = json!({ "scopes": ["keys:decrypt"], "networks": ["203.0.113.0/24"] });
        wanted.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        wanted
    };
    for (members, fields) in [
        (json!({ "name": "" }), &["name"][..]),
        (json!({ "name": " \u{200b} " }), &["name"]),
        (json!({ "name": "x".repeat(61) }), &["name"]),
        (json!({ "name": "a\nb" }), &["name"]),
        (json!({ "name": 7 }), &["name"]),
        (json!({ "name": null }), &["name"]),
        (json!({ "scopes": [] }), &["scopes"]),
        (json!({ "scopes": null }), &["scopes"]),
        (json!({ "scopes": "keys:read" }), &["scopes"]),
        (json!({ "scopes": ["keys:canary"] }), &["scopes"]),
        (json!({ "scopes": ["keys:read", "keys:read"] }), &["scopes"]),
        (json!({ "scopes": ["keys:read", 7] }), &["scopes"]),
        (json!({ "expires_in_days": 0 }), &["expires_in_days"]),
        (json!({ "expires_in_days": 366 }), &["expires_in_days"]),
        (json!({ "expires_in_days": 1.5 }), &["expires_in_days"]),
        (json!({ "networks": ["everywhere"] }), &["networks"]),
        (json!({ "networks": ["203.0.113.7/24"] }), &["networks"]),
        (json!({ "networks": ["0.0.0.0/0"] }), &["networks"]),
        (json!({ "networks": [7] }), &["networks"]),
        (json!({ "networks": "203.0.113.0/24" }), &["networks"]),
        (json!({ "networks": networks(21) }), &["networks"]),
        (json!({ "key_ids": [] }), &["key_ids"]),
        (json!({ "key_ids": ["canary"] }), &["key_ids"]),
        (json!({ "key_ids": [twice, twice] }), &["key_ids"]),
        (json!({ "key_ids": ids(101) }), &["key_ids"]),
        (json!({ "name": "", "scopes": [], "networks": [7] }), &["name", "scopes", "networks"]),
        (sensitive(json!({ "networks": [] })), &["networks"]),
        (sensitive(json!({ "networks": null })), &["networks"]),
        (sensitive(json!({ "expires_in_days": 91 })), &["expires_in_days"]),
        (json!({ "scopes": ["keys:write"], "expires_in_days": 91 }), &["networks", "expires_in_days"]),
    ] {
        let reply = world.post_as(&session, TOKENS, with(&members)).await;
        assert_eq!(blamed(&reply), fields, "{members}: {reply:?}");
        assert!(!reply.text.contains("canary"), "{reply:?}");
    }
    assert!(rows(&world, &session, "").await.is_empty());
    for members in [
        json!({ "name": "x".repeat(60) }),
        json!({ "scopes": ["profile", "keys:read", "kyc:read"], "expires_in_days": 365 }),
        json!({ "expires_in_days": 1, "networks": networks(20), "key_ids": ids(100) }),
        json!({ "networks": [], "key_ids": null, "expires_in_days": null }),
        sensitive(json!({ "expires_in_days": 90 })),
        sensitive(json!({ "scopes": ["keys:write"], "key_ids": ids(1) })),
    ] {
        world.post_as(&session, TOKENS, with(&members)).await.assert_ok();
    }
}

/// Whoever follows a redirect sends credentials twice.
#[tokio::test]
async fn nothing_under_oauth_is_redirected() {
    let world = World::start().await;
    for (method, path) in [
        ("POST", "/oauth/tokens/"),
        ("GET", "/oauth/tokens/"),
        ("DELETE", "/oauth/tokens/7/"),
        ("POST", "/oauth/revoke/"),
        ("GET", "/oauth/export/"),
        ("GET", "/oauth/"),
        ("GET", "/oauth"),
    ] {
        let reply = world.send(json_request(method, path, &json!({}))).await;
        assert_eq!(*reply.assert_status(404), json!({ "detail": "Not Found" }), "{method} {path}");
    }
    world.get(REVOKE).await.assert_status(405);
}
