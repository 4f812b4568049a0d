//! Who is let in: providers that prove what they say, and nobody else.

use base64::{Engine, prelude::BASE64_STANDARD};
use kyc::{config::KycConfig, providers::ALL};
use serde_json::{Value, json};
use shared::{config::Stage, kyc::KycStatus};
use tests::{Reply, Request, World, invoke_event, provider, webhook_secrets};

use super::{SIGNING, approval, assert_taken, genuine, kept, newest_secret, signed, status};

const MAX: usize = 256 * 1024;

fn assert_refused(reply: &Reply) {
    assert_eq!((reply.status, &reply.body), (401, &json!({ "detail": "Invalid signature" })));
}

async fn nothing_is_kept(world: &World) -> bool {
    world.rows("Kyc").await.is_empty()
}

/// The request, with one header more.
fn with_header(mut request: Request, name: &str, value: &str) -> Request {
    request.headers.push((name.to_owned(), value.to_owned()));
    request
}

#[tokio::test]
async fn a_report_without_a_name_in_its_path_is_of_the_usual_provider_whatever_its_headers() {
    let world = World::with_kyc(|config| config.provider = provider("onfido")).await;
    let unnamed = |provider: &str, user: &str| Request {
        path: "/api/kyc/webhook".to_owned(),
        ..genuine(&world, provider, &approval(provider, user, world.now()))
    };
    assert_taken(&world.send(unnamed("onfido", "ada")).await);
    assert_eq!(kept(&world, "ada").await[0].provider, "onfido");
    for other in SIGNING.into_iter().filter(|other| *other != "onfido") {
        world.send(unnamed(other, "bob")).await.assert_status(401);
        // Nor is a name in the path outdone by the headers of another provider.
        let body = approval(other, "bob", world.now());
        let misdirected = Request { path: "/api/kyc/webhook/onfido".to_owned(), ..genuine(&world, other, &body) };
        world.send(misdirected).await.assert_status(401);
    }
    assert!(kept(&world, "bob").await.is_empty());
}

#[tokio::test]
async fn a_provider_that_nobody_knows_is_not_there() {
    let world = World::start().await;
    // What operators decide by hand is kept under `manual`: that name must not be open to anybody.
    for name in ["manual", "token", "Sumsub", "sumsub%20", "jumio", "SUMSUB", "%ff", "sumsub%00", "{provider}"] {
        let body = approval("generic", "ada", world.now());
        let request = Request { path: format!("/api/kyc/webhook/{name}"), ..genuine(&world, "generic", &body) };
        let reply = world.send(request).await;
        assert_eq!((reply.status, &reply.body), (404, &json!({ "detail": "Not Found" })), "{name}");
    }
    assert!(nothing_is_kept(&world).await);
}

#[tokio::test]
async fn whoever_shows_nothing_is_asked_who_he_is_and_whoever_shows_something_wrong_is_refused() {
    let world = World::start().await;
    for provider in ALL {
        let body = approval(provider.id, "ada", world.now()).to_string();
        let right = signed(provider.id, &newest_secret(provider.id), &body, world.now());
        let bare = Request { headers: Vec::new(), ..right.clone() };
        let reply = world.send(bare.clone()).await;
        assert_eq!((reply.status, &reply.body), (401, &json!({ "detail": "Not authenticated" })), "{}", provider.id);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));

        assert_refused(&world.send(signed(provider.id, "wrong", &body, world.now())).await);
        assert_refused(&world.send(with_header(bare.clone(), "authorization", "Bearer wrong")).await);
        if !provider.is_proven_by_token() {
            // The secret itself, shown as a token, proves nothing of the body.
            let token = format!("Bearer {}", newest_secret(provider.id));
            assert_refused(&world.send(with_header(bare, "authorization", &token)).await);
            assert_refused(&world.send(Request { body: Some(body.replace("ada", "eve")), ..right }).await);
        }
    }
    assert!(nothing_is_kept(&world).await);
}

#[tokio::test]
async fn what_signs_its_time_must_be_fresh_and_what_does_not_may_be_late() {
    let world = World::start().await;
    for provider in SIGNING {
        let request = genuine(&world, provider, &approval(provider, provider, world.now()));
        world.advance(302);
        let reply = world.send(request).await;
        let is_fresh_only = ["persona", "stripe_identity", "didit"].contains(&provider);
        assert_eq!(reply.status, if is_fresh_only { 401 } else { 200 }, "{provider}");
        assert_eq!(kept(&world, provider).await.is_empty(), is_fresh_only, "{provider}");
    }
}

#[tokio::test]
async fn without_a_secret_nobody_is_let_in() {
    let none = |config: &mut KycConfig| config.secrets = [("sumsub".to_owned(), Vec::new())].into();
    let world = World::with_kyc(none).await;
    for provider in ALL {
        let body = approval(provider.id, "ada", world.now());
        let reply = world.send(genuine(&world, provider.id, &body)).await;
        assert_eq!(reply.status, 503, "{}: {reply:?}", provider.id);
        assert_eq!(reply.body, json!({ "detail": "Service temporarily unavailable" }));
        assert!(reply.header("retry-after").is_some());
    }
    assert!(nothing_is_kept(&world).await);
    assert_eq!(world.get("/api/kyc/").await.body["providers"], json!([]));
}

