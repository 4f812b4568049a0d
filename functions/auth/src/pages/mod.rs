//! The pages behind mailed links, the one that has such a link mailed, and that of an account. They are the same for everybody of one
//! language; only their buttons do anything, so a mail scanner that opens a link cannot use it up.

mod forms;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use serde_json::{Value, json};
use shared::language::{Language, Languages};

use self::{
    forms::{account, added, asking_anew, choosing, forgetting, instead, redeeming},
    words::{
        AddedSays, Answers, LinkPage, Outcome, Words, account::AccountSays, security::SecuritySays, tokens::TokensSay,
    },
};
use crate::{
    endpoints::{
        account::not_me::HEEDED,
        sign_up::verify_email::{ALREADY_VERIFIED, CHOOSE_A_PASSWORD, STILL_CHOOSE_A_PASSWORD},
    },
    password::weak::Weakness,
};

const STYLE: &str = include_str!("page.css");
/// The scripts: what they have in common, and what is particular to pages of links, and to that of an account.
const LINK_SCRIPT: &str =
    concat!("\"use strict\";\n{\n", include_str!("page.js"), include_str!("link.js"), "start();\n}\n");
const ACCOUNT_SCRIPT: &str = concat!(
    "\"use strict\";\n{\n",
    include_str!("page.js"),
    include_str!("account.js"),
    include_str!("factors.js"),
    include_str!("security.js"),
    include_str!("tokens.js"),
    "start();\n}\n"
);
/// What pages have solve challenges of work, aside, so that they stay alive.
pub const PROOF: &str = include_str!("proof.js");

/// One of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Proves the address of a sign-up.
    VerifyEmail,
    /// Proves the address that an account is to have.
    ConfirmEmail,
    /// Undoes what somebody else has done to an account.
    NotMe,
    /// Keeps an account that is to be deleted.
    KeepAccount,
    /// Sets a password.
    ResetPassword,
    /// Has a link mailed that sets a password.
    ForgotPassword,
    /// Shows and changes an account.
    Account,
    /// Shows and changes an account, from its second factors on.
    Security,
}

/// What all pages have in common.
pub struct Pages {
    product: String,
    languages: Languages,
    widget: String,
    /// The Content-Security-Policy of all.
    pub(crate) policy: String,
}

/// What is particular to one page.
struct Content {
    title: &'static str,
    /// HTML.
    forms: String,
    /// Leads on from success, where something leads to success.
    onward: &'static str,
    /// What the script says on this page.
    says: Value,
    script: &'static str,
}

/// What the script says on a page of links.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Says {
    done: &'static str,
    done_text: &'static str,
    failed_text: &'static str,
    /// That another link may be on its way.
    sent: &'static str,
}

/// What the script says on the page that takes an account back.
#[derive(Serialize)]
struct NotMeScript {
    #[serde(flatten)]
    link: Says,
    #[serde(flatten)]
    added: &'static AddedSays,
}

/// What the script says on the page of an account.
#[derive(Serialize)]
struct AccountScript {
    #[serde(flatten)]
    account: &'static AccountSays,
    security: &'static SecuritySays,
    tokens: &'static TokensSay,
}

impl Pages {
    /// In the name of `product`, in these languages; with what comes from `provider`, an origin, where a provider's widget tells people
    /// from programs.
    #[must_use]
    pub fn new(product: &str, languages: &Languages, provider: Option<&str>) -> Self {
        let widget = provider.map_or_else(String::new, |origin| format!(" data-widget=\"{}\"", escape(origin)));
        Self { product: escape(product), languages: languages.clone(), widget, policy: policy(provider) }
    }

    /// A page as it is sent.
    #[must_use]
    pub fn html(&self, page: Page, language: Language) -> String {
        let words = Words::of(language);
        let Content { title, forms, onward, says, script } = content(page, language, words, &self.languages);
        let spoken = json!({ "all": words.script, "page": says, "answers": translated(&words.answers) });
        format!(
            include_str!("layout.html"),
            lang = language.code(),
            title = escape(title),
            product = self.product,
            style = STYLE,
            widget = self.widget,
            needs_script = escape(words.frame.needs_script),
            forms = forms,
            onward = escape(onward),
            languages = self.choice(words.frame.language, language),
            words = in_script(&spoken.to_string()),
            script = script,
        )
    }

