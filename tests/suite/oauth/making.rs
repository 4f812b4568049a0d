//! Making tokens: what one is like, and that it is shown once.

use serde_json::json;
use tests::World;

#[tokio::test]
async fn a_token_is_shown_once_and_listed_without_what_proves_it() {
    let world = World::start().await;
    let (_ada, session) = world.person().signed_in().await;
    let token = world.token(&session, &["keys:read"]).await;
    assert!(token.starts_with("bcpat_") && token.len() == 92, "{token}");
    let list = world.get_as(&session, "/oauth/tokens").await;
    assert!(!list.told().contains(&token[6..]), "{list:?}");
    let listed = &list.assert_ok()["data"]["tokens"];
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["scopes"], json!(["keys:read"]));
}
