//! Passwords that are made of what everybody knows of a person.

use compat::email::EmailAddress;
use zeroize::Zeroizing;

use super::Folded;

/// In characters: shorter parts of addresses and of the product's name occur in any password.
const SHORTEST_PART: usize = 4;
/// In characters: names of people are short, a single letter is none.
const SHORTEST_NAME: usize = 2;
/// In characters: what has to be left of a password without all that.
const LEFT: usize = 4;

/// What is known of a person: the address, the names, and where they sign in. Parts are folded as passwords are, the longest first.
pub struct Personal(Vec<String>);

impl Personal {
    /// Of somebody with this address and these names, who signs in to `product`.
    #[must_use]
    pub fn new<'a>(address: &EmailAddress, product: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        let (local, domain) = address.as_str().split_once('@').unwrap_or((address.as_str(), ""));
        let wholes = [address.as_str(), local, domain, product];
        let parts =
            wholes.into_iter().chain(domain.split('.')).chain(words(local)).chain(words(domain)).chain(words(product));
        let parts = folded(parts, SHORTEST_PART).chain(folded(names.into_iter().flat_map(words), SHORTEST_NAME));
        let mut parts: Vec<_> = parts.collect();
        parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.len()));
        Self(parts)
    }

    /// Whether fewer than four characters are left of the password without these parts, in any of its forms.
    pub(super) fn nearly_is(&self, password: &Folded) -> bool {
        password.forms().any(|form| {
            let left = self.0.iter().fold(Zeroizing::new(form.to_owned()), |left, part| without(&left, part));
            left.len() < form.len() && left.chars().count() < LEFT
        })
    }
}

/// Made with room for all of it, so that nothing is left behind in memory where a string has grown.
fn without(text: &str, part: &str) -> Zeroizing<String> {
    let mut left = Zeroizing::new(String::with_capacity(text.len()));
    left.extend(text.split(part));
    left
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|between: char| !between.is_alphanumeric())
}

fn folded<'a>(parts: impl Iterator<Item = &'a str>, shortest: usize) -> impl Iterator<Item = String> {
    let is_long = move |part: &&str| part.chars().count() >= shortest;
    parts.filter(is_long).map(|part| Folded::new(part).whole().to_owned())
}
