//! Many at once at the same rows, over instances of their own. Transactions are in each other's way then, and whoever writes back what he
//! has read finds it changed: nobody's fault. It is waited out, and where that takes too long no version is to blame.

use std::time::{Duration, Instant};

use api_keys::Vault;
use auth::Auth;
use futures::future::join_all;
use paper::Canned;
use serde_json::{Value, json};
use shared::{
    config::Stage,
    http::DEADLINE,
    ids::MailId,
    store::{Condition, Expected, Put, Update, Write, Written},
    tables::Row,
};
use tests::{Key, Reply, Request, Session, World, authorized, invoke};

use crate::{
    api_keys::keeps_a_key,
    kyc::{assert_taken, genuine, said},
    logs::{self, emf::datapoints},
};

const MANY: usize = 40;
const INSTANCES: usize = 20;
/// So many of them may be told to come again: nobody has to on a machine that does nothing else, and on one that is busy all share the
/// seconds that a deployed function has.
const FEW: usize = MANY / 4;
/// Where keys are created.
const KEYS: &str = "/api/v1/api-keys/";
const TRANSACTION: &str = "TransactWriteItems";
/// Longer than anybody waits for a transaction.
const FOR_EVER: Duration = Duration::from_mins(1);

/// Requests, of which `held` come to their first `write` together. Nobody is to blame for what becomes of them, and at most few have
/// to come again. Everything of a test is logged on its own thread, so all of this runs there.
async fn at_once(
    world: &World,
    (write, held, few): (&str, usize, usize),
    requests: impl IntoIterator<Item = impl Future<Output = Reply>>,
) -> Vec<Reply> {
    world.aws.no_conflicts().await;
    world.aws.reset_calls();
    world.hold(write, held.try_into().unwrap());
    logs::capture();
    let replies = join_all(requests).await;
    world.aws.settled().await.unwrap();
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).collect();
    let counted = |name: &str| points.iter().filter(|point| point.name == name).count();
    assert_eq!((counted("FailedAnswers"), counted("FailedLetters")), (0, 0), "{points:?}");
    let again: Vec<_> = replies.iter().filter(|reply| reply.status >= 500).collect();
    for reply in &again {
        assert_contended(reply);
    }
    assert_eq!(counted("Contended"), again.len());
    // Another emulator takes one call after the other: how many are done in their second says nothing of DynamoDB.
    assert!(again.len() <= few || world.is_on_another_emulator(), "{} of {}", again.len(), replies.len());
    replies
}

/// 503, as documented.
fn assert_contended(reply: &Reply) {
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")), "{reply:?}");
    assert_eq!(reply.body, json!({ "detail": "Service temporarily unavailable" }));
}

fn count(replies: &[Reply], status: u64) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

/// Every reply has this status, but for those who have to come again.
fn assert_all_but_contended(replies: &[Reply], status: u64) {
    assert_eq!(count(replies, status) + count(replies, 503), replies.len(), "{replies:?}");
}

/// An instance of `auth` as impatient as a deployed one, but for another emulator: that takes one call after the other, and how long it takes says nothing of
/// DynamoDB.
fn auth_in_time(world: &World) -> Auth {
    if world.is_on_another_emulator() { world.another_auth() } else { world.impatient_auth() }
}

/// An instance of the vault that is in as much of a hurry.
fn vault_in_time(world: &World) -> Vault {
    if world.is_on_another_emulator() { world.another_vault(world.key(Key::Vault)) } else { world.impatient_vault() }
}

/// To `auth`, over instances of it.
async fn to_auth(world: &World, held: (&str, usize, usize), path: &str, bodies: Vec<Value>) -> Vec<Reply> {
    let instances: Vec<_> = (0..INSTANCES).map(|_| auth_in_time(world)).collect();
    join_all(instances.iter().map(Auth::warm_up)).await;
    let requests = bodies.into_iter().enumerate();
    at_once(world, held, requests.map(|(number, body)| world.post_to(&instances[number % INSTANCES], path, body))).await
}

