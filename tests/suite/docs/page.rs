//! The page of the document: complete in itself, locked down, reachable from `/`.

use tests::{Page, Reply, Request, World};

async fn get_with_host(world: &World, path: &str) -> Reply {
    let headers = [("host", "api.example.com"), ("x-forwarded-proto", "https")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    world.send(Request { method: "GET", path: path.to_owned(), headers, ..Request::default() }).await
}

#[tokio::test]
async fn the_root_leads_to_the_page() {
    let world = World::start().await;
    for path in ["/", "/docs/"] {
        let reply = get_with_host(&world, path).await;
        assert_eq!((reply.status, reply.header("location")), (307, Some("https://api.example.com/docs")), "{path}");
    }
}

#[tokio::test]
async fn the_page_loads_only_what_is_here() {
    let world = World::start().await;
    let page = world.get("/docs").await;
    assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");

    let html = page.body.as_str().unwrap();
    assert!(!html.contains("//") && !html.contains(" style=") && !html.contains("<style"), "{html}");
    let loaded: Vec<_> = html.split(['"']).filter(|text| text.starts_with("docs/")).collect();
    assert_eq!(loaded, ["docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/start.js"]);
    for file in loaded {
        let reply = world.get(&format!("/{file}")).await;
        let wanted = if file.contains(".css") { "text/css" } else { "text/javascript" };
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(wanted)), "{file}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        let encoding = (file != "docs/start.js").then_some("gzip");
        assert_eq!(reply.header("content-encoding"), encoding, "{file}");
    }
}

#[tokio::test]
async fn nothing_else_of_the_crate_is_served() {
    let world = World::start().await;
    for file in ["index.html", "swagger-initializer.js", "swagger-ui.js", "..%2Fopenapi.json", "none"] {
        world.get(&format!("/docs/{file}")).await.assert_status(404);
    }
}

#[tokio::test]
async fn the_document_is_served_as_it_is_kept_and_costs_no_call() {
    let world = World::start().await;
    let (reply, calls) = world.calls(world.get("/openapi.json")).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/json")));
    assert_eq!(reply.body, openapi::document());
    assert!(calls.dynamodb.is_empty() && calls.kms.is_empty());
}

#[tokio::test]
async fn whatever_is_served_here_is_served_with_these_headers() {
    let world = World::start().await;
    let mut page = Page::default();
    page.head("The root", &get_with_host(&world, "/").await);
    page.head("The page", &world.get("/docs").await);
    page.head("A file of the page", &world.get("/docs/swagger-ui.css").await);
    page.answer("A file that there is not", &world.get("/docs/nothing.css").await);
    page.head("The document", &world.get("/openapi.json").await);
    page.is_kept("docs", "page");
}
