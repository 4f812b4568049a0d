//! What may happen to an account.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What has happened. In rows, answers and metrics in snake case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AccountAction")]
pub enum Action {
    /// Somebody has signed in from a place that was not known.
    NewDevice,
    /// Many wrong passwords were tried.
    Locked,
    /// Somebody has signed in with a password that is easy to guess.
    WeakPassword,
    /// A session was ended by its owner.
    SignedOut,
    /// Several sessions were ended at once.
    SessionsEnded,
    /// The password was replaced by whoever knew it.
    PasswordChanged,
    /// The password was set by a mailed link.
    PasswordReset,
    /// Somebody who knows the password wants another address.
    EmailChangeRequested,
    /// The account has another address.
    EmailChanged,
    /// The owner has said of something that it was not the owner: the account is closed to everybody until a new password is set.
    NotMe,
    /// And with it the account has got its former address back.
    EmailRestored,
    /// The account is to be deleted.
    DeletionRequested,
    /// It is not to be deleted after all.
    AccountKept,
    /// Everything that is known of the account was asked for.
    Exported,
    /// The language of letters was changed.
    LanguageChanged,
    /// The account was suspended.
    Banned,
    /// And is not any more.
    Unbanned,
    /// What was tried at the password was forgiven.
    Unlocked,
    /// The vault was opened before its time.
    VaultUnfrozen,
    /// Codes of an authenticator app are a second factor from now on.
    TotpAdded,
    /// They are none any more.
    TotpRemoved,
    /// A passkey was added.
    PasskeyAdded,
    /// A passkey was removed.
    PasskeyRemoved,
    /// A recovery code was used up.
    RecoveryCodeUsed,
    /// There are new recovery codes, and the former are void.
    RecoveryCodesRenewed,
    /// Several wrong codes were tried by somebody who knows the password or was signed in.
    WrongCodes,
    /// A passkey has counted backwards: there may be a copy of it.
    PasskeyCopied,
    /// All second factors are to be removed, for their owner has lost them.
    FactorsResetRequested,
    /// They are not to be removed after all.
    FactorsResetCancelled,
    /// They have been removed.
    FactorsReset,
    /// The account was brought along from another service.
    Imported,
    /// A personal token was made.
    TokenMade,
    /// A personal token was ended by its owner, or by whoever had found it.
    TokenEnded,
}

impl Action {
    /// Its name in rows, answers and metrics: serde's, for where a text is wanted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NewDevice => "new_device",
            Self::Locked => "locked",
            Self::WeakPassword => "weak_password",
            Self::SignedOut => "signed_out",
            Self::SessionsEnded => "sessions_ended",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::EmailChangeRequested => "email_change_requested",
            Self::EmailChanged => "email_changed",
            Self::NotMe => "not_me",
            Self::EmailRestored => "email_restored",
            Self::DeletionRequested => "deletion_requested",
            Self::AccountKept => "account_kept",
            Self::Exported => "exported",
            Self::LanguageChanged => "language_changed",
            Self::Banned => "banned",
            Self::Unbanned => "unbanned",
            Self::Unlocked => "unlocked",
            Self::VaultUnfrozen => "vault_unfrozen",
            Self::TotpAdded => "totp_added",
            Self::TotpRemoved => "totp_removed",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::RecoveryCodesRenewed => "recovery_codes_renewed",
            Self::WrongCodes => "wrong_codes",
            Self::PasskeyCopied => "passkey_copied",
            Self::FactorsResetRequested => "factors_reset_requested",
            Self::FactorsResetCancelled => "factors_reset_cancelled",
            Self::FactorsReset => "factors_reset",
            Self::Imported => "imported",
            Self::TokenMade => "token_made",
            Self::TokenEnded => "token_ended",
        }
    }
}

#[cfg(test)]
mod tests {
    use schemars::{Schema, schema_for};
    use serde_json::Value;

    use super::*;

    /// The names that a schema lists, each beside its description or all together.
    fn names(schema: &Schema) -> Vec<String> {
        let mut names = Vec::new();
        let mut parts = vec![schema.as_value()];
        while let Some(part) = parts.pop() {
            parts.extend(part["oneOf"].as_array().into_iter().flatten());
            let listed = part["enum"].as_array().into_iter().flatten().chain(part.get("const"));
            names.extend(listed.filter_map(Value::as_str).map(str::to_owned));
        }
        names
    }

    #[test]
    fn each_action_is_called_the_same_everywhere() {
        let names = names(&schema_for!(Action));
        assert!(names.len() > 15, "{names:?}");
        for name in names {
            let action: Action = serde_json::from_value(Value::String(name.clone())).unwrap();
            assert_eq!(action.name(), name);
        }
    }
}
