//! Keys of exchanges.

use serde_json::{Value, json};

use super::{Key, Life, Which, came_to};

const KEYS: &str = "/api/v1/api-keys/";

impl Life<'_> {
    pub async fn add_key(&mut self, session: Which) {
        let Some(number) = self.session(session).await else { return };
        let name = format!("the-key-number-{}", self.keys.len());
        let body = json!({ "exchange": "binance", "label": name, "api_key": name, "secret": "a-secret-of-binance" });
        let reply = self.world.post_as(&self.sessions[number].tokens, KEYS, body).await;
        if came_to(&reply, &[if self.lives(number) { 200 } else { 401 }]) {
            let id = reply.body["data"]["id"].as_str().unwrap().to_owned();
            self.keys.push(Key { account: self.about, id, is_there: true });
            self.comes_about("a key is added");
        }
    }

    pub async fn decrypt(&mut self, session: Which, key: Which) {
        let Some((number, key)) = self.session_and_key(session, key).await else { return };
        let path = format!("{KEYS}{}/decrypt", self.keys[key].id);
        let reply = self.world.post_as(&self.sessions[number].tokens, &path, Value::Null).await;
        let is_shut = self.accounts[self.about].frozen_until.is_some_and(|until| self.now() < until);
        let expected = match self.refusal(number, key) {
            Some(refusal) => refusal,
            None if is_shut => 409,
            None => 200,
        };
        let is_shown = came_to(&reply, &[expected]);
        assert_eq!(reply.text.contains("a-secret-of-binance"), is_shown, "{reply:?}");
        if is_shown {
            self.comes_about("a key is shown");
        } else if reply.status == 409 {
            self.comes_about("a key is not shown");
        }
    }

    pub async fn delete_key(&mut self, session: Which, key: Which) {
        let Some((number, key)) = self.session_and_key(session, key).await else { return };
        let path = format!("{KEYS}{}", self.keys[key].id);
        let reply = self.world.delete_as(&self.sessions[number].tokens, &path).await;
        if came_to(&reply, &[self.refusal(number, key).unwrap_or(200)]) {
            self.keys[key].is_there = false;
            self.comes_about("a key is deleted");
        }
    }

    async fn session_and_key(&mut self, session: Which, key: Which) -> Option<(usize, usize)> {
        let number = self.session(session).await?;
        (!self.keys.is_empty()).then(|| (number, key.among(self.keys.len())))
    }

    /// Why whoever has a session does not reach a key.
    fn refusal(&self, session: usize, key: usize) -> Option<u64> {
        let Key { account, is_there, .. } = self.keys[key];
        match () {
            () if !self.lives(session) => Some(401),
            () if !is_there || account != self.about => Some(404),
            () => None,
        }
    }
}
