//! The mails that were sent.

use std::sync::Mutex;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lock::lock;
use crate::ses::{self, Message, Outcome};
use crate::state::StateFile;
use crate::{Error, clock};

/// A mail as one of its recipients finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The message id that SES answered.
    pub id: String,
    /// Address of the recipient, without a display name.
    pub to: String,
    /// The sender as given, possibly with a display name.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The text part, if there is one.
    pub text: Option<String>,
    /// The HTML part, if there is one.
    pub html: Option<String>,
    /// URLs in the text part, or those linked in the HTML part if there is no text; each once, in order.
    pub links: Vec<String>,
    /// When it was accepted.
    pub sent_at: Timestamp,
    /// The end that it met, for a mail to the mailbox simulator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Keeps all mails in memory, and in a file with one mail on each line.
pub(crate) struct Inbox {
    /// Oldest first.
    mails: Mutex<Vec<Mail>>,
    file: StateFile,
}

impl Inbox {
    /// Reads the mails of earlier runs.
    pub(crate) fn open(file: StateFile) -> Result<Self, Error> {
        let content = file.read()?.unwrap_or_default();
        // A process that was killed while it wrote leaves half a line at the end.
        let mails: Vec<Mail> = content.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        if !content.is_empty() && !content.ends_with('\n') {
            file.replace(&lines(&mails))?;
        }
        Ok(Self { mails: Mutex::new(mails), file })
    }

    /// Keeps a mail, once for each recipient, under the id that SES gave it.
    pub(crate) fn file(&self, id: &str, message: Message) -> Result<(), Error> {
        let sent_at = clock::now();
        let links = message.links();
        let mails: Vec<Mail> = message
            .to
            .into_iter()
            .map(|to| Mail {
                id: id.to_owned(),
                outcome: ses::outcome(&to),
                to,
                from: message.from.clone(),
                subject: message.subject.clone(),
                text: message.text.clone(),
                html: message.html.clone(),
                links: links.clone(),
                sent_at,
            })
            .collect();
        let mut kept = lock(&self.mails);
        self.file.append(&lines(&mails))?;
        kept.extend(mails);
        Ok(())
    }

    /// The mails, newest first; only those to this address if one is given, its domain in either form.
    pub(crate) fn mails(&self, to: Option<&str>) -> Vec<Mail> {
        let to = to.map(ascii_domain);
        let mails = lock(&self.mails);
        mails.iter().rev().filter(|mail| to.as_ref().is_none_or(|to| ascii_domain(&mail.to) == *to)).cloned().collect()
    }
}

/// Mail servers know the domain of an address in ASCII only, people in their own script.
fn ascii_domain(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", idna::domain_to_ascii(domain).as_deref().unwrap_or(domain)),
        None => address.to_owned(),
    }
}

fn lines(mails: &[Mail]) -> String {
    mails.iter().filter_map(|mail| serde_json::to_string(mail).ok()).map(|line| line + "\n").collect()
}
