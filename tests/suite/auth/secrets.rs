//! The secrets of the service.

use auth::Auth;
use futures::future::join_all;
use local::{Mode, Service};
use serde_json::json;
use tests::{Session, World};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_starts_at_once_agree() {
    let world = World::start().await;
    // As if no instance had ever started.
    for table in ["Accounts", "Sessions", "Mail"] {
        world.empty(table).await;
    }
    let instances: Vec<_> = (0..20).map(|_| world.another_auth()).collect();
    join_all(instances.iter().map(Auth::warm_up)).await;
    assert_eq!(world.rows_of("Accounts", "SECRET").await.len(), 4);
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 1);

    // What one instance begins any other can finish: same pepper, same link key, same signing key.
    world.resume_mail().await;
    world.advance(11);
    let ada = world.person();
    world.post_to(&instances[0], "/auth/signup", ada.credentials()).await;
    let token = ada.mailed("verify-email").await;
    world.post_to(&instances[1], "/auth/verify-email", json!({ "token": token })).await.assert_ok();
    for instance in &instances {
        let session = Session::of(&world.post_to(instance, "/auth/login", ada.credentials()).await);
        world.get_as(&session, "/api/v1/api-keys/").await.assert_ok();
    }
}

#[tokio::test]
async fn a_secret_does_not_open_in_the_place_of_another() {
    let world = World::start().await;
    let rows = world.rows_of("Accounts", "SECRET").await;
    let find = |name: &str| rows.iter().find(|row| row["sk"] == name).unwrap();
    world.tamper("Accounts", find("pepper#1"), "sealed", find("link-key#1")["sealed"].clone()).await;
    let ada = world.person();
    let reply = world.post_to(&world.another_auth(), "/auth/login", ada.credentials()).await;
    assert_eq!((reply.status, reply.body), (500, json!({ "detail": "Internal Server Error" })));
}

#[tokio::test]
async fn mail_finds_the_link_key_in_its_own_table() {
    let world = World::start().await;
    let own = world.rows_of("Mail", "LINK_KEYS").await;
    let of_auth = world.rows_of("Accounts", "SECRET").await;
    let of_auth = of_auth.iter().find(|row| row["sk"] == "link-key#1").unwrap();
    assert_eq!(own[0]["keys"][0]["sealed"], of_auth["sealed"]);
}

#[tokio::test]
async fn where_nothing_is_published_the_next_start_does_it() {
    let world = World::start().await;
    world.empty("Sessions").await;
    world.empty("Mail").await;
    world.another_auth().warm_up().await;
    assert_eq!(world.rows_of("Sessions", "SIGNING_KEYS").await.len(), 1);
    assert_eq!(world.rows_of("Mail", "LINK_KEYS").await.len(), 1);
}

#[tokio::test]
async fn what_others_need_is_looked_after_and_nobody_fails_for_it() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.break_down(Service::DynamoDb, Mode::Unavailable, Some("PutItem"));
    let mut token = session.refresh;
    for _ in 0..3 {
        world.advance(600);
        let refreshed = world.refresh(&token).await;
        refreshed.assert_ok();
        token = Session::of(&refreshed).refresh;
    }
}

#[tokio::test]
async fn a_published_key_that_is_malformed_harms_no_other() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let odd = json!({ "pk": "SIGNING_KEYS", "sk": "odd", "kid": "odd", "x": "?", "y": "?" });
    world.put_rows("Sessions", vec![odd]).await;
    world.advance(600);
    let login = world.post_to(&world.another_auth(), "/auth/login", ada.credentials()).await;
    for path in ["/auth/profile", "/api/v1/api-keys/"] {
        world.get_as(&Session::of(&login), path).await.assert_ok();
    }
}

#[tokio::test]
async fn an_instance_at_work_publishes_its_key_again_where_that_was_lost() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    for row in world.rows_of("Sessions", "SIGNING_KEYS").await {
        world.remove("Sessions", &row).await;
    }
    world.advance(600);
    let session = Session::of(&ada.logs_in().await);
    world.get_as(&session, "/auth/profile").await.assert_ok();
    world.get_as(&session, "/api/v1/api-keys/").await.assert_ok();
}
