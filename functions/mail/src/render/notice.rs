//! Letters that say what has happened to an account, and by whom.

use shared::{
    caller::{network::Network, scope::Scope},
    events::{By, Circumstances},
    outbox::News,
    time::Timestamp,
};

use super::Draft;
use crate::{
    layout::{Fact, Part},
    words::{self, Words},
};

/// An owner who has so many recovery codes left, or fewer, is asked to make new ones.
const FEW_RECOVERY_CODES: usize = 3;

/// A notice. `keep` and `not_me` are its links, where it has them.
pub fn notice<'a>(
    words: &'static Words,
    product: &str,
    news: &News,
    circumstances: &Circumstances,
    keep: Option<&'a str>,
    not_me: Option<&'a str>,
) -> Draft<'a> {
    let of_notices = &words.notice;
    let (mut draft, about_not_me) = told(words, product, news);
    draft.parts.extend(keep.map(|address| Part::Link { name: words.deletion.keep, address }));
    draft.parts.push(Part::Facts(facts(of_notices, circumstances)));
    if let Some(address) = not_me {
        draft.parts.extend([Part::text(about_not_me), Part::Link { name: of_notices.this_was_not_me, address }]);
    }
    draft.parts.push(Part::text(of_notices.ignore));
    draft
}

/// What has happened, and what the link does for somebody who has not done it.
fn told<'a>(words: &'static Words, product: &str, news: &News) -> (Draft<'a>, &'static str) {
    let factors = &words.factors;
    let draft = |subject: words::OfProduct, heading, text| Draft {
        subject: subject(product),
        heading,
        parts: vec![Part::Text(text)],
    };
    let plain = |of: &words::News| draft(of.subject, of.heading, (of.text)(product));
    let with_address =
        |of: &words::News<words::OfAddress>, new: &str| draft(of.subject, of.heading, (of.text)(product, new));
    let with_key = |of: &words::News<words::OfKey>, exchange: &str, label: &str| {
        draft(of.subject, of.heading, (of.text)(product, exchange, label))
    };
    let with_passkey =
        |of: &words::News<words::OfPasskey>, name: &str| draft(of.subject, of.heading, (of.text)(product, name));
    let with_token =
        |of: &words::News<words::OfToken>, name: &str| draft(of.subject, of.heading, (of.text)(product, name));
    let with_moment = |of: &words::News<words::OfMoment>, moment: Timestamp| {
        draft(of.subject, of.heading, (of.text)(product, &moment.in_words()))
    };
    let told = match news {
        News::NewDevice => plain(&words.new_device),
        News::PasswordChanged => plain(&words.password_changed),
        News::Deleted => plain(&words.deleted),
        News::Exported => plain(&words.exported),
        News::EmailChangeRequested { new } => with_address(&words.email_change_requested, new.as_str()),
        News::EmailChanged { new, is_former: false } => with_address(&words.email_changed, new.as_str()),
        News::EmailChanged { new, is_former: true } => {
            let of = &words.email_taken;
            return (draft(of.subject, of.heading, (of.text)(product, new.as_str())), of.not_me);
        }
        News::Deletion { due_at, .. } => {
            let of = &words.deletion;
            draft(of.subject, of.heading, (of.text)(product, &due_at.in_words()))
        }
        News::KeyAdded { exchange, label } => with_key(&words.key_added, exchange, label),
        News::KeySecretReplaced { exchange, label } => with_key(&words.key_secret_replaced, exchange, label),
        News::TotpAdded { .. } => plain(&words.totp_added).with(factors.added),
        News::TotpRemoved => plain(&words.totp_removed).with(factors.removed),
        News::PasskeyAdded { name, .. } => with_passkey(&words.passkey_added, name).with(factors.added),
        News::PasskeyRemoved { name } => with_passkey(&words.passkey_removed, name).with(factors.removed),
        News::PasskeyCopied { name } => with_passkey(&words.passkey_copied, name),
        News::RecoveryCodeUsed { left } => {
            let of = &words.recovery_code_used;
            let told = draft(of.subject, of.heading, (of.text)(product, *left));
            if *left <= FEW_RECOVERY_CODES { told.with(factors.few_codes) } else { told }
        }
        News::RecoveryCodesRenewed => plain(&words.recovery_codes_renewed),
        News::WrongCodes => plain(&words.wrong_codes),
        News::FactorsResetRequested { due_at } => with_moment(&words.factors_reset_requested, *due_at),
        News::FactorsResetCancelled => plain(&words.factors_reset_cancelled),
        News::FactorsReset => plain(&words.factors_reset),
        News::TokenMade { name, scopes, networks, expires_at } => {
            let mut told = with_token(&words.tokens.made, name);
            told.parts.push(Part::Facts(about_token(&words.tokens, scopes, networks, *expires_at)));
            told
        }
        News::TokenRevoked { name } => with_token(&words.tokens.revoked, name),
    };
    let not_me = if news.added().is_some() { words.notice.not_my_factor } else { words.notice.not_me };
    (told, not_me)
}

/// What may be done by a token, from where, and until when.
fn about_token(words: &words::Tokens, scopes: &[Scope], networks: &[Network], expires_at: Timestamp) -> Vec<Fact> {
    let allowed: Vec<_> = scopes.iter().map(|scope| (words.scope)(*scope)).collect();
    let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
    let from = if networks.is_empty() { words.everywhere.to_owned() } else { networks.join(", ") };
    vec![
        Fact { name: words.allows, value: allowed.join(words.between) },
        Fact { name: words.networks, value: from },
        Fact { name: words.until, value: expires_at.in_words() },
    ]
}

/// What is known of who did it, when and from where.
fn facts(words: &words::Notice, Circumstances { at, by, ip, country, device }: &Circumstances) -> Vec<Fact> {
    let by = match by {
        By::User => words.user,
        By::Link => words.link,
        By::Token => words.token,
        By::Operator => words.operator,
    };
    let known = [
        (words.when, Some(at.in_words())),
        (words.device, device.clone()),
        (words.ip, ip.clone()),
        (words.country, country.clone()),
        (words.by, Some(by.to_owned())),
    ];
    known.into_iter().filter_map(|(name, value)| Some(Fact { name, value: value? })).collect()
}
