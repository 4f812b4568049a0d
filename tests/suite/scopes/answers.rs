//! What programs are told that may not do something: a page in `tests/snapshots/scopes`.

use tests::{Page, World, authorized};

use super::{ELSEWHERE, TABLE, good_for, makes_token};

/// A key that nobody has: whether there is one is told last.
const UNKNOWN: &str = "01981e5a-6f1c-7c3a-8b47-2f7f0a4b8a11";

#[tokio::test]
async fn refusals() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let mut page = Page::default();
    for (method, path, scope) in TABLE {
        let path = path.replace("{key_id}", UNKNOWN);
        let other = if scope == "profile" { "kyc:read" } else { "profile" };
        let token = makes_token(&world, &session, good_for(&[other])).await;
        page.answer(&format!("By a token without {scope}"), &token.asks(&world, method, &path, None).await);
        let request = authorized(method, &path, &token.secret, None);
        page.answer("By a token that is not good from there", &world.send_from(ELSEWHERE, request).await);
    }
    page.is_kept("scopes", "refusals");
}
