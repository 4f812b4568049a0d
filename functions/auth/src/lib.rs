//! Accounts: sign-up, proof of the address, sessions, tokens, profile.

mod account;
mod address;
pub mod challenge;
pub mod config;
mod endings;
mod endpoints;
mod factors;
pub mod guard;
pub mod import;
mod limits;
pub mod metrics;
pub mod mfa;
pub mod operators;
mod pages;
pub mod password;
mod profile;
mod records;
mod secrets;
mod sender;
mod session;
mod state;

use axum::Router;
use shared::{
    http::{Route, Routes},
    invocation::Function,
};

use endpoints::{
    account::{
        change_email, change_password, change_profile, confirm_email, delete_account, events, export, forgot_password,
        keep_account, not_me, preferences, reset_password, show_profile,
    },
    second_factors,
    session::{jwks, list, login, logout, refresh, revoke},
    sign_up::{resend_verification, signup, verification_status, verify_email},
    ui,
};
pub use state::Auth;

fn listed<const DESCRIBED: bool>() -> Routes<Auth, DESCRIBED> {
    Routes::new()
        .post("/auth/signup", signup::signup, signup::document)
        .post("/auth/login", login::login, login::document)
        .post("/auth/refresh", refresh::refresh, refresh::document)
        .post("/auth/logout", logout::logout, logout::document)
        .post("/auth/resend-verification", resend_verification::resend_verification, resend_verification::document)
        .get("/auth/profile", show_profile::show_profile, show_profile::document)
        .patch("/auth/profile", change_profile::change_profile, change_profile::document)
        .get("/auth/preferences", preferences::show_preferences, preferences::document_showing)
        .patch("/auth/preferences", preferences::change_preferences, preferences::document_changing)
        .post("/auth/verify-email", verify_email::verify_email, verify_email::document)
        .get("/auth/verification-status", verification_status::verification_status, verification_status::document)
        .post("/auth/forgot-password", forgot_password::forgot_password, forgot_password::document)
        .post("/auth/reset-password", reset_password::reset_password, reset_password::document)
        .post("/auth/change-password", change_password::change_password, change_password::document)
        .post("/auth/change-email", change_email::change_email, change_email::document)
        .post("/auth/confirm-email", confirm_email::confirm_email, confirm_email::document)
        .post("/auth/not-me", not_me::not_me, not_me::document)
        .get("/auth/sessions", list::list, list::document)
        .delete("/auth/sessions/{session_id}", revoke::revoke, revoke::document)
        .get("/auth/events", events::events, events::document)
        .post("/auth/delete-account", delete_account::delete_account, delete_account::document)
        .get("/auth/export", export::export, export::document)
        .post("/auth/keep-account", keep_account::keep_account, keep_account::document)
        .get("/auth/ui/verify-email", ui::verify_email, ui::document_verify_email)
        .get("/auth/ui/confirm-email", ui::confirm_email, ui::document_confirm_email)
        .get("/auth/ui/not-me", ui::not_me, ui::document_not_me)
        .get("/auth/ui/keep-account", ui::keep_account, ui::document_keep_account)
        .get("/auth/ui/forgot-password", ui::forgot_password, ui::document_forgot_password)
        .get("/auth/ui/reset-password", ui::reset_password, ui::document_reset_password)
        .get("/auth/ui/account", ui::account, ui::document_account)
        .get("/auth/ui/security", ui::security, ui::document_security)
        .get("/auth/ui/proof.js", ui::proof, ui::document_proof)
        .get("/auth/mfa", second_factors::list::list, second_factors::list::document)
        .post("/auth/mfa/verify", second_factors::verify::verify, second_factors::verify::document)
        .post("/auth/mfa/sign-in/options", second_factors::sign_in::options, second_factors::sign_in::document_options)
        .post("/auth/mfa/sign-in", second_factors::sign_in::sign_in, second_factors::sign_in::document)
        .post("/auth/mfa/step-up/options", second_factors::step_up::options, second_factors::step_up::document_options)
        .post("/auth/mfa/step-up", second_factors::step_up::step_up, second_factors::step_up::document)
        .post("/auth/mfa/totp", second_factors::totp::enrol, second_factors::totp::document_enrolling)
        .post("/auth/mfa/totp/activate", second_factors::totp::activate, second_factors::totp::document_activating)
        .delete("/auth/mfa/totp", second_factors::totp::remove, second_factors::totp::document_removing)
        .post(
            "/auth/mfa/passkeys/options",
            second_factors::passkeys::options,
            second_factors::passkeys::document_options,
        )
        .post("/auth/mfa/passkeys", second_factors::passkeys::register, second_factors::passkeys::document_registering)
        .patch("/auth/mfa/passkeys/{id}", second_factors::passkeys::rename, second_factors::passkeys::document_renaming)
        .delete(
            "/auth/mfa/passkeys/{id}",
            second_factors::passkeys::remove,
            second_factors::passkeys::document_removing,
        )
        .post(
            "/auth/mfa/recovery-codes",
            second_factors::recovery_codes::renew,
            second_factors::recovery_codes::document,
        )
        .delete("/auth/mfa/devices", second_factors::devices::forget_all, second_factors::devices::document_all)
        .delete("/auth/mfa/devices/{id}", second_factors::devices::forget, second_factors::devices::document)
        .get("/.well-known/jwks.json", jwks::jwks, jwks::document)
}

/// The function: what it does for each kind of event.
#[must_use]
pub fn function(auth: Auth) -> Function<Auth> {
    let router = router(auth.clone());
    Function::over(auth).http(router).task("end-accounts", Auth::end_accounts)
}

/// Every route of this function, over its state.
pub fn router(auth: Auth) -> Router {
    let (deadline, stage, edge) = (auth.app.deadline, auth.app.config.stage, auth.app.config.edge.clone());
    listed::<false>().serve(auth, deadline, stage, edge)
}

/// Every route of this function, for the OpenAPI document.
#[must_use]
pub fn routes() -> Vec<Route> {
    listed().list()
}
