//! Links that were mailed come back.

use serde_json::json;
use tests::Reply;

use super::{Account, DAY, Former, HOUR, Life, Link, MINUTE, PASSWORDS, SignUps, Which, came_to};

/// Letters that carry links, by their pages.
pub const PAGES: [&str; 5] = ["verify-email", "reset-password", "confirm-email", "not-me", "keep-account"];

impl Life<'_> {
    /// Notes the links that have been mailed since the last step.
    pub async fn read_mails(&mut self) {
        let (account, step) = (self.about, self.step);
        let version = self.accounts.get(account).map_or(0, |account| account.version);
        for address in 0..self.readers.len() {
            for page in PAGES {
                for token in self.readers[address].all_mailed(page).await {
                    if self.links.iter().any(|link| link.token == token) {
                        continue;
                    }
                    let SignUps { hands, link_at, .. } = self.sign_ups[address];
                    if page == "confirm-email" {
                        self.accounts[account].next = Some(self.links.len());
                    }
                    let at = if page == "verify-email" { link_at.unwrap() } else { self.now() };
                    self.links.push(Link { page, token, address, account, version, hands, step, at, is_used: false });
                }
            }
        }
    }

    pub async fn redeem(&mut self, page: &str, link: Which, password: usize) {
        let known = self.links.iter().enumerate().filter(|(_, known)| known.page == page).map(|(number, _)| number);
        let known: Vec<_> = known.collect();
        if known.is_empty() {
            return;
        }
        let number = known[link.among(known.len())];
        let Link { account, ref token, .. } = self.links[number];
        self.about = account;
        let mut body = json!({ "token": token });
        if page == "reset-password" {
            body["password"] = PASSWORDS[password].into();
        }
        let reply = self.world.post(&format!("/auth/{page}"), body).await;
        match page {
            "verify-email" => self.verify(number, &reply),
            "reset-password" => self.reset(number, password, &reply),
            "confirm-email" => self.confirm(number, &reply),
            "not-me" => self.not_me(number, &reply),
            _ => self.keep(number, &reply),
        }
    }

    fn verify(&mut self, number: usize, reply: &Reply) {
        let Link { address, hands, at, .. } = self.links[number];
        if self.has_proven(number) {
            return assert_eq!(reply.status, 200, "{reply:?}");
        }
        let SignUps { hands: present, password, .. } = self.sign_ups[address];
        if hands != present || !self.is_free(address) || at + DAY <= self.now() {
            return assert_eq!(reply.status, 400, "{reply:?}");
        }
        assert_eq!(reply.status, 200, "{reply:?}");
        let id = reply.body["user_id"].as_str().unwrap().to_owned();
        self.about = self.accounts.len();
        self.accounts.push(Account {
            id,
            address,
            password,
            is_without_password: password.is_none(),
            version: 1,
            proven_by: Some(number),
            ..Account::default()
        });
        self.changes_hands(address);
        self.comes_about("an account is made");
    }

    /// Whether somebody has an address by this very link.
    fn has_proven(&self, number: usize) -> bool {
        let owner = self.owner(self.links[number].address);
        owner.is_some_and(|owner| self.accounts[owner].proven_by == Some(number))
    }

    /// Whether a link moves or secures the account as it was when it was mailed.
    fn is_of_now(&self, number: usize) -> bool {
        let (link, account) = (&self.links[number], &self.accounts[self.about]);
        let is_open = !account.is_gone && !account.is_banned && account.ending.is_none();
        is_open && account.version == link.version
    }

    fn reset(&mut self, number: usize, password: usize, reply: &Reply) {
        let (link, account) = (&self.links[number], &self.accounts[self.about]);
        if !self.is_of_now(number) || account.address != link.address || link.at + 30 * MINUTE <= self.now() {
            // Who repeats it is told how it went.
            let is_repeated = link.is_used && account.password == Some(password);
            assert!([400, 429].contains(&reply.status) || (is_repeated && reply.status == 200), "{reply:?}");
            return;
        }
        if came_to(reply, &[200]) {
            self.links[number].is_used = true;
            let step = self.step;
            let is_first = self.accounts[self.about].is_without_password;
            let account = self.change(self.about);
            (account.password, account.secured) = (Some(password), Some(step));
            account.is_without_password = false;
            if !is_first {
                self.freeze(self.about);
            }
            self.end_sessions(self.about, None);
            self.comes_about("a password is set by a link");
        }
    }

    fn confirm(&mut self, number: usize, reply: &Reply) {
        if self.has_proven(number) {
            return assert_eq!(reply.status, 200, "{reply:?}");
        }
        let Link { address, hands, at, .. } = self.links[number];
        let is_good = self.is_of_now(number)
            && self.accounts[self.about].next == Some(number)
            && self.now() < at + HOUR
            && self.former(self.about).is_none()
            && self.is_free(address)
            && hands == self.sign_ups[address].hands;
        if !is_good {
            return assert_eq!(reply.status, 400, "{reply:?}");
        }
        assert_eq!(reply.status, 200, "{reply:?}");
        let until = self.now() + 7 * DAY;
        let account = self.change(self.about);
        let left = account.address;
        account.former = Some(Former { address: left, until });
        (account.address, account.next, account.proven_by) = (address, None, Some(number));
        self.changes_hands(left);
        self.changes_hands(address);
        self.freeze(self.about);
        self.end_sessions(self.about, None);
        self.comes_about("an address is changed");
    }

    fn not_me(&mut self, number: usize, reply: &Reply) {
        let Link { address, at, is_used, step, .. } = self.links[number];
        // Whose the address is now, or may be again.
        let returning = || (0..self.accounts.len()).find(|account| self.former(*account) == Some(address));
        let about = self.owner(address).or_else(returning).filter(|_| self.now() < at + 7 * DAY);
        let is_there = |account: &Account| account.ending.is_none_or(|ending| !ending.has_begun);
        // Who is suspended stays so; the way back to a former address ends in a week, and is open all the same.
        let is_open = |account: &Account| is_there(account) && !(account.is_banned && account.address == address);
        let Some(about) = about.filter(|about| is_open(&self.accounts[*about])) else {
            return assert_eq!(reply.status, 400, "{reply:?}");
        };
        assert_eq!(reply.status, 200, "{reply:?}");
        let account = &self.accounts[about];
        if account.address == address && account.secured.is_some_and(|secured| step < secured || is_used) {
            return;
        }
        self.about = about;
        self.links[number].is_used = true;
        let secured = Some(self.step);
        let account = self.change(about);
        let left = account.address;
        (account.password, account.secured, account.ending, account.next) = (None, secured, None, None);
        account.is_without_password = false;
        (account.address, account.former) = (address, account.former.filter(|_| left == address));
        if left != address {
            account.proven_by = None;
            self.changes_hands(left);
            self.changes_hands(address);
            self.comes_about("an account returns to its former address");
        }
        self.freeze(about);
        self.end_sessions(about, None);
        self.comes_about("an account is taken back");
    }

    fn keep(&mut self, number: usize, reply: &Reply) {
        let (link, account) = (&self.links[number], &self.accounts[self.about]);
        let is_meant = account.ending.is_some_and(|ending| ending.step == link.step && !ending.has_begun);
        if !is_meant || account.is_banned {
            assert!(reply.status == 400 || (link.is_used && reply.status == 200), "{reply:?}");
            return;
        }
        assert_eq!(reply.status, 200, "{reply:?}");
        self.links[number].is_used = true;
        self.accounts[self.about].ending = None;
        self.comes_about("an account is kept");
    }
}
