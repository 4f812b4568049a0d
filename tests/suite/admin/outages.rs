//! DynamoDB is down, or its answers are lost, while operators change something: they are told, nothing is half-written, and the next run does
//! what is left.

use std::collections::BTreeMap;

use admin::{Failure, account_change, account_unlock, mail_resend, sessions_end, vault_unfreeze};
use auth::operators::Command;
use compat::email::EmailAddress;
use local::{Mode, Service};
use serde_json::{Value, json};
use shared::ids::{AccountId, MailId};
use tests::{Person, Session, World, json_request};

use super::{
    accounts::{freezes, letters},
    events_check::is_sound,
    mfa::{Wanted, resets_factors, shown},
};
use crate::{
    auth::{
        personal_tokens::{has_token, tokens_of},
        switches::everybody_leaves,
    },
    logs,
};

/// What operators do to one account, or to what is kept of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Ban,
    Unban,
    End,
    SignOut,
    Unfreeze,
    Unlock,
    UnlockAddress,
    Resend,
    AskForReset,
    CancelReset,
    FinishReset,
}

impl Deed {
    const ALL: [Self; 11] = [
        Self::Ban,
        Self::Unban,
        Self::End,
        Self::SignOut,
        Self::Unfreeze,
        Self::Unlock,
        Self::UnlockAddress,
        Self::Resend,
        Self::AskForReset,
        Self::CancelReset,
        Self::FinishReset,
    ];

    /// What it asks of DynamoDB; the last of it writes.
    const fn calls(self) -> &'static [&'static str] {
        match self {
            Self::Ban | Self::End | Self::FinishReset => &["GetItem", "Query", "UpdateItem", "TransactWriteItems"],
            Self::Unfreeze => &["GetItem", "Query", "TransactWriteItems"],
            Self::Unban | Self::Unlock | Self::UnlockAddress | Self::AskForReset | Self::CancelReset => {
                &["GetItem", "TransactWriteItems"]
            }
            Self::SignOut => &["Query", "TransactWriteItems"],
            Self::Resend => &["GetItem", "PutItem"],
        }
    }

    const fn write(self) -> &'static str {
        match self.calls() {
            [.., write] => write,
            [] => unreachable!(),
        }
    }

    /// Whether it ends personal tokens.
    const fn ends_tokens(self) -> bool {
        matches!(self, Self::Ban | Self::End | Self::FinishReset)
    }

    /// The event that the owner sees; none where it is no account's.
    const fn action(self) -> Option<&'static str> {
        match self {
            Self::Ban => Some("banned"),
            Self::Unban => Some("unbanned"),
            Self::End => Some("deletion_requested"),
            Self::SignOut => Some("sessions_ended"),
            Self::Unfreeze => Some("vault_unfrozen"),
            Self::Unlock => Some("unlocked"),
            Self::AskForReset => Some("factors_reset_requested"),
            Self::CancelReset => Some("factors_reset_cancelled"),
            Self::FinishReset => Some("factors_reset"),
            Self::UnlockAddress | Self::Resend => None,
        }
    }
}

/// Somebody to whom it is done.
struct Case<'w> {
    deed: Deed,
    world: &'w World,
    ada: Person<'w>,
    session: Session,
}

impl<'w> Case<'w> {
    /// As it is before.
    async fn new(deed: Deed, world: &'w World) -> Self {
        logs::capture();
        let (ada, session) = world.person().signed_in().await;
        // Of letters the first one is sent again.
        if deed != Deed::Resend {
            has_token(world, &session).await;
        }
        let ada = if deed == Deed::UnlockAddress { world.person() } else { ada };
        let case = Self { deed, world, ada, session };
        match deed {
            Deed::Ban | Deed::End | Deed::SignOut | Deed::Resend => {}
            Deed::Unban => assert!(case.runs_as(Deed::Ban).await.unwrap()),
            Deed::Unfreeze => freezes(world, &case.session).await,
            Deed::AskForReset | Deed::CancelReset | Deed::FinishReset => {
                world.enrols_app(&case.session).await;
                if deed != Deed::AskForReset {
                    assert!(case.runs_as(Deed::AskForReset).await.unwrap());
                    world.advance(72 * 3_600);
                }
            }
            Deed::Unlock | Deed::UnlockAddress => {
                for _ in 0..5 {
                    let guess = json_request("POST", "/auth/login", &case.ada.rival("a guess").credentials());
                    world.send_from("192.0.2.1", guess).await.assert_status(401);
                }
            }
        }
        world.aws.settled().await.unwrap();
        case
    }