/// To `api-keys`, over instances of it.
async fn to_vault(world: &World, held: (&str, usize, usize), requests: Vec<Request>) -> Vec<Reply> {
    let instances: Vec<_> = (0..INSTANCES).map(|_| vault_in_time(world)).collect();
    join_all(instances.iter().map(Vault::warm_up)).await;
    let requests = requests.into_iter().enumerate();
    at_once(world, held, requests.map(|(number, request)| world.send_to_vault(&instances[number % INSTANCES], request)))
        .await
}

fn changes(session: &Session, key: &str) -> Vec<Request> {
    let change =
        |number| authorized("PATCH", key, &session.access, Some(json!({ "label": format!("label {number}") })));
    (0..MANY).map(change).collect()
}

/// How many keys somebody has, as the row says that counts them.
async fn counted(world: &World, session: &Session) -> Value {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.iter().find(|row| row["sk"] == "COUNT").unwrap()["keys"].clone()
}

async fn events(world: &World, session: &Session, action: &str) -> usize {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.iter().filter(|row| row["action"] == action).count()
}

async fn key_row(world: &World, session: &Session) -> Option<Value> {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.into_iter().find(|row| row["sk"].as_str().unwrap().starts_with("KEY#"))
}

#[tokio::test]
async fn forty_changes_of_one_key() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let replies = to_vault(&world, (TRANSACTION, MANY, FEW), changes(&ada, &key)).await;
    assert_all_but_contended(&replies, 200);
    // A lost round waits for 80 ms on the average, so twenty of them end long before a deployed function gives up.
    let rounds = world.aws.calls().dynamodb[TRANSACTION];
    assert!(rounds <= 20 * u64::try_from(MANY).unwrap(), "{rounds}");
    // Each success is one change, and nothing else is.
    let done = count(&replies, 200);
    assert_eq!(key_row(&world, &ada).await.unwrap()["version"], json!(done + 1));
    assert_eq!(events(&world, &ada, "update").await, done);
}

#[tokio::test]
async fn forty_changes_and_deletions_of_one_key() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let mut requests = changes(&ada, &key);
    let delete = authorized("DELETE", &key, &ada.access, None);
    requests.iter_mut().step_by(2).for_each(|request| *request = delete.clone());
    let replies = to_vault(&world, (TRANSACTION, MANY, FEW), requests).await;
    let (deletions, changes): (Vec<_>, Vec<_>) = replies.into_iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let [deletions, changes] = [deletions, changes].map(|some| some.into_iter().map(|(_, reply)| reply).collect());
    let (deletions, changes): (Vec<Reply>, Vec<Reply>) = (deletions, changes);
    assert_eq!(count(&deletions, 200), 1, "{deletions:?}");
    assert_eq!(count(&deletions, 404) + count(&deletions, 503), MANY / 2 - 1, "{deletions:?}");
    assert_eq!(count(&changes, 200) + count(&changes, 404) + count(&changes, 503), MANY / 2, "{changes:?}");
    assert!(key_row(&world, &ada).await.is_none());
    let told = (events(&world, &ada, "delete").await, events(&world, &ada, "update").await);
    assert_eq!(told, (1, count(&changes, 200)));
}

#[tokio::test]
async fn forty_new_keys_of_one_account_and_their_deletions() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let create = |number| {
        let name = format!("name-of-number-{number}");
        let body = json!({ "exchange": "binance", "label": "main", "api_key": name, "secret": "x" });
        authorized("POST", KEYS, &ada.access, Some(body))
    };
    let created = to_vault(&world, (TRANSACTION, MANY, FEW), (0..MANY).map(create).collect()).await;
    assert_all_but_contended(&created, 200);
    let keys: Vec<_> = created.iter().filter_map(|reply| reply.body["data"]["id"].as_str()).collect();
    assert_eq!(counted(&world, &ada).await, json!(keys.len()));
    let delete = |id: &&str| authorized("DELETE", &format!("{KEYS}{id}"), &ada.access, None);
    let deleted = to_vault(&world, (TRANSACTION, keys.len(), FEW), keys.iter().map(delete).collect()).await;
    assert_all_but_contended(&deleted, 200);
    assert_eq!(counted(&world, &ada).await, json!(keys.len() - count(&deleted, 200)));
}

