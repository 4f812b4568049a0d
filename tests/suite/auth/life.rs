//! Whatever two people, and whoever reads their mails, do in whatever order: the rules of an account's life hold. A model says what each request
//! comes to, which sessions live, whose each address is and how long the vault is shut; after each step the tables are compared with it.

use std::{cell::Cell, collections::BTreeSet};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use proptest::{
    prelude::{Just, Strategy, any, prop_oneof},
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tests::{Person, Reply, Session, World};

/// What somebody does. An `Index` names one of what there is at that time: sessions, living or not, and mailed links, used or not.
#[derive(Clone, Debug)]
enum Step {
    LogIn { address: usize, password: usize },
    LogOut { session: Index, scope: &'static str },
    Revoke { session: Index, other: Index },
    ChangePassword { session: Index, current: usize, new: usize },
    ChangeEmail { session: Index, current: usize, address: usize },
    Forget { address: usize },
    Redeem { link: Index, password: usize },
    Delete { session: Index, current: usize },
    EndAccounts,
    Wait { seconds: i64 },
}

const ADDRESSES: usize = 4;
const PASSWORDS: [&str; 2] = ["correct horse battery", "a horse of another colour"];
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Letters that carry links, by their pages.
const PAGES: [&str; 4] = ["reset-password", "confirm-email", "not-me", "keep-account"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Mostly the right ones: what is refused changes nothing.
    let address = || prop_oneof![4 => 0..2_usize, 1 => 2..ADDRESSES];
    let password = || prop_oneof![5 => Just(0_usize), 1 => Just(1_usize)];
    let session = any::<Index>;
    let step = prop_oneof![
        14 => (address(), password()).prop_map(|(address, password)| Step::LogIn { address, password }),
        2 => (session(), select(vec!["local", "others", "global"])).prop_map(|(session, scope)| Step::LogOut { session, scope }),
        1 => (session(), session()).prop_map(|(session, other)| Step::Revoke { session, other }),
        3 => (session(), password(), password())
            .prop_map(|(session, current, new)| Step::ChangePassword { session, current, new }),
        5 => (session(), password(), 0..ADDRESSES)
            .prop_map(|(session, current, address)| Step::ChangeEmail { session, current, address }),
        2 => address().prop_map(|address| Step::Forget { address }),
        12 => (any::<Index>(), password()).prop_map(|(link, password)| Step::Redeem { link, password }),
        2 => (session(), password()).prop_map(|(session, current)| Step::Delete { session, current }),
        2 => Just(Step::EndAccounts),
        3 => select(vec![10 * MINUTE, HOUR, DAY, 3 * DAY, 7 * DAY]).prop_map(|seconds| Step::Wait { seconds }),
    ];
    proptest::collection::vec(step, 30..70)
}

/// An account, as it should be.
#[derive(Default)]
struct Account {
    id: String,
    address: usize,
    password: Option<usize>,
    /// Rises with everything that voids links.
    version: u32,
    /// The link that may move it next.
    next: Option<usize>,
    /// The link that has moved it to where it is.
    moved_by: Option<usize>,
    /// Where it was before, and until when it may return.
    former: Option<(usize, i64)>,
    frozen_until: Option<i64>,
    /// The step in which it was taken back.
    secured: Option<usize>,
    /// When it is to end, and by the letters of which step it may be kept.
    ending: Option<(i64, usize)>,
    is_gone: bool,
}

/// A session, as it should be.
struct Opened {
    account: usize,
    id: String,
    tokens: Session,
    /// When it was last refreshed; none once it has ended.
    refreshed_at: Option<i64>,
}

/// A link that was mailed.
struct Link {
    page: &'static str,
    token: String,
    address: usize,
    account: usize,
    version: u32,
    step: usize,
    at: i64,
    is_used: bool,
}

struct Life<'w> {
    world: &'w World,
    readers: Vec<Person<'w>>,
    accounts: Vec<Account>,
    sessions: Vec<Opened>,
    links: Vec<Link>,
    step: usize,
    /// Whom the step is about.
    about: usize,
    /// Steps that came to something.
    effects: usize,
}

impl<'w> Life<'w> {
    /// Two people with an address each, and two addresses that nobody has.
    async fn begin(world: &'w World) -> Self {
        let readers: Vec<_> = (0..ADDRESSES).map(|_| world.person()).collect();
        let mut accounts = Vec::new();
        for (address, reader) in readers.iter().enumerate().take(2) {
            reader.signs_up().await.assert_ok();
            reader.verifies().await.assert_ok();
            let id = reader.account().await["id"].as_str().unwrap().to_owned();
            accounts.push(Account { id, address, password: Some(0), version: 1, ..Account::default() });
        }
        Self { world, readers, accounts, sessions: Vec::new(), links: Vec::new(), step: 0, about: 0, effects: 0 }
    }

    fn now(&self) -> i64 {
        self.world.now().as_second()
    }

    fn owner(&self, address: usize) -> Option<usize> {
        self.accounts.iter().position(|account| !account.is_gone && account.address == address)
    }

    fn former(&self, account: usize) -> Option<usize> {
        let Account { former, is_gone, .. } = self.accounts[account];
        former.filter(|(_, until)| !is_gone && self.now() < *until).map(|(address, _)| address)
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

    fn change(&mut self, account: usize) -> &mut Account {
        self.effects += 1;
        self.accounts[account].version += 1;
        &mut self.accounts[account]
    }

    fn freeze(&mut self, account: usize) {
        let until = Some(self.now() + DAY);
        let frozen = &mut self.accounts[account].frozen_until;
        *frozen = (*frozen).max(until);
    }

    /// One of the sessions that there ever were, with an access token that is young enough if it lives.
    async fn session(&mut self, which: &Index) -> Option<usize> {
        let number = which.index(self.sessions.len().max(1));
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
        match step {
            Step::LogIn { address, password } => self.log_in(*address, *password).await,
            Step::LogOut { session, scope } => self.log_out(session, scope).await,
            Step::Revoke { session, other } => self.revoke(session, other).await,
            Step::ChangePassword { session, current, new } => self.change_password(session, *current, *new).await,
            Step::ChangeEmail { session, current, address } => self.change_email(session, *current, *address).await,
            Step::Forget { address } => {
                self.about = self.owner(*address).unwrap_or_default();
                let reply = self.readers[*address].forgets().await;
                assert!([200, 429].contains(&reply.status), "{reply:?}");
            }
            Step::Redeem { link, password } => self.redeem(link, *password).await,
            Step::Delete { session, current } => self.delete(session, *current).await,
            Step::EndAccounts => self.end_accounts().await,
            Step::Wait { seconds } => self.world.advance(seconds.unsigned_abs()),
        }
    }

    async fn log_in(&mut self, address: usize, password: usize) {
        let reply = self.readers[address].rival(PASSWORDS[password]).logs_in().await;
        let expected = match self.owner(address).map(|owner| &self.accounts[owner]) {
            Some(Account { password: Some(right), ending, .. }) if *right == password => {
                if ending.is_some() {
                    403
                } else {
                    200
                }
            }
            _ => 401,
        };
        if !came_to(&reply, &[expected]) {
            return;
        }
        let (tokens, now) = (Session::of(&reply), self.now());
        let account = self.owner(address).unwrap();
        self.about = account;
        self.effects += 1;
        self.sessions.push(Opened { account, id: session_id(&tokens), tokens, refreshed_at: Some(now) });
    }

    async fn log_out(&mut self, session: &Index, scope: &str) {
        let Some(number) = self.session(session).await else { return };
        let (lives, token) = (self.lives(number), self.sessions[number].tokens.access.clone());
        let reply = self.world.post("/auth/logout", json!({ "access_token": token, "scope": scope })).await;
        if !came_to(&reply, &[if lives || scope == "local" { 200 } else { 401 }]) || !lives {
            return;
        }
        self.effects += 1;
        match scope {
            "local" => self.sessions[number].refreshed_at = None,
            "others" => self.end_sessions(self.about, Some(number)),
            _ => self.end_sessions(self.about, None),
        }
    }

    async fn revoke(&mut self, session: &Index, other: &Index) {
        let Some(number) = self.session(session).await else { return };
        let other = other.index(self.sessions.len());
        let is_own = self.sessions[other].account == self.about && self.lives(other);
        let path = format!("/auth/sessions/{}", self.sessions[other].id);
        let reply = self.world.delete_as(&self.sessions[number].tokens, &path).await;
        let expected = match (self.lives(number), is_own) {
            (false, _) => 401,
            (true, false) => 404,
            (true, true) => 200,
        };
        if came_to(&reply, &[expected]) {
            self.effects += 1;
            self.sessions[other].refreshed_at = None;
        }
    }

    async fn change_password(&mut self, session: &Index, current: usize, new: usize) {
        let Some(number) = self.session(session).await else { return };
        let body = json!({ "current_password": PASSWORDS[current], "new_password": PASSWORDS[new] });
        let reply = self.world.post_as(&self.sessions[number].tokens, "/auth/change-password", body).await;
        let expected = match self.accounts[self.about].password {
            _ if !self.lives(number) => 401,
            Some(right) if right != current => 403,
            _ if new == current => 400,
            _ => 200,
        };
        if came_to(&reply, &[expected]) {
            self.change(self.about).password = Some(new);
            self.end_sessions(self.about, Some(number));
        }
    }

    async fn change_email(&mut self, session: &Index, current: usize, address: usize) {
        let Some(number) = self.session(session).await else { return };
        let body = json!({ "current_password": PASSWORDS[current], "new_email": self.readers[address].email });
        let reply = self.world.post_as(&self.sessions[number].tokens, "/auth/change-email", body).await;
        let account = &self.accounts[self.about];
        let expected = match account.password {
            _ if !self.lives(number) => 401,
            Some(right) if right != current => 403,
            _ if account.address == address => 400,
            _ if self.former(self.about).is_some() => 409,
            _ => 200,
        };
        if came_to(&reply, &[expected]) {
            self.effects += 1;
            // Which link that is shows when its letter arrives; where the address is somebody's, none does.
            self.accounts[self.about].next = None;
        }
    }

    async fn redeem(&mut self, link: &Index, password: usize) {
        if self.links.is_empty() {
            return;
        }
        let number = link.index(self.links.len());
        self.about = self.links[number].account;
        let Link { page, ref token, .. } = self.links[number];
        let mut body = json!({ "token": token });
        if page == "reset-password" {
            body["password"] = PASSWORDS[password].into();
        }
        let reply = self.world.post(&format!("/auth/{page}"), body).await;
        match page {
            "reset-password" => self.reset(number, password, &reply),
            "confirm-email" => self.confirm(number, &reply),
            "not-me" => self.not_me(number, &reply),
            _ => self.keep(number, &reply),
        }
    }

    fn reset(&mut self, number: usize, password: usize, reply: &Reply) {
        let (link, account) = (&self.links[number], &self.accounts[self.about]);
        let is_good = !account.is_gone
            && account.ending.is_none()
            && (account.address, account.version) == (link.address, link.version)
            && self.now() < link.at + 30 * MINUTE;
        if !is_good {
            // Who repeats it is told how it went.
            let is_repeated = link.is_used && account.password == Some(password);
            assert!([400, 429].contains(&reply.status) || (is_repeated && reply.status == 200), "{reply:?}");
            return;
        }
        if came_to(reply, &[200]) {
            self.links[number].is_used = true;
            let step = self.step;
            let account = self.change(self.about);
            (account.password, account.secured) = (Some(password), Some(step));
            self.freeze(self.about);
            self.end_sessions(self.about, None);
        }
    }

    fn confirm(&mut self, number: usize, reply: &Reply) {
        let (link, account) = (&self.links[number], &self.accounts[self.about]);
        let is_good = !account.is_gone
            && account.ending.is_none()
            && (account.next, account.version) == (Some(number), link.version)
            && self.now() < link.at + HOUR
            && self.former(self.about).is_none()
            && self.is_free(link.address);
        if !is_good {
            let has_moved = !account.is_gone && account.moved_by == Some(number);
            assert_eq!(reply.status, if has_moved { 200 } else { 400 }, "{reply:?}");
            return;
        }
        assert!(came_to(reply, &[200]));
        let (address, until) = (link.address, self.now() + 7 * DAY);
        let account = self.change(self.about);
        account.former = Some((account.address, until));
        (account.address, account.next, account.moved_by) = (address, None, Some(number));
        self.freeze(self.about);
        self.end_sessions(self.about, None);
    }

    fn not_me(&mut self, number: usize, reply: &Reply) {
        let link = &self.links[number];
        // Whose the address is now, or may be again.
        let about = self.owner(link.address);
        let returning = (0..self.accounts.len()).find(|account| self.former(*account) == Some(link.address));
        let is_over = link.at + 7 * DAY <= self.now();
        let Some(about) = about.or(returning).filter(|_| !is_over) else {
            return assert_eq!(reply.status, 400, "{reply:?}");
        };
        assert_eq!(reply.status, 200, "{reply:?}");
        let account = &self.accounts[about];
        if account.address == link.address && account.secured.is_some_and(|step| link.step < step || link.is_used) {
            return;
        }
        let address = link.address;
        self.about = about;
        self.links[number].is_used = true;
        let step = self.step;
        let account = self.change(about);
        if account.address != address {
            (account.address, account.former, account.moved_by) = (address, None, None);
        }
        (account.password, account.secured, account.ending, account.next) = (None, Some(step), None, None);
        self.freeze(about);
        self.end_sessions(about, None);
    }

    fn keep(&mut self, number: usize, reply: &Reply) {
        let link = &self.links[number];
        let account = &self.accounts[self.about];
        let is_good = account.ending.is_some_and(|(_, step)| step == link.step);
        if !is_good {
            assert!(reply.status == 400 || (link.is_used && reply.status == 200), "{reply:?}");
            return;
        }
        assert!(came_to(reply, &[200]));
        self.links[number].is_used = true;
        self.effects += 1;
        self.accounts[self.about].ending = None;
    }

    async fn delete(&mut self, session: &Index, current: usize) {
        let Some(number) = self.session(session).await else { return };
        let body = json!({ "current_password": PASSWORDS[current] });
        let reply = self.world.post_as(&self.sessions[number].tokens, "/auth/delete-account", body).await;
        let expected = match self.accounts[self.about].password {
            _ if !self.lives(number) => 401,
            Some(right) if right != current => 403,
            _ if self.former(self.about).is_some() => 409,
            _ => 200,
        };
        if came_to(&reply, &[expected]) {
            let ending = Some((self.now() + 7 * DAY, self.step));
            let account = self.change(self.about);
            (account.ending, account.next) = (ending, None);
            self.end_sessions(self.about, None);
        }
    }

    async fn end_accounts(&mut self) {
        // Each function does its part once another has done its own.
        for _ in 0..4 {
            self.world.end_accounts().await;
        }
        let now = self.now();
        for account in &mut self.accounts {
            if account.ending.is_some_and(|(due, _)| due <= now) && !account.is_gone {
                (account.is_gone, account.ending) = (true, None);
                self.effects += 1;
            }
        }
    }

    /// Notes the links that have been mailed since the last step.
    async fn read_mails(&mut self) {
        let (version, step, at) = (self.accounts[self.about].version, self.step, self.now());
        for address in 0..ADDRESSES {
            for page in PAGES {
                for token in self.readers[address].all_mailed(page).await {
                    if self.links.iter().any(|link| link.token == token) {
                        continue;
                    }
                    if page == "confirm-email" {
                        self.accounts[self.about].next = Some(self.links.len());
                    }
                    let account = self.about;
                    self.links.push(Link { page, token, address, account, version, step, at, is_used: false });
                }
            }
        }
    }

    /// The tables say what the model says.
    async fn check(&self) {
        let (sessions, accounts) = (self.world.rows("Sessions").await, self.world.rows("Accounts").await);
        let row = |pk: String, sk: &str| accounts.iter().find(|row| row["pk"] == pk.as_str() && row["sk"] == sk);
        for (number, account) in self.accounts.iter().enumerate() {
            let pk = format!("ACCOUNT#{}", account.id);
            let credentials = row(pk.clone(), "CREDENTIALS").expect("an account, or what is left of it");
            let living = |row: &&Value| {
                row["pk"] == pk.as_str() && row["sk"] != "GUARD" && row["expires_at"].as_i64().unwrap() > self.now()
            };
            let living: BTreeSet<_> = sessions.iter().filter(living).map(|row| row["id"].as_str().unwrap()).collect();
            let expected = self.sessions.iter().enumerate();
            let expected = expected.filter(|(at, session)| session.account == number && self.lives(*at));
            assert_eq!(living, expected.map(|(_, session)| session.id.as_str()).collect(), "sessions of {number}");
            if account.is_gone {
                assert!(credentials.get("address").is_none(), "{credentials}");
                continue;
            }
            assert_eq!(credentials["address"], self.readers[account.address].email.as_str());
            assert_eq!(credentials.get("password").is_some(), account.password.is_some(), "{credentials}");
            assert_eq!(credentials.get("ending").is_some(), account.ending.is_some(), "{credentials}");
            let guard = sessions.iter().find(|row| row["pk"] == pk.as_str() && row["sk"] == "GUARD").expect("a guard");
            assert_eq!(guard["frozen_until"].as_i64(), account.frozen_until, "{guard}");
        }
        let owned = accounts.iter().filter(|row| row["sk"] == "ADDRESS" && row.get("owner").is_some());
        let owned: BTreeSet<_> = owned.map(|row| row["owner"].as_str().unwrap().to_owned()).collect();
        let living = self.accounts.iter().filter(|account| !account.is_gone);
        assert_eq!(owned, living.map(|account| account.id.clone()).collect(), "each account has one address");
    }
}

/// Whether a request came to what it was asked for, where it should come to one of these. A limit may be in its way at any time, and then
/// nothing has changed.
fn came_to(reply: &Reply, expected: &[u64]) -> bool {
    assert!(expected.contains(&reply.status) || reply.status == 429, "{expected:?}: {reply:?}");
    reply.status == 200
}

/// The session that an access token names.
fn session_id(session: &Session) -> String {
    let claims = session.access.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
}

/// Lives through all of it; how many steps came to something.
async fn lived(steps: &[Step]) -> usize {
    let world = World::start().await;
    let mut life = Life::begin(&world).await;
    for (number, step) in steps.iter().enumerate() {
        life.step = number;
        life.take(step).await;
        life.read_mails().await;
        life.check().await;
        // Past the times that are between two letters, and between two refreshes.
        world.advance(61);
    }
    life.effects
}

#[test]
fn the_rules_of_an_accounts_life_hold_in_whatever_order() {
    let config = Config { cases: 20, failure_persistence: None, max_shrink_iters: 80, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let effects = Cell::new(0);
    let outcome = runner.run(&steps(), |steps| {
        effects.set(effects.get() + runtime.block_on(lived(&steps)));
        Ok(())
    });
    outcome.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(effects.get() > 150, "{} is hardly a test", effects.get());
}