    /// Does it: whether there was something to do.
    async fn runs(&self) -> Result<bool, Failure> {
        self.runs_as(self.deed).await
    }

    async fn runs_as(&self, deed: Deed) -> Result<bool, Failure> {
        let (operator, clock) = (self.world.operator(), &self.world.clock);
        let user = AccountId::parse(&self.session.user_id).unwrap();
        let change = async |command| {
            let arguments = account_change::Arguments { user, yes: true };
            Ok(account_change::change(&operator, &arguments, &command, clock).await?.is_done)
        };
        let resets = async |wanted| Ok(resets_factors(self.world, user, wanted, true).await?.is_done);
        match deed {
            Deed::AskForReset => resets(Wanted::Request).await,
            Deed::CancelReset => resets(Wanted::Cancel).await,
            Deed::FinishReset => resets(Wanted::Finish).await,
            Deed::Ban => change(Command::Ban("stolen_funds".to_owned())).await,
            Deed::Unban => change(Command::Unban).await,
            Deed::End => change(Command::End).await,
            Deed::SignOut => {
                let of = sessions_end::Of { user: Some(user), everybody: false };
                let arguments = sessions_end::Arguments { of, yes: true };
                Ok(sessions_end::end(&operator, &arguments, clock, |_, _| {}).await? > 0)
            }
            Deed::Unfreeze => {
                let arguments = vault_unfreeze::Arguments { user, yes: true };
                Ok(vault_unfreeze::unfreeze(&operator, &arguments, clock).await?.is_some())
            }
            Deed::Unlock | Deed::UnlockAddress => {
                let address = EmailAddress::parse(&self.ada.email).unwrap();
                let arguments = account_unlock::Arguments { address, yes: true };
                Ok(account_unlock::unlock(&operator, &arguments, clock).await?.is_some())
            }
            Deed::Resend => {
                let first = letters(&self.ada).await.remove(0)["id"].as_str().and_then(MailId::parse).unwrap();
                let arguments = mail_resend::Arguments { mail: first, yes: true };
                Ok(mail_resend::resend(&operator, &arguments, clock).await?.1.is_some())
            }
        }
    }

    /// Whether it has been done, as it shows outside. Who looks may sign in for that.
    async fn is_done(&self) -> bool {
        let Self { world, ada, session, .. } = self;
        match self.deed {
            Deed::Ban | Deed::End => ada.logs_in().await.status == 403,
            Deed::Unban | Deed::FinishReset => ada.logs_in().await.status == 200,
            Deed::AskForReset | Deed::CancelReset => {
                let user = AccountId::parse(&session.user_id).unwrap();
                let is_asked_for = shown(world, user).await.last().unwrap() != "reset: not asked for";
                is_asked_for == (self.deed == Deed::AskForReset)
            }
            Deed::SignOut => world.get_as(session, "/auth/profile").await.status == 401,
            Deed::Unfreeze => world.get_as(session, "/auth/sessions").await.assert_ok()["vault_frozen_until"].is_null(),
            Deed::Unlock | Deed::UnlockAddress => {
                let tries = json_request("POST", "/auth/login", &ada.credentials());
                world.send_from("192.0.2.1", tries).await.status != 429
            }
            Deed::Resend => ada.all_mailed("verify-email").await.len() == 2,
        }
    }

    /// Whether the account's personal token is there still, as it should be unless it is done.
    async fn has_token(&self) -> bool {
        tokens_of(self.world, &self.session).await.len() == 1
    }