#[tokio::test]
async fn while_a_secret_is_replaced_both_are_good() {
    let world = World::start().await;
    for provider in ALL {
        for (number, secret) in webhook_secrets(provider.id).1.iter().enumerate() {
            let user = format!("{}-{number}", provider.id);
            let body = approval(provider.id, &user, world.now()).to_string();
            assert_taken(&world.send(signed(provider.id, secret, &body, world.now())).await);
            assert_eq!(status(&world, &user).await, KycStatus::Approved, "{user}");
        }
    }
}

#[tokio::test]
async fn a_second_lock_is_for_those_who_can_carry_a_key() {
    let world = World::with_kyc(|config| config.token = Some("the-lock".to_owned())).await;
    for provider in ALL.into_iter().filter(|provider| !provider.is_proven_by_token()) {
        let request = genuine(&world, provider.id, &approval(provider.id, "ada", world.now()));
        let reply = world.send(request.clone()).await;
        assert_eq!(reply.status, if provider.sends_bearer { 401 } else { 200 }, "{}", provider.id);
        let wrong = world.send(with_header(request.clone(), "authorization", "Bearer the-loc")).await;
        assert_eq!(wrong.status, if provider.sends_bearer { 401 } else { 200 }, "{}", provider.id);
        // The lock alone opens nothing either.
        let unsigned = Request { headers: Vec::new(), ..request.clone() };
        assert_refused(&world.send(with_header(unsigned, "authorization", "Bearer the-lock")).await);
        assert_taken(&world.send(with_header(request, "authorization", "bearer the-lock")).await);
    }
    // Who is proven by a secret token of his own needs no other, and the lock is none of his.
    assert_taken(&world.send(genuine(&world, "generic", &approval("generic", "ada", world.now()))).await);
    let body = approval("generic", "eve", world.now()).to_string();
    assert_refused(&world.send(signed("generic", "the-lock", &body, world.now())).await);
}

#[tokio::test]
async fn the_token_alone_proves_a_source_of_our_own() {
    let only_a_token = |config: &mut KycConfig| {
        config.provider = provider("generic");
        config.secrets.clear();
        config.token = Some("the-token".to_owned());
    };
    let world = World::with_kyc(only_a_token).await;
    assert_eq!(world.get("/api/kyc/").await.body["providers"], json!(["generic"]));
    let body = approval("generic", "ada", world.now()).to_string();
    assert_refused(&world.send(signed("generic", "another", &body, world.now())).await);
    assert!(nothing_is_kept(&world).await);
    assert_taken(&world.send(signed("generic", "the-token", &body, world.now())).await);
    assert_eq!(status(&world, "ada").await, KycStatus::Approved);
    // It stands for nobody who signs.
    for provider in SIGNING {
        let request = genuine(&world, provider, &approval(provider, "eve", world.now()));
        let reply = world.send(with_header(request, "authorization", "Bearer the-token")).await;
        assert_eq!(reply.status, 503, "{provider}: {reply:?}");
    }
    assert!(kept(&world, "eve").await.is_empty());
}

#[tokio::test]
async fn the_second_lock_of_others_is_no_door_of_its_own() {
    let world = World::with_kyc(|config| {
        config.secrets.remove("generic");
        config.token = Some("the-token".to_owned());
    })
    .await;
    let body = approval("generic", "eve", world.now()).to_string();
    let reply = world.send(signed("generic", "the-token", &body, world.now())).await;
    reply.assert_status(503);
    assert!(nothing_is_kept(&world).await);
    assert_eq!(world.get("/api/kyc/").await.body["providers"].as_array().unwrap().len(), SIGNING.len());
}

#[tokio::test]
async fn a_report_may_have_256_kib_and_no_byte_more() {
    let world = World::start().await;
    let padded = |size: usize, user: &str| {
        let mut body = approval("sumsub", user, world.now());
        body["padding"] = json!("");
        let rest = body.to_string().len();
        body["padding"] = json!("p".repeat(size - rest));
        genuine(&world, "sumsub", &body)
    };
    for is_base64 in [false, true] {
        let encoded = |request: Request| match request.body.clone() {
            Some(body) if is_base64 => Request { body: Some(BASE64_STANDARD.encode(body)), is_base64, ..request },
            _ => request,
        };
        let reply = world.send(encoded(padded(MAX + 1, "eve"))).await;
        assert_eq!((reply.status, &reply.body), (413, &json!({ "detail": "Request body too large" })));
        let user = format!("ada-{is_base64}");
        assert_taken(&world.send(encoded(padded(MAX, &user))).await);
        assert_eq!(status(&world, &user).await, KycStatus::Approved);
    }
    assert!(kept(&world, "eve").await.is_empty());
}

#[tokio::test]
async fn a_report_is_the_same_through_a_rest_api_that_keeps_the_case_of_names() {
    let world = World::start().await;
    let kyc = world.another_kyc(Stage::Local, world.clock.clone(), |_| {});
    for provider in SIGNING {
        let request = genuine(&world, provider, &approval(provider, provider, world.now()));
        let mut event: Value = serde_json::from_str(include_str!("../../events/rest_api.json")).unwrap();
        let headers = request.headers.iter().map(|(name, value)| (name.to_uppercase(), json!([value]))).collect();
        event["multiValueHeaders"] = Value::Object(headers);
        event["headers"] = json!({});
        event["path"] = json!(request.path);
        event["requestContext"]["path"] = json!(request.path);
        event["body"] = json!(BASE64_STANDARD.encode(request.body.unwrap()));
        event["isBase64Encoded"] = json!(true);
        assert_taken(&invoke_event(&kyc::router(kyc.clone()), event).await);
        assert_eq!(status(&world, provider).await, KycStatus::Approved);
    }
}
