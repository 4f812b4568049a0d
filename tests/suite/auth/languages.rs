//! In which language people are written to: what they ask for when they sign up, and what they prefer later.

use std::collections::BTreeSet;

use local::{Mode, Service};
use serde_json::{Value, json};
use shared::language::Language;
use tests::{Person, Reply, Session, World, json_request};
use uuid::Uuid;

/// `POST path` by a browser that asks for these languages.
async fn post_in(world: &World, languages: &str, path: &str, body: Value) -> Reply {
    let mut request = json_request("POST", path, &body);
    request.headers.push(("accept-language".to_owned(), languages.to_owned()));
    world.send(request).await
}

async fn signs_up_in(person: &Person<'_>, languages: &str) {
    post_in(person.world, languages, "/auth/signup", person.credentials()).await.assert_ok();
}

async fn asks_again_in(person: &Person<'_>, languages: &str) {
    person.world.advance(60);
    let body = json!({ "email": person.email });
    post_in(person.world, languages, "/auth/resend-verification", body).await.assert_ok();
}

/// The languages of the mails to somebody, newest first: each says it in three places.
async fn languages_of(person: &Person<'_>) -> Vec<String> {
    let mails = person.world.mails(&person.email).await;
    let languages = mails.iter().map(|mail| {
        let html = mail.html.as_deref().unwrap();
        let (_, rest) = html.split_once("<html lang=\"").unwrap();
        let language = rest.split_once('"').unwrap().0.to_owned();
        for link in mail.links.iter().filter(|link| link.contains("/auth/ui/")) {
            assert!(link.contains(&format!("?lang={language}")), "{link}");
        }
        language
    });
    languages.collect()
}

async fn preferred(world: &World, session: &Session) -> String {
    let reply = world.get_as(session, "/auth/preferences").await;
    reply.assert_ok()["language"].as_str().unwrap().to_owned()
}

async fn prefers(world: &World, session: &Session, language: &str) -> Reply {
    world.patch_as(session, "/auth/preferences", json!({ "language": language })).await
}

async fn events(world: &World) -> Vec<Value> {
    let mut rows = world.rows_of("Accounts", "ACCOUNT#").await;
    rows.retain(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("EVENT#")));
    rows
}

