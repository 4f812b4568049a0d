//! Letters, and the instances of `mail` that send them.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_types::{
    origin::Origin,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};
use local::Mail;
use mail::Postman;
use serde_json::Value;
use shared::{
    language::Language,
    outbox::{self, Letter},
    time::Clock,
};
use tokio::net::TcpListener;

use super::{World, connection::signed_by};
use crate::{function::Function, mail::MailInstance};

impl World {
    /// The mails to an address, newest first, once everything on its way has arrived. Letters that wait for another try are on no
    /// way until [`World::send_waiting_mail`].
    pub async fn mails(&self, to: &str) -> Vec<Mail> {
        self.aws.settled().await.expect("mail arrives");
        self.aws.inbox(Some(to))
    }

    /// Has `mail` try the letters again that wait and are due, as its schedule does every minute.
    pub async fn send_waiting_mail(&self) {
        self.aws.settled().await.expect("mail arrives");
        self.aws.run_task("send-waiting-mail").await.expect("a round");
    }

    /// Leaves letters in the outbox from now on.
    pub async fn pause_mail(&self) {
        self.aws.settled().await.expect("mail arrives");
        self.aws.starve("mail").await;
    }

    /// Feeds the outbox to `mail`.
    pub async fn resume_mail(&self) {
        let postman = Arc::new(self.postman());
        let function = move |event: Value| {
            let postman = Arc::clone(&postman);
            let answer = async move { postman.handle(event).await.map_err(|error| format!("{error:?}")) };
            Box::pin(answer) as futures::future::BoxFuture<'static, _>
        };
        self.aws.feed("mail", Arc::new(function)).await.expect("a stream");
    }

    /// Puts a letter into the outbox, as `auth` does.
    pub async fn post_letter(&self, letter: Letter) {
        self.post_letter_in(Language::default(), letter).await;
    }

    /// Puts a letter in a language into the outbox.
    pub async fn post_letter_in(&self, language: Language, letter: Letter) {
        let store = self.store();
        let letter = outbox::Mail::new(letter, language, self.now()).and_then(|mail| mail.post()).expect("a letter");
        let _ = store.put(letter).await.expect("a put");
    }

    /// An instance of `mail`.
    #[must_use]
    pub fn postman(&self) -> MailInstance {
        self.postman_at(self.clock.clone())
    }

    /// An instance of `mail` with a clock of its own.
    #[must_use]
    pub fn postman_at(&self, clock: Clock) -> MailInstance {
        self.postman_on(&self.sdk, clock)
    }

    /// One that finds nobody where SES should be.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn postman_without_ses(&self) -> MailInstance {
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
        let endpoints = Endpoints { aws: self.aws.url(), ses: format!("http://{free}") };
        let mut sdk = self.sdk.to_builder().service_config(endpoints);
        // The only one that everything else is at gives way to these.
        sdk.insert_origin("endpoint_url", Origin::shared_environment_variable());
        self.postman_on(&sdk.build(), self.clock.clone())
    }

    fn postman_on(&self, sdk: &SdkConfig, clock: Clock) -> MailInstance {
        let sdk = signed_by(sdk, Function::Mail.binary());
        MailInstance::new(Postman::new(&self.config, self.settings.mail.clone(), &sdk, clock))
    }
}

/// Where SES is, and everything else.
#[derive(Debug)]
struct Endpoints {
    aws: String,
    ses: String,
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let url = if key.service_id() == "SESv2" { &self.ses } else { &self.aws };
        (key.env() == "AWS_ENDPOINT_URL").then(|| url.clone())
    }
}
