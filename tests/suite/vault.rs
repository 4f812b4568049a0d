//! The vault through its front door.

use serde_json::json;
use tests::World;

#[tokio::test]
async fn a_key_is_kept_listed_shown_changed_and_forgotten() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let body = json!({ "exchange": "binance", "label": "main", "api_key": "k".repeat(32), "secret": "s3cret-s3cret" });
    let created = world.post_as(&session, "/api/v1/api-keys/", body.clone()).await;
    assert_eq!(created.status, 200, "{created:?}");
    let id = created.body["data"]["id"].as_str().unwrap().to_owned();
    let again = world.post_as(&session, "/api/v1/api-keys/", body).await;
    assert_eq!(again.status, 409, "{again:?}");
    let listed = world.get_as(&session, "/api/v1/api-keys/").await;
    assert_eq!(listed.body["data"]["api_keys"][0]["id"], id.as_str(), "{listed:?}");
    let path = format!("/api/v1/api-keys/{id}");
    let shown = world.post_as(&session, &format!("{path}/decrypt"), json!(null)).await;
    assert_eq!(shown.body["data"]["secret"], "s3cret-s3cret", "{shown:?}");
    let changed = world.patch_as(&session, &path, json!({ "secret": "another", "label": "x" })).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let shown = world.post_as(&session, &format!("{path}/decrypt"), json!(null)).await;
    assert_eq!(shown.body["data"]["secret"], "another", "{shown:?}");
    assert_eq!(shown.body["data"]["api_key"], "k".repeat(32).as_str(), "{shown:?}");
    let events = world.get_as(&session, &format!("{path}/events")).await;
    assert_eq!(events.body["data"]["events"].as_array().unwrap().len(), 4, "{events:?}");
    let deleted = world.delete_as(&session, &path).await;
    assert_eq!(deleted.status, 200, "{deleted:?}");
    let deleted = world.delete_as(&session, &path).await;
    assert_eq!(deleted.status, 404, "{deleted:?}");
}
