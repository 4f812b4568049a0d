//! Who is in, and who is out.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};
use tests::Session;

use super::{Account, Life, Opened, PASSWORDS, Which, came_to};

impl Life<'_> {
    pub async fn log_in(&mut self, address: usize, password: usize) {
        let reply = self.readers[address].rival(PASSWORDS[password]).logs_in().await;
        let owner = self.owner(address);
        let is_right = |account: &&Account| account.password == Some(password);
        let expected = match owner.map(|owner| &self.accounts[owner]).filter(is_right) {
            None => 401,
            Some(Account { is_banned: true, .. } | Account { ending: Some(_), .. }) => 403,
            Some(_) => 200,
        };
        if !came_to(&reply, &[expected]) {
            return;
        }
        self.about = owner.unwrap();
        let (tokens, now) = (Session::of(&reply), self.now());
        self.sessions.push(Opened { account: self.about, id: session_id(&tokens), tokens, refreshed_at: Some(now) });
        self.comes_about("somebody signs in");
    }

    pub async fn log_out(&mut self, session: Which, scope: &str) {
        let Some(number) = self.session(session).await else { return };
        let (lives, token) = (self.lives(number), self.sessions[number].tokens.access.clone());
        let reply = self.world.post("/auth/logout", json!({ "access_token": token, "scope": scope })).await;
        if !came_to(&reply, &[if lives || scope == "local" { 200 } else { 401 }]) || !lives {
            return;
        }
        match scope {
            "local" => self.sessions[number].refreshed_at = None,
            "others" => self.end_sessions(self.about, Some(number)),
            _ => self.end_sessions(self.about, None),
        }
        self.comes_about("sessions end");
    }

    pub async fn revoke(&mut self, session: Which, other: Which) {
        let Some(number) = self.session(session).await else { return };
        let other = other.among(self.sessions.len());
        let is_own = self.sessions[other].account == self.about && self.lives(other);
        let path = format!("/auth/sessions/{}", self.sessions[other].id);
        let reply = self.world.delete_as(&self.sessions[number].tokens, &path).await;
        let expected = match (self.lives(number), is_own) {
            (false, _) => 401,
            (true, false) => 404,
            (true, true) => 200,
        };
        if came_to(&reply, &[expected]) {
            self.sessions[other].refreshed_at = None;
            self.comes_about("sessions end");
        }
    }
}

/// The session that an access token names.
fn session_id(session: &Session) -> String {
    let claims = session.access.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["sid"].as_str().unwrap().to_owned()
}
