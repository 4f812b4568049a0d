//! Two at one account at the same moment: what was judged before somebody else's change is not written after it.

use std::time::Duration;

use admin::account_change;
use auth::operators::Command;
use local::{Mode, Service};
use serde_json::json;
use shared::ids::AccountId;
use tests::{Person, Reply, Session, World};
use tokio::time::timeout;

use super::{NEW, asks_for, at, changes_password, is_alive, letters, redeems, resets, told};
use crate::auth::reset_races::{hold, signs_in_again_and_again};

const TRANSACTION: &str = "TransactWriteItems";
const UPDATE: &str = "UpdateItem";
const THERE: &str = "elsewhere@example.org";

/// One request that is held at its first call of `operation`, and another that is made whole meanwhile.
pub async fn overtaken<T, U>(
    world: &World,
    operation: &'static str,
    slow: impl Future<Output = T>,
    quick: impl Future<Output = U>,
) -> (T, U) {
    overtaken_at(world, (operation, 1), slow, quick).await
}

/// One request that is held at a call of an operation, the first being 1, and another that is made whole meanwhile.
pub async fn overtaken_at<T, U>(
    world: &World,
    (operation, call): (&'static str, u64),
    slow: impl Future<Output = T>,
    quick: impl Future<Output = U>,
) -> (T, U) {
    world.aws.no_conflicts().await;
    world.aws.reset_calls();
    world.hold(operation, 1_000);
    let quick = async {
        for before in 1..call {
            world.called(operation, before).await;
            world.mend();
            world.hold(operation, 1_000);
        }
        timeout(Duration::from_mins(1), world.called(operation, call)).await.expect("a call that is held");
        // Takes the place of the hold, for those to come, and is over with the first try.
        world.break_times(Service::DynamoDb, Mode::Throttled, operation, 1);
        let reply = quick.await;
        world.aws.no_conflicts().await;
        world.mend();
        reply
    };
    // Boxed: each holds a request whole.
    tokio::join!(Box::pin(slow), Box::pin(quick))
}

/// Everything that Ada might do, or somebody in her name: her session, and tokens of letters.
struct Ada<'w> {
    person: Person<'w>,
    session: Session,
    reset: String,
    confirm: String,
    not_me: String,
}

impl<'w> Ada<'w> {
    async fn of(world: &'w World) -> Self {
        let (person, session) = world.person().signed_in().await;
        asks_for(&person, &session, THERE).await.assert_ok();
        let reset = person.is_offered_a_password().await;
        let (confirm, not_me) = (at(&person, THERE).mailed("confirm-email").await, person.mailed("not-me").await);
        world.pause_mail().await;
        Self { person, session, reset, confirm, not_me }
    }