/// The languages that the session rows of everybody have.
async fn copies(world: &World) -> BTreeSet<String> {
    let mut rows = world.rows_of("Sessions", "ACCOUNT#").await;
    rows.retain(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with("SESSION#")));
    rows.iter().map(|row| row["language"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_account_has_the_language_that_its_sign_up_asked_for() {
    let world = World::start().await;
    let ada = world.person();
    signs_up_in(&ada, "ko, de-AT;q=0.9, fr;q=0.8").await;
    assert!(world.mails(&ada.email).await[0].subject.starts_with("Bestätigen Sie Ihre E-Mail-Adresse"));
    // Whoever redeems the link may use another browser.
    let token = ada.mailed("verify-email").await;
    post_in(&world, "fr", "/auth/verify-email", json!({ "token": token })).await.assert_ok();
    assert_eq!(ada.account().await["language"], "de");
    let session = Session::of(&ada.logs_in().await);
    assert_eq!(preferred(&world, &session).await, "de");
    // From now on strangers choose nothing.
    signs_up_in(&ada, "ja").await;
    post_in(&world, "zh", "/auth/forgot-password", json!({ "email": ada.email })).await.assert_ok();
    assert_eq!(languages_of(&ada).await, ["de", "de", "de"]);
}

#[tokio::test]
async fn whoever_asks_for_nothing_that_we_have_is_written_to_in_english() {
    let world = World::start().await;
    for languages in ["", "ko", "de;q=0", "canary"] {
        let person = world.person();
        signs_up_in(&person, languages).await;
        person.verifies().await.assert_ok();
        assert_eq!(
            (languages_of(&person).await, person.account().await["language"].as_str()),
            (vec!["en".to_owned()], Some("en"))
        );
    }
}

#[tokio::test]
async fn a_letter_that_is_asked_for_again_has_the_language_of_the_sign_up_and_else_of_who_asks() {
    let world = World::start().await;
    let (ada, bob) = (world.person(), world.person());
    signs_up_in(&ada, "pt-BR").await;
    asks_again_in(&ada, "fr").await;
    assert_eq!(languages_of(&ada).await, ["pt", "pt"]);
    bob.signs_up().await;
    asks_again_in(&bob, "fr").await;
    assert_eq!(languages_of(&bob).await, ["fr", "en"]);
    // Who signs up again has changed his mind.
    signs_up_in(&ada, "es").await;
    assert_eq!(languages_of(&ada).await, ["es", "pt", "pt"]);
    ada.verifies().await.assert_ok();
    assert_eq!(ada.account().await["language"], "es");
}

#[tokio::test]
async fn every_spelling_has_the_language_of_its_own_reader() {
    let world = World::start().await;
    let (ada, other) = (world.person(), world.person());
    let other = Person::new(&world, other.email.replace("person", "Person"));
    let usual = Person::new(&world, other.email.to_lowercase());
    signs_up_in(&usual, "de").await;
    signs_up_in(&other, "ja").await;
    assert_eq!(
        (languages_of(&usual).await, languages_of(&other).await),
        (vec!["de".to_owned()], vec!["ja".to_owned()])
    );
    drop(ada);
}

#[tokio::test]
async fn a_language_that_is_not_offered_gives_way_to_the_next_one_and_to_english() {
    let world = World::speaking(&[Language::De]).await;
    let (ada, bob) = (world.person(), world.person());
    signs_up_in(&ada, "ja, de;q=0.5").await;
    signs_up_in(&bob, "ja").await;
    assert_eq!((languages_of(&ada).await, languages_of(&bob).await), (vec!["de".to_owned()], vec!["en".to_owned()]));
    bob.verifies().await.assert_ok();
    let session = Session::of(&bob.logs_in().await);
    // It is kept: this deployment may offer it some day.
    prefers(&world, &session, "ja").await.assert_ok();
    assert_eq!(bob.account().await["language"], "ja");
    bob.forgets().await.assert_ok();
    assert_eq!(languages_of(&bob).await, ["en", "en"]);
}

#[tokio::test]
async fn a_preference_holds_for_the_account_and_all_its_sessions_and_is_an_event() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    assert_eq!(prefers(&world, &session, "fr").await.assert_ok(), &json!({ "language": "fr" }));
    assert_eq!(
        (preferred(&world, &session).await, preferred(&world, &other).await),
        ("fr".to_owned(), "fr".to_owned())
    );
    assert_eq!(
        (copies(&world).await, ada.account().await["language"].as_str()),
        (["fr".to_owned()].into(), Some("fr"))
    );
    ada.forgets().await.assert_ok();
    assert_eq!(languages_of(&ada).await, ["fr", "en"]);
    let events = events(&world).await;
    assert_eq!(events.len(), 1);
    assert_eq!((events[0]["action"].as_str(), events[0]["by"].as_str()), (Some("language_changed"), Some("user")));
    // What has not changed is no event, and leaves the links that are out alone.
    let offered = ada.mailed("reset-password").await;
    prefers(&world, &session, "fr").await.assert_ok();
    prefers(&world, &session, "de").await.assert_ok();
    assert_eq!(self::events(&world).await.len(), 2);
    let body = json!({ "token": offered, "password": "chosen by the owner" });
    world.post("/auth/reset-password", body).await.assert_ok();
    let next = Session::of(&ada.rival("chosen by the owner").logs_in().await);
    assert_eq!(preferred(&world, &next).await, "de");
}

#[tokio::test]
async fn more_sessions_than_a_transaction_holds_change_all_the_same() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    let row = world.rows_of("Sessions", "ACCOUNT#").await.into_iter().find(|row| row["id"].is_string()).unwrap();
    let more = (0..150_u128).map(|number| {
        let (mut row, id) = (row.clone(), Uuid::from_u128(number).to_string());
        row["sk"] = json!(row["sk"].as_str().unwrap().replace(row["id"].as_str().unwrap(), &id));
        row["id"] = json!(id);
        row
    });
    world.put_rows("Sessions", more.collect()).await;
    prefers(&world, &session, "zh").await.assert_ok();
    assert_eq!(copies(&world).await, ["zh".to_owned()].into());
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_does_not_come_back() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let other = Session::of(&ada.logs_in().await);
    world.aws.reset_calls();
    world.hold("TransactWriteItems", 2);
    let speaks = prefers(&world, &session, "es");
    let ends = async {
        world.called("TransactWriteItems", 1).await;
        world.post("/auth/logout", json!({ "access_token": other.access })).await.assert_ok();
        world.mend();
    };
    let (reply, ()) = tokio::join!(speaks, ends);
    reply.assert_ok();
    world.get_as(&other, "/auth/preferences").await.assert_status(401);
    assert_eq!(copies(&world).await, ["es".to_owned()].into());
    let mut told: Vec<_> = events(&world).await.iter().map(|event| event["action"].clone()).collect();
    told.sort_by_key(Value::to_string);
    assert_eq!(told, ["language_changed", "signed_out"]);
}

#[tokio::test]
async fn twenty_who_change_it_at_once_agree_in_the_end() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    ada.logs_in().await.assert_ok();
    let codes = ["de", "es", "fr", "ja"];
    let changes = (0..20).map(|number| prefers(&world, &session, codes[number % codes.len()]));
    for reply in futures::future::join_all(changes).await {
        reply.assert_ok();
    }
    let kept = ada.account().await["language"].as_str().unwrap().to_owned();
    assert_eq!(copies(&world).await, [kept].into());
}

#[tokio::test]
async fn an_outage_changes_nothing() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    for operation in ["Query", "TransactWriteItems"] {
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some(operation));
        prefers(&world, &session, "fr").await.assert_unavailable();
        world.mend();
    }
    assert_eq!(
        (copies(&world).await, ada.account().await["language"].as_str()),
        (["en".to_owned()].into(), Some("en"))
    );
    assert!(events(&world).await.is_empty());
    prefers(&world, &session, "fr").await.assert_ok();
}

#[tokio::test]
async fn who_has_no_session_prefers_nothing() {
    let world = World::start().await;
    let (_, session) = world.person().signed_in().await;
    world.get("/auth/preferences").await.assert_status(401);
    world.post("/auth/logout", json!({ "access_token": session.access })).await.assert_ok();
    prefers(&world, &session, "fr").await.assert_status(401);
}
