//! Whatever people, operators, and whoever reads people's mails, do in whatever order: the rules of an account's life hold. A model says
//! what each request comes to, whose each address is, which sessions and keys there are and how long the vault is shut; after each step the
//! tables are compared with it.

mod changes;
mod check;
mod endings;
mod links;
mod sessions;
mod sign_up;
mod steps;
mod vault;

use std::{cell::RefCell, collections::BTreeMap};

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use tests::{Person, Reply, Session, World};

use self::{
    sign_up::SignUps,
    steps::{Step, Which, steps},
};

const ADDRESSES: usize = 4;
const PASSWORDS: [&str; 2] = ["correct horse battery", "a horse of another colour"];
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// What must have come about, in all cases together, for the rules to have been tried. The cases are the same each time.
const AT_LEAST: [(&str, usize); 19] = [
    ("an account is made", 30),
    ("somebody signs in", 60),
    ("sessions end", 12),
    ("a password is changed", 2),
    ("a password is set by a link", 12),
    ("an address is changed", 4),
    ("an account is taken back", 9),
    ("an account returns to its former address", 3),
    ("an account is to end", 12),
    ("an account is kept", 1),
    ("an end begins", 10),
    ("an account ends", 7),
    ("an account is suspended", 10),
    ("an account is suspended no longer", 9),
    ("a key is added", 20),
    ("a key is shown", 3),
    ("a key is not shown", 6),
    ("a key is deleted", 3),
    ("keys end with their account", 1),
];

/// An account, as it should be.
#[derive(Default)]
struct Account {
    id: String,
    address: usize,
    password: Option<usize>,
    /// Whether it has never had one that counts: its sign-ups were of two minds.
    is_without_password: bool,
    /// Rises with everything that voids links.
    version: u32,
    /// The link that may move it next.
    next: Option<usize>,
    /// The link that has proven its address; none where it has returned there.
    proven_by: Option<usize>,
    former: Option<Former>,
    frozen_until: Option<i64>,
    /// The step in which it was taken back.
    secured: Option<usize>,
    is_banned: bool,
    ending: Option<Ending>,
    is_gone: bool,
}

/// Where an account was before.
#[derive(Clone, Copy)]
struct Former {
    address: usize,
    /// Until when it may return.
    until: i64,
}

/// The end of an account that is still there.
#[derive(Clone, Copy)]
struct Ending {
    due_at: i64,
    /// The letters of this step keep it.
    step: usize,
    has_begun: bool,
}

/// A session, as it should be.
struct Opened {
    account: usize,
    id: String,
    tokens: Session,
    /// When it was last refreshed; none once it has ended.
    refreshed_at: Option<i64>,
}

/// A key of an exchange, as it should be.
struct Key {
    account: usize,
    id: String,
    is_there: bool,
}

/// A link that was mailed.
struct Link {
    page: &'static str,
    token: String,
    address: usize,
    account: usize,
    /// The account's when it was mailed.
    version: u32,
    /// How often its address had changed hands.
    hands: usize,
    step: usize,
    at: i64,
    is_used: bool,
}

struct Life<'w> {
    world: &'w World,
    readers: Vec<Person<'w>>,
    /// What is known of sign-ups, by address.
    sign_ups: Vec<SignUps>,
    accounts: Vec<Account>,
    sessions: Vec<Opened>,
    keys: Vec<Key>,
    links: Vec<Link>,
    step: usize,
    /// Whom the step is about.
    about: usize,
    /// How often what has come about.
    came: BTreeMap<&'static str, usize>,
}

impl<'w> Life<'w> {
    /// Two people with an account each, and two addresses that nobody has.
    async fn begin(world: &'w World) -> Self {
        let mut life = Self {
            world,
            readers: (0..ADDRESSES).map(|_| world.person()).collect(),
            sign_ups: (0..ADDRESSES).map(|_| SignUps::default()).collect(),
            accounts: Vec::new(),
            sessions: Vec::new(),
            keys: Vec::new(),
            links: Vec::new(),
            step: 0,
            about: 0,
            came: BTreeMap::new(),
        };
        for address in 0..2 {
            life.sign_up(address, 0).await;
            life.read_mails().await;
            life.redeem("verify-email", Which::Late(0), 0).await;
        }
        assert_eq!(life.accounts.len(), 2);
        life
    }

    fn now(&self) -> i64 {
        self.world.now().as_second()
    }

    fn comes_about(&mut self, what: &'static str) {
        *self.came.entry(what).or_default() += 1;
    }

