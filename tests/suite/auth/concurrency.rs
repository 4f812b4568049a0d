//! Twenty at once, through instances of their own.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Reply, Session, World, assert_all};

pub const MANY: usize = 20;
pub const TRANSACTION: &str = "TransactWriteItems";

/// Requests at once, over four instances of `auth`. No `write` takes place before everybody has come to his first, so that all
/// of them have read the same.
pub async fn racing(world: &World, path: &str, write: &str, bodies: Vec<Value>) -> Vec<Reply> {
    world.hold(write, bodies.len().try_into().unwrap());
    at_once(world, path, bodies).await
}

/// Requests at once, over four instances of `auth`.
async fn at_once(world: &World, path: &str, bodies: Vec<Value>) -> Vec<Reply> {
    let instances: Vec<_> = (0..4).map(|_| world.another_auth()).collect();
    join_all(instances.iter().map(auth::Auth::warm_up)).await;
    let requests = bodies.into_iter().enumerate();
    join_all(requests.map(|(number, body)| world.post_to(&instances[number % 4], path, body))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_link_redeemed_many_times_makes_one_account() {
    let world = World::start().await;
    let ada = world.person();
    ada.signs_up().await;
    let token = ada.mailed("verify-email").await;
    let replies = racing(&world, "/auth/verify-email", TRANSACTION, vec![json!({ "token": token }); MANY]).await;
    assert_all(&replies, 200);
    let effects = replies.iter().filter(|reply| !reply.body["message"].as_str().unwrap().contains("already"));
    assert_eq!(effects.count(), 1);
    assert!(replies.iter().all(|reply| reply.body["user_id"] == replies[0].body["user_id"]));
    assert_eq!(world.accounts().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_refresh_token_presented_many_times_has_one_successor() {
    let world = World::start().await;
    // The sign-in is still under way at the session's row.
    world.aws.set_conflicts(Duration::from_millis(800));
    let (_, session) = world.person().signed_in().await;
    let replies =
        racing(&world, "/auth/refresh", "UpdateItem", vec![json!({ "refresh_token": session.refresh }); MANY]).await;
    let minted: Vec<_> = replies.iter().map(Session::of).collect();
    assert!(minted.iter().all(|other| other.refresh == minted[0].refresh && other.refresh != session.refresh));
    let mut rows = world.rows_of("Sessions", "ACCOUNT#").await;
    rows.retain(|row| row["sk"] != "GUARD");
    assert_eq!(rows.len(), 1);

    // It works from any of them, as often as they ask.
    for minted in minted.iter().take(3) {
        assert_eq!(Session::of(&world.refresh(&minted.refresh).await).refresh, minted.refresh);
    }
    world.advance(31);
    let body = json!({ "refresh_token": minted[0].refresh });
    let next: Vec<_> = at_once(&world, "/auth/refresh", vec![body; MANY]).await.iter().map(Session::of).collect();
    assert!(next.iter().all(|other| other.refresh == next[0].refresh && other.refresh != minted[0].refresh));
    world.refresh(&session.refresh).await.assert_status(401);
    world.refresh(&next[0].refresh).await.assert_status(401); // the first token has come back: it is in two hands
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sign_ups_of_one_address_are_one_pending_sign_up() {
    let world = World::start().await;
    let ada = world.person();
    let replies = racing(&world, "/auth/signup", TRANSACTION, vec![ada.credentials(); MANY]).await;
    assert_all(&replies, 200);
    assert_eq!(world.rows_of("Accounts", "ADDRESS#").await.len(), 1);
    assert_eq!(ada.all_mailed("verify-email").await.len(), 1);
    ada.verifies().await.assert_ok();
    assert_eq!(world.accounts().await.len(), 1);
    ada.logs_in().await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sign_ups_with_different_passwords_leave_the_choice_to_the_owner() {
    let world = World::start().await;
    let ada = world.person();
    let body = |number| json!({ "email": ada.email, "password": format!("password number {number}") });
    let replies = racing(&world, "/auth/signup", TRANSACTION, (0..MANY).map(body).collect()).await;
    assert_all(&replies, 200);
    let tokens = ada.all_mailed("verify-email").await;
    assert!((1..=5).contains(&tokens.len()) && tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    let proofs = at_once(&world, "/auth/verify-email", vec![json!({ "token": tokens[0] }); MANY]).await;
    assert!(proofs.iter().all(|reply| reply.status == 200 && reply.body["redirect_url"] == json!(null)));
    for number in 0..MANY {
        world.advance(15 * 60);
        world.post("/auth/login", body(number)).await.assert_status(401);
    }
    assert_eq!(ada.all_mailed("reset-password").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_up_is_mailed_though_another_spelling_signs_up_at_the_same_moment() {
    for _ in 0..4 {
        let world = World::start().await;
        let ada = world.person();
        ada.signs_up().await;
        world.advance(20 * 3_600);
        let mut stranger = ada.rival("a mere guess");
        stranger.email = ada.email.replace("person", "PERSON");
        world.hold(TRANSACTION, 2);
        let (own, other) = tokio::join!(ada.signs_up(), stranger.signs_up());
        assert_eq!((own.status, other.status), (200, 200));
        assert_eq!(ada.all_mailed("verify-email").await.len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sign_ups_at_once_cost_the_same_whoever_has_the_address() {
    let mut writes = Vec::new();
    for is_owner in [false, true] {
        let world = World::start().await;
        let person = if is_owner { world.person().signed_in().await.0 } else { world.person() };
        world.advance(25 * 3_600);
        let body = json!({ "email": person.email, "password": "a stranger's password" });
        let (replies, calls) = world.calls(racing(&world, "/auth/signup", TRANSACTION, vec![body; MANY])).await;
        assert_all(&replies, 200);
        writes.push(calls.dynamodb[TRANSACTION]);
    }
    // One goes through, and all others find that it has.
    let fewest = u64::try_from(MANY).unwrap();
    assert!(writes.iter().all(|count| (fewest..=fewest + 4).contains(count)), "{writes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_link_sets_one_password() {
    let world = World::start().await;
    let ada = world.person();
    ada.rival("another password").signs_up().await;
    ada.signs_up().await;
    ada.verifies().await;
    let token = ada.mailed("reset-password").await;
    let password = |number| format!("password number {number}");
    let bodies = (0..MANY).map(|number| json!({ "token": token, "password": password(number) })).collect();
    let replies = racing(&world, "/auth/reset-password", TRANSACTION, bodies).await;
    let winner = replies.iter().position(|reply| reply.status == 200).unwrap();
    // Whoever comes too late has his password compared with the one that is set: as often as anybody may try one.
    let with = |status| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((with(400), with(429)), (5, MANY - 6));
    world.advance(1);
    ada.rival(&password(winner)).logs_in().await.assert_ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_spellings_proven_at_once_are_one_account() {
    let world = World::start().await;
    let ada = world.person();
    let mut shouting = ada.rival(&ada.password);
    shouting.email = ada.email.replace("person", "PERSON");
    ada.signs_up().await;
    shouting.signs_up().await;
    let tokens = [ada.mailed("verify-email").await, shouting.mailed("verify-email").await];
    let bodies = tokens.iter().map(|token| json!({ "token": token })).collect();
    let replies = at_once(&world, "/auth/verify-email", bodies).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert_eq!(world.accounts().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_login_slips_through_while_the_password_changes() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let token = ada.is_offered_a_password().await;
    // Nine logins and the new password come to their transactions together, having read the same.
    world.hold(TRANSACTION, 10);
    let logins = join_all((0..9).map(|_| ada.logs_in()));
    let body = json!({ "token": token, "password": "chosen by the owner" });
    let (logins, reset) = tokio::join!(logins, world.post("/auth/reset-password", body));
    reset.assert_ok();
    for login in logins {
        // Those that were let try because of where they come from are refused as everybody is meanwhile.
        assert!([200, 401, 429].contains(&login.status), "{login:?}");
        if login.status == 200 {
            let session = Session::of(&login);
            world.get_as(&session, "/auth/profile").await.assert_status(401);
            world.refresh(&session.refresh).await.assert_status(401);
        }
    }
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
}

#[tokio::test]
async fn a_login_opens_nothing_when_its_account_has_changed_since_it_was_judged() {
    let world = World::start().await;
    let (ada, _) = world.person().signed_in().await;
    let account = ada.account().await;
    let changed = json!(account["version"].as_u64().unwrap() + 1);
    world.aws.reset_calls();
    world.hold(TRANSACTION, 1_000);
    let change = async {
        while !world.aws.calls().dynamodb.contains_key(TRANSACTION) {
            tokio::task::yield_now().await;
        }
        world.tamper("Accounts", &account, "version", changed).await;
        world.mend();
    };
    let (login, ()) = tokio::join!(ada.logs_in(), change);
    assert_eq!((login.status, &login.body["session"]), (401, &json!(null)));
    assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 2, "the guard and the session from before");
    ada.logs_in().await.assert_ok();
}
