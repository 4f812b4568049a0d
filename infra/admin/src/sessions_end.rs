//! `sessions-end`: signs somebody out everywhere, or everybody.

use std::process::ExitCode;

use auth::operators::{ENDED_AT_ONCE, delete_sessions, sessions_of};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, de::IgnoredAny};
use shared::{
    error::Error,
    events::Action,
    ids::AccountId,
    store::{Condition, Expected, Found, Update, Write},
    tables::{AllRows, Row},
    time::{Clock, Timestamp},
};

use crate::{
    bar::Bar,
    identity_check::account,
    operator::{Failure, Operator},
};

/// Deletions under way at a time; the functions come first.
const IN_FLIGHT: usize = 16;

/// Sign somebody out everywhere, or everybody.
///
/// Counts the sessions, and with --yes ends them. Everybody's are void within half a minute, however long it takes to delete their rows; it may
/// be broken off and run again, which ends what has begun since, too. With everybody's sessions personal tokens are void that were made before;
/// those of one user go on.
#[derive(Args)]
pub struct Arguments {
    /// Whose sessions.
    #[command(flatten)]
    pub of: Of,
    /// Do it; otherwise only count.
    #[arg(long)]
    pub yes: bool,
}

/// Whose sessions end.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Of {
    /// One user's: `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: Option<AccountId>,
    /// Everybody's.
    #[arg(long)]
    pub everybody: bool,
}

/// When a session began.
#[derive(Deserialize)]
struct Begun {
    created_at: Timestamp,
}

/// The subcommand: a bar while it works, then one line on the standard output.
///
/// # Errors
/// Why they could not be counted, or not be ended; some may have ended then.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let bar = Bar::new();
    let count = end(operator, arguments, clock, bar.show()).await;
    bar.finish();
    println!("{}{}", count?, if arguments.yes { " sessions: ended" } else { " sessions; --yes ends them" });
    Ok(ExitCode::SUCCESS)
}

/// The work itself: how many there were. `progress` is told how many have ended, and of how many.
///
/// # Errors
/// When the tables cannot be read or written; some may have ended then.
pub async fn end(
    operator: &Operator,
    Arguments { of, yes }: &Arguments,
    clock: &Clock,
    progress: impl Fn(u64, u64),
) -> Result<u64, Failure> {
    match of.user {
        Some(user) => end_of(operator, user, *yes, clock).await,
        None => end_all(operator, *yes, clock, progress).await,
    }
}

async fn end_of(operator: &Operator, user: AccountId, yes: bool, clock: &Clock) -> Result<u64, Failure> {
    let mut sessions = sessions_of(&operator.store, user).await?;
    let count = sessions.len() as u64;
    if yes && count > 0 {
        let last = sessions.split_off(sessions.len().saturating_sub(ENDED_AT_ONCE));
        delete_sessions(&operator.store, user, &sessions).await?;
        // Whatever ends of itself meanwhile is what was wanted.
        let ended = last.iter().map(|id| Write::Delete(Expected::new(Row::Session(user, *id))));
        let _always_done = operator.change(user, Action::SessionsEnded, ended.collect(), clock).await?;
    }
    Ok(count)
}

/// The switch first: from then on none of those that there are counts, whatever becomes of the rest.
async fn end_all(operator: &Operator, yes: bool, clock: &Clock, progress: impl Fn(u64, u64)) -> Result<u64, Failure> {
    let now = clock.now();
    if yes {
        operator.trail.note("sessions-end", "everybody", clock).await?;
        let update = Update::new(Row::Switches).set("sessions_from", &now)?;
        // Of two operators the later moment counts.
        let update = update.when(Condition::below("sessions_from", &now)?);
        let _set_or_later = operator.store.update::<IgnoredAny>(update).await?;
    }
    let counted = rows(operator).try_fold(0_u64, |count, _| std::future::ready(Ok(count + 1))).await?;
    if !yes {
        return Ok(counted);
    }
    let ended = rows(operator).map_ok(|found| async { Ok(end_one(operator, found, now).await?) });
    let mut ended = std::pin::pin!(ended.try_buffer_unordered(IN_FLIGHT));
    let (mut done, mut seen) = (0, 0);
    while let Some(has_ended) = ended.try_next().await? {
        (done, seen) = (done + u64::from(has_ended), seen + 1);
        progress(seen, counted.max(seen));
    }
    Ok(done)
}

/// Ends a session that had begun by then; `false` for one that has begun since.
async fn end_one(operator: &Operator, found: Found, now: Timestamp) -> Result<bool, Error> {
    let (pk, sk) = found.key();
    let Some((user, id)) = Row::session(pk, sk) else { return Ok(false) };
    // One that cannot be read lets nobody in, and goes, too.
    if found.read().is_ok_and(|Begun { created_at }| created_at > now) {
        return Ok(false);
    }
    operator.store.delete(Row::Session(user, id)).await?;
    Ok(true)
}

/// Every session there is, read page by page.
fn rows(operator: &Operator) -> impl futures::Stream<Item = Result<Found, Failure>> {
    let pages = stream::try_unfold(Some(None), move |from| async move {
        let Some(from) = from else { return Ok(None) };
        let (rows, next) = operator.store.scan(AllRows::Sessions, from).await?;
        Ok::<_, Failure>(Some((stream::iter(rows).map(Ok), next.map(Some))))
    });
    pages.try_flatten()
}
