//! Many at once at the same rows, over instances of their own. Transactions are in each other's way then, and whoever writes back what he
//! has read finds it changed: nobody's fault. It is waited out, and where that takes too long no version is to blame.

mod accounts;
mod vault;
mod waits;

use std::time::Duration;

use api_keys::Vault;
use auth::Auth;
use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Key, Reply, Request, Session, World};

use crate::logs::{self, emf::datapoints};

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

/// An instance of `auth` as impatient as a deployed one, but for another emulator: that takes one call after the other, and how long it
/// takes says nothing of DynamoDB.
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

async fn events(world: &World, session: &Session, action: &str) -> usize {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.iter().filter(|row| row["action"] == action).count()
}

/// How all accesses of a kind have ended.
async fn outcomes(world: &World, session: &Session, action: &str) -> Vec<Value> {
    let rows = world.rows_of("ExchangeKeys", &format!("ACCOUNT#{}", session.user_id)).await;
    rows.into_iter().filter(|row| row["action"] == action).map(|row| row["outcome"].clone()).collect()
}