    async fn does(&self, what: &str) -> Reply {
        let world = self.person.world;
        match what {
            "reset" => resets(world, &self.reset, "set by a link").await,
            "confirm" => redeems(world, "confirm-email", &self.confirm).await,
            "not me" => redeems(world, "not-me", &self.not_me).await,
            "change" => changes_password(&self.person, &self.session, NEW).await,
            "ask" => asks_for(&self.person, &self.session, "another@example.org").await,
            "delete" => {
                let body = json!({ "current_password": self.person.password });
                world.post_as(&self.session, "/auth/delete-account", body).await
            }
            "sign in" => self.person.logs_in().await,
            "sign out" => world.post("/auth/logout", json!({ "access_token": self.session.access })).await,
            other => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn who_is_overtaken_by_a_change_does_nothing_that_was_judged_before_it() {
    // The slow one, the quick one, how the slow one is answered, and what is told of in the end besides the request for an address.
    let pairs: [(&str, &str, u64, &[&str]); 20] = [
        ("sign in", "confirm", 401, &["email_changed"]),
        ("sign in", "not me", 401, &["not_me"]),
        ("sign in", "change", 401, &["password_changed"]),
        ("change", "reset", 401, &["password_reset"]),
        ("change", "confirm", 401, &["email_changed"]),
        ("change", "not me", 401, &["not_me"]),
        ("ask", "reset", 401, &["password_reset"]),
        ("ask", "confirm", 401, &["email_changed"]),
        ("ask", "not me", 401, &["not_me"]),
        ("change", "sign out", 401, &["signed_out"]),
        ("ask", "sign out", 401, &["signed_out"]),
        // The caller's session stays, but what it has shown is not the password any more.
        ("ask", "change", 403, &["password_changed"]),
        ("confirm", "reset", 400, &["password_reset"]),
        ("confirm", "not me", 400, &["not_me"]),
        ("confirm", "change", 400, &["password_changed"]),
        // It is void, for another one was asked for.
        ("confirm", "ask", 400, &["email_change_requested"]),
        ("reset", "confirm", 400, &["email_changed"]),
        ("reset", "not me", 400, &["not_me"]),
        ("reset", "change", 400, &["password_changed"]),
        // Heeded: the account was taken back meanwhile.
        ("not me", "reset", 200, &["password_reset"]),
    ];
    for (slow, quick, status, then) in pairs {
        let world = World::start().await;
        let ada = Ada::of(&world).await;
        let (late, first) = overtaken(&world, TRANSACTION, ada.does(slow), ada.does(quick)).await;
        assert_eq!((late.status, first.status), (status, 200), "{slow} overtaken by {quick}: {late:?}");
        assert_eq!(told(&world).await[1..], *then, "{slow} overtaken by {quick}");
        let sessions = world.rows_of("Sessions", "ACCOUNT#").await.len() - 1;
        assert_eq!(sessions, usize::from(["change", "ask"].contains(&quick)), "{slow} overtaken by {quick}");
    }
}

/// A link that is followed twice at once has worked for both, whatever the later one has read by then.
#[tokio::test]
async fn a_link_that_is_overtaken_by_itself_has_worked() {
    for what in ["confirm", "not me"] {
        for call in 1..=3 {
            let world = World::start().await;
            let ada = Ada::of(&world).await;
            let (late, first) = overtaken_at(&world, ("GetItem", call), ada.does(what), ada.does(what)).await;
            assert_eq!((late.status, first.status), (200, 200), "{what} at its read {call}: {late:?}");
        }
    }
}

/// The owner's word goes through, whatever is done meanwhile.
#[tokio::test]
async fn who_says_that_it_was_somebody_else_is_heard_after_any_change() {
    for (quick, then) in
        [("confirm", vec!["email_changed", "email_restored", "not_me"]), ("change", vec!["not_me", "password_changed"])]
    {
        let world = World::start().await;
        let ada = Ada::of(&world).await;
        let (late, first) = overtaken(&world, TRANSACTION, ada.does("not me"), ada.does(quick)).await;
        assert_eq!((late.status, first.status), (200, 200), "{late:?}");
        // It was announced before it was overtaken.
        let mut told = told(&world).await.split_off(1);
        told.sort();
        assert_eq!(told, then);
        assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1);
        let account = ada.person.account().await;
        assert_eq!(account.get("password"), None);
        ada.person.rival(NEW).logs_in().await.assert_status(401);
    }
}

#[tokio::test]
async fn whatever_ends_sessions_wins_though_somebody_signs_in_all_the_time() {
    for (what, then) in [("not me", 401), ("confirm", 401), ("change", 401), ("delete", 403)] {
        let world = World::start().await;
        let ada = Ada::of(&world).await;
        world.aws.no_conflicts().await;
        hold(&world);
        let (reply, logins) = signs_in_again_and_again(&ada.person, Box::pin(ada.does(what))).await;
        assert_eq!(reply.status, 200, "{what}: {reply:?}");
        let opened: Vec<_> = logins.iter().filter(|login| login.status == 200).map(Session::of).collect();
        assert_eq!(opened.len(), 3, "{what}: each of these has cost it a round");
        for session in &opened {
            assert!(!is_alive(&world, session).await, "{what}");
        }
        // Who changes the password stays.
        let stays = what == "change";
        assert_eq!(is_alive(&world, &ada.session).await, stays, "{what}");
        assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1 + usize::from(stays), "{what}");
        assert_eq!(ada.person.logs_in().await.status, then, "{what}");
        let account = world.rows_of("Accounts", "ACCOUNT#").await.into_iter().find(|row| row["sk"] == "CREDENTIALS");
        assert_eq!(account.unwrap().get("barred_until"), None, "{what} has had its turn");
    }
}

/// An operator's word needs no fair rounds: nobody gets in from its first look on.
#[tokio::test]
async fn operators_win_though_somebody_signs_in_all_the_time() {
    for command in [Command::Ban("stolen_funds".to_owned()), Command::End] {
        let world = World::start().await;
        let ada = Ada::of(&world).await;
        world.aws.no_conflicts().await;
        hold(&world);
        let user = AccountId::parse(&ada.session.user_id).unwrap();
        let (operator, whose) = (world.operator(), account_change::Arguments { user, yes: true });
        let change = account_change::change(&operator, &whose, &command, &world.clock);
        let (told, logins) = signs_in_again_and_again(&ada.person, Box::pin(change)).await;
        assert!(told.is_ok_and(|told| told.is_done), "{command:?}");
        assert!(!logins.is_empty() && logins.iter().all(|login| login.status == 401), "{logins:?}");
        assert!(!is_alive(&world, &ada.session).await);
        assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
        ada.person.logs_in().await.assert_status(403);
    }
}

/// The command has shut the door and then, perhaps, lost its connection: nothing has changed but that, and given again it is done.
#[tokio::test]
async fn a_command_that_died_half_way_is_given_again() {
    for command in [Command::Ban("stolen_funds".to_owned()), Command::End] {
        let world = World::start().await;
        let (ada, session) = world.person().signed_in().await;
        let arguments = account_change::Arguments { user: AccountId::parse(&session.user_id).unwrap(), yes: true };
        let operator = world.operator();
        let change = || account_change::change(&operator, &arguments, &command, &world.clock);
        world.break_down(Service::DynamoDb, Mode::Unavailable, Some(TRANSACTION));
        assert!(change().await.is_err(), "{command:?}");
        world.mend();
        ada.logs_in().await.assert_status(401);
        assert!(change().await.unwrap().is_done, "{command:?}");
        ada.logs_in().await.assert_status(403);
        assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
        assert!(!is_alive(&world, &session).await);
    }
}

#[tokio::test]
async fn a_refresh_that_is_overtaken_opens_nothing() {
    for quick in ["reset", "confirm", "not me", "change"] {
        let world = World::start().await;
        let ada = Ada::of(&world).await;
        let other = Session::of(&ada.person.logs_in().await);
        let (late, first) = overtaken(&world, UPDATE, world.refresh(&other.refresh), ada.does(quick)).await;
        assert_eq!((late.status, first.status), (401, 200), "{quick}: {late:?}");
        assert!(!is_alive(&world, &other).await, "{quick}");
    }
}

/// Of all who are to have an address one gets it.
#[tokio::test]
async fn an_address_has_one_owner_whoever_is_quicker() {
    for sign_up_is_quick in [false, true] {
        let world = World::start().await;
        let (ada, session) = world.person().signed_in().await;
        let stranger = at(&ada, THERE).rival("of a stranger");
        stranger.signs_up().await.assert_ok();
        asks_for(&ada, &session, THERE).await.assert_ok();
        let (proof, confirm) = (stranger.mailed("verify-email").await, stranger.mailed("confirm-email").await);
        world.pause_mail().await;
        let verify = redeems(&world, "verify-email", &proof);
        let confirm = redeems(&world, "confirm-email", &confirm);
        let (late, first) = if sign_up_is_quick {
            overtaken(&world, TRANSACTION, confirm, verify).await
        } else {
            overtaken(&world, TRANSACTION, verify, confirm).await
        };
        assert_eq!((late.status, first.status), (400, 200), "{late:?}");
        assert_eq!(world.accounts().await.len(), 1 + usize::from(sign_up_is_quick));
        assert_eq!(stranger.logs_in().await.status, if sign_up_is_quick { 200 } else { 401 });
        assert_eq!(is_alive(&world, &session).await, sign_up_is_quick);
    }
    let world = World::start().await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let (person, session) = world.person().signed_in().await;
        asks_for(&person, &session, THERE).await.assert_ok();
        tokens.push(at(&person, THERE).mailed("confirm-email").await);
        world.advance(60);
    }
    world.pause_mail().await;
    let confirm = |token| redeems(&world, "confirm-email", token);
    let (late, first) = overtaken(&world, TRANSACTION, confirm(&tokens[0]), confirm(&tokens[1])).await;
    assert_eq!((late.status, first.status), (400, 200), "{late:?}");
    let owners = world.accounts().await.into_iter().filter(|row| row["address"] == json!(THERE)).count();
    assert_eq!(owners, 1);
}

/// A mail of a claim is written with the claim, or not at all.
#[tokio::test]
async fn two_requests_for_one_address_at_once_are_one() {
    let world = World::start().await;
    let ada = Ada::of(&world).await;
    let (late, first) = overtaken(&world, TRANSACTION, ada.does("ask"), ada.does("ask")).await;
    assert_eq!((late.status, first.status), (429, 200), "{late:?}");
    let asked = letters(&world).await.into_iter().filter(|(to, _)| to == "another@example.org").count();
    assert_eq!(asked, 1);
}
