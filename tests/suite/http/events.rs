//! Events as HTTP APIs (payload 2.0) and REST APIs send them.

use serde_json::json;
use tests::World;

use super::{HTTP_API, REST_API, event};

const HTTP_API_STAGE: &str = include_str!("../../events/http_api_stage.json");

#[tokio::test]
async fn a_request_is_the_same_whichever_gateway_it_comes_through() {
    let world = World::start().await;
    let missing = json!({ "type": "missing", "loc": ["body", "password"], "msg": "Field required", "input": { "email": "ada@example.com" } });
    for text in [HTTP_API, REST_API] {
        let reply = world.event(event(text)).await;
        assert_eq!((reply.status, &reply.body), (422, &json!({ "detail": [missing] })));
    }
}

#[tokio::test]
async fn a_stage_is_no_part_of_a_route_but_of_a_location() {
    let world = World::start().await;
    let staged = event(HTTP_API_STAGE);
    let reply = world.event(staged.clone()).await;
    let host = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
    assert_eq!(
        (reply.status, reply.header("location")),
        (307, Some(format!("{host}/prod/auth/login?a=1&a=2&b=%C3%A9").as_str()))
    );
    let mut direct = staged;
    direct["rawPath"] = json!("/prod/auth/login");
    world.event(direct).await.assert_status(422);

    let mut rest = event(REST_API);
    rest["path"] = json!("/auth/login/");
    rest["requestContext"]["path"] = json!("/prod/auth/login/");
    let reply = world.event(rest).await;
    let host = "https://z9y8x7w6v5.execute-api.eu-west-1.amazonaws.com";
    reply.assert_status(307);
    assert!(reply.header("location").unwrap().starts_with(&format!("{host}/prod/auth/login?a=1")), "{reply:?}");
}

#[tokio::test]
async fn of_a_repeated_parameter_the_last_one_counts_in_both() {
    let world = World::start().await;
    let mut http = event(HTTP_API);
    http["rawPath"] = json!("/auth/verification-status");
    http["rawQueryString"] = json!("email=a%40example.com&email=b%2Bc%40example.com");
    http["requestContext"]["http"]["method"] = json!("GET");
    let mut rest = event(REST_API);
    rest["path"] = json!("/auth/verification-status");
    rest["httpMethod"] = json!("GET");
    rest["multiValueQueryStringParameters"] = json!({ "email": ["a@example.com", "b+c@example.com"] });
    for event in [http, rest] {
        assert_eq!(world.event(event).await.body["email"], "b+c@example.com");
    }
}

#[tokio::test]
async fn an_event_without_headers_body_or_content_type_is_answered() {
    let world = World::start().await;
    for text in [HTTP_API, REST_API] {
        let mut bare = event(text);
        for name in ["headers", "multiValueHeaders", "cookies"] {
            bare.as_object_mut().unwrap().remove(name);
        }
        bare["headers"] = json!({});
        world.event(bare.clone()).await.assert_status(422); // a body without a content type is read as JSON
        bare["body"] = json!(null);
        let missing = json!({ "type": "missing", "loc": ["body"], "msg": "Field required", "input": null });
        assert_eq!(world.event(bare.clone()).await.body, json!({ "detail": [missing] }));
        bare["body"] = json!("no base64!");
        bare["isBase64Encoded"] = json!(true);
        world.event(bare).await.assert_status(422);
    }
}
