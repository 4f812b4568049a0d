//! The end of accounts, and what operators decide about them.

use admin::account_change::{Arguments, change};
use auth::operators::Command;
use serde_json::json;
use shared::ids::AccountId;

use super::{DAY, Ending, Life, PASSWORDS, Which, came_to, steps::Order};

impl Life<'_> {
    pub async fn delete(&mut self, session: Which, current: usize) {
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
            self.is_to_end();
        }
    }

    /// The account that the step is about is to be deleted in a week.
    fn is_to_end(&mut self) {
        let ending = Some(Ending { due_at: self.now() + 7 * DAY, step: self.step, has_begun: false });
        let account = self.change(self.about);
        (account.ending, account.next) = (ending, None);
        self.end_sessions(self.about, None);
        self.comes_about("an account is to end");
    }

    pub async fn operate(&mut self, account: Which, order: Order) {
        self.about = account.among(self.accounts.len());
        let command = match order {
            Order::Ban => Command::Ban("stolen_funds".to_owned()),
            Order::Unban => Command::Unban,
            Order::End => Command::End,
        };
        let account = &self.accounts[self.about];
        let arguments = Arguments { user: AccountId::parse(&account.id).unwrap(), yes: true };
        let told = change(&self.world.operator(), &arguments, &command, &self.world.clock).await.unwrap();
        let is_changed = !account.is_gone
            && match order {
                Order::Ban => !account.is_banned,
                Order::Unban => account.is_banned,
                Order::End => account.ending.is_none() && self.former(self.about).is_none(),
            };
        assert_eq!(told.is_done, is_changed, "{order:?}: {told}");
        match order {
            _ if !is_changed => {}
            Order::Ban => {
                self.change(self.about).is_banned = true;
                self.end_sessions(self.about, None);
                self.comes_about("an account is suspended");
            }
            Order::Unban => {
                self.accounts[self.about].is_banned = false;
                self.comes_about("an account is suspended no longer");
            }
            Order::End => self.is_to_end(),
        }
    }

    /// The schedules wake the functions, whose first round begins what is due. In which order the functions come to their parts nobody
    /// knows; two more rounds are enough for all of them.
    pub async fn end_accounts(&mut self, once: bool) {
        let (due, mut is_first) = (self.due(), true);
        for number in &due {
            let account = &mut self.accounts[*number];
            let ending = account.ending.as_mut().unwrap();
            if ending.has_begun {
                is_first = false;
                continue;
            }
            (ending.has_begun, account.password) = (true, None);
            self.comes_about("an end begins");
        }
        self.world.end_accounts().await;
        if once && is_first {
            return;
        }
        for _ in 0..2 {
            self.world.end_accounts().await;
        }
        for account in due {
            self.is_gone(account);
        }
    }

    fn due(&self) -> Vec<usize> {
        let is_due = |account: &usize| self.accounts[*account].ending.is_some_and(|ending| ending.due_at <= self.now());
        (0..self.accounts.len()).filter(is_due).collect()
    }

    fn is_gone(&mut self, number: usize) {
        let account = &mut self.accounts[number];
        (account.is_gone, account.ending) = (true, None);
        let address = account.address;
        self.changes_hands(address);
        let keys = self.keys.iter_mut().filter(|key| key.account == number && key.is_there);
        if keys.map(|key| key.is_there = false).count() > 0 {
            self.comes_about("keys end with their account");
        }
        self.comes_about("an account ends");
    }
}
