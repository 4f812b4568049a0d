//! `account-show`: how an account stands.

use std::process::ExitCode;

use auth::{
    guard::Guard,
    operators::{AddressRecord, Asked, OpenLink, Outstanding, Standing, letter_of_lock, standing},
};
use clap::Args;
use compat::email::EmailAddress;
use serde::{Deserialize, de::IgnoredAny};
use shared::{
    caller::personal_token::TokenRecord,
    ids::{AccountId, SessionId},
    language::Language,
    link::LinkPurpose,
    outbox::Mail,
    store::Store,
    switches::Switches,
    tables::{Row, Rows},
    time::{Clock, Timestamp},
};

use crate::{
    account_unlock::Told,
    identity_check::account,
    mail_resend,
    operator::{Failure, Operator},
};

/// Show how an account stands: whether its owner may sign in, tries of its password, the freeze of the vault, places, letters, personal tokens
/// and sessions.
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

impl Of {
    /// Which one that is; the record of the address where nobody has it, if there is one.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub(crate) async fn account(&self, store: &Store) -> Result<Result<AccountId, Option<AddressRecord>>, Failure> {
        match (&self.user, &self.email) {
            (Some(id), _) => Ok(Ok(*id)),
            (None, Some(email)) => {
                let record: Option<AddressRecord> = store.get(Row::Address(&email.key())).await?;
                Ok(record.as_ref().and_then(AddressRecord::owner).ok_or(record))
            }
            (None, None) => Err("say which account".into()),
        }
    }
}

/// What is shown of an account's row.
#[derive(Deserialize)]
struct Account {
    address: EmailAddress,
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
    let id = match of.account(store).await? {
        Ok(id) => id,
        Err(record) => return Ok(without_account(record.as_ref(), now)),
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
            let secured = account.as_ref().and_then(Account::secured);
            lines.extend(secured.map(|at| format!("taken back by its owner at {at}")));
            if let Some(account) = account {
                let record: Option<AddressRecord> = store.get(Row::Address(&account.address.key())).await?;
                lines.extend(record.iter().flat_map(|record| letters(&record.outstanding(now))));
            }
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
    if let Some(Mail { id, status, .. }) = store.get(Row::Mail(letter_of_lock(id, now))).await? {
        lines.push(format!("letter about today's lock: {}, {id}", mail_resend::word(status)));
    }
    lines.push(tokens(operator, id, now).await?);
    lines.extend(sessions(operator, id, now).await?);
    Ok(lines)
}

/// What there is at an address that nobody has.
fn without_account(record: Option<&AddressRecord>, now: Timestamp) -> Vec<String> {
    let Some(record) = record else { return vec!["no account".to_owned()] };
    let waits = if record.is_pending() { "; a sign-up waits for its proof" } else { "" };
    [format!("no account{waits}")].into_iter().chain(letters(&record.outstanding(now))).collect()
}

/// What was asked for at an address: neither a link nor what could name one.
fn letters(Outstanding { links, sign_ups, passwords, claims }: &Outstanding) -> Vec<String> {
    let asked = |Asked { count, wait }: &Asked| match wait.seconds {
        0 => count.to_string(),
        seconds => format!("{count} (again in {seconds} s)"),
    };
    let (sign_ups, passwords, claims) = (asked(sign_ups), asked(passwords), asked(claims));
    let line = format!("asked for within an hour: sign-up {sign_ups}, password {passwords}, address {claims}");
    let of_link = |OpenLink { purpose, expires_at }: &OpenLink| format!("  {}  until {expires_at}", word(*purpose));
    [line, format!("links: {}", links.len())].into_iter().chain(links.iter().map(of_link)).collect()
}

const fn word(purpose: LinkPurpose) -> &'static str {
    match purpose {
        LinkPurpose::VerifyEmail => "verify-email",
        LinkPurpose::SetPassword => "set-password",
        LinkPurpose::ChangeEmail => "change-email",
        LinkPurpose::NotMe => "not-me",
        LinkPurpose::KeepAccount => "keep-account",
    }
}

/// How many personal tokens live. One that nobody can read lets nobody in.
async fn tokens(operator: &Operator, id: AccountId, now: Timestamp) -> Result<String, Failure> {
    let switches: Switches = operator.store.get(Row::Switches).await?.unwrap_or_default();
    let found = operator.store.each::<TokenRecord>(Rows::PersonalTokensOf(id)).await?;
    let unreadable = match found.iter().filter(|token| token.is_err()).count() {
        0 => String::new(),
        count => format!(", and {count} that nobody can read"),
    };
    let lives = |token: &&TokenRecord| token.expires_at > now && switches.let_live(token.created_at);
    Ok(format!("personal tokens: {}{unreadable}", found.iter().flatten().filter(lives).count()))
}

/// The sessions that live, and after them rows that nobody can read: they let nobody in, and `sessions-end` ends them with the others.
async fn sessions(operator: &Operator, id: AccountId, now: Timestamp) -> Result<Vec<String>, Failure> {
    let (mut sessions, mut unreadable) = (Vec::<Session>::new(), Vec::new());
    for row in operator.store.found(Rows::SessionsOf(id)).await? {
        let name = row.key().1.to_owned();
        match row.read::<Session>() {
            Ok(session) if session.expires_at > now => sessions.push(session),
            Ok(_) => {}
            Err(_) => unreadable.push(format!("  {name}: nobody can read it")),
        }
    }
    sessions.sort_by_key(Session::used_at);
    let lines = sessions.iter().map(Session::line).chain(unreadable);
    Ok([format!("sessions: {}", sessions.len())].into_iter().chain(lines).collect())
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
