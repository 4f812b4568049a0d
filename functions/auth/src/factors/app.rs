//! Codes of an authenticator app.

use shared::{error::Error, events::Action, ids::AccountId, outbox::News, time::Timestamp};

use super::{
    Mfa, Totp,
    shown::{Checked, Factor, Proven, Wrong},
    tries::CodeTry,
};
use crate::{
    mfa::{keys::Keyring, totp::TotpCode},
    records::notice::TellingOf,
    state::Auth,
};

impl Auth {
    /// Compares a code with those of the account's app, if one may be compared.
    ///
    /// # Errors
    /// `Contended`, `Unavailable`: what cannot be counted is not compared. `Internal`.
    pub(super) async fn check_code(&self, account: AccountId, code: &str, now: Timestamp) -> Result<Checked, Error> {
        let mfa = match self.count_code(account, now).await? {
            CodeTry::Counted(mfa) => mfa,
            CodeTry::Locked(seconds) => return Ok(Checked::Locked(seconds)),
            CodeTry::NoApp => return Ok(Checked::Wrong(Wrong::because("no_app"))),
        };
        let (is_notable, Mfa { totp, last_step, reset_at, .. }) = (mfa.is_notable(), mfa);
        let app = totp.ok_or_else(|| Error::internal("a code was counted where there is no app"))?;
        let secrets = self.secrets(now).await?;
        let keys = Keyring::new(&secrets.account_keys, now)?;
        let secret = keys.open_totp(&app.secret, account)?;
        let step = TotpCode::parse(code).and_then(|code| secret.matching_step(&code, now));
        let Some(step) = step.filter(|step| last_step.is_none_or(|last| last < *step)) else {
            if is_notable {
                tracing::warn!(
                    event = "mfa_locked",
                    "many codes of an account are wrong: somebody may have its password"
                );
            }
            let news = is_notable.then(|| TellingOf::new(Action::WrongCodes, News::WrongCodes));
            return Ok(Checked::Wrong(Wrong { reason: "code", news }));
        };
        let resealed = if keys.is_outdated(&app.secret) {
            Some(Totp { secret: keys.seal_totp(&secret, account)?, ..app.clone() })
        } else {
            None
        };
        let factor = Factor::App { app, step, resealed };
        Ok(Checked::Right(Proven { account, factor, stops_reset: reset_at.is_some() }))
    }
}
