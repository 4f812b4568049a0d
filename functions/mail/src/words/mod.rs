//! What letters say. Every language has a file with one constant, so that a text which is missing does not compile; the layouts
//! (`layout/`) hold no word. A text that needs a value is a function of it. Paragraphs are parted by empty lines, and no line is broken
//! here: whoever lays a letter out does that.

mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;
mod zh;

use shared::{caller::scope::Scope, language::Language};

/// A text that names the product.
pub type OfProduct = fn(product: &str) -> String;
/// A text that names the product and an e-mail address.
pub type OfAddress = fn(product: &str, address: &str) -> String;
/// A text that names the product and a moment.
pub type OfMoment = fn(product: &str, moment: &str) -> String;
/// A text that names the product, and of an exchange key the exchange and what its owner calls it.
pub type OfKey = fn(product: &str, exchange: &str, label: &str) -> String;
/// A text that names the product and a passkey, by what its owner calls it.
pub type OfPasskey = fn(product: &str, name: &str) -> String;
/// A text that names the product and a personal token, by what its owner calls it.
pub type OfToken = fn(product: &str, name: &str) -> String;
/// A text that names the product and says how many of something are left.
pub type OfCount = fn(product: &str, left: usize) -> String;

/// All that letters say in one language.
pub struct Words {
    /// What letters have in common.
    pub frame: Frame,
    /// What notices have in common.
    pub notice: Notice,
    /// Prove that this address is yours.
    pub verify: Letter,
    /// Prove that this address is yours; your account has it then.
    pub change_email: Letter,
    /// Somebody signed up with your address; you have an account.
    pub already_registered: Letter,
    /// Choose a password; that of the sign-up does not count.
    pub set_password: Letter,
    /// Why the password of a sign-up does not count.
    pub no_password: NoPassword,
    /// Somebody has asked for a new password.
    pub reset_password: Letter,
    /// Your password is easy to guess.
    pub weak_password: Letter,
    /// Many wrong passwords were tried.
    pub locked: Letter,
    /// Somebody has signed in from a new place.
    pub new_device: News,
    /// The password is another one.
    pub password_changed: News,
    /// Somebody who knows the password wants another address.
    pub email_change_requested: News<OfAddress>,
    /// Your account has this address now.
    pub email_changed: News<OfAddress>,
    /// Your account has another address now, and may get yours back.
    pub email_taken: EmailTaken,
    /// Your account is to be deleted.
    pub deletion: Deletion,
    /// Your account has been deleted.
    pub deleted: News,
    /// Somebody has asked for your data.
    pub exported: News,
    /// An exchange key was added.
    pub key_added: News<OfKey>,
    /// The secret of an exchange key was replaced.
    pub key_secret_replaced: News<OfKey>,
    /// What letters of second factors have in common.
    pub factors: Factors,
    /// Codes of an authenticator app are a second factor.
    pub totp_added: News,
    /// They are none any more.
    pub totp_removed: News,
    /// A passkey was added.
    pub passkey_added: News<OfPasskey>,
    /// A passkey was removed.
    pub passkey_removed: News<OfPasskey>,
    /// A recovery code was used up.
    pub recovery_code_used: News<OfCount>,
    /// There are new recovery codes.
    pub recovery_codes_renewed: News,
    /// Several wrong codes were tried by somebody who knows the password or was signed in.
    pub wrong_codes: News,
    /// There may be a copy of a passkey.
    pub passkey_copied: News<OfPasskey>,
    /// All second factors are to be removed.
    pub factors_reset_requested: News<OfMoment>,
    /// They are not to be removed after all.
    pub factors_reset_cancelled: News,
    /// They have been removed.
    pub factors_reset: News,
    /// Personal tokens.
    pub tokens: Tokens,
}

/// What letters have in common.
pub struct Frame {
    /// How a letter begins.
    pub greeting: &'static str,
    /// What stands between a name and what it names.
    pub colon: &'static str,
    /// Until when a link works.
    pub until: fn(moment: &str) -> String,
    /// That the page of an expired link sends a new one.
    pub renewable: &'static str,
    /// Stands before the address of a link, below its button.
    pub without_button: &'static str,
    /// Ends every letter.
    pub automatic: &'static str,
}

/// What notices have in common.
pub struct Notice {
    /// When something happened.
    pub when: &'static str,
    /// On what kind of client.
    pub device: &'static str,
    /// From which client address.
    pub ip: &'static str,
    /// From which country, by its code.
    pub country: &'static str,
    /// Who did it.
    pub by: &'static str,
    /// It was whoever was signed in.
    pub user: &'static str,
    /// It was whoever had a mailed link.
    pub link: &'static str,
    /// It was whoever had the personal token that this is about.
    pub token: &'static str,
    /// It was an operator.
    pub operator: &'static str,
    /// What the link for somebody who has not done it does.
    pub not_me: &'static str,
    /// What it does where a second factor was added.
    pub not_my_factor: &'static str,
    /// The name of that link.
    pub this_was_not_me: &'static str,
    /// What somebody does who knows of it: nothing.
    pub ignore: &'static str,
}

/// A letter that asks for something.
pub struct Letter {
    /// The subject of the mail.
    pub subject: OfProduct,
    /// The title of its HTML.
    pub heading: &'static str,
    /// What it is about.
    pub text: OfProduct,
    /// The name of its link.
    pub button: &'static str,
    /// What stands below the link; in the end that the mail may be ignored.
    pub after: &'static str,
}

/// Why the password of a sign-up does not count.
pub struct NoPassword {
    /// It is easy to guess, or was stolen.
    pub weak: &'static str,
    /// There were sign-ups with different ones.
    pub contested: &'static str,
    /// It was chosen with another spelling of the address.
    pub other_spelling: &'static str,
    /// What is to be done about it.
    pub choose: &'static str,
}

/// A letter that says what has happened.
pub struct News<Text = OfProduct> {
    /// The subject of the mail.
    pub subject: OfProduct,
    /// The title of its HTML.
    pub heading: &'static str,
    /// What has happened.
    pub text: Text,
}

/// To the former address of an account.
pub struct EmailTaken {
    /// The subject of the mail.
    pub subject: OfProduct,
    /// The title of its HTML.
    pub heading: &'static str,
    /// What has happened.
    pub text: OfAddress,
    /// What the link for somebody who has not done it does: from this address more than from another.
    pub not_me: &'static str,
}

/// What letters of second factors have in common.
pub struct Factors {
    /// What follows where one was added.
    pub added: &'static str,
    /// What follows where one was removed.
    pub removed: &'static str,
    /// What is to be done where few recovery codes are left.
    pub few_codes: &'static str,
}

/// About personal tokens.
pub struct Tokens {
    /// One was made.
    pub made: News<OfToken>,
    /// Somebody who had one has ended it.
    pub revoked: News<OfToken>,
    /// What may be done by it.
    pub allows: &'static str,
    /// From where it is good.
    pub networks: &'static str,
    /// It is good from everywhere.
    pub everywhere: &'static str,
    /// Until when it is good.
    pub until: &'static str,
    /// What stands between two things that may be done by it.
    pub between: &'static str,
    /// A thing that may be done by it.
    pub scope: fn(Scope) -> &'static str,
}

/// About an account that is to be deleted.
pub struct Deletion {
    /// The subject of the mail.
    pub subject: OfProduct,
    /// The title of its HTML.
    pub heading: &'static str,
    /// What will happen, and when.
    pub text: OfMoment,
    /// The name of the link that keeps the account.
    pub keep: &'static str,
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
