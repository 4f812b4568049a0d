//! Passkeys that are used. They cannot be guessed, so nothing that strangers do stops them.

use futures::future::try_join;
use shared::{
    error::Error,
    events::Action,
    ids::AccountId,
    outbox::News,
    tables::{Row, Rows},
    time::Timestamp,
};

use super::{
    Mfa, Passkey,
    shown::{Checked, Factor, Proven, Wrong},
};
use crate::{
    mfa::{
        challenge::{Ceremony, Challenge, Nonce},
        keys::Keyring,
        webauthn::{
            self, Asserted, AuthenticationResponse, ExpectedCeremony, Flaw, RelyingParty, RequestOptions,
            StoredCredential, options::Descriptor,
        },
    },
    records::notice::TellingOf,
    state::Auth,
};

impl Passkey {
    /// As options name it.
    #[must_use]
    pub fn descriptor(&self) -> Descriptor {
        Descriptor::new(self.credential.clone(), self.transports.clone())
    }
}

impl Auth {
    /// Holds what a browser says of a passkey against the account's, and against what it was asked for in this ceremony.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn check_passkey(
        &self,
        account: AccountId,
        response: &AuthenticationResponse,
        ceremony: &Ceremony,
        now: Timestamp,
    ) -> Result<Checked, Error> {
        let (store, hash) = (&self.app.store, response.credential_id().hash());
        let passkey = store.get::<Passkey>(Row::Passkey(account, hash));
        let (passkey, mfa) = try_join(passkey, store.get::<Mfa>(Row::Mfa(account))).await?;
        let secrets = self.secrets(now).await?;
        let keys = Keyring::new(&secrets.account_keys, now)?;
        let Some(passkey) = passkey else { return Ok(Checked::Wrong(Wrong::because(Flaw::Credential.as_str()))) };
        let (asserted, nonce) =
            match asserted(response, account, &passkey, ceremony, &keys, &self.config.relying_party, now) {
                Ok(asserted) => asserted,
                Err(flaw) => return Ok(Checked::Wrong(Wrong::because(flaw.as_str()))),
            };
        if asserted.backup_eligible != passkey.backup_eligible {
            tracing::info!(event = "passkey_backup_eligibility", "whether a passkey may be synchronised has changed");
        }
        if !asserted.counter_rose {
            let news = TellingOf::new(Action::PasskeyCopied, News::PasskeyCopied { name: passkey.name });
            tracing::warn!(
                event = "passkey_counter",
                "a passkey has signed no more often than before: there may be two of it"
            );
            return Ok(Checked::Wrong(Wrong { reason: "counter", news: Some(news) }));
        }
        let factor = Factor::Passkey { passkey: Box::new(passkey), asserted, challenge: nonce };
        let stops_reset = mfa.is_some_and(|mfa| mfa.reset_at.is_some());
        Ok(Checked::Right(Proven { account, factor, stops_reset }))
    }

    /// What a browser is asked for in a ceremony: any passkey that it has for us.
    ///
    /// # Errors
    /// `Unavailable`; `Internal`, also without randomness.
    pub(crate) async fn ask_for_passkey(&self, ceremony: &Ceremony, now: Timestamp) -> Result<RequestOptions, Error> {
        let secrets = self.secrets(now).await?;
        let keys = Keyring::new(&secrets.account_keys, now)?;
        let challenge = Challenge::issue(&keys, ceremony, &self.config.relying_party, now)?;
        Ok(RequestOptions::new(&self.config.relying_party, challenge, Vec::new()))
    }

    /// The passkeys of an account.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(crate) async fn passkeys(&self, account: AccountId) -> Result<Vec<Passkey>, Error> {
        self.app.store.query(Rows::PasskeysOf(account)).await
    }
}

/// What a browser says of a passkey, held against the account's and against what it was asked for in this ceremony; and what works once of
/// that.
fn asserted(
    response: &AuthenticationResponse,
    account: AccountId,
    Passkey { credential, public_key, sign_count, .. }: &Passkey,
    ceremony: &Ceremony,
    keys: &Keyring<'_>,
    relying_party: &RelyingParty,
    now: Timestamp,
) -> Result<(Asserted, Nonce), Flaw> {
    let challenge = response.challenge()?;
    let nonce = challenge.open(keys, ceremony, relying_party, now).ok_or(Flaw::Challenge)?;
    let (id, public_key, sign_count) = (credential.clone(), public_key.clone(), *sign_count);
    let stored = StoredCredential { account, id, public_key, sign_count };
    let expected = ExpectedCeremony::of(ceremony, &challenge);
    Ok((webauthn::assert(response, &expected, &stored, relying_party)?, nonce))
}
