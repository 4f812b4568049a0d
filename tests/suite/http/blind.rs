//! What pages of other sites make browsers send without asking.

use tests::{Request, World, invoke_undocumented, json_request};

fn sent_by_a_browser(world: &World, site: &str, mode: &str) -> Request {
    let mut request = json_request("POST", "/auth/login", &world.person().rival("a guess").credentials());
    // A page that does without the answer may leave the type out, and the browser does not ask first.
    request.headers.retain(|(name, _)| name != "content-type");
    request
        .headers
        .extend([("sec-fetch-site", site), ("sec-fetch-mode", mode)].map(|(n, v)| (n.to_owned(), v.to_owned())));
    request
}

#[tokio::test]
async fn a_page_of_another_site_cannot_have_its_visitors_counted() {
    let world = World::with(|config| (config.ip_limit_factor, config.logins_per_address) = (1, 3)).await;
    let router = auth::router(world.auth.clone());
    for mode in ["no-cors", "navigate", "cors", "cors"] {
        let blind = invoke_undocumented(&router, sent_by_a_browser(&world, "cross-site", mode)).await;
        assert_eq!(*blind.assert_status(403), serde_json::json!({ "detail": "Forbidden" }));
    }
    assert!(world.rows_of("Limits", "COUNTER#IP#").await.is_empty());
    // Front ends on other hosts have their browsers ask first, and our own pages need not.
    let mut typed = sent_by_a_browser(&world, "cross-site", "cors");
    typed.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    world.send(typed).await.assert_status(401);
    for (site, mode) in [("same-origin", "cors"), ("none", "navigate")] {
        world.send(sent_by_a_browser(&world, site, mode)).await.assert_status(401);
    }
    let page = Request {
        path: "/auth/ui/forgot-password".to_owned(),
        headers: [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        ..Request { method: "GET", ..Request::default() }
    };
    world.send(page).await.assert_ok();
}
