//! Sends the letters of the outbox: a record of the Mail table's stream becomes a mail, once. A letter that cannot be sent then
//! waits by itself, and a schedule has it tried again. What SES reports of a mail later, that it bounced for instance, is noted on
//! its letter.

pub mod config;
mod feedback;
mod layout;
mod links;
pub mod metrics;
mod outbox;
pub mod render;
mod round;
mod sending;
mod ses;
mod waiting;
mod words;

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_lambda_events::{
    dynamodb::{Event, EventRecord},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use compat::email::EmailAddress;
use futures::future::join_all;
use shared::{
    config::Config,
    error::Error,
    ids::{FactorId, LinkId},
    invocation::Function,
    language::{Language, Languages},
    link::{LinkPurpose, LinkToken},
    outbox::{Letter, Mail, News},
    seal::Seal,
    start,
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

/// The function: what it does for each kind of event.
#[must_use]
pub fn function(postman: Arc<Postman>) -> Function<Arc<Postman>> {
    Function::over(postman)
        .stream(Postman::deliver_all)
        .events(Postman::note)
        .task("send-waiting-mail", Postman::send_waiting)
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
    languages: Languages,
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
            languages: config.languages,
            app_url: common.app_url.clone(),
        }
    }

    /// Opens the link key and the connections.
    pub async fn warm_up(&self) {
        start::warm_up("the link key", self.links.warm_up()).await;
    }

    /// Notes on a letter what SES reports of its mail. SES itself mails no more to an address that bounced or complained.
    async fn note(self: Arc<Self>, feedback: Feedback) -> Result<(), Error> {
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
    async fn deliver_all(self: Arc<Self>, event: Event) -> DynamoDbEventResponse {
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
    async fn write(&self, Mail { letter, language, .. }: &Mail) -> Result<Option<(EmailAddress, Rendered)>, Error> {
        let language = self.languages.instead_of(*language);
        let render = |letter| render::render(&self.brand, language, &letter);
        let (to, rendered) = match letter {
            Letter::Nothing => return Ok(None),
            Letter::Verify { to, link, expires_at } => {
                let link = self.link("verify-email", LinkPurpose::VerifyEmail, to, link, language).await?;
                (to, render(render::Letter::Verify { link: &link, until: *expires_at }))
            }
            Letter::SetPassword { to, link, expires_at, because } => {
                let link = self.link("reset-password", LinkPurpose::SetPassword, to, link, language).await?;
                let (link, until, because) = (&*link, *expires_at, *because);
                (to, render(render::Letter::SetPassword { link, until, because }))
            }
            Letter::WeakPassword { to } => {
                (to, render(render::Letter::WeakPassword { page: &self.page("forgot-password", language) }))
            }
            Letter::Locked { to } => {
                (to, render(render::Letter::Locked { page: &self.page("forgot-password", language) }))
            }
            Letter::ChangeEmail { to, link, expires_at } => {
                let link = self.link("confirm-email", LinkPurpose::ChangeEmail, to, link, language).await?;
                (to, render(render::Letter::ChangeEmail { link: &link, until: *expires_at }))
            }
            Letter::Notice { to, news, circumstances, not_me } => {
                let not_me = match not_me {
                    Some(id) => Some(self.not_me_link(to, id, news.added(), language).await?),
                    None => None,
                };
                let keep = match news {
                    News::Deletion { keep, .. } => {
                        Some(self.link("keep-account", LinkPurpose::KeepAccount, to, keep, language).await?)
                    }
                    _ => None,
                };
                let (keep, not_me) = (keep.as_deref(), not_me.as_deref());
                (to, render(render::Letter::Notice { news, circumstances, keep, not_me }))
            }
            Letter::AlreadyRegistered { to } => (to, render(render::Letter::AlreadyRegistered)),
        };
        Ok(Some((to.clone(), rendered)))
    }

    /// A page of ours, in the language of the letter.
    fn page(&self, page: &str, language: Language) -> String {
        format!("{}/auth/ui/{page}?lang={}", self.app_url, language.code())
    }

    /// The link is derived from the recipient's own address, so nobody can have another's link sent to himself.
    async fn link(
        &self,
        page: &str,
        purpose: LinkPurpose,
        to: &EmailAddress,
        id: &LinkId,
        language: Language,
    ) -> Result<String, Error> {
        let token = self.links.token(purpose, &to.key(), id).await?;
        Ok(self.page_of(page, token, language))
    }

    /// The link for somebody who has not done it; where a second factor was `added`, it removes that, too.
    async fn not_me_link(
        &self,
        to: &EmailAddress,
        id: &LinkId,
        added: Option<FactorId>,
        language: Language,
    ) -> Result<String, Error> {
        let token = match added {
            Some(factor) => self.links.token_of_factor(&to.key(), id, &factor).await?,
            None => self.links.token(LinkPurpose::NotMe, &to.key(), id).await?,
        };
        Ok(self.page_of("not-me", token, language))
    }

    fn page_of(&self, page: &str, token: LinkToken, language: Language) -> String {
        format!("{}&token={}", self.page(page, language), *token.reveal())
    }
}
