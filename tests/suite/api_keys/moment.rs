//! A request to the vault looks at the clock once, and once more when an exchange has answered.

use serde_json::{Value, json};
use tests::World;

use super::{KEYS, Owner, demo, with};

#[tokio::test]
async fn a_request_decides_at_one_moment() {
    let world = World::start().await;
    let owner = Owner::of(&world).await;
    let id = owner.keeps(&demo(&world, "binance", "ok")).await;
    let (okx, kraken) = (demo(&world, "okx", "ok"), demo(&world, "kraken", "ok"));
    let verified = with(&kraken, json!({ "verify": true }));
    let one = |rest: &str| format!("{id}{rest}");
    let requests: [(&str, String, Option<Value>, i64); 8] = [
        ("GET", String::new(), None, 1),
        ("PATCH", one(""), Some(json!({ "label": "second" })), 1),
        ("GET", one("/events"), None, 1),
        ("POST", one("/decrypt"), None, 1),
        ("POST", one("/test-connection"), None, 2),
        ("POST", String::new(), Some(okx), 1),
        ("POST", String::new(), Some(verified), 2),
        ("DELETE", one(""), None, 1),
    ];
    // What is told of keys is written by another function, which looks at the clock, too.
    world.pause_mail().await;
    world.clock.tick();
    for (method, rest, body, looks) in requests {
        let before = world.clock.now();
        let reply = owner.sends(method, &rest, body).await;
        assert_eq!(reply.status, 200, "{method} {KEYS}{rest}: {reply:?}");
        assert_eq!(world.clock.now().seconds_from(before) - 1, looks, "{method} {KEYS}{rest}");
    }
}
