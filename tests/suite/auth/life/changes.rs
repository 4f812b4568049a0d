//! What whoever is signed in, or has forgotten a password, changes of an account.

use serde_json::json;

use super::{HOUR, Life, MINUTE, PASSWORDS, Which, came_to};

impl Life<'_> {
    pub async fn change_password(&mut self, session: Which, current: usize, new: usize) {
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
            self.comes_about("a password is changed");
        }
    }

    pub async fn change_email(&mut self, session: Which, current: usize, address: usize) {
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
            // One that was mailed a while ago is mailed again. Which one is new shows when its letter arrives; where the address is somebody's,
            // none does.
            self.accounts[self.about].next = self.link_to_move(address).filter(|link| self.is_worth_mailing(*link));
        }
    }

    /// The last link by which the account may move to an address.
    fn link_to_move(&self, address: usize) -> Option<usize> {
        let version = self.accounts[self.about].version;
        self.links.iter().rposition(|link| {
            (link.page, link.address, link.account, link.version) == ("confirm-email", address, self.about, version)
                && link.hands == self.sign_ups[address].hands
        })
    }

    fn is_worth_mailing(&self, link: usize) -> bool {
        self.now() + 15 * MINUTE < self.links[link].at + HOUR
    }

    pub async fn forget(&mut self, address: usize) {
        self.about = self.owner(address).unwrap_or_default();
        came_to(&self.readers[address].forgets().await, &[200]);
    }
}
