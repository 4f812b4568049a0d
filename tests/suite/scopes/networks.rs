//! Where a token is good from: what counts is the address that the gateway sees, or the edge before it; nothing that a client says.

use serde_json::json;
use shared::{config::Env, edge::Edge};
use tests::{Function, Reply, Request, World, authorized, invoke_undocumented};

use super::{Token, makes_token};

const PATH: &str = "/auth/profile";
const REST_API: &str = include_str!("../../events/rest_api.json");

async fn good_from(world: &World, networks: &[&str]) -> Token {
    let (_, session) = world.person().signed_in().await;
    let wanted = json!({ "name": "a program", "scopes": ["profile"], "networks": networks });
    makes_token(world, &session, wanted).await
}

fn shows(token: &Token) -> Request {
    authorized("GET", PATH, &token.secret, None)
}

/// The token is refused, and the answer names the address that was seen.
fn is_foreign(reply: &Reply, seen: &str) {
    let detail = format!("This token is not good from here: {seen}");
    assert_eq!(*reply.assert_status(403), json!({ "detail": detail }));
}

#[tokio::test]
async fn a_token_is_good_from_its_networks_and_the_answer_names_the_address_seen() {
    let world = World::start().await;
    let token = good_from(&world, &["198.51.100.0/25", "192.0.2.7", "2001:db8:1::/48"]).await;
    for address in ["198.51.100.0", "198.51.100.127", "192.0.2.7", "2001:db8:1:2::3", "::ffff:192.0.2.7"] {
        world.send_from(address, shows(&token)).await.assert_ok();
    }
    for (address, seen) in [
        ("198.51.100.128", "198.51.100.128"),
        ("192.0.2.8", "192.0.2.8"),
        ("2001:DB8:2::1", "2001:db8:2::1"),
        ("::ffff:192.0.2.8", "192.0.2.8"),
        ("no address", "an unknown address"),
        ("", "an unknown address"),
    ] {
        is_foreign(&world.send_from(address, shows(&token)).await, seen);
    }
    // Without networks it is good from everywhere, even from nowhere in particular.
    let open = good_from(&world, &[]).await;
    for address in ["198.51.100.128", "2001:db8:2::1", ""] {
        world.send_from(address, shows(&open)).await.assert_ok();
    }
}

#[tokio::test]
async fn no_header_of_a_client_says_where_it_is() {
    let world = World::start().await;
    let token = good_from(&world, &["192.0.2.7"]).await;
    let mut request = shows(&token);
    let told = ["x-forwarded-for", "forwarded", "x-real-ip", "cloudfront-viewer-address", "true-client-ip"];
    request.headers.extend(told.map(|name| (name.to_owned(), "192.0.2.7".to_owned())));
    is_foreign(&world.send(request).await, "203.0.113.9");
}

/// A REST API's event has the address elsewhere.
#[tokio::test]
async fn the_gateway_of_either_kind_is_believed() {
    let world = World::start().await;
    let mut event: serde_json::Value = serde_json::from_str(REST_API).unwrap();
    let from = event["requestContext"]["identity"]["sourceIp"].as_str().unwrap().to_owned();
    let (inside, outside) = (good_from(&world, &[&from]).await, good_from(&world, &["192.0.2.7"]).await);
    (event["path"], event["httpMethod"], event["body"]) = (json!(PATH), json!("GET"), json!(null));
    event["queryStringParameters"] = json!(null);
    event["multiValueQueryStringParameters"] = json!(null);
    for (token, status) in [(&inside, 200), (&outside, 403)] {
        let bearer = format!("Bearer {}", token.secret);
        event["headers"] = json!({ "Authorization": bearer });
        event["multiValueHeaders"] = json!({ "Authorization": [bearer] });
        let reply = world.event(event.clone()).await;
        reply.assert_status(status);
        if status == 403 {
            is_foreign(&reply, &from);
        }
    }
}

#[tokio::test]
async fn behind_an_edge_it_is_the_address_that_the_edge_says() {
    // Of `new secret`.
    let settings = [
        ("STAGE", "prod"),
        ("EDGE_SECRET_HASH", "859601deb772672b933ef30d66609610c928bcf116951a52f4b8698f34c1fc80"),
        ("CLIENT_IP_HEADER", "CloudFront-Viewer-Address"),
    ];
    let lookup = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let world = World::start().await;
    let routers = world.routers_behind(Edge::read(&Env::new(&lookup)).unwrap());
    // The gateway sees the edge, at an address that the first is good from.
    let (of_edge, of_client) = (good_from(&world, &["203.0.113.9"]).await, good_from(&world, &["192.0.2.7"]).await);
    for (token, viewer, refused) in [
        (&of_client, Some("192.0.2.7:443"), None),
        (&of_edge, Some("192.0.2.7:443"), Some("192.0.2.7")),
        (&of_edge, None, Some("an unknown address")),
        (&of_client, Some("192.0.2.7"), Some("an unknown address")),
        (&of_client, Some("192.0.2.8:443"), Some("192.0.2.8")),
    ] {
        let mut request = shows(token);
        request.headers.push(("x-edge-secret".to_owned(), "new secret".to_owned()));
        request.headers.extend(viewer.map(|viewer| ("cloudfront-viewer-address".to_owned(), viewer.to_owned())));
        let reply = invoke_undocumented(&routers[&Function::Auth], request).await;
        match refused {
            Some(seen) => is_foreign(&reply, seen),
            None => _ = reply.assert_ok(),
        }
    }
}
