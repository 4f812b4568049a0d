//! Everything that opens something against everything that ends it, in all pairs: one is held at its first write until the other is through.
//! What comes of it is what comes of doing one after the other, in one order or the other: no session outlives its password, no key its
//! account, and nothing is half moved.

use std::{cell::RefCell, future::Future};

use admin::account_change;
use auth::operators::Command;
use serde_json::json;
use shared::ids::AccountId;
use tests::{Person, Reply, Session, World};

use super::changes::{asks_for, at, changes_password, overtaken, resets};
use crate::api_keys::keeps_a_key;

const THERE: &str = "elsewhere@example.org";
const NEW: &str = "chosen a moment ago";
const KEYS: &str = "/api/v1/api-keys/";

/// What somebody does to one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    SignIn,
    Refresh,
    CreateKey,
    Decrypt,
    Change,
    Confirm,
    Reset,
    NotMe,
    Ban,
    Delete,
}

use Deed::{Ban, Change, Confirm, CreateKey, Decrypt, Delete, NotMe, Refresh, Reset, SignIn};

const ALL: [Deed; 10] = [SignIn, Refresh, CreateKey, Decrypt, Change, Confirm, Reset, NotMe, Ban, Delete];

/// What has come of two deeds.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    /// How each was answered, the first one first.
    statuses: [u64; 2],
    /// Which sessions live: the one that there was, and the one that was opened, if one was.
    living: (bool, Option<bool>),
    /// How each address and password are answered that may be the account's.
    logins: Vec<u64>,
    keys: usize,
    is_banned: bool,
    is_ending: bool,
    is_frozen: bool,
    /// Addresses that belong to the account.
    owned: usize,
}

/// An account with a session, a key, and letters whose links are good.
struct Ada<'w> {
    person: Person<'w>,
    session: Session,
    key: String,
    reset: String,
    confirm: String,
    not_me: String,
    opened: RefCell<Option<Session>>,
}

impl<'w> Ada<'w> {
    async fn of(world: &'w World) -> Self {
        let (person, session) = world.person().signed_in().await;
        let key = keeps_a_key(world, &session, "a-key").await;
        asks_for(&person, &session, THERE).await.assert_ok();
        let reset = person.is_offered_a_password().await;
        let (confirm, not_me) = (at(&person, THERE).mailed("confirm-email").await, person.mailed("not-me").await);
        world.pause_mail().await;
        Self { person, session, key, reset, confirm, not_me, opened: RefCell::default() }
    }

    async fn does(&self, deed: Deed) -> u64 {
        let (world, person, session) = (self.person.world, &self.person, &self.session);
        let link =
            async |page: &str, token: &str| world.post(&format!("/auth/{page}"), json!({ "token": token })).await;
        let reply: Reply = match deed {
            SignIn => {
                let reply = person.logs_in().await;
                *self.opened.borrow_mut() = Some(&reply).filter(|reply| reply.status == 200).map(Session::of);
                reply
            }
            Refresh => world.refresh(&session.refresh).await,
            CreateKey => {
                let body = json!({ "exchange": "binance", "label": "new", "api_key": "another", "secret": "a-secret" });
                world.post_as(session, KEYS, body).await
            }
            Decrypt => world.post_as(session, &format!("{}/decrypt", self.key), json!(null)).await,
            Change => changes_password(person, session, NEW).await,
            Confirm => link("confirm-email", &self.confirm).await,
            Reset => resets(world, &self.reset, NEW).await,
            NotMe => link("not-me", &self.not_me).await,
            Ban => return self.is_banned().await,
            Delete => {
                let body = json!({ "current_password": person.password });
                world.post_as(session, "/auth/delete-account", body).await
            }
        };
        match (deed, reply.status) {
            // Whoever signs in and is overtaken is not told by what; whoever is by a deletion of his own may be.
            (SignIn, 403) | (Delete, 409) => 401,
            (_, status) => status,
        }
    }

