//! Recovery codes. They cannot be guessed, so nothing that strangers do stops them: they are the owner's way in.

use std::time::Duration;

use futures::future::try_join;
use shared::{
    error::Error,
    ids::AccountId,
    limits::{Limit, RateLimit},
    store::{Condition, Put, Write},
    tables::Row,
    time::Timestamp,
};

use super::{
    KeptCode, Mfa,
    purge::codes,
    shown::{Checked, Factor, Proven, Wrong},
};
use crate::{
    mfa::{
        keys::Keyring,
        recovery::{CODES, RecoveryCode},
    },
    state::Auth,
};

/// How often somebody may show a recovery code of one account.
const TRIES: Limit = Limit { name: "RECOVERY", times: 10, span: Duration::from_hours(1) };

/// New recovery codes of an account. No `Debug`: they are shown once, to their owner.
pub struct NewCodes {
    codes: Vec<RecoveryCode>,
}

impl NewCodes {
    /// Ten of them.
    ///
    /// # Errors
    /// `Internal` without randomness.
    pub fn random() -> Result<Self, Error> {
        Ok(Self { codes: (0..CODES).map(|_| RecoveryCode::random()).collect::<Result<_, _>>()? })
    }

    /// As they are shown to their owner, once.
    #[must_use]
    pub fn reveal(&self) -> Vec<String> {
        self.codes.iter().map(|code| code.reveal().to_string()).collect()
    }

    /// The writes that keep them.
    ///
    /// # Errors
    /// `Internal`.
    pub fn writes(&self, account: AccountId, keys: &Keyring<'_>, now: Timestamp) -> Result<Vec<Write<'static>>, Error> {
        let kept = KeptCode { made_at: now };
        let put = |code| {
            let hash = keys.recovery_hash(code, account);
            Ok(Write::Put(Put::new(Row::RecoveryCode(account, hash), &kept)?.when(Condition::New)))
        };
        self.codes.iter().map(put).collect()
    }
}

impl Auth {
    /// Looks a recovery code up among those of an account that have not been used.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn check_recovery_code(
        &self,
        account: AccountId,
        code: &str,
        now: Timestamp,
    ) -> Result<Checked, Error> {
        let store = &self.app.store;
        if let RateLimit::Exceeded(seconds) = TRIES.count(store, &account.to_string(), now).await? {
            return Ok(Checked::Locked(seconds));
        }
        let Some(code) = RecoveryCode::parse(code) else { return Ok(Checked::Wrong(Wrong::because("code"))) };
        let (kept, mfa) = try_join(codes(store, account), store.get::<Mfa>(Row::Mfa(account))).await?;
        let secrets = self.secrets(now).await?;
        let hashes = Keyring::new(&secrets.account_keys, now)?.recovery_hashes(&code, account);
        let Some(hash) = hashes.into_iter().find(|hash| kept.iter().any(|kept| kept == hash)) else {
            return Ok(Checked::Wrong(Wrong::because("code")));
        };
        let factor = Factor::RecoveryCode { hash, left: kept.len() - 1 };
        let stops_reset = mfa.is_some_and(|mfa| mfa.reset_at.is_some());
        Ok(Checked::Right(Proven { account, factor, stops_reset }))
    }
}
