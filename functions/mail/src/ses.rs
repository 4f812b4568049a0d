//! The only module that says SES.

use std::{error::Error as _, iter::successors, time::Duration};

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sesv2::{
    Client,
    config::Builder,
    error::{BuildError, ConnectorError, ProvideErrorMetadata, SdkError},
    operation::send_email::SendEmailError,
    types::{Body, Content, Destination, EmailContent, Message, MessageTag},
};
use compat::email::EmailAddress;
use shared::{aws::failure, error::Error, ids::MailId};

use crate::{feedback::LETTER_TAG, render::Rendered};

/// Sends under one sender and configuration set.
pub struct Ses {
    client: Client,
    from: String,
    configuration_set: String,
}

/// Why a letter was not sent.
#[derive(Debug)]
pub enum NotSent {
    /// SES has not taken it and may do so later: it throttles, is down, or an operator has to mend something.
    Yet(Error),
    /// There was no answer, so SES may have taken it.
    Perhaps(Error),
    /// SES has looked at this letter and refused it. Holds the error's name.
    Never(String),
}

/// Errors that are about this one letter. What is about the account or the sender is for an operator to mend, and is tried again.
const REFUSALS: [&str; 2] = ["MessageRejected", "BadRequestException"];
/// SES answers within a second. For a letter that gets no answer all others wait that are in the same batch or behind it in the stream:
/// so for no longer than a call to DynamoDB may hold them up. Should SES take it later, no second mail goes out before its claim is over.
const PATIENCE: Duration = Duration::from_secs(5);

impl Ses {
    /// Mails from the address `from`, under a configuration set.
    #[must_use]
    pub fn new(config: &SdkConfig, from: String, configuration_set: String) -> Self {
        // What is not said here comes from the settings of all clients, and they are in a hurry.
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(PATIENCE).build();
        let settings = Builder::from(config).retry_config(RetryConfig::disabled()).timeout_config(timeouts).build();
        Self { client: Client::from_conf(settings), from, configuration_set }
    }

    /// Sends one mail, which carries the letter `id`; answers with SES's message id.
    ///
    /// # Errors
    /// Why not, and whether it can be tried again.
    pub async fn send(&self, id: MailId, to: &EmailAddress, rendered: Rendered) -> Result<String, NotSent> {
        let unsendable = |error: BuildError| NotSent::Yet(Error::internal(error.to_string()));
        let content = content(rendered).map_err(unsendable)?;
        let tag = MessageTag::builder().name(LETTER_TAG).value(id.to_string()).build().map_err(unsendable)?;
        let request = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(to.for_delivery()).build())
            .content(content)
            .email_tags(tag)
            .configuration_set_name(&self.configuration_set);
        match request.send().await {
            Ok(answer) => Ok(answer.message_id.unwrap_or_default()),
            Err(error) => Err(meaning(&error)),
        }
    }
}

fn meaning(error: &SdkError<SendEmailError>) -> NotSent {
    let cause = failure("SendEmail", error);
    let service = match error {
        SdkError::ServiceError(service) => service,
        // Nothing was sent.
        SdkError::ConstructionFailure(_) => return NotSent::Yet(cause),
        SdkError::DispatchFailure(failure) if failure.as_connector_error().is_some_and(never_connected) => {
            return NotSent::Yet(cause);
        }
        _ => return NotSent::Perhaps(cause),
    };
    match (service.err().code(), service.raw().status().as_u16()) {
        (Some(code), _) if REFUSALS.contains(&code) => NotSent::Never(code.to_owned()),
        (_, 400..=499 | 503) => NotSent::Yet(cause),
        _ => NotSent::Perhaps(cause),
    }
}

/// Whether there was no connection that anything could have been sent over.
fn never_connected(error: &ConnectorError) -> bool {
    let mut causes = successors(error.source(), |&cause| cause.source());
    causes.any(|cause| cause.downcast_ref().is_some_and(hyper_util::client::legacy::Error::is_connect))
}

fn content(rendered: Rendered) -> Result<EmailContent, BuildError> {
    let part = |data: String| Content::builder().data(data).charset("UTF-8").build();
    let body = Body::builder().text(part(rendered.text)?).html(part(rendered.html)?).build();
    let message = Message::builder().subject(part(rendered.subject)?).body(body).build();
    Ok(EmailContent::builder().simple(message).build())
}
