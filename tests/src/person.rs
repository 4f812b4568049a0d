//! People: each has an address and a password, and does what users do.

use serde_json::{Value, json};

use crate::{
    event::{CLIENT, Reply},
    world::{World, authorized},
};

/// Somebody who uses the service.
pub struct Person<'w> {
    /// Where they are.
    pub world: &'w World,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
}

/// What signing in gives.
#[derive(Clone, Debug)]
pub struct Session {
    /// The access token.
    pub access: String,
    /// The refresh token.
    pub refresh: String,
    /// The account's id.
    pub user_id: String,
}

impl Session {
    /// Takes the session out of an answer of sign-up, login or refresh.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no session in {reply:?}")).to_owned();
        let session = &reply.body["session"];
        Self {
            access: text(&session["access_token"]),
            refresh: text(&session["refresh_token"]),
            user_id: text(&reply.body["user"]["id"]),
        }
    }
}

impl<'w> Person<'w> {
    /// Somebody with this address.
    #[must_use]
    pub fn new(world: &'w World, email: String) -> Self {
        Self { world, email, password: "correct horse battery".to_owned() }
    }

    /// Somebody else with the same address.
    #[must_use]
    pub fn rival(&self, password: &str) -> Self {
        Self { world: self.world, email: self.email.clone(), password: password.to_owned() }
    }

    /// Signs up.
    pub async fn signs_up(&self) -> Reply {
        self.world.post("/auth/signup", self.credentials()).await
    }

    /// The token of the newest mail with a link to a page: `verify-email` or `reset-password`.
    ///
    /// # Panics
    /// When there is no such mail.
    pub async fn mailed(&self, page: &str) -> String {
        self.all_mailed(page).await.into_iter().next().unwrap_or_else(|| panic!("no {page} mail"))
    }

    /// The tokens of all mails with a link to a page, newest first.
    pub async fn all_mailed(&self, page: &str) -> Vec<String> {
        let start = format!("{}/auth/ui/{page}?", crate::world::APP_URL);
        let mails = self.world.mails(&self.email).await;
        let links = mails.iter().flat_map(|mail| &mail.links);
        let tokens = links.filter_map(|link| link.strip_prefix(&start)?.split_once("token="));
        tokens.map(|(_, token)| token.to_owned()).collect()
    }

    /// Redeems the newest link that proves the address.
    pub async fn verifies(&self) -> Reply {
        let token = self.mailed("verify-email").await;
        self.world.post("/auth/verify-email", json!({ "token": token })).await
    }

    /// Asks for a link that sets a new password.
    pub async fn forgets(&self) -> Reply {
        self.world.post("/auth/forgot-password", json!({ "email": self.email })).await
    }

    /// Asks for a link that sets a new password; its token.
    ///
    /// # Panics
    /// When it is refused, or there is no account.
    pub async fn is_offered_a_password(&self) -> String {
        self.forgets().await.assert_ok();
        self.mailed("reset-password").await
    }

    /// The row of their account.
    ///
    /// # Panics
    /// When they have none.
    pub async fn account(&self) -> Value {
        let mut rows = self.world.accounts().await;
        rows.retain(|row| row["address"] == self.email);
        rows.pop().expect("an account")
    }

    /// Tries to sign in.
    pub async fn logs_in(&self) -> Reply {
        self.world.post("/auth/login", self.credentials()).await
    }

    /// Signs up, proves the address and signs in.
    ///
    /// # Panics
    /// When any of it fails.
    pub async fn signed_in(self) -> (Self, Session) {
        self.signs_up().await.assert_ok();
        self.verifies().await.assert_ok();
        let session = Session::of(&self.logs_in().await);
        (self, session)
    }

    /// Address and password, as sign-up and login take them.
    #[must_use]
    pub fn credentials(&self) -> Value {
        json!({ "email": self.email, "password": self.password })
    }
}

impl World {
    /// `GET path` with an access token.
    pub async fn get_as(&self, session: &Session, path: &str) -> Reply {
        self.send(authorized("GET", path, &session.access, None)).await
    }

    /// `POST path` with an access token.
    pub async fn post_as(&self, session: &Session, path: &str, body: Value) -> Reply {
        self.send(authorized("POST", path, &session.access, Some(body))).await
    }

    /// `DELETE path` with an access token.
    pub async fn delete_as(&self, session: &Session, path: &str) -> Reply {
        self.send(authorized("DELETE", path, &session.access, None)).await
    }

    /// `PATCH path` with an access token.
    pub async fn patch_as(&self, session: &Session, path: &str, body: Value) -> Reply {
        self.send(authorized("PATCH", path, &session.access, Some(body))).await
    }

    /// A personal token of somebody who has signed in of late, with these scopes; good from the address that all people here come from
    /// where it has to have networks.
    ///
    /// # Panics
    /// When none is made.
    pub async fn token(&self, session: &Session, scopes: &[&str]) -> String {
        self.token_with(session, json!({ "name": "a program", "scopes": scopes, "networks": [CLIENT] })).await
    }

    /// A personal token of somebody who has signed in of late, like this.
    ///
    /// # Panics
    /// When none is made.
    pub async fn token_with(&self, session: &Session, wanted: Value) -> String {
        let reply = self.post_as(session, "/oauth/tokens", wanted).await;
        reply.assert_ok()["data"]["token"].as_str().expect("a token").to_owned()
    }

    /// A request of a program that has a personal token.
    pub async fn ask_by(&self, token: &str, method: &'static str, path: &str, body: Option<Value>) -> Reply {
        self.send(authorized(method, path, token, body)).await
    }

    /// Redeems a refresh token.
    pub async fn refresh(&self, token: &str) -> Reply {
        self.post("/auth/refresh", json!({ "refresh_token": token })).await
    }

    /// Where the proof of an address stands, as a stranger sees it.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn status_of(&self, email: &str) -> String {
        let reply = self.get(&format!("/auth/verification-status?email={email}")).await;
        reply.body["status"].as_str().unwrap_or_else(|| panic!("no status in {reply:?}")).to_owned()
    }
}
