//! The operators' tool.

pub mod accounts;
mod closing;
pub mod events_check;
mod identity_checks;
pub mod import;
mod link_rotation;
pub mod mfa;
mod outages;
mod rewrap;
mod rewrap_secrets;
mod rotation;
mod unlock;

use admin::{Failure, Rotation, rotate_account_key, rotate_link_key, rotate_pepper, rotate_signing_key};
use shared::time::Timestamp;
use tests::World;

/// Replaces the key that signs access tokens.
async fn rotate_signing_key(world: &World, compromised: bool) -> Result<rotate_signing_key::Rotation, Failure> {
    let arguments = rotate_signing_key::Arguments { compromised };
    rotate_signing_key::rotate(&world.operator(), &arguments, &world.clock).await
}

/// Replaces the pepper: its number, and from when on it is used.
async fn rotate_pepper(world: &World) -> Result<(u32, Timestamp), Failure> {
    rotate_pepper::rotate(&world.operator(), &world.clock).await
}

/// Replaces the key of mailed links.
async fn rotate_link_key(world: &World, compromised: bool) -> Result<Rotation, Failure> {
    rotate_link_key::rotate(&world.operator(), &rotate_link_key::Arguments { compromised }, &world.clock).await
}

/// Replaces the key that the successors of refresh tokens come from.
pub async fn rotate_account_key(world: &World, compromised: bool) -> Result<Rotation, Failure> {
    rotate_account_key::rotate(&world.operator(), &rotate_account_key::Arguments { compromised }, &world.clock).await
}
