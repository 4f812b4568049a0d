//! `vault-unfreeze`: ends before its time that the vault stays shut for an account.

use std::process::ExitCode;

use auth::guard::Freeze;
use clap::Args;
use serde::Deserialize;
use shared::{
    events::Action,
    ids::{AccountId, SessionId},
    store::{Condition, Update, Write, Written},
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::{
    identity_check::account,
    operator::{Failure, Operator},
};

/// A transaction holds 100 writes, and some are needed for the rest.
const AT_ONCE: usize = 90;

/// Open the vault to an account again before its time.
///
/// Tells until when it is shut, and with --yes opens it. Be sure who asks: it was shut because somebody may have taken the account over. Its
/// owner sees that it was done.
#[derive(Args)]
pub struct Arguments {
    /// The user: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: AccountId,
    /// Do it; otherwise only tell how it stands.
    #[arg(long)]
    pub yes: bool,
}

#[derive(Deserialize)]
struct Guard {
    #[serde(flatten)]
    freeze: Freeze,
    /// Counts what ends all sessions, and with that freezes the vault anew.
    generation: u64,
    /// Counts the sessions that were opened since.
    opened: u64,
}

/// A session, and until when the vault stays shut for it.
#[derive(Deserialize)]
struct Session {
    id: SessionId,
    frozen_until: Option<Timestamp>,
}

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why nothing could be seen, or not be opened.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    match unfreeze(operator, arguments, clock).await? {
        None => println!("it is open"),
        Some(until) if arguments.yes => println!("shut until {until}: now open"),
        Some(until) => println!("shut until {until}; --yes opens it"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The work itself: until when it was shut; none where it was not. The guard and the copies in sessions are opened together, so that who signs
/// in at this moment gets no copy of what has just ended.
///
/// # Errors
/// When there is no such account, the tables cannot be read or written, and when somebody signs in or out at this moment.
pub async fn unfreeze(
    operator: &Operator,
    Arguments { user, yes }: &Arguments,
    clock: &Clock,
) -> Result<Option<Timestamp>, Failure> {
    let (store, now) = (&operator.store, clock.now());
    let guard: Option<Guard> = store.get(Row::SessionGuard(*user)).await?;
    // Before the sessions are looked at, so that one that is opened meanwhile is noticed.
    let Guard { freeze: Freeze { frozen_until, .. }, generation, opened } = guard.ok_or("there is no such account")?;
    let mut sessions: Vec<Session> = store.query(Rows::SessionsOf(*user)).await?;
    sessions.retain(|session| session.frozen_until.is_some());
    let until = sessions.iter().map(|session| session.frozen_until).chain([frozen_until]).max().flatten();
    let Some(until) = until.filter(|until| now < *until) else { return Ok(None) };
    if *yes {
        // A try or a sign-in that was judged by what was known before is judged anew.
        let guard =
            cleared(Row::SessionGuard(*user))?.count("attempt").when(Condition::equals("generation", &generation)?);
        let guard = guard.when(Condition::equals("opened", &opened)?);
        let last = sessions.split_off(sessions.len().saturating_sub(AT_ONCE));
        for session in sessions {
            let _open_or_gone = store.transact(vec![Write::Update(cleared(Row::Session(*user, session.id))?)]).await?;
        }
        let copies = last.iter().map(|session| cleared(Row::Session(*user, session.id)).map(Write::Update));
        let writes = copies.chain([Ok(Write::Update(guard))]).collect::<Result<Vec<_>, _>>()?;
        match operator.change(*user, Action::VaultUnfrozen, writes, clock).await? {
            Written::Done(()) => {}
            Written::Conflict(_) => return Err("a session has begun or ended meanwhile; run it again".into()),
        }
    }
    Ok(Some(until))
}

fn cleared(row: Row<'static>) -> Result<Update<'static>, Failure> {
    let update = Update::new(row).set("frozen_at", &None::<Timestamp>)?.set("frozen_until", &None::<Timestamp>)?;
    Ok(update.when(Condition::Exists))
}