    /// What the account's events say of it; all of them have their lines.
    async fn told(&self) -> usize {
        let user = AccountId::parse(&self.session.user_id).unwrap();
        self.world.advance(120);
        if self.deed.action().is_some() {
            assert!(is_sound(self.world, user, &logs::lines()).await, "{:?}", self.deed);
        }
        let rows = self.world.rows_of("Accounts", &format!("ACCOUNT#{user}")).await;
        rows.iter().filter(|row| row["action"].is_string() && row["action"].as_str() == self.deed.action()).count()
    }
}

/// All rows that operators write, but for the turn that a command has taken: it is over by itself, and nothing has changed.
async fn everything(world: &World) -> BTreeMap<String, Value> {
    let mut rows = BTreeMap::new();
    for table in ["Accounts", "Sessions", "Mail", "Endings", "Grants"] {
        for mut row in world.rows(table).await {
            row.as_object_mut().unwrap().remove("barred_until");
            rows.insert(format!("{table} {} {}", row["pk"], row["sk"]), row);
        }
    }
    rows
}

#[tokio::test]
async fn what_cannot_be_read_or_written_is_said_and_not_done() {
    for deed in Deed::ALL {
        let world = World::start().await;
        let case = Case::new(deed, &world).await;
        let before = everything(&world).await;
        for mode in [Mode::Unavailable, Mode::Throttled, Mode::Refused] {
            for call in deed.calls() {
                let written = world.operators_log().len();
                world.break_down(Service::DynamoDb, mode, Some(call));
                let said = case.runs().await.unwrap_err().to_string();
                world.mend();
                assert!(said.starts_with(&format!("{call}: ")), "{deed:?} {mode:?}: {said}");
                assert!(!said.contains(&case.ada.email) && !said.contains(&case.session.user_id), "{said}");
                assert!(everything(&world).await == before, "{deed:?} {mode:?} {call}");
                // Before anything is written, it is announced; and what is announced and not done is void.
                let lines = world.operators_log().split_off(written);
                let events: Vec<_> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
                let expected: &[_] = match deed.action() {
                    _ if *call != deed.write() => &[],
                    Some(_) => &["account_event", "account_event_void"],
                    None => &["operator_command"],
                };
                assert_eq!(events, expected, "{deed:?} {mode:?} {call}");
            }
        }
        assert!(case.runs().await.unwrap(), "{deed:?}");
        assert!(case.is_done().await, "{deed:?}");
        let is_left = !deed.ends_tokens() && ![Deed::Unban, Deed::Resend].contains(&deed);
        assert_eq!(case.has_token().await, is_left, "{deed:?}");
        assert_eq!(case.told().await, deed.action().iter().count(), "{deed:?}");
    }
}

#[tokio::test]
async fn what_was_written_though_its_answer_was_lost_is_done_once() {
    for deed in Deed::ALL {
        let world = World::start().await;
        let case = Case::new(deed, &world).await;
        world.pause_mail().await;
        world.break_times(Service::DynamoDb, Mode::Lost, deed.write(), 1);
        assert!(case.runs().await.unwrap(), "{deed:?}");
        world.mend();
        world.resume_mail().await;
        assert!(case.is_done().await, "{deed:?}");
        assert_eq!(case.told().await, deed.action().iter().count(), "{deed:?}");
    }
}

/// Nobody knows then whether it was done. It was, and who runs it again finds it so, or does it once more where that changes nothing.
#[tokio::test]
async fn where_every_answer_is_lost_the_next_run_finds_it_done() {
    for deed in Deed::ALL {
        let world = World::start().await;
        let case = Case::new(deed, &world).await;
        world.pause_mail().await;
        world.break_down(Service::DynamoDb, Mode::Lost, Some(deed.write()));
        let said = case.runs().await.unwrap_err().to_string();
        world.mend();
        assert!(said.starts_with(&format!("{}: ", deed.write())), "{deed:?}: {said}");
        if deed == Deed::Resend {
            world.resume_mail().await;
            assert!(case.is_done().await);
            continue;
        }
        let does_again = matches!(deed, Deed::Unlock | Deed::UnlockAddress);
        assert_eq!(case.runs().await.unwrap(), does_again, "{deed:?}");
        assert!(case.is_done().await, "{deed:?}");
        assert_eq!(case.told().await, if deed == Deed::Unlock { 2 } else { deed.action().iter().count() }, "{deed:?}");
        world.resume_mail().await;
    }
}

