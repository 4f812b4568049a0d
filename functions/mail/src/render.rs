//! Letters: what a mail says, as text and as HTML. Nothing here sends, reads a clock or knows AWS.
//!
//! What is said stands in `words`, how it looks in `layout`; here is which words a letter has, and in what order.

mod notice;
#[cfg(test)]
mod tests;

use shared::{
    events::Circumstances,
    language::Language,
    outbox::{self, NoPassword},
    time::Timestamp,
};

use self::notice::notice;
use crate::{
    layout::{Content, Part, html, text},
    words::{self, Words},
};

/// Who is writing and where links lead: from configuration.
#[derive(Clone, Debug)]
pub struct Brand {
    /// Name of the product, as people know it.
    pub product: String,
    /// Page on which people sign in, as an absolute URL. `None` leaves the link out.
    pub sign_in_url: Option<String>,
}

/// One kind of mail with what it needs to know. No `Debug`: links are secrets.
pub enum Letter<'a> {
    /// Asks to prove a new address.
    Verify {
        /// Absolute URL of the verification page, token included.
        link: &'a str,
        /// When the link expires. A link that is mailed again keeps its time, so the letter names the moment and not a duration.
        until: Timestamp,
    },
    /// Tells the owner of an account that somebody signed up with its address.
    AlreadyRegistered,
    /// Asks for a password where that of the sign-up does not count; else brings the link that somebody has asked for who forgot it.
    SetPassword {
        /// Absolute URL of the set-password page, token included.
        link: &'a str,
        /// When the link expires.
        until: Timestamp,
        /// Why that of the sign-up does not count.
        because: Option<NoPassword>,
    },
    /// Asks to prove the address that an account is to have.
    ChangeEmail {
        /// Absolute URL of the confirmation page, token included.
        link: &'a str,
        /// When the link expires.
        until: Timestamp,
    },
    /// Tells the owner of an account what has happened to it.
    Notice {
        /// What has.
        news: &'a outbox::News,
        /// Who did it, when and from where.
        circumstances: &'a Circumstances,
        /// Absolute URL of the page that keeps an account which is to be deleted, token included.
        keep: Option<&'a str>,
        /// Absolute URL of the page for somebody who has not done it, token included.
        not_me: Option<&'a str>,
    },
    /// Tells somebody who has signed in that the password is easy to guess.
    WeakPassword {
        /// Absolute URL of the page that mails a link to choose another one.
        page: &'a str,
    },
    /// Tells the owner of an account that many wrong passwords were tried.
    Locked {
        /// Absolute URL of the page that mails a link to choose another password.
        page: &'a str,
    },
}

/// A mail ready to be sent. No `Debug`: both parts hold the link.
pub struct Rendered {
    /// One line without control characters, fit for a header.
    pub subject: String,
    /// The `text/plain` part; the link stands unbroken on a line of its own.
    pub text: String,
    /// The `text/html` part: a whole document without remote resources.
    pub html: String,
}

/// What is particular to one letter.
struct Draft<'a> {
    subject: String,
    heading: &'static str,
    parts: Vec<Part<'a>>,
}

impl Draft<'_> {
    /// With one thing more to say.
    fn with(mut self, text: &'static str) -> Self {
        self.parts.push(Part::text(text));
        self
    }
}

/// Writes `letter` in the name of `brand`.
#[must_use]
pub fn render(brand: &Brand, language: Language, letter: &Letter<'_>) -> Rendered {
    let (product, words) = (one_line(&brand.product), Words::of(language));
    let Draft { subject, heading, parts } = draft(words, &product, brand.sign_in_url.as_deref(), letter);
    let content = Content { language, frame: &words.frame, product: &product, heading, parts };
    Rendered { subject, text: text(&content), html: html(&content) }
}

fn draft<'a>(words: &'static Words, product: &str, sign_in: Option<&'a str>, letter: &Letter<'a>) -> Draft<'a> {
    let until = |until: Timestamp| (words.frame.until)(&until.in_words());
    let renewable = |moment| vec![until(moment), words.frame.renewable.to_owned()];
    match *letter {
        Letter::Verify { link, until: moment } => asking(&words.verify, product, Some(link), vec![until(moment)]),
        Letter::ChangeEmail { link, until: moment } => {
            asking(&words.change_email, product, Some(link), vec![until(moment)])
        }
        Letter::AlreadyRegistered => asking(&words.already_registered, product, sign_in, Vec::new()),
        Letter::SetPassword { link, until: moment, because: None } => {
            asking(&words.reset_password, product, Some(link), renewable(moment))
        }
        Letter::SetPassword { link, until: moment, because: Some(because) } => {
            let mut draft = asking(&words.set_password, product, Some(link), renewable(moment));
            let why = [in_words(because, &words.no_password), words.no_password.choose].map(Part::text);
            draft.parts.splice(1..1, why);
            draft
        }
        Letter::WeakPassword { page } => asking(&words.weak_password, product, Some(page), Vec::new()),
        Letter::Locked { page } => asking(&words.locked, product, Some(page), Vec::new()),
        Letter::Notice { news, circumstances, keep, not_me } => {
            notice(words, product, news, circumstances, keep, not_me)
        }
    }
}

/// A letter that asks for something, with what is to be said of its link.
fn asking<'a>(
    words: &'static words::Letter,
    product: &str,
    link: Option<&'a str>,
    about_link: Vec<String>,
) -> Draft<'a> {
    let mut parts = vec![Part::Text((words.text)(product))];
    parts.extend(link.map(|address| Part::Link { name: words.button, address }));
    parts.extend(about_link.into_iter().map(Part::Text));
    parts.push(Part::text(words.after));
    Draft { subject: (words.subject)(product), heading: words.heading, parts }
}

/// Why the password of a sign-up does not count.
const fn in_words(because: NoPassword, words: &words::NoPassword) -> &'static str {
    match because {
        NoPassword::Weak => words.weak,
        NoPassword::Contested => words.contested,
        NoPassword::OtherSpelling => words.other_spelling,
    }
}

/// Collapses control characters and white space, so that no value can start a header line.
fn one_line(raw: &str) -> String {
    let words = raw.split(|character: char| character.is_control() || character.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
