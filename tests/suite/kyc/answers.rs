//! Every answer of every endpoint of identity checks, as providers and users see it: a page each in `tests/snapshots/kyc`.

use serde_json::json;
use tests::{Page, Request, World};

use super::{approval, genuine, report, said};

const FOLDER: &str = "kyc";

#[tokio::test]
async fn webhook() {
    let world = World::start().await;
    let report = |provider: &str| genuine(&world, provider, &approval(provider, "ada", world.now()));
    let usual = || Request { path: "/api/kyc/webhook".to_owned(), ..report("sumsub") };
    let unsigned = |request: Request| Request { headers: Vec::new(), ..request };
    let mut page = Page::default();
    page.answer("A report of the usual provider", &world.send(usual()).await);
    page.answer("One that proves nothing", &world.send(unsigned(usual())).await);
    page.answer("A report of a provider that is named", &world.send(report("onfido")).await);
    page.answer("One that proves nothing of the same", &world.send(unsigned(report("onfido"))).await);
    let nobody = Request { path: "/api/kyc/webhook/nobody".to_owned(), ..report("onfido") };
    page.answer("A provider that nobody knows", &world.send(nobody).await);
    let unreadable = genuine(&world, "generic", &json!([]));
    page.answer("A genuine report that cannot be read", &world.send(unreadable).await);
    page.is_kept(FOLDER, "webhook");
}

#[tokio::test]
async fn status() {
    const PATH: &str = "/api/kyc/status";
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let mut page = Page::default();
    page.answer("Before any report", &world.get_as(&ada, PATH).await);
    report(&world, "generic", &said(&ada.user_id, "e-1", "s", "approved", Some(world.now()))).await;
    page.answer("Approved", &world.get_as(&ada, PATH).await);
    let later = super::later(world.now(), 60);
    report(&world, "generic", &said(&ada.user_id, "e-2", "s", "rejected", Some(later))).await;
    page.answer("Rejected", &world.get_as(&ada, PATH).await);
    page.answer("Without a token", &world.get(PATH).await);
    page.is_kept(FOLDER, "status");
}

#[tokio::test]
async fn health() {
    let world = World::start().await;
    let mut page = Page::default();
    page.answer("Is it there?", &world.get("/api/kyc/health").await);
    page.answer("What is it?", &world.get("/api/kyc/").await);
    page.is_kept(FOLDER, "health");
}
