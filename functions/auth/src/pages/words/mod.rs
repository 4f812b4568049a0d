//! What pages say. Every language has a file with one constant, so that a text which is missing does not compile; the HTML beside this
//! folder and the script hold no word. What a script says is sent to it with the page.

pub mod account;
mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;
pub mod security;
pub mod tokens;
mod zh;

pub use self::{account::AccountPage, security::SecurityPage, tokens::TokensPage};

use serde::Serialize;
use shared::language::Language;

/// All that pages say in one language.
pub struct Words {
    /// What all pages have in common.
    pub frame: Frame,
    /// What the script says on any of them.
    pub script: Script,
    /// What the service answers in English, and pages say in this language.
    pub answers: Answers,
    /// The form for another link.
    pub ask: Ask,
    /// Proves the address of a sign-up.
    pub verify_email: LinkPage,
    /// Proves the address that an account is to have.
    pub confirm_email: LinkPage,
    /// Undoes what somebody else has done to an account.
    pub not_me: LinkPage,
    /// On that page: what else was added to the account.
    pub added_since: AddedSince,
    /// Keeps an account that is to be deleted.
    pub keep_account: LinkPage,
    /// Sets a password.
    pub reset_password: PasswordPage,
    /// Has a link mailed that sets a password.
    pub forgot_password: ForgotPage,
    /// Shows and changes an account.
    pub account: AccountPage,
    /// The second factors of an account, on its page.
    pub security: SecurityPage,
    /// The personal tokens of an account, on its page.
    pub tokens: TokensPage,
}

/// What all pages have in common.
pub struct Frame {
    /// For whoever runs no scripts.
    pub needs_script: &'static str,
    /// Names the choice of languages.
    pub language: &'static str,
}

/// A page whose button redeems a link.
pub struct LinkPage {
    /// Its title.
    pub title: &'static str,
    /// What the button is for.
    pub text: &'static str,
    /// What happens then, one by one.
    pub effects: &'static [&'static str],
    /// What else there is to know, below the button.
    pub otherwise: Option<&'static str>,
    /// On the button.
    pub button: &'static str,
    /// What has come of it.
    pub outcome: Outcome,
}

/// What has come of redeeming a link.
pub struct Outcome {
    /// The title of success.
    pub done: &'static str,
    /// What is to be said of it, unless the service says something of [`Answers`].
    pub done_text: &'static str,
    /// What is to be said of a link that does not work.
    pub failed_text: &'static str,
    /// Leads on from success.
    pub onward: &'static str,
}

/// Second factors that were added to an account since a letter was written.
pub struct AddedSince {
    /// Above them.
    pub heading: &'static str,
    /// What they are, and how each is removed.
    pub text: &'static str,
    /// What the script says of each.
    pub says: AddedSays,
}

/// What the script says of a second factor that was added.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedSays {
    /// That it is an authenticator app.
    pub app: &'static str,
    /// That it is a passkey, and what whoever has added it calls it.
    pub passkey: Named,
    /// Since when it is there.
    pub added_at: Timed,
}

/// The page that sets a password.
pub struct PasswordPage {
    /// Its title.
    pub title: &'static str,
    /// The first field.
    pub password: &'static str,
    /// What a password has to be.
    pub hint: &'static str,
    /// The second field.
    pub again: &'static str,
    /// Shows what is typed.
    pub reveal: &'static str,
    /// On the button.
    pub button: &'static str,
    /// What has come of it.
    pub outcome: Outcome,
}

/// The page that has a link mailed.
pub struct ForgotPage {
    /// Its title.
    pub title: &'static str,
    /// What it is for.
    pub text: &'static str,
    /// On the button.
    pub button: &'static str,
    /// Leads to this page from another.
    pub leads_here: &'static str,
}

