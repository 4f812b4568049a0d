//! Sends the letters of the outbox: a record of the Mail table's stream becomes a mail, once. A letter that cannot be sent then
//! waits by itself, and a schedule has it tried again. What SES reports of a mail later, that it bounced for instance, is noted on
//! its letter.

pub mod config;
mod feedback;
mod links;
pub mod metrics;
mod outbox;
pub mod render;
mod round;
mod sending;
mod ses;
mod waiting;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_lambda_events::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use compat::email::EmailAddress;
use futures::future::join_all;
use serde::Deserialize;
use serde_json::Value;
use shared::{
    app::WARM_UP,
    config::Config,
    error::Error,
    ids::LinkId,
    link::LinkPurpose,
    outbox::{Letter, Mail},
    seal::Seal,
    store::Store,
    time::Clock,
};

use crate::{
    config::MailConfig,
    feedback::{Feedback, Outcome, Reported},
    links::Links,
    outbox::Outbox,
    render::{Brand, Rendered},
    ses::Ses,
    waiting::WaitingRoom,
};

/// How long a report of SES waits for load to pass, time and again: eight seconds in all, which does not make mail a slow function.
const WAITS: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// What the function is invoked with.
#[derive(Deserialize)]
#[serde(untagged)]
enum Incoming {
    Letters(Event),
    Feedback(Feedback),
    Scheduled { task: Task },
}

/// What a schedule of the template asks for.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Task {
    SendWaitingMail,
}

/// Carries letters from the outbox to SES, and back what becomes of them.
pub struct Postman {
    store: Store,
    clock: Clock,
    outbox: Outbox,
    waiting: WaitingRoom,
    ses: Ses,
    links: Links,
    brand: Brand,
    app_url: String,
}

impl Postman {
    /// Over the AWS that `aws` points to. Opens nothing yet.
    #[must_use]
    pub fn new(common: &Config, config: MailConfig, aws: &SdkConfig, clock: Clock) -> Self {
        let (store, seal) = (Store::new(aws, &common.table_prefix), Seal::new(aws, &config.kms_key_id));
        Self {
            outbox: Outbox::new(store.clone(), clock.clone()),
            waiting: WaitingRoom::new(store.clone()),
            ses: Ses::new(aws, config.mail_from, config.configuration_set),
            links: Links::new(store.clone(), seal, clock.clone()),
            store,
            clock,
            brand: Brand { product: config.product, sign_in_url: config.sign_in_url },
            app_url: common.app_url.clone(),
        }
    }

    /// Opens the link key and the connections in init, where CPU is cheap. A failure is not fatal: the first letter tries again.
    pub async fn warm_up(&self) {
        match tokio::time::timeout(WARM_UP, self.links.warm_up()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(?error, "the link key could not be opened yet"),
            Err(_) => tracing::warn!("the link key takes too long"),
        }
    }

    /// Takes a batch of stream records, and answers which of them have to be delivered again; or a report of SES; or the word of the
    /// schedule.
    ///
    /// # Errors
    /// `Internal` for an event that is none of these and for what only an operator or another version can mend, `Unavailable` for a
    /// report that has to be delivered again.
    pub async fn handle(&self, event: Value) -> Result<Value, Error> {
        // Not the parser's own words: they may quote the event.
        let event = serde_json::from_value(event).map_err(|_| {
            Error::internal("neither records of the outbox nor a report of SES on one of its letters nor a task")
        })?;
        match event {
            Incoming::Letters(batch) => {
                serde_json::to_value(self.deliver_all(batch).await).map_err(|error| Error::internal(error.to_string()))
            }
            Incoming::Feedback(feedback) => self.note(&feedback).await.map(|()| Value::Null),
            Incoming::Scheduled { task: Task::SendWaitingMail } => self.send_waiting().await.map(|()| Value::Null),
        }
    }

    /// Notes on a letter what SES reports of its mail. SES itself mails no more to an address that bounced or complained.
    async fn note(&self, feedback: &Feedback) -> Result<(), Error> {
        let (mail, outcome) = feedback.outcome();
        if self.keep(mail, outcome).await? {
            let (kind, message_id) = (outcome.kind(), &mail.message_id);
            tracing::warn!(event = "mail_bounced", kind, message_id, "SES reports what became of a letter");
        }
        Ok(())
    }

    /// Load is waited out for a while: a report that fails counts against the version, is delivered again but twice, and then lies in
    /// the dead-letter queue.
    async fn keep(&self, mail: &Reported, outcome: Outcome) -> Result<bool, Error> {
        for wait in WAITS {
            match self.outbox.report(mail, outcome).await {
                Err(Error::Throttled(_) | Error::Contended(_)) => tokio::time::sleep(wait).await,
                kept => return kept,
            }
        }
        self.outbox.report(mail, outcome).await
    }

    /// Sends what a batch of stream records asks for. A record is done when its letter is settled, or waits by itself. The others
    /// are named in the answer, and delivered again: nothing could be written of them.
    async fn deliver_all(&self, event: Event) -> DynamoDbEventResponse {
        let outcomes = join_all(event.records.iter().map(|record| self.take(record))).await;
        let mut answer = DynamoDbEventResponse::default();
        for (record, outcome) in event.records.iter().zip(outcomes) {
            if let Err(error) = outcome {
                let event_id = &record.event_id;
                tracing::warn!(event_id, ?error, "a letter has to be delivered again");
                let mut failure = DynamoDbBatchItemFailure::default();
                failure.item_identifier.clone_from(&record.change.sequence_number);
                answer.batch_item_failures.push(failure);
            }
        }
        tracing::info!(records = event.records.len(), to_retry = answer.batch_item_failures.len(), "batch");
        answer
    }

    async fn take(&self, record: &EventRecord) -> Result<(), Error> {
        let Ok(mail) = serde_dynamo::from_item::<_, Mail>(record.change.new_image.clone()) else {
            // Trying again would not make it readable, and would hold up the letters behind it.
            tracing::error!(event = "mail_failed", event_id = record.event_id, "a record is no letter");
            return Ok(());
        };
        self.attend(&mail, None).await
    }

    /// Recipient and text of a letter; `None` for one that has none.
    async fn write(&self, letter: &Letter) -> Result<Option<(EmailAddress, Rendered)>, Error> {
        let (to, rendered) = match letter {
            Letter::Nothing => return Ok(None),
            Letter::Verify { to, link, expires_at } => {
                let link = self.link("verify-email", LinkPurpose::VerifyEmail, to, link).await?;
                (to, render::render(&self.brand, &render::Letter::Verify { link: &link, until: *expires_at }))
            }
            Letter::SetPassword { to, link, expires_at } => {
                let link = self.link("reset-password", LinkPurpose::SetPassword, to, link).await?;
                (to, render::render(&self.brand, &render::Letter::SetPassword { link: &link, until: *expires_at }))
            }
            Letter::AlreadyRegistered { to } => (to, render::render(&self.brand, &render::Letter::AlreadyRegistered)),
        };
        Ok(Some((to.clone(), rendered)))
    }

    /// The link is derived from the recipient's own address, so nobody can have another's link sent to himself.
    async fn link(&self, page: &str, purpose: LinkPurpose, to: &EmailAddress, id: &LinkId) -> Result<String, Error> {
        let token = self.links.token(purpose, &to.key(), id).await?.reveal();
        Ok(format!("{}/auth/ui/{page}?token={}", self.app_url, *token))
    }
}
