//! What is left of what a program has done: the owner sees by which token, and is written to.

use serde_json::{Value, json};
use tests::World;

use crate::api_keys::{Owner, demo, rows, text};

/// By what each action was done, as the list of accesses says and as the export does.
fn means(events: &[Value]) -> Vec<(String, String, Value)> {
    let mut means: Vec<_> =
        events.iter().map(|event| (text(&event["action"]), text(&event["via"]), event["token"].clone())).collect();
    means.sort_by_key(|(action, via, _)| (action.clone(), via.clone()));
    means
}

#[tokio::test]
async fn an_access_names_the_token_that_it_was_done_by() {
    let world = World::start().await;
    let ada = Owner::of(&world).await;
    let (first, second) = (ada.token().await, ada.token().await);
    let (one, two) = (ada.with(&first), ada.with(&second));
    let id = one.keeps(&demo(&world, "okx", "ok")).await;
    two.decrypts(&id).await.assert_ok();
    ada.decrypts(&id).await.assert_ok();
    one.tests(&id).await.assert_ok();
    two.changes(&id, json!({ "is_active": false })).await.assert_ok();
    one.deletes(&id).await.assert_ok();
    let by = |action: &str, token: &str| (action.to_owned(), "token".to_owned(), json!(token));
    let expected = [
        by("create", &first.id),
        ("decrypt".to_owned(), "session".to_owned(), json!(null)),
        by("decrypt", &second.id),
        by("delete", &first.id),
        by("test", &first.id),
        by("update", &second.id),
    ];
    // Programs see the same as their owner.
    for owner in [&ada, &one] {
        assert_eq!(means(&owner.events(&id).await), expected);
    }
    let export = world.get_as(&ada.session, "/api/v1/api-keys/export").await;
    let next = text(&export.assert_ok()["next_cursor"]);
    let export = world.get_as(&ada.session, &format!("/api/v1/api-keys/export?cursor={next}")).await;
    let exported = export.assert_ok()["data"]["events"].as_array().unwrap().iter();
    let exported: Vec<_> = exported.map(|access| access["event"].clone()).collect();
    assert_eq!(means(&exported), expected);
    // What is refused is told of, too, and no row holds what a program shows.
    let other = one.keeps(&demo(&world, "gate", "ok")).await;
    one.changes(&other, json!({ "is_active": false })).await.assert_ok();
    two.decrypts(&other).await.assert_status(409);
    let refused = ada.events(&other).await;
    let refused = refused.iter().find(|event| event["outcome"] == "KEY_DISABLED").unwrap();
    assert_eq!((&refused["via"], &refused["token"]), (&json!("token"), &json!(second.id)));
    let rows = json!(rows(&world).await).to_string();
    assert!([&first, &second].iter().all(|token| !rows.contains(&token.secret)));
}

#[tokio::test]
async fn what_a_program_adds_or_replaces_is_told_at_the_accounts_address() {
    let world = World::start().await;
    let (person, session) = world.person().signed_in().await;
    let ada = Owner { world: &world, session };
    let program = ada.with(&ada.token().await);
    let subjects = async || {
        let mails = world.mails(&person.email).await.into_iter();
        mails.map(|mail| mail.subject).filter(|subject| subject.contains("key")).collect::<Vec<_>>()
    };
    let before = subjects().await.len();
    let id = program.keeps(&demo(&world, "gate", "ok")).await;
    assert_eq!(subjects().await.len(), before + 1);
    program.changes(&id, json!({ "label": "x" })).await.assert_ok();
    program.decrypts(&id).await.assert_ok();
    assert_eq!(subjects().await.len(), before + 1);
    program.changes(&id, json!({ "secret": "another" })).await.assert_ok();
    assert_eq!(subjects().await.len(), before + 2);
}
