//! What the account page says.

pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod ja;
pub(super) mod pt;
pub(super) mod zh;

use serde::Serialize;

use super::Timed;

/// The account page.
pub struct AccountPage {
    /// Its title.
    pub title: &'static str,
    /// The field for the address.
    pub email: &'static str,
    /// The field for the password.
    pub password: &'static str,
    /// On the button that signs in.
    pub sign_in: &'static str,
    /// Leads to the page that mails a link to choose a password.
    pub forgotten: &'static str,
    /// Above the address of whoever is signed in.
    pub signed_in_as: &'static str,
    /// On the button that ends this session.
    pub sign_out: &'static str,
    /// Above the list of sessions.
    pub sessions: &'static str,
    /// On the button that ends all others.
    pub end_others: &'static str,
    /// Above the list of what has happened.
    pub events: &'static str,
    /// On the button that shows more of it.
    pub more: &'static str,
    /// Above the form that changes the password, and on its button.
    pub change_password: &'static str,
    /// The field for the password as it is.
    pub current_password: &'static str,
    /// The field for the new one.
    pub new_password: &'static str,
    /// What a password has to be, and what happens to other sessions.
    pub password_hint: &'static str,
    /// Above the form that changes the address, and on its button.
    pub change_email: &'static str,
    /// The field for the new one.
    pub new_email: &'static str,
    /// Above the choice of a language.
    pub language: &'static str,
    /// What is in that language.
    pub language_hint: &'static str,
    /// On the button that keeps the choice.
    pub save: &'static str,
    /// Above the button that fetches all that is known of somebody, and on it.
    pub export: &'static str,
    /// What that is.
    pub export_hint: &'static str,
    /// On the link to it.
    pub save_file: &'static str,
    /// Above the form that deletes the account, and on its button.
    pub delete: &'static str,
    /// What happens then, and when.
    pub delete_hint: &'static str,
    /// Beside the box that has to be ticked first.
    pub delete_sure: &'static str,
    /// What its script says.
    pub says: AccountSays,
}

/// What the script of the account page says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountSays {
    /// The session has ended.
    pub session_over: &'static str,
    /// A device that does not say what it is.
    pub unknown_device: &'static str,
    /// Behind the device of this session.
    pub this_session: &'static str,
    /// When a session was last used.
    pub last_used: Timed,
    /// Until when the vault shows no secret.
    pub frozen_until: Timed,
    /// On the button that ends one session.
    pub end_session: &'static str,
    /// It has ended.
    pub session_ended: &'static str,
    /// All others have.
    pub others_ended: &'static str,
    /// There are no events.
    pub no_events: &'static str,
    /// There is no password.
    pub no_password: &'static str,
    /// The credentials do not convince.
    pub not_signed_in: &'static str,
    /// Nobody may sign in to this account.
    pub closed: &'static str,
    /// This session has ended by its own button.
    pub signed_out: &'static str,
    /// The current password is another one.
    pub wrong_password: &'static str,
    /// The new one is the current one.
    pub same_password: &'static str,
    /// It is the new one now.
    pub password_changed: &'static str,
    /// The new address is the present one.
    pub same_email: &'static str,
    /// An earlier change of address can still be undone: there is no other.
    pub moved_of_late: &'static str,
    /// A link is on its way to the new address.
    pub confirm_sent: &'static str,
    /// The choice is kept.
    pub language_saved: &'static str,
    /// The file is there.
    pub export_ready: &'static str,
    /// The box has to be ticked first.
    pub not_sure: &'static str,
    /// An earlier change of address can still be undone: there is no deletion.
    pub not_yet: &'static str,
    /// When the account will be deleted.
    pub deletes_at: Timed,
    /// What has happened.
    pub actions: Actions,
    /// Who did it, where it was not whoever was signed in.
    pub by: Whose,
}

/// What has happened to an account, by the names of [`shared::events::Action`].
#[derive(Serialize)]
pub struct Actions {
    pub new_device: &'static str,
    pub locked: &'static str,
    pub weak_password: &'static str,
    pub signed_out: &'static str,
    pub sessions_ended: &'static str,
    pub password_changed: &'static str,
    pub password_reset: &'static str,
    pub email_change_requested: &'static str,
    pub email_changed: &'static str,
    pub not_me: &'static str,
    pub email_restored: &'static str,
    pub deletion_requested: &'static str,
    pub account_kept: &'static str,
    pub exported: &'static str,
    pub language_changed: &'static str,
    pub banned: &'static str,
    pub unbanned: &'static str,
    pub unlocked: &'static str,
    pub vault_unfrozen: &'static str,
    pub totp_added: &'static str,
    pub totp_removed: &'static str,
    pub passkey_added: &'static str,
    pub passkey_removed: &'static str,
    pub recovery_code_used: &'static str,
    pub recovery_codes_renewed: &'static str,
    pub wrong_codes: &'static str,
    pub passkey_copied: &'static str,
    pub factors_reset_requested: &'static str,
    pub factors_reset_cancelled: &'static str,
    pub factors_reset: &'static str,
    pub imported: &'static str,
    pub token_made: &'static str,
    pub token_ended: &'static str,
}

/// Who did something.
#[derive(Serialize)]
pub struct Whose {
    /// Whoever had a mailed link.
    pub link: &'static str,
    /// An operator.
    pub operator: &'static str,
    /// Whoever had a personal token.
    pub token: &'static str,
}