#[tokio::test]
async fn forty_looks_at_one_secret() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let decrypt = authorized("POST", &format!("{key}/decrypt"), &ada.access, None);
    // Twenty a minute are let through.
    let replies = to_vault(&world, (TRANSACTION, 20, FEW), vec![decrypt; MANY]).await;
    assert_eq!(count(&replies, 429), MANY - 20);
    assert_eq!(count(&replies, 200) + count(&replies, 503), 20, "{replies:?}");
    assert_eq!(events(&world, &ada, "decrypt").await, count(&replies, 200));
}

#[tokio::test]
async fn forty_sign_ups_of_one_address() {
    let world = World::start().await;
    let ada = world.person();
    let body = |number| json!({ "email": ada.email, "password": format!("password number {number}") });
    let replies = to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/signup", (0..MANY).map(body).collect()).await;
    assert_all_but_contended(&replies, 200);
    assert_eq!(world.rows_of("Accounts", "ADDRESS#").await.len(), 1);
}

#[tokio::test]
async fn forty_requests_for_one_link() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let bodies = vec![json!({ "email": ada.email }); MANY];
    let replies = to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/resend-verification", bodies).await;
    assert_eq!(count(&replies, 200), 1, "{replies:?}");
    assert_eq!(count(&replies, 429) + count(&replies, 503), MANY - 1, "{replies:?}");
}

#[tokio::test]
async fn forty_proofs_by_one_link() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let token = ada.mailed("verify-email").await;
    let replies =
        to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/verify-email", vec![json!({ "token": token }); MANY]).await;
    assert_all_but_contended(&replies, 200);
    assert_eq!(world.accounts().await.len(), 1);
}

#[tokio::test]
async fn forty_passwords_by_one_link() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    let body = |number| json!({ "token": token, "password": format!("password number {number}") });
    let replies =
        to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/reset-password", (0..MANY).map(body).collect()).await;
    assert_eq!(count(&replies, 200), 1, "{replies:?}");
    assert_eq!(count(&replies, 400) + count(&replies, 503), MANY - 1, "{replies:?}");
}

#[tokio::test]
async fn forty_sign_ins_to_one_account() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let replies = to_auth(&world, (TRANSACTION, MANY, FEW), "/auth/login", vec![ada.credentials(); MANY]).await;
    assert_all_but_contended(&replies, 200);
    let guards = world.rows_of("Sessions", "ACCOUNT#").await;
    let guard = guards.iter().find(|row| row["sk"] == "GUARD").unwrap();
    assert_eq!(guard["opened"], json!(count(&replies, 200) + 1));
}

/// Reports and what is claimed under their ids are rows of their own: nobody is in anybody's way.
#[tokio::test]
async fn forty_reports_of_one_user() {
    let world = World::start().await;
    let deployed: Vec<_> =
        (0..INSTANCES).map(|_| kyc::router(world.another_kyc(Stage::Local, world.clock.clone(), |_| {}))).collect();
    let said = |number| said("ada", &format!("e-{number}"), "s-1", "pending", Some(world.now()));
    let reports: Vec<_> = (0..MANY).map(|number| genuine(&world, "generic", &said(number))).collect();
    let reports = reports.into_iter().enumerate();
    let reports = reports.map(|(number, report)| invoke(&deployed[number % INSTANCES], report));
    let replies = at_once(&world, (TRANSACTION, MANY, 0), reports).await;
    replies.iter().for_each(assert_taken);
    assert_eq!(world.rows_of("Kyc", "USER#ada").await.len(), MANY);
}

