//! Access tokens that must not get in.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tests::{APP_URL, Request, Session, World, authorized};

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// What a token says.
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

fn glued(header: &Value, claims: &Value, signature: &str) -> String {
    let text = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", text(header), text(claims))
}

async fn status(world: &World, token: &str) -> u64 {
    world.send(authorized("GET", "/auth/profile", token, None)).await.status
}

#[tokio::test]
async fn a_token_says_who_for_whom_and_until_when() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let keys = world.get("/.well-known/jwks.json").await;
    let header = part(&session.access, 0);
    assert_eq!(header["kid"], keys.body["keys"][0]["kid"]);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    let claims = part(&session.access, 1);
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["sub"]),
        (&json!(APP_URL), &json!(APP_URL), &json!(session.user_id))
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert_eq!((&claims["aal"], &claims["amr"]), (&json!("aal1"), &json!(["pwd"])));
    assert_eq!(claims["auth_time"], json!(world.now().as_second()));
    assert_eq!(claims.as_object().unwrap().len(), 9);
}

#[tokio::test]
async fn the_published_key_is_enough_to_check_a_token() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let reply = world.get("/.well-known/jwks.json").await;
    assert_eq!(reply.header("cache-control"), Some("public, max-age=600"));
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(reply.body["keys"][0].clone()).unwrap();
    let mut validation = jsonwebtoken::Validation::new(Algorithm::ES256);
    validation.set_audience(&[APP_URL]);
    let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
    assert!(jsonwebtoken::decode::<Value>(&session.access, &key, &validation).is_ok());
}

#[tokio::test]
async fn a_forged_token_does_not_get_in() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    assert_eq!(status(&world, &session.access).await, 200);
    let (header, claims) = (part(&session.access, 0), part(&session.access, 1));
    let signature = session.access.rsplit('.').next().unwrap();
    let with = |mut value: Value, name: &str, content: Value| {
        value[name] = content;
        value
    };
    let forged = [
        glued(&with(header.clone(), "alg", json!("none")), &claims, ""),
        glued(&with(header.clone(), "alg", json!("HS256")), &claims, signature),
        glued(&with(header.clone(), "alg", json!("ES384")), &claims, signature),
        glued(&with(header.clone(), "kid", json!("unknown")), &claims, signature),
        glued(&with(header.clone(), "typ", json!("JWT")), &claims, signature),
        glued(&header, &with(claims.clone(), "exp", json!(9_999_999_999_i64)), signature),
        glued(&header, &with(claims.clone(), "sub", json!("00000000-0000-4000-8000-000000000000")), signature),
        format!("{}x", session.access),
        format!("{}.x", session.access),
        session.access.replace('.', ".."),
        session.refresh.clone(),
        "a.b.c".to_owned(),
        "é.è.ê".to_owned(),
    ];
    for token in &forged {
        assert_eq!(status(&world, token).await, 401, "{token}");
    }
}

#[tokio::test]
async fn a_token_signed_with_the_public_key_as_a_shared_secret_does_not_get_in() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let keys = world.get("/.well-known/jwks.json").await;
    let x = keys.body["keys"][0]["x"].as_str().unwrap();
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".to_owned());
    header.kid = part(&session.access, 0)["kid"].as_str().map(str::to_owned);
    for secret in [x.as_bytes(), &BASE64_URL_SAFE_NO_PAD.decode(x).unwrap()] {
        let token = encode(&header, &part(&session.access, 1), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(status(&world, &token).await, 401);
    }
}

#[tokio::test]
async fn an_overlong_token_is_refused_before_it_costs_anything() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let long = format!("{}{}", session.access, "A".repeat(4_096));
    let (reply, calls) = world.calls(world.send(authorized("GET", "/auth/profile", &long, None))).await;
    reply.assert_status(401);
    assert!(calls.dynamodb.is_empty() && calls.kms.is_empty());
}

#[tokio::test]
async fn a_token_of_another_deployment_does_not_get_in() {
    let (world, other) = (World::start().await, World::start().await);
    let (_, session) = other.person().signed_in().await;
    assert_eq!(status(&world, &session.access).await, 401);
}

#[tokio::test]
async fn credentials_that_are_no_bearer_token_are_no_credentials() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let ask = async |value: &str| {
        let headers = vec![("authorization".to_owned(), value.to_owned())];
        let request =
            Request { method: "GET", path: "/auth/profile".to_owned(), headers, body: None, ..Request::default() };
        world.send(request).await
    };
    for value in ["", "Bearer", "Bearer ", "Basic dTpw", &format!("Token {}", session.access), &session.access] {
        let reply = ask(value).await;
        assert_eq!((reply.status, &reply.body), (401, &json!({ "detail": "Not authenticated" })), "{value}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
    }
    ask(&format!("bearer {}", session.access)).await.assert_ok();
    assert_eq!(ask("Bearer nonsense").await.body, json!({ "detail": "Invalid or expired token" }));
}

#[tokio::test]
async fn identity_comes_from_the_token_alone() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let (_, bob) = world.person().signed_in().await;
    let mut request = authorized("PATCH", &format!("/auth/profile?user_id={}", bob.user_id), &ada.access, None);
    request.body = Some(json!({ "id": bob.user_id, "user_id": bob.user_id, "full_name": "Ada" }).to_string());
    request.headers.push(("x-user-id".to_owned(), bob.user_id.clone()));
    assert_eq!(world.send(request).await.body["id"], ada.user_id);
    let profile = world.get_as(&Session { access: bob.access, ..bob }, "/auth/profile").await;
    assert_eq!(profile.body["full_name"], json!(null));
}
