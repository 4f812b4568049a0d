//! Mailed links that come back.

use compat::email::AddressKey;
use shared::{
    ids::{FactorId, LinkId},
    link::{LinkKey, LinkPurpose},
    rotation::Opened,
    time::Timestamp,
};

/// A link for somebody who has not done what a letter told of.
#[derive(Clone, Copy)]
pub struct NotMeLink {
    /// The link.
    pub link: MailedLink,
    /// The second factor that the letter told of, if it told of one that was added.
    pub factor: Option<FactorId>,
}

/// A link that has come back, as its token names it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MailedLink {
    /// The address that it was mailed to.
    pub address: AddressKey,
    /// Names the link among those of its address.
    pub id: LinkId,
}

/// The keys that links may be under.
pub struct Links(Vec<Opened<LinkKey>>);

impl Links {
    /// Under these keys.
    #[must_use]
    pub const fn new(keys: Vec<Opened<LinkKey>>) -> Self {
        Self(keys)
    }

    /// All of them.
    #[must_use]
    pub fn keys(&self) -> &[Opened<LinkKey>] {
        &self.0
    }

    /// The link that a token names which is authentic under one of the keys; `None` for any other text. A key is good before its time, too:
    /// clocks differ, and `mail` may be ahead.
    #[must_use]
    pub fn open(&self, purpose: LinkPurpose, token: &str, now: Timestamp) -> Option<MailedLink> {
        let (address, id) = self.good(now).find_map(|key| key.open(purpose, token))?;
        Some(MailedLink { address, id })
    }

    /// The link for somebody who has not done something, and the second factor that it disowns, if it names one. See [`Links::open`].
    #[must_use]
    pub fn open_not_me(&self, token: &str, now: Timestamp) -> Option<NotMeLink> {
        if let Some(link) = self.open(LinkPurpose::NotMe, token, now) {
            return Some(NotMeLink { link, factor: None });
        }
        let (address, id, factor) = self.good(now).find_map(|key| key.open_of_factor(token))?;
        Some(NotMeLink { link: MailedLink { address, id }, factor: Some(factor) })
    }

    /// The keys that something may be under which was made by now.
    pub fn good(&self, now: Timestamp) -> impl Iterator<Item = &LinkKey> {
        self.0.iter().filter(move |key| !key.stored.has_ended(now)).map(|key| &*key.secret)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shared::{
        rotation::SecretVersion,
        seal::{self, SealedSecret},
    };

    use super::*;

    /// A key that is in use from the second 100 to the second 200.
    fn key(byte: u8) -> Opened<LinkKey> {
        let secret =
            SealedSecret { purpose: seal::SecretPurpose::LinkKey, sealed: String::new(), kms_key_arn: String::new() };
        let [from, until] = [100, 200].map(|second| Some(Timestamp::from_second(second)));
        let stored = SecretVersion { secret, number: byte.into(), from, until };
        Opened { stored, secret: Arc::new(LinkKey::new(&[byte; 32])) }
    }

    #[test]
    fn a_link_opens_under_any_key_before_its_time_and_not_after_its_end() {
        let (links, to, id) =
            (Links::new(vec![key(1), key(2)]), AddressKey::from_bytes([1; 32]), LinkId::from_bytes([2; 16]));
        let opens = |byte, second| {
            let token = key(byte).secret.token(LinkPurpose::VerifyEmail, &to, &id).reveal();
            let opened = links.open(LinkPurpose::VerifyEmail, &token, Timestamp::from_second(second));
            assert!(opened.is_none() || opened == Some(MailedLink { address: to, id }));
            opened.is_some()
        };
        for (second, good) in [(99, true), (100, true), (199, true), (200, false), (201, false)] {
            assert_eq!([1, 2, 3].map(|byte| opens(byte, second)), [good, good, false], "{second}");
        }
    }
}