    /// The other languages of a page. Its links have no token; the script keeps it.
    fn choice(&self, name: &str, chosen: Language) -> String {
        if self.languages.all().len() < 2 {
            return String::new();
        }
        let links = self.languages.all().iter().map(|language| {
            let (code, own_name) = (language.code(), language.name());
            let current = if *language == chosen { " aria-current=\"true\"" } else { "" };
            format!("<a href=\"?lang={code}\" lang=\"{code}\" hreflang=\"{code}\"{current}>{own_name}</a>\n")
        });
        format!(
            "    <nav id=\"languages\" aria-label=\"{}\">\n{}</nav>\n",
            escape(name),
            links.collect::<Vec<_>>().concat()
        )
    }
}

fn content(page: Page, language: Language, words: &'static Words, languages: &Languages) -> Content {
    let link_page = |operation, of: &'static LinkPage| Content::of(of.title, redeeming(operation, of), &of.outcome, "");
    match page {
        Page::VerifyEmail => {
            let of = &words.verify_email;
            let forms = redeeming("verify-email", of) + &asking_anew("resend-verification", &words.ask);
            Content::of(of.title, forms, &of.outcome, words.ask.sent_proof)
        }
        Page::ConfirmEmail => link_page("confirm-email", &words.confirm_email),
        Page::NotMe => {
            let (of, since) = (&words.not_me, &words.added_since);
            let forms = redeeming("not-me", of) + &instead(language, words.forgot_password.leads_here) + &added(since);
            let mut content = Content::of(of.title, forms, &of.outcome, "");
            content.says = json!(NotMeScript { link: Says::of(&of.outcome, ""), added: &since.says });
            content
        }
        Page::KeepAccount => link_page("keep-account", &words.keep_account),
        Page::ResetPassword => {
            let of = &words.reset_password;
            let forms = choosing(of) + &asking_anew("forgot-password", &words.ask);
            Content::of(of.title, forms, &of.outcome, words.ask.sent_offer)
        }
        Page::ForgotPassword => Content {
            title: words.forgot_password.title,
            forms: forgetting(&words.forgot_password, &words.ask),
            onward: "",
            says: json!(Says { sent: words.ask.sent_offer, ..Says::default() }),
            script: LINK_SCRIPT,
        },
        Page::Account | Page::Security => Content {
            title: words.account.title,
            forms: account(words, language, languages),
            onward: "",
            says: json!(AccountScript {
                account: &words.account.says,
                security: &words.security.says,
                tokens: &words.tokens.says,
            }),
            script: ACCOUNT_SCRIPT,
        },
    }
}

impl Content {
    /// A page whose button redeems a link.
    fn of(title: &'static str, forms: String, outcome: &Outcome, sent: &'static str) -> Self {
        let says = json!(Says::of(outcome, sent));
        Self { title, forms, onward: outcome.onward, says, script: LINK_SCRIPT }
    }
}

impl Says {
    fn of(Outcome { done, done_text, failed_text, .. }: &Outcome, sent: &'static str) -> Self {
        Self { done, done_text, failed_text, sent }
    }
}

/// What the service says in English, by its very sentences, and pages in their language.
fn translated(answers: &Answers) -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        (CHOOSE_A_PASSWORD, answers.choose_password),
        (STILL_CHOOSE_A_PASSWORD, answers.choose_password),
        (ALREADY_VERIFIED, answers.already_verified),
        (HEEDED, answers.heeded),
        (Weakness::Monotonous.reason(), answers.monotonous),
        (Weakness::Common.reason(), answers.common),
        (Weakness::Personal.reason(), answers.personal),
        (Weakness::Breached.reason(), answers.breached),
    ])
}

/// Nothing may be loaded or run but our own style and scripts, named by their hashes, the script that solves challenges, and, where there
/// is one, the provider's widget. The words are data, which no policy is asked about.
fn policy(provider: Option<&str>) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    let ([link, account], style) = ([LINK_SCRIPT, ACCOUNT_SCRIPT].map(hash), hash(STYLE));
    let (widget, frame) =
        provider.map_or_else(Default::default, |origin| (format!(" {origin}"), format!("frame-src {origin}; ")));
    format!(
        "default-src 'none'; script-src 'sha256-{link}' 'sha256-{account}'{widget}; style-src 'sha256-{style}'; connect-src 'self'; worker-src 'self'; \
         {frame}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// JSON in which nothing can end the element that it stands in.
fn in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}
