//! `account-show`: how an account stands.

use std::process::ExitCode;

use auth::{
    guard::Guard,
    operators::{Standing, standing},
};
use clap::Args;
use compat::email::EmailAddress;
use serde::{Deserialize, de::IgnoredAny};
use shared::{
    ids::{AccountId, SessionId},
    language::Language,
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::{
    account_unlock::Told,
    identity_check::account,
    operator::{Failure, Operator},
};

/// Show how an account stands: whether its owner may sign in, tries of its password, the freeze of the vault, places and sessions.
///
/// The address becomes a key here, no table is searched. Neither the address nor anybody's IP is shown.
#[derive(Args)]
pub struct Arguments {
    /// Which account.
    #[command(flatten)]
    pub of: Of,
}

/// Which account.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Of {
    /// That of an address.
    #[arg(long, value_parser = EmailAddress::parse)]
    pub email: Option<EmailAddress>,
    /// By `user.id` of the API.
    #[arg(long, value_name = "USER_ID", value_parser = account)]
    pub user: Option<AccountId>,
}

#[derive(Deserialize)]
struct Record {
    owner: Option<AccountId>,
    pending: Option<IgnoredAny>,
}

/// What is shown of an account's row.
#[derive(Deserialize)]
struct Account {
    verified_at: Timestamp,
    password: Option<IgnoredAny>,
    #[serde(default)]
    language: Language,
    secured_at: Option<u64>,
}

/// What is shown of a session.
#[derive(Deserialize)]
struct Session {
    id: SessionId,
    created_at: Timestamp,
    rotated_at: Option<Timestamp>,
    expires_at: Timestamp,
    country: Option<String>,
    device: Option<String>,
    frozen_until: Option<Timestamp>,
}

/// The subcommand.
///
/// # Errors
/// When the tables cannot be read.
pub async fn run(operator: &Operator, arguments: &Arguments, clock: &Clock) -> Result<ExitCode, Failure> {
    for line in show(operator, arguments, clock).await? {
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// One line for each fact, and last one for each session that lives.
///
/// # Errors
/// When the tables cannot be read.
pub async fn show(operator: &Operator, Arguments { of }: &Arguments, clock: &Clock) -> Result<Vec<String>, Failure> {
    let (store, now) = (&operator.store, clock.now());
    let id = match (&of.user, &of.email) {
        (Some(id), _) => *id,
        (None, Some(email)) => match store.get::<Record>(Row::Address(&email.key())).await? {
            Some(Record { owner: Some(owner), .. }) => owner,
            Some(Record { pending: Some(_), .. }) => {
                return Ok(vec!["no account; a sign-up waits for its proof".to_owned()]);
            }
            _ => return Ok(vec!["no account".to_owned()]),
        },
        (None, None) => return Err("say which account".into()),
    };
    let mut lines = vec![format!("user: {id}")];
    match standing(store, id, now).await? {
        Standing::Ended => lines.push("it has been deleted".to_owned()),
        Standing::Unknown => lines.push("no account".to_owned()),
        Standing::There { banned, ends_at, undo_until } => {
            let account = store.get::<Account>(Row::Account(id)).await?;
            lines.extend(account.as_ref().map(Account::line));
            lines.extend(banned.map(|(reason, at)| format!("suspended since {at}: {reason}")));
            lines.extend(ends_at.map(|at| format!("to be deleted at {at}")));
            lines.extend(undo_until.map(|until| format!("former address: until {until}")));
            let secured = account.and_then(|account| account.secured());
            lines.extend(secured.map(|at| format!("taken back by its owner at {at}")));
        }
    }
    if let Some(guard) = store.get::<Guard>(Row::SessionGuard(id)).await? {
        let Told(tried) = Told::of(&guard, now);
        lines.push(format!("passwords: {tried}"));
        lines.push(format!("places: {} known", guard.places.known(now)));
        lines.extend(
            guard.freeze.frozen_until.filter(|until| now < *until).map(|until| format!("vault: shut until {until}")),
        );
    }
    let mut sessions: Vec<Session> = store.query(Rows::SessionsOf(id)).await?;
    sessions.retain(|session| session.expires_at > now);
    sessions.sort_by_key(Session::used_at);
    lines.push(format!("sessions: {}", sessions.len()));
    lines.extend(sessions.iter().map(Session::line));
    Ok(lines)
}

impl Account {
    fn line(&self) -> String {
        let Self { verified_at, password, language, .. } = self;
        let password = if password.is_some() { "" } else { ", without a password" };
        format!("account: verified at {verified_at}, language {}{password}", language.code())
    }

    fn secured(&self) -> Option<Timestamp> {
        self.secured_at.map(|ms| Timestamp::from_second(i64::try_from(ms / 1_000).unwrap_or(i64::MAX)))
    }
}

impl Session {
    fn used_at(&self) -> Timestamp {
        self.rotated_at.unwrap_or(self.created_at)
    }

    fn line(&self) -> String {
        let (device, country) = (self.device.as_deref().unwrap_or("-"), self.country.as_deref().unwrap_or("-"));
        let frozen = self.frozen_until.map(|until| format!("  vault shut until {until}")).unwrap_or_default();
        let Self { id, created_at, .. } = self;
        format!("  {id}  began {created_at}  used {}  {country}  {device}{frozen}", self.used_at())
    }
}
