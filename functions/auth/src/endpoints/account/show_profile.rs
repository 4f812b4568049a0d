//! `GET /auth/profile`: what an account says of itself.

use axum::extract::State;
use shared::{
    caller::Caller,
    error::Error,
    http::{Operation, Reply},
    tables::Row,
};

use super::user_profile::UserProfile;
use crate::{profile::Profile, state::Auth};

/// The caller's own profile.
pub async fn show_profile(State(auth): State<Auth>, caller: Caller) -> Result<Reply<UserProfile>, Error> {
    let profile: Option<Profile> = auth.app.store.get(Row::Profile(caller.account_id())).await?;
    // A session without an account: the account has just ended.
    profile.map(|profile| Reply::ok(UserProfile::of(&caller, profile))).ok_or(Error::InvalidToken)
}

pub fn document() -> Operation {
    Operation::new("get_profile", "The profile of whoever the bearer token belongs to.")
        .protected()
        .ok(&UserProfile::example())
        .depends()
}
