//! A mail out of the input of `SendEmail`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Address, MessageParser, PartType};
use serde::Deserialize;

use super::links;
use crate::refusal::Refusal;

/// A mail that is about to be filed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Message {
    /// All recipients, without display names; never empty.
    pub(crate) to: Vec<String>,
    pub(crate) from: String,
    pub(crate) subject: String,
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    /// The message tags, which SES gives back in its reports.
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) configuration_set: Option<String>,
}

impl Message {
    /// URLs a reader could click.
    pub(crate) fn links(&self) -> Vec<String> {
        match (&self.text, &self.html) {
            (Some(text), _) => links::in_text(text),
            (None, Some(html)) => links::in_html(html),
            (None, None) => Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Input {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Option<Content>,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Destination {
    #[serde(rename = "ToAddresses")]
    to: Vec<String>,
    #[serde(rename = "CcAddresses")]
    cc: Vec<String>,
    #[serde(rename = "BccAddresses")]
    bcc: Vec<String>,
}

#[derive(Deserialize)]
enum Content {
    Simple(Simple),
    Raw(Data),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Data,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Data>,
    html: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    data: String,
}

/// Understands the input, or refuses it as SES does.
pub(crate) fn read(body: &[u8]) -> Result<Message, Refusal> {
    let input: Input = serde_json::from_slice(body).map_err(|error| bad(error.to_string()))?;
    let Destination { to, cc, bcc } = input.destination;
    let to = [to, cc, bcc].concat();
    let mut message = match input.content.ok_or_else(|| bad("Missing required field: Content"))? {
        Content::Simple(content) => simple(content)?,
        Content::Raw(content) => raw(&content.data)?,
    };
    // The envelope wins over the headers of a raw mail, as with SES.
    if let Some(from) = input.from_email_address {
        message.from = from;
    }
    if !to.is_empty() {
        message.to = to.iter().map(|address| bare(address).to_owned()).collect();
    }
    message.tags = input.email_tags.into_iter().map(|tag| (tag.name, tag.value)).collect();
    message.configuration_set = input.configuration_set_name;
    if message.from.is_empty() {
        return Err(bad("Missing required field: FromEmailAddress"));
    }
    if message.to.is_empty() {
        return Err(bad("Missing required field: Destination"));
    }
    Ok(message)
}

/// Refuses a mail to an address that SES cannot send to. "Amazon SES does not support the SMTPUTF8 extension": the part before the
/// @-sign may only be ASCII, a domain must be in Punycode (`docs.aws.amazon.com/ses/latest/APIReference-V2/API_Destination.html`).
/// The words are those that people report: of the local part `egulias/EmailValidator` #414, of the domain
/// `awslabs/aws-sdk-rust` #881.
pub(crate) fn deliverable(message: Message) -> Result<Message, Refusal> {
    for address in &message.to {
        let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
        if !local.is_ascii() {
            return Err(bad("Local address contains control or whitespace"));
        }
        if !domain.is_ascii() {
            return Err(bad("Domain contains illegal character"));
        }
    }
    Ok(message)
}

fn simple(content: Simple) -> Result<Message, Refusal> {
    let Body { text, html } = content.body;
    if text.is_none() && html.is_none() {
        return Err(bad("Missing required field: Body"));
    }
    let data = |part: Data| part.data;
    Ok(Message { subject: content.subject.data, text: text.map(data), html: html.map(data), ..Message::default() })
}

fn raw(data: &str) -> Result<Message, Refusal> {
    let bytes = STANDARD.decode(data).map_err(|error| bad(error.to_string()))?;
    let mail = MessageParser::default().parse(&bytes).ok_or_else(|| bad("The message has no headers."))?;
    let text = mail.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    let html = mail.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    let to = [mail.to(), mail.cc(), mail.bcc()].into_iter().flatten().flat_map(addresses).collect();
    let from = mail.from().into_iter().flat_map(addresses).next().unwrap_or_default();
    let subject = mail.subject().unwrap_or_default().to_owned();
    Ok(Message { to, from, subject, text, html, ..Message::default() })
}

fn addresses(field: &Address<'_>) -> Vec<String> {
    field.iter().filter_map(|entry| entry.address.as_deref()).map(str::to_owned).collect()
}

/// `a@b.example` out of `Name <a@b.example>`.
pub(crate) fn bare(address: &str) -> &str {
    let inner = address.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(address, |(inner, _)| inner).trim()
}

fn bad(message: impl Into<String>) -> Refusal {
    Refusal::new("BadRequestException", message)
}