/// The row of a letter that nobody has written.
fn letter() -> MailId {
    MailId::random().unwrap()
}

#[tokio::test]
async fn every_kind_of_write_waits_for_the_transaction_at_its_row() {
    let world = World::start().await;
    let (store, time) = (world.store(), Duration::from_millis(300));
    let content = json!({ "word": "first" });
    let write = |row| Write::Put(Put::new(row, &content).unwrap());
    let transact = |row| store.transact(vec![write(row)]);
    let checked = |row| {
        store.transact(vec![write(Row::Mail(letter())), Write::Check(Expected::new(row).when(Condition::Exists))])
    };
    let taken = |written| matches!(written, Ok(Written::Done(())));
    world.pause_mail().await;
    world.aws.set_conflicts(time);
    for is_check in [false, true] {
        for kind in 0..4 {
            let row = Row::Mail(letter());
            // The row itself, or only a look at it.
            assert!(taken(transact(row).await));
            world.aws.no_conflicts().await;
            assert!(!is_check || taken(checked(row).await));
            assert!(is_check || taken(transact(row).await));
            let begun = Instant::now();
            let is_done = match kind {
                0 => taken(store.put(Put::new(row, &content).unwrap()).await),
                1 => {
                    let update = Update::new(row).set("word", &"second").unwrap().when(Condition::Exists);
                    matches!(store.update::<Value>(update).await, Ok(Written::Done(row)) if row["word"] == "second")
                }
                2 => store.delete(row).await.is_ok(),
                _ => taken(transact(row).await),
            };
            assert!(is_done, "{kind} {is_check}");
            let waited = begun.elapsed();
            assert!(waited > time / 2, "{kind}: {waited:?}");
        }
    }
}

#[tokio::test]
async fn requests_wait_for_the_transaction_of_the_one_before() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    world.aws.set_conflicts(Duration::from_millis(200));
    let session = Session::of(&ada.logs_in().await);
    let refreshed = world.refresh(&session.refresh).await;
    refreshed.assert_ok();
    let session = Session::of(&ada.logs_in().await);
    let ended = world.post("/auth/logout", json!({ "access_token": session.access })).await;
    ended.assert_ok();
    world.get_as(&session, "/auth/profile").await.assert_status(401);
}

#[tokio::test]
async fn whoever_waits_in_vain_may_come_again_and_no_version_is_to_blame() {
    let world = World::start().await;
    let (ada, session) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &session, "name-of-a-key").await;
    let vault = world.impatient_vault();
    vault.warm_up().await;
    let changed = |key: &str| authorized("PATCH", key, &session.access, Some(json!({ "label": "another" })));
    let change = || world.send_to_vault(&vault, changed(&key));
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(FOR_EVER);
    change().await.assert_ok();
    ada.logs_in().await.assert_ok();

    logs::capture();
    let begun = Instant::now();
    let decrypt = authorized("POST", &format!("{key}/decrypt"), &session.access, None);
    let delete = authorized("DELETE", &key, &session.access, None);
    let others = join_all([decrypt, delete].map(|request| world.send_to_vault(&vault, request)));
    let (change_again, others, login) = tokio::join!(change(), others, ada.logs_in());
    // Before the deadline, which would look like a fault.
    assert!((DEADLINE / 2..DEADLINE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    others.iter().chain([&change_again, &login]).for_each(assert_contended);
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).map(|point| point.name).collect();
    assert_eq!(points, ["Contended"; 4]);

    world.aws.set_conflicts(Duration::ZERO);
    change().await.assert_ok();
}

