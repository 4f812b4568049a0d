//! Somebody who is signed in wants the account to have another address.

use std::time::{Duration, Instant};

use compat::email::EmailAddress;
use shared::{
    caller::Caller,
    error::Error,
    events::Action,
    ids::LinkId,
    limits::{Limit, RateLimit},
    outbox::News,
    time::Timestamp,
};

use super::{
    RECORD,
    account_row::asks_for_address,
    notice::{OneEvent, Telling},
    own_password::NotProven,
    post,
};
use crate::{
    account::Account,
    address::{Claimed, Wait},
    sender::Sender,
    state::Auth,
};

/// One account's requests for another address, right or mistyped: each is a letter to somebody who may be anybody.
const BY_ACCOUNT: Limit = Limit { name: "CHANGE_EMAIL", times: 5, span: Duration::from_hours(24) };

/// What asking for another address comes to.
pub enum ChangeEmail {
    /// A letter is on its way to it, if it is nobody's.
    Asked,
    /// The password is another than was shown, or was not looked at.
    NotProven(NotProven),
    /// It is the address that the account has, in whichever spelling.
    Same,
    /// The account has changed its address of late and may have the former one back.
    TooEarly,
    /// Too often, by this account or for this address: not for so many seconds.
    TooOften(i64),
}

impl Auth {
    /// Asks for another address by the word of who knows the password. What is noted of the new one, the letters to both and the event are
    /// one transaction. Whose the new one is shows in the letter to it alone. The account keeps its address until that letter's link comes
    /// back; of several that it asks for it may get the last.
    ///
    /// # Errors
    /// `InvalidToken` when the session ends meanwhile, `StepUpRequired`, `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn change_email(
        &self,
        caller: &Caller,
        new: &EmailAddress,
        password: Option<&str>,
        sender: &Sender,
        since: Instant,
        now: Timestamp,
    ) -> Result<ChangeEmail, Error> {
        let account = match self.proven_account(caller, password, sender, since, now).await? {
            Ok(account) => account,
            Err(not_proven) => return Ok(ChangeEmail::NotProven(not_proven)),
        };
        if new.key() == account.address.key() {
            return Ok(ChangeEmail::Same);
        }
        if account.former(now).is_some() {
            return Ok(ChangeEmail::TooEarly);
        }
        if let RateLimit::Exceeded(seconds) = BY_ACCOUNT.count(&self.app.store, &account.id.to_string(), now).await? {
            return Ok(ChangeEmail::TooOften(seconds));
        }
        let told = Telling::of_session(sender.origin(), caller.session_id(), now);
        self.ask_for_address(caller, &account, new, &told, since, now).await
    }

    async fn ask_for_address(
        &self,
        caller: &Caller,
        account: &Account,
        new: &EmailAddress,
        told: &Telling,
        since: Instant,
        now: Timestamp,
    ) -> Result<ChangeEmail, Error> {
        let (key, link) = (new.key(), LinkId::random()?);
        let news = News::EmailChangeRequested { new: new.clone() };
        let mut contention = self.app.contention(RECORD, since);
        let mut event = OneEvent::new(Action::EmailChangeRequested);
        loop {
            let mut record = self.record(&key).await?;
            let Claimed { letter, link } = match record.claim(new, account, link, now) {
                Ok(claimed) => claimed,
                Err(Wait { seconds }) => return Ok(ChangeEmail::TooOften(seconds)),
            };
            let writes = vec![
                asks_for_address(account, link)?,
                caller.still_signed_in(),
                post(letter, account.language, now)?,
                told.notice(account, &account.address, news.clone(), self.app.clock.unix_ms())?,
                event.put(self, account.id, told)?,
            ];
            if self.write_record(&key, record, writes).await? {
                event.happened();
                return Ok(ChangeEmail::Asked);
            }
            if !self.is_still(account, caller).await? {
                return Ok(ChangeEmail::NotProven(NotProven::Wrong));
            }
            contention.lost().await?;
        }
    }
}
