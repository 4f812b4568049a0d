//! Programs at the vault: what a personal token is good for there, besides its scopes.

mod chosen;
mod ended;
mod limits;
mod proofs;
mod traces;

use serde_json::json;
use tests::{Session, World};

use super::Owner;
use crate::scopes::{Token, good_for, makes_token};

/// All that a program may do at the vault.
const VAULT: [&str; 3] = ["keys:read", "keys:write", "keys:decrypt"];

impl<'w> Owner<'w> {
    /// A program of the owner's, which asks as the owner does.
    pub(super) fn with(&self, token: &Token) -> Owner<'w> {
        let session = Session { access: token.secret.clone(), refresh: String::new(), ..self.session.clone() };
        Owner { world: self.world, session }
    }

    /// A token for a program that may do all.
    pub(super) async fn token(&self) -> Token {
        makes_token(self.world, &self.session, good_for(&VAULT)).await
    }

    /// A token for a program that may do all, with these keys alone.
    async fn token_of(&self, keys: &[&String]) -> Token {
        let mut wanted = good_for(&VAULT);
        wanted["key_ids"] = json!(keys);
        makes_token(self.world, &self.session, wanted).await
    }
}

/// Somebody, and a program that may do all at the vault.
async fn with_a_program(world: &World) -> (Owner<'_>, Owner<'_>) {
    let ada = Owner::of(world).await;
    let token = ada.token().await;
    let program = ada.with(&token);
    (ada, program)
}