    async fn is_banned(&self) -> u64 {
        let world = self.person.world;
        let user = AccountId::parse(&self.session.user_id).unwrap();
        let whose = account_change::Arguments { user, yes: true };
        let command = Command::Ban("test".to_owned());
        let told = account_change::change(&world.operator(), &whose, &command, &world.clock).await.unwrap();
        if told.is_done { 200 } else { 409 }
    }

    async fn lives(&self, session: &Session) -> bool {
        self.person.world.get_as(session, "/auth/profile").await.status == 200
    }

    async fn outcome(&self, statuses: [u64; 2]) -> Outcome {
        let world = self.person.world;
        let opened = self.opened.borrow().clone();
        let opened = match &opened {
            Some(opened) => Some(self.lives(opened).await),
            None => None,
        };
        let living = (self.lives(&self.session).await, opened);
        let mut logins = Vec::new();
        for person in [at(&self.person, &self.person.email), at(&self.person, THERE)] {
            for password in [person.password.clone(), NEW.to_owned()] {
                logins.push(person.rival(&password).logs_in().await.status);
            }
        }
        let account = world.accounts().await.remove(0);
        let guards = world.rows_of("Sessions", "ACCOUNT#").await;
        let guard = guards.iter().find(|row| row["sk"] == "GUARD").unwrap();
        let mut keys = world.rows_of("ExchangeKeys", "ACCOUNT#").await;
        keys.retain(|row| row["sk"].as_str().unwrap().starts_with("KEY#"));
        let mut owned = world.rows_of("Accounts", "ADDRESS#").await;
        owned.retain(|row| row.get("owner").is_some());
        Outcome {
            statuses,
            living,
            logins,
            keys: keys.len(),
            is_banned: account.get("banned").is_some(),
            is_ending: account.get("ending").is_some(),
            is_frozen: guard.get("frozen_until").is_some(),
            owned: owned.len(),
        }
    }
}

/// Both deeds, one after the other.
async fn one_after_the_other(first: Deed, second: Deed) -> Outcome {
    let world = World::start().await;
    let ada = Ada::of(&world).await;
    let statuses = [ada.does(first).await, ada.does(second).await];
    ada.outcome(statuses).await
}

/// The second deed is done while the first one is at its first write, which is a transaction for most.
async fn at_once(slow: Deed, quick: Deed) -> Outcome {
    let world = World::start().await;
    let ada = Ada::of(&world).await;
    let write = if slow == Refresh { "UpdateItem" } else { "TransactWriteItems" };
    let (slow, quick) = Box::pin(overtaken(&world, write, ada.does(slow), ada.does(quick))).await;
    ada.outcome([slow, quick]).await
}

async fn in_all_pairs(slow: Deed) {
    for quick in ALL {
        let [slow_first, mut quick_first] =
            [one_after_the_other(slow, quick).await, one_after_the_other(quick, slow).await];
        quick_first.statuses.reverse();
        let outcome = Box::pin(at_once(slow, quick)).await;
        assert!(
            outcome == slow_first || outcome == quick_first,
            "{slow:?} overtaken by {quick:?}: {outcome:#?}\nis neither {slow_first:#?}\nnor {quick_first:#?}"
        );
    }
}

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work);
}

#[test]
fn a_sign_in_in_all_pairs() {
    run(in_all_pairs(SignIn));
}

#[test]
fn a_refresh_in_all_pairs() {
    run(in_all_pairs(Refresh));
}

#[test]
fn a_new_key_in_all_pairs() {
    run(in_all_pairs(CreateKey));
}

#[test]
fn a_secret_that_is_shown_in_all_pairs() {
    run(in_all_pairs(Decrypt));
}

#[test]
fn a_change_of_password_in_all_pairs() {
    run(in_all_pairs(Change));
}

#[test]
fn a_change_of_address_in_all_pairs() {
    run(in_all_pairs(Confirm));
}

#[test]
fn a_reset_in_all_pairs() {
    run(in_all_pairs(Reset));
}

#[test]
fn an_owners_word_in_all_pairs() {
    run(in_all_pairs(NotMe));
}

#[test]
fn a_ban_in_all_pairs() {
    run(in_all_pairs(Ban));
}

#[test]
fn a_deletion_in_all_pairs() {
    run(in_all_pairs(Delete));
}
