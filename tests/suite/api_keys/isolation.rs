//! Somebody else's key is no key at all.

use serde_json::{Value, json};
use tests::{World, authorized};

use super::{KEYS, Owner, assert_no_key, demo, rows};

/// A body with which the route does its worst to a key of one's own.
fn worst(method: &str) -> Option<Value> {
    (method == "PATCH").then(
        || json!({ "label": "mine", "is_active": false, "api_key": "mine", "secret": "mine", "passphrase": "mine" }),
    )
}

#[tokio::test]
async fn no_route_reaches_the_key_of_somebody_else() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let victim = ada.keeps(&demo(&world, "okx", "ok")).await;
    ada.tests(&victim).await.assert_ok();
    ada.decrypts(&victim).await.assert_ok();
    let mut routes = api_keys::routes();
    routes.retain(|route| route.path.contains("{key_id}"));
    routes.sort_by_key(|route| route.method == "DELETE");
    assert_eq!(routes.len(), 5);
    let before = rows(&world).await;
    world.aws.paper().reset_calls();
    for route in &routes {
        let path = route.path.replace("{key_id}", &victim);
        let request = authorized(route.method, &path, &bob.session.access, worst(route.method));
        let (reply, calls) = world.calls(world.send(request)).await;
        assert_no_key(&reply);
        assert_eq!(rows(&world).await, before, "{} {path}", route.method);
        assert!(calls.kms.is_empty(), "{} {path}: {calls:?}", route.method);
    }
    assert!(world.aws.paper().calls().is_empty());

    // The same requests are good ones: their owner's succeed.
    for route in routes {
        let path = route.path.replace("{key_id}", &victim);
        world.send(authorized(route.method, &path, &ada.session.access, Some(json!({})))).await.assert_ok();
    }
}

/// First who is asking, then what the request lacks, last whether there is such a key.
#[tokio::test]
async fn whether_there_is_a_key_is_told_last() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    for id in ["0198c0de-0000-7000-8000-000000000000", "no-id"] {
        for (method, rest, body) in [
            ("PATCH", "", Some(json!({ "label": "" }))),
            ("GET", "/events?limit=0", None),
            ("GET", "/events?cursor=x", None),
        ] {
            let path = format!("{KEYS}{id}{rest}");
            let stranger = world.send(authorized(method, &path, "no-token", body.clone())).await;
            assert_eq!(stranger.status, 401, "{method} {path}: {stranger:?}");
            let reply = world.send(authorized(method, &path, &ada.session.access, body)).await;
            // A cursor belongs to a key, and is nobody's where no key can be.
            let status = if (id, rest) == ("no-id", "/events?cursor=x") { 404 } else { 422 };
            assert_eq!(reply.status, status, "{method} {path}: {reply:?}");
        }
        for (method, rest) in [("POST", "/decrypt"), ("POST", "/test-connection"), ("DELETE", ""), ("GET", "/events")] {
            let path = format!("{KEYS}{id}{rest}");
            world.send(authorized(method, &path, "no-token", None)).await.assert_status(401);
            assert_no_key(&world.send(authorized(method, &path, &ada.session.access, None)).await);
        }
    }
}

#[tokio::test]
async fn lists_hold_ones_own_keys_only() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let victim = ada.keeps(&demo(&world, "okx", "ok")).await;
    assert_eq!(bob.lists().await, [json!(null); 0]);
    let own = bob.keeps(&demo(&world, "bybit", "ok")).await;
    assert_eq!((bob.lists().await.len(), ada.lists().await.len()), (1, 1));
    assert_eq!((&bob.lists().await[0]["id"], &ada.lists().await[0]["id"]), (&json!(own), &json!(victim)));
}

#[tokio::test]
async fn a_cursor_is_good_for_the_one_who_got_it() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    for exchange in ["okx", "bybit"] {
        ada.keeps(&demo(&world, exchange, "ok")).await;
    }
    bob.keeps(&demo(&world, "gate", "ok")).await;
    let page = ada.sends("GET", "?limit=1", None).await;
    let cursor = page.body["data"]["next_cursor"].as_str().unwrap();
    ada.sends("GET", &format!("?cursor={cursor}"), None).await.assert_ok();
    let refused = bob.sends("GET", &format!("?cursor={cursor}"), None).await;
    assert_eq!((refused.status, &refused.body["detail"][0]["loc"]), (422, &json!(["query", "cursor"])));
}

#[tokio::test]
async fn nobody_uses_up_what_somebody_else_may_do() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let victim = ada.keeps(&demo(&world, "okx", "ok")).await;
    for _ in 0..20 {
        assert_no_key(&bob.decrypts(&victim).await);
    }
    for _ in 0..5 {
        assert_no_key(&bob.tests(&victim).await);
    }
    ada.decrypts(&victim).await.assert_ok();
    ada.tests(&victim).await.assert_ok();
}

#[tokio::test]
async fn a_key_moved_into_another_account_is_no_key_there() {
    let world = World::start().await;
    let (ada, bob) = (Owner::of(&world).await, Owner::of(&world).await);
    let victim = ada.keeps(&demo(&world, "okx", "ok")).await;
    let row = ada.row(&victim).await;
    let stolen = json!(format!("ACCOUNT#{}", bob.session.user_id));
    world.tamper("ExchangeKeys", &row, "pk", stolen).await;
    let fingerprint = world.rows_of("ExchangeKeys", "FINGERPRINT#").await.remove(0);
    for account in [&ada, &bob].map(|owner| &owner.session.user_id) {
        world.tamper("ExchangeKeys", &fingerprint, "account", json!(account)).await;
        world.aws.paper().reset_calls();
        bob.decrypts(&victim).await.assert_internal_error();
        bob.tests(&victim).await.assert_internal_error();
        assert!(world.aws.paper().calls().is_empty());
    }
    let path = format!("{KEYS}{victim}/events");
    assert_eq!(world.get_as(&ada.session, &path).await.body["data"]["events"].as_array().unwrap().len(), 1);
}
