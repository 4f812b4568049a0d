//! `mail-resend`: has a letter sent once more.

use std::process::ExitCode;

use clap::Args;
use shared::{
    ids::MailId,
    outbox::{Letter, Mail, MailStatus},
    store::{Condition, Written},
    tables::Row,
    time::Clock,
};

use crate::operator::{Failure, Operator};

/// Have a letter sent once more.
///
/// Tells what it is and where it stands, and with --yes puts a copy into the outbox. Its link is the same one and lives no longer for it. The
/// address is not shown.
#[derive(Args)]
pub struct Arguments {
    /// The letter: the id of its row in the table Mail, as the log of `mail` has it.
    #[arg(long, value_name = "MAIL_ID", value_parser = mail)]
    pub mail: MailId,
    /// Do it; otherwise only tell what it is.
    #[arg(long)]
    pub yes: bool,
}

fn mail(text: &str) -> Result<MailId, &'static str> {
    MailId::parse(text).ok_or("the id of a letter is a UUID in lower case")
}

/// The subcommand: one line on the standard output.
///
/// # Errors
/// Why it is not known, or not sent.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    let (told, copy) = resend(operator, arguments, clock).await?;
    match copy {
        Some(copy) => println!("{told}: on its way as {copy}"),
        None => println!("{told}; --yes sends it again"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The work itself: what the letter is, and the id of its copy, where one was made.
///
/// # Errors
/// When there is no such letter, or it was never meant to be sent; when the table cannot be read or written.
pub async fn resend(
    operator: &Operator,
    Arguments { mail, yes }: &Arguments,
    clock: &Clock,
) -> Result<(String, Option<MailId>), Failure> {
    let found: Option<Mail> = operator.store.get(Row::Mail(*mail)).await?;
    let Mail { letter, language, status, created_at, .. } = found.ok_or("there is no such letter any more")?;
    if letter == Letter::Nothing {
        return Err("it was never meant to be sent".into());
    }
    let told = format!("{} of {created_at}, {}", letter.kind(), word(status));
    if !yes {
        return Ok((told, None));
    }
    operator.trail.note("mail-resend", &mail.to_string(), clock).await?;
    let copy = Mail::new(letter, language, clock.now())?;
    match operator.store.put(copy.post()?.when(Condition::New)).await? {
        // Nobody else knows the id: what is there already is this very write, whose first answer was lost.
        Written::Done(()) | Written::Conflict(_) => Ok((told, Some(copy.id))),
    }
}

/// Where a letter stands, in words.
pub(crate) const fn word(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Pending => "pending",
        MailStatus::Claimed => "claimed",
        MailStatus::Sent => "sent",
        MailStatus::Failed => "failed",
        MailStatus::Dropped => "dropped",
        MailStatus::Bounced => "bounced",
        MailStatus::Complained => "complained of",
        MailStatus::Rejected => "rejected",
    }
}
