//! Accounts: sign-up, proof of the address, sessions, tokens, profile.

mod account;
mod account_key;
mod address;
mod answer;
mod argon;
pub mod config;
mod jwks;
mod links;
mod login;
mod logout;
pub mod metrics;
mod password;
mod profile;
mod records;
mod refresh;
mod resend_verification;
mod reset_password;
mod secrets;
mod session;
mod sessions;
mod signer;
mod signup;
mod state;
mod ui;
mod verification_status;
mod verify_email;

use axum::Router;
use shared::http::{Route, Routes};

pub use state::Auth;

fn listed<const DESCRIBED: bool>() -> Routes<Auth, DESCRIBED> {
    Routes::new()
        .post("/auth/signup", signup::signup, signup::operation)
        .post("/auth/login", login::login, login::operation)
        .post("/auth/refresh", refresh::refresh, refresh::operation)
        .post("/auth/logout", logout::logout, logout::operation)
        .post("/auth/resend-verification", resend_verification::resend_verification, resend_verification::operation)
        .get("/auth/profile", profile::show, profile::show_operation)
        .patch("/auth/profile", profile::change, profile::change_operation)
        .post("/auth/verify-email", verify_email::verify_email, verify_email::operation)
        .get("/auth/verification-status", verification_status::verification_status, verification_status::operation)
        .post("/auth/reset-password", reset_password::reset_password, reset_password::operation)
        .get("/auth/ui/verify-email", ui::verify_email, ui::verify_email_operation)
        .get("/auth/ui/reset-password", ui::reset_password, ui::reset_password_operation)
        .get("/.well-known/jwks.json", jwks::jwks, jwks::operation)
}

/// Every route of this function, over its state.
pub fn router(auth: Auth) -> Router {
    let (deadline, stage) = (auth.app.deadline, auth.app.config.stage);
    listed::<false>().serve(auth, deadline, stage)
}

/// The same routes, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
