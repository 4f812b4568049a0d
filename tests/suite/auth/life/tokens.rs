//! Personal tokens of programs.

use serde_json::json;

use super::{DAY, Life, MINUTE, Token, Which, came_to};

impl Life<'_> {
    pub async fn make_token(&mut self, session: Which) {
        let Some(number) = self.session(session).await else { return };
        let body = json!({ "name": "a program", "scopes": ["profile"] });
        let reply = self.world.post_as(&self.sessions[number].tokens, "/oauth/tokens", body).await;
        let expected = match self.lives(number) {
            false => 401,
            // A session alone is not enough.
            true if self.now() > self.sessions[number].signed_in_at + 5 * MINUTE => 403,
            true => 200,
        };
        if came_to(&reply, &[expected]) {
            let text = reply.body["data"]["token"].as_str().unwrap().to_owned();
            self.tokens.push(Token { account: self.about, text, made_at: self.now(), has_ended: false });
            self.comes_about("a token is made");
        }
    }

    pub async fn use_token(&mut self, token: Which) {
        let number = token.among(self.tokens.len().max(1));
        let Some(Token { account, text, made_at, has_ended }) = self.tokens.get(number) else { return };
        let is_good = !has_ended && self.now() < made_at + 90 * DAY;
        let reply = self.world.ask_by(text, "GET", "/auth/profile", None).await;
        self.about = *account;
        let is_let_in = came_to(&reply, &[if is_good { 200 } else { 401 }]);
        self.comes_about(if is_let_in { "a token is good" } else { "a token is good no more" });
    }
}
