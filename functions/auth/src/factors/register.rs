//! A passkey becomes a factor.

use futures::future::try_join;
use shared::{
    caller::{Caller, Method},
    error::Error,
    events::Action,
    ids::FactorId,
    outbox::News,
    store::{Condition, Put, Update, Write},
    tables::Row,
    time::Timestamp,
};

use super::{
    CredentialOwner, Factors, MOST_PASSKEYS, Passkey,
    change::{Effect, FactorChange, NotChanged, Plan, Wanted},
    enrol::Added,
    recovery::NewCodes,
    shown::spent,
};
use crate::{
    mfa::{
        challenge::{Ceremony, Challenge, Nonce},
        keys::Keyring,
        webauthn::{self, CreationOptions, ExpectedCeremony, Flaw, NewCredential, RegistrationResponse, RelyingParty},
    },
    state::Auth,
};

/// A passkey that has shown itself to be what was asked for.
pub struct NewPasskey<'a> {
    /// It.
    pub passkey: Passkey,
    nonce: Nonce,
    codes: NewCodes,
    keys: Keyring<'a>,
}

impl Auth {
    /// What a browser is asked for to make a passkey of the caller's account.
    ///
    /// # Errors
    /// `Unavailable`; `Internal`, also without randomness.
    pub(crate) async fn ask_for_new_passkey(&self, caller: &Caller, now: Timestamp) -> Result<CreationOptions, Error> {
        let (account, known) = (caller.account_id(), self.passkeys(caller.account_id()).await?);
        let secrets = self.secrets(now).await?;
        let keys = Keyring::new(&secrets.account_keys, now)?;
        let (ceremony, relying_party) =
            (Ceremony::Register { account, session: caller.session_id() }, &self.config.relying_party);
        let challenge = Challenge::issue(&keys, &ceremony, relying_party, now)?;
        let known = known.iter().map(Passkey::descriptor).collect();
        let whose = (account, caller.email().as_str());
        Ok(CreationOptions::new(relying_party, &self.config.product, whose, challenge, known))
    }

    /// Makes what a browser says of a new passkey a factor of the caller's account.
    ///
    /// # Errors
    /// Those of [`Auth::change_factors`].
    pub(crate) async fn register_passkey(
        &self,
        change: &FactorChange<'_>,
        response: &RegistrationResponse,
        name: &str,
    ) -> Result<Result<Added, NotChanged>, Error> {
        let FactorChange { caller, now, .. } = *change;
        let secrets = self.secrets(now).await?;
        let keys = Keyring::new(&secrets.account_keys, now)?;
        let (new, nonce) = match registered(response, caller, &keys, &self.config.relying_party, now) {
            Ok(new) => new,
            Err(flaw) => return Ok(Err(NotChanged::Refused(flaw))),
        };
        let passkey = Passkey::new(new, name, now)?;
        let new = NewPasskey { passkey, nonce, codes: NewCodes::random()?, keys };
        let changed = self.change_factors(change, &Wanted::Passkey(&new)).await?;
        Ok(changed.map(|changed| Added::new(new.passkey.id, &new.codes, changed)))
    }

    /// What makes a passkey a factor.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    pub(super) async fn adding_passkey(
        &self,
        change: &FactorChange<'_>,
        NewPasskey { passkey, nonce, codes, keys }: &NewPasskey<'_>,
        before: Option<Factors>,
    ) -> Result<Result<Plan, NotChanged>, Error> {
        let (account, hash) = (change.caller.account_id(), passkey.credential.hash());
        let owner = self.app.store.get::<CredentialOwner>(Row::Credential(hash));
        let (is_spent, owner) = try_join(self.is_spent(*nonce), owner).await?;
        if is_spent {
            return Ok(Err(NotChanged::Refused(Flaw::Challenge)));
        }
        if before.is_some_and(|before| before.passkeys >= MOST_PASSKEYS) {
            return Ok(Err(NotChanged::TooMany));
        }
        if owner.is_some() {
            return Ok(Err(NotChanged::Known));
        }
        let mut writes = vec![
            Write::Put(Put::new(Row::Passkey(account, hash), passkey)?.when(Condition::New)),
            Write::Put(Put::new(Row::Credential(hash), &CredentialOwner { account })?.when(Condition::New)),
            spent(*nonce, change.now)?,
        ];
        if before.is_none() {
            writes.push(Write::Update(Update::new(Row::Mfa(account)).set("failures", &0)?));
            writes.extend(codes.writes(account, keys, change.now)?);
        }
        let after = before.unwrap_or_default().with_passkey();
        let told = (Action::PasskeyAdded, News::PasskeyAdded { factor: passkey.id, name: passkey.name.clone() });
        Ok(Ok(Plan { after, writes, effect: Effect::Added(change.proven_by(Method::Pop)), told: vec![told] }))
    }
}

/// What a browser says of a new passkey, held against what it was asked for in the caller's session; and what works once of that.
fn registered(
    response: &RegistrationResponse,
    caller: &Caller,
    keys: &Keyring<'_>,
    relying_party: &RelyingParty,
    now: Timestamp,
) -> Result<(NewCredential, Nonce), Flaw> {
    let ceremony = Ceremony::Register { account: caller.account_id(), session: caller.session_id() };
    let challenge = response.challenge()?;
    let nonce = challenge.open(keys, &ceremony, relying_party, now).ok_or(Flaw::Challenge)?;
    let new = webauthn::register(response, &ExpectedCeremony::of(&ceremony, &challenge), relying_party)?;
    Ok((new, nonce))
}

impl Passkey {
    fn new(new: NewCredential, name: &str, now: Timestamp) -> Result<Self, Error> {
        let NewCredential { id, public_key, sign_count, backup_eligible, backed_up, transports, aaguid, .. } = new;
        Ok(Self {
            id: FactorId::random()?,
            name: name.to_owned(),
            credential: id,
            public_key,
            sign_count,
            backup_eligible,
            backed_up,
            transports,
            aaguid: aaguid.to_string(),
            created_at: now,
            last_used_at: None,
        })
    }
}