/// A condition that fails because somebody else's change is half done says nothing: the others wait for the whole of it.
#[tokio::test]
async fn one_half_of_a_change_is_not_taken_for_the_whole() {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let (account, id) = (json!(ada.user_id), json!(key.rsplit_once('/').unwrap().1));
    let (account, id) = (serde_json::from_value(account).unwrap(), serde_json::from_value(id).unwrap());
    world.aws.paper().set_canned(Some(Canned::new(200, r#"{"ipRestrict":true}"#)));
    world.aws.show_halves(true);
    for (method, rest, body) in [
        ("POST", "/test-connection", None),
        ("POST", "/decrypt", None),
        ("PATCH", "", Some(json!({ "label": "another" }))),
        ("DELETE", "", None),
    ] {
        world.aws.no_conflicts().await;
        world.aws.set_conflicts(Duration::from_millis(300));
        // The row of the key and not that of its credential.
        let change = Expected::new(Row::ExchangeKey(account, id)).when(Condition::Exists);
        assert!(matches!(world.store().transact(vec![Write::Check(change)]).await, Ok(Written::Done(()))));
        let reply = world.send(authorized(method, &format!("{key}{rest}"), &ada.access, body)).await;
        assert_eq!(reply.status, 200, "{method} {rest}: {reply:?}");
    }
    assert_eq!(outcomes(&world, &ada, "test").await, ["ok"]);
}

/// Exchanges have had five of the eight seconds before anything is to be written, and then others are in the way all the time.
#[tokio::test]
async fn a_key_that_was_tried_for_long_is_stored_in_time_or_not_at_all() {
    let (world, ada, vault) = with_a_slow_exchange().await;
    let create = |name: &str, verify: bool| {
        let body = json!({ "exchange": "binance", "label": "main", "api_key": name, "secret": "x", "verify": verify });
        world.send_to_vault(&vault, authorized("POST", KEYS, &ada.access, Some(body)))
    };
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(FOR_EVER);
    create("the-first-name-1", false).await.assert_ok();
    gives_up_in_time(create("the-second-name2", true)).await;
    assert_eq!(outcomes(&world, &ada, "test").await, ["ok"]);
}

#[tokio::test]
async fn a_test_that_took_long_is_recorded_in_time_even_where_its_key_cannot_be_written() {
    let (world, ada, vault) = with_a_slow_exchange().await;
    let key = keeps_a_key(&world, &ada, "name-of-a-key").await;
    let request =
        |method, path: String, body| world.send_to_vault(&vault, authorized(method, &path, &ada.access, body));
    world.aws.no_conflicts().await;
    world.aws.set_conflicts(FOR_EVER);
    request("PATCH", key.clone(), Some(json!({ "label": "another" }))).await.assert_ok();
    gives_up_in_time(request("POST", format!("{key}/test-connection"), None)).await;
    assert_eq!(outcomes(&world, &ada, "test").await, ["ok"]);
}

/// Somebody, and a function that has no more time than a deployed one, whose exchanges take five seconds.
async fn with_a_slow_exchange() -> (World, Session, api_keys::Vault) {
    let world = World::start().await;
    let (_, ada) = world.person().signed_in().await;
    let vault = world.impatient_vault();
    vault.warm_up().await;
    world.aws.paper().set_canned(Some(Canned { delay_ms: 5_000, ..Canned::new(200, r#"{"ipRestrict":true}"#) }));
    (world, ada, vault)
}

/// Before the deadline, which would look like a fault, and with time for some rounds.
async fn gives_up_in_time(request: impl Future<Output = Reply>) {
    logs::capture();
    let begun = Instant::now();
    assert_contended(&request.await);
    assert!((Duration::from_secs(6)..DEADLINE).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    let points: Vec<_> = logs::lines().iter().flat_map(datapoints).map(|point| point.name).collect();
    assert_eq!(points, ["ConnectionTests", "Contended"]);
}

/// How all accesses of a kind have ended.
async fn outcomes(world: &World, session: &Session, action: &str) -> Vec<Value> {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.into_iter().filter(|row| row["action"] == action).map(|row| row["outcome"].clone()).collect()
}
