//! The language of an account, of which its sessions have copies. Personal tokens have one, too, which stays as it was when they were made:
//! `auth` ends them and writes nothing into them.

use std::time::Instant;

use serde::de::IgnoredAny;
use shared::{
    caller::Caller,
    error::Error,
    events::Action,
    language::Language,
    store::{Condition, Raced, Update, Write, readable},
    tables::{Row, Rows},
};

use super::notice::{OneEvent, Telling};
use crate::{account::Account, session::Session, state::Auth};

/// What those who change a language at once compete for.
const LANGUAGE: &str = "the language of an account";
/// A transaction holds 100 writes: the account, the event, and so many sessions.
const CHANGED_AT_ONCE: usize = 90;

impl Auth {
    /// The caller's account is written to in this language from now on, and all its sessions know: with an event, as one transaction.
    /// Of sessions there are seldom more than fit into it; those change before. Nothing is written where nothing changes.
    ///
    /// # Errors
    /// `InvalidToken` when account or session has just ended; `Contended`, `Unavailable`, `Internal`.
    pub(crate) async fn change_language(
        &self,
        caller: &Caller,
        language: Language,
        told: &Telling,
        since: Instant,
    ) -> Result<(), Error> {
        let (id, mut contention) = (caller.account_id(), self.app.contention(LANGUAGE, since));
        let mut event = OneEvent::new(Action::LanguageChanged);
        loop {
            let (account, sessions) =
                tokio::try_join!(self.living_account(id), self.app.store.each::<Session>(Rows::SessionsOf(id)))?;
            let mut sessions = readable(sessions);
            let account = account.filter(|_| sessions.iter().any(|session| session.id == caller.session_id()));
            let account = account.ok_or(Error::InvalidToken)?;
            sessions.retain(|session| session.language != language);
            if account.language == language && sessions.is_empty() {
                return Ok(());
            }
            for session in sessions.drain(sessions.len().min(CHANGED_AT_ONCE)..) {
                let _changed_or_ended = self.app.store.update::<IgnoredAny>(speaking(&session, language)?).await?;
            }
            let mut writes = vec![Write::Update(written_to_in(&account, language)?), event.put(self, id, told)?];
            for session in &sessions {
                writes.push(Write::Update(speaking(session, language)?));
            }
            if self.app.store.race(writes).await? == Raced::Won {
                event.happened();
                return Ok(());
            }
            contention.lost().await?;
        }
    }
}

/// No change that the account's version counts, for it proves nothing.
fn written_to_in(account: &Account, language: Language) -> Result<Update<'static>, Error> {
    let as_read = Condition::equals("language", &account.language)?;
    Ok(Update::new(Row::Account(account.id)).set("language", &language)?.when(as_read))
}

fn speaking(session: &Session, language: Language) -> Result<Update<'static>, Error> {
    Ok(Update::new(Row::Session(session.account, session.id)).set("language", &language)?.when(Condition::Exists))
}