/// The form for another link.
pub struct Ask {
    /// Its title.
    pub heading: &'static str,
    /// Its field.
    pub email: &'static str,
    /// On the button.
    pub button: &'static str,
    /// That a link to a sign-up may be on its way.
    pub sent_proof: &'static str,
    /// That a link to choose a password may be on its way.
    pub sent_offer: &'static str,
}

/// What the script says on any page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Script {
    /// While it solves a challenge of work.
    pub work: &'static str,
    /// Names the bar of that.
    pub proving: &'static str,
    /// Above a provider's widget.
    pub person: &'static str,
    /// A challenge could not be solved.
    pub not_proven: &'static str,
    /// There was no answer.
    pub offline: &'static str,
    /// Too many requests.
    pub too_many: &'static str,
    /// Too many requests for so long.
    pub too_many_for: Timed,
    /// The service is down.
    pub unavailable: &'static str,
    /// The service is down for so long.
    pub unavailable_for: Timed,
    /// Something is wrong on our side.
    pub broken: &'static str,
    /// A link that is none.
    pub damaged: &'static str,
    /// There is no link.
    pub without_link: &'static str,
    /// The title of a link that does not work.
    pub void: &'static str,
    /// A link was asked for too soon.
    pub too_soon: &'static str,
    /// When a link may be asked for again.
    pub again_in: Timed,
    /// There is no address.
    pub no_address: &'static str,
    /// It is no address.
    pub bad_address: &'static str,
    /// The password is too short.
    pub short_password: &'static str,
    /// The password is too long.
    pub long_password: &'static str,
    /// The second password is another one.
    pub other_password: &'static str,
    /// The password is refused.
    pub bad_password: &'static str,
}

/// What the service answers in English, and pages say in this language.
pub struct Answers {
    /// The address is proven, and a password has yet to be chosen.
    pub choose_password: &'static str,
    /// The address was proven before.
    pub already_verified: &'static str,
    /// The account was secured before.
    pub heeded: &'static str,
    /// The password has fewer than four different characters.
    pub monotonous: &'static str,
    /// The password is common.
    pub common: &'static str,
    /// The password is made of what is known of its owner.
    pub personal: &'static str,
    /// The password was stolen from another service.
    pub breached: &'static str,
}

/// A text with `{time}` in it, which stands for a time in words: how long, or when.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Timed(&'static str);

impl Timed {
    /// A text without `{time}` does not compile.
    const fn new(text: &'static str) -> Self {
        assert!(holds(text, b"{time}"), "the text has no {{time}}");
        Self(text)
    }
}

/// A text with `{name}` in it, which stands for what somebody calls something.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Named(&'static str);

impl Named {
    /// A text without `{name}` does not compile.
    const fn new(text: &'static str) -> Self {
        assert!(holds(text, b"{name}"), "the text has no {{name}}");
        Self(text)
    }
}

/// A text with `{count}` in it, which stands for a number.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Counted(&'static str);

impl Counted {
    /// A text without `{count}` does not compile.
    const fn new(text: &'static str) -> Self {
        assert!(holds(text, b"{count}"), "the text has no {{count}}");
        Self(text)
    }
}

/// Whether a text has these bytes in it.
const fn holds(text: &str, part: &[u8]) -> bool {
    let (bytes, mut at) = (text.as_bytes(), 0);
    while at + part.len() <= bytes.len() {
        let mut same = 0;
        while same < part.len() && bytes[at + same] == part[same] {
            same += 1;
        }
        if same == part.len() {
            return true;
        }
        at += 1;
    }
    false
}

impl Words {
    /// Those of a language.
    #[must_use]
    pub const fn of(language: Language) -> &'static Self {
        match language {
            Language::En => &en::WORDS,
            Language::De => &de::WORDS,
            Language::Es => &es::WORDS,
            Language::Fr => &fr::WORDS,
            Language::Pt => &pt::WORDS,
            Language::Ja => &ja::WORDS,
            Language::Zh => &zh::WORDS,
        }
    }
}
