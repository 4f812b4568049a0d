//! `GET /auth/profile`: what an account says of itself.

use axum::extract::State;
use shared::{
    caller::{Allowed, scope},
    error::Error,
    http::{Operation, Reply},
    tables::Row,
};

use super::user_profile::UserProfile;
use crate::{profile::Profile, state::Auth};

/// The profile of the account.
pub async fn show_profile(
    State(auth): State<Auth>,
    actor: Allowed<scope::Profile>,
) -> Result<Reply<UserProfile>, Error> {
    let (account, email) = (actor.account_id(), actor.email());
    let profile: Option<Profile> = auth.app.store.get(Row::Profile(account)).await?;
    // A session or a token without an account: the account has just ended.
    profile.map(|profile| Reply::ok(UserProfile::of(account, email, profile))).ok_or(Error::InvalidToken)
}

pub fn document() -> Operation {
    Operation::new("get_profile", "The profile of whoever the bearer token belongs to.")
        .needs::<scope::Profile>()
        .ok(&UserProfile::example())
        .depends()
}