    fn owner(&self, address: usize) -> Option<usize> {
        self.accounts.iter().position(|account| !account.is_gone && account.address == address)
    }

    /// The address that an account may return to.
    fn former(&self, account: usize) -> Option<usize> {
        let Account { former, is_gone, .. } = self.accounts[account];
        former.filter(|former| !is_gone && self.now() < former.until).map(|former| former.address)
    }

    fn is_free(&self, address: usize) -> bool {
        self.owner(address).is_none() && (0..self.accounts.len()).all(|account| self.former(account) != Some(address))
    }

    fn lives(&self, session: usize) -> bool {
        self.sessions[session].refreshed_at.is_some_and(|at| self.now() < at + 30 * DAY)
    }

    /// The sessions of an account end, but one.
    fn end_sessions(&mut self, account: usize, staying: Option<usize>) {
        for (number, session) in self.sessions.iter_mut().enumerate() {
            if session.account == account && staying != Some(number) {
                session.refreshed_at = None;
            }
        }
    }

    /// An account changes in a way that voids its links.
    fn change(&mut self, account: usize) -> &mut Account {
        self.accounts[account].version += 1;
        &mut self.accounts[account]
    }

    fn freeze(&mut self, account: usize) {
        let until = Some(self.now() + DAY);
        let frozen = &mut self.accounts[account].frozen_until;
        *frozen = (*frozen).max(until);
    }

    /// One of the sessions that there ever were, with an access token that is young enough if it lives.
    async fn session(&mut self, which: Which) -> Option<usize> {
        let number = which.among(self.sessions.len().max(1));
        self.about = self.sessions.get(number)?.account;
        if self.lives(number) {
            let reply = self.world.refresh(&self.sessions[number].tokens.refresh).await;
            reply.assert_ok();
            let now = self.now();
            let session = &mut self.sessions[number];
            (session.tokens, session.refreshed_at) = (Session::of(&reply), Some(now));
        }
        Some(number)
    }

    async fn take(&mut self, step: &Step) {
        match *step {
            Step::SignUp { address, password } => self.sign_up(address, password).await,
            Step::LogIn { address, password } => self.log_in(address, password).await,
            Step::LogOut { session, scope } => self.log_out(session, scope).await,
            Step::Revoke { session, other } => self.revoke(session, other).await,
            Step::ChangePassword { session, current, new } => self.change_password(session, current, new).await,
            Step::ChangeEmail { session, current, address } => self.change_email(session, current, address).await,
            Step::Forget { address } => self.forget(address).await,
            Step::Redeem { page, link, password } => self.redeem(page, link, password).await,
            Step::AddKey { session } => self.add_key(session).await,
            Step::Decrypt { session, key } => self.decrypt(session, key).await,
            Step::DeleteKey { session, key } => self.delete_key(session, key).await,
            Step::Delete { session, current } => self.delete(session, current).await,
            Step::Operate { account, order } => self.operate(account, order).await,
            Step::EndAccounts { once } => self.end_accounts(once).await,
            Step::Wait { seconds } => self.world.advance(seconds.unsigned_abs()),
        }
    }
}

/// Whether a request came to what it was asked for, where it should come to one of these. A limit may be in its way at any time, and then
/// nothing has changed.
fn came_to(reply: &Reply, expected: &[u64]) -> bool {
    assert!(expected.contains(&reply.status) || reply.status == 429, "{expected:?}: {reply:?}");
    reply.status == 200
}

/// Lives through all of it; what has come about.
async fn lived(steps: &[Step]) -> BTreeMap<&'static str, usize> {
    let world = World::start().await;
    let mut life = Life::begin(&world).await;
    for (number, step) in (1..).zip(steps) {
        life.step = number;
        life.take(step).await;
        life.read_mails().await;
        life.check().await;
        // Past the times that are between two letters, and between two refreshes.
        world.advance(61);
    }
    life.came
}

#[test]
fn the_rules_of_an_accounts_life_hold_in_whatever_order() {
    let config = Config { cases: 20, failure_persistence: None, max_shrink_iters: 80, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let came = RefCell::new(BTreeMap::<_, usize>::new());
    let outcome = runner.run(&steps(), |steps| {
        for (what, times) in runtime.block_on(lived(&steps)) {
            *came.borrow_mut().entry(what).or_default() += times;
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
    let came = came.into_inner();
    println!("{came:?}");
    for (what, times) in AT_LEAST {
        assert!(came.get(what).is_some_and(|came| *came >= times), "{what}: hardly a test of it: {came:?}");
    }
}