/// Adds sessions to those of the only account: more than a transaction holds.
async fn opens_many(world: &World) {
    let mut sessions = world.rows_of("Sessions", "ACCOUNT#").await;
    sessions.retain(|row| row["sk"] != "GUARD");
    let copies = (0..150).map(|number| {
        let (mut row, id) = (sessions[0].clone(), format!("6f1c0c3a-2b47-4c0e-9d5e-{number:0>12}"));
        (row["sk"], row["id"]) = (json!(format!("SESSION#{id}")), json!(id));
        row
    });
    world.put_rows("Sessions", copies.collect()).await;
}

/// Those beyond what a transaction holds go before it, or are opened before it; what is broken off in between has begun with the least.
#[tokio::test]
async fn an_account_with_many_sessions_is_changed_by_the_next_run() {
    for (deed, before) in [
        (Deed::Ban, "DeleteItem"),
        (Deed::End, "DeleteItem"),
        (Deed::SignOut, "DeleteItem"),
        (Deed::Unfreeze, "TransactWriteItems"),
    ] {
        let world = World::start().await;
        let case = Case::new(deed, &world).await;
        opens_many(&world).await;
        if deed == Deed::Unfreeze {
            freezes(&world, &case.session).await;
        }
        for mode in [Mode::Unavailable, Mode::Lost] {
            world.break_down(Service::DynamoDb, mode, Some(before));
            let said = case.runs().await.unwrap_err().to_string();
            world.mend();
            assert!(said.starts_with(&format!("{before}: ")), "{deed:?}: {said}");
        }
        assert!(case.runs().await.unwrap(), "{deed:?}");
        assert!(case.is_done().await, "{deed:?}");
        assert_eq!(case.told().await, 1, "{deed:?}");
        let sessions = world.rows_of("Sessions", "ACCOUNT#").await.len() - 1;
        assert_eq!(sessions, if deed == Deed::Unfreeze { 151 } else { 0 }, "{deed:?}");
    }
}

/// The switch comes first: from then on nobody is let in by what is left, and the next run deletes it.
#[tokio::test]
async fn everybodys_sessions_end_in_the_next_run_if_not_in_this_one() {
    for mode in [Mode::Unavailable, Mode::Throttled, Mode::Lost] {
        let world = World::start().await;
        let (_, session) = world.person().signed_in().await;
        world.aws.settled().await.unwrap();
        let before = everything(&world).await;
        let ends = async || {
            let of = sessions_end::Of { user: None, everybody: true };
            let arguments = sessions_end::Arguments { of, yes: true };
            sessions_end::end(&world.operator(), &arguments, &world.clock, |_, _| {}).await
        };
        for call in ["UpdateItem", "Scan", "DeleteItem"] {
            world.break_down(Service::DynamoDb, mode, Some(call));
            let said = ends().await.unwrap_err().to_string();
            world.mend();
            assert!(said.starts_with(&format!("{call}: ")), "{mode:?}: {said}");
            let mut rows = everything(&world).await;
            let all = rows.len();
            rows.retain(|key, _| !key.contains("SWITCHES"));
            let is_written = call != "UpdateItem" || mode == Mode::Lost;
            assert_eq!(all - rows.len(), usize::from(is_written), "{mode:?} {call}");
            // What is deleted is gone, though nobody is told.
            assert_eq!(rows == before, (mode, call) != (Mode::Lost, "DeleteItem"), "{mode:?} {call}");
        }
        world.advance(30);
        world.get_as(&session, "/auth/profile").await.assert_status(401);
        everybody_leaves(&world, true).await;
        assert_eq!(world.rows_of("Sessions", "ACCOUNT#").await.len(), 1, "only the guard");
    }
}
