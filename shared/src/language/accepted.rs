//! What languages a client asks for.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use super::{Language, Languages};

/// The languages of ours that a client asks for in `Accept-Language` (RFC 9110, 12.5.4), the best one first; none where it asks for
/// nothing that we have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted(Vec<Language>);

/// One wish of the header.
struct Range<'a> {
    /// A language tag, or `*`: whatever is not named.
    tag: &'a str,
    /// From 0, not this one, to 1,000.
    quality: u16,
}

impl Accepted {
    /// From the header's text. What cannot be read in it is passed over.
    #[must_use]
    pub fn of_header(header: &str) -> Self {
        let ranges: Vec<_> = header.split(',').filter_map(Range::read).collect();
        let of = |language: Language| {
            let named = ranges.iter().position(|range| range.names(language));
            let at = named.or_else(|| ranges.iter().position(|range| range.tag == "*"))?;
            (ranges[at].quality > 0).then_some((language, ranges[at].quality, at))
        };
        let mut wanted: Vec<_> = Language::ALL.into_iter().filter_map(of).collect();
        wanted.sort_by_key(|(_, quality, at)| (u16::MAX - quality, *at));
        Self(wanted.into_iter().map(|(language, ..)| language).collect())
    }

    /// The best one that is offered.
    #[must_use]
    pub fn best_of(&self, offered: &Languages) -> Option<Language> {
        self.0.iter().copied().find(|language| offered.all().contains(language))
    }
}

impl<'a> Range<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let tag = parts.next().filter(|tag| !tag.is_empty())?;
        let quality = match parts.next() {
            None => 1_000,
            Some(weight) => weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q=")).and_then(thousandths)?,
        };
        Some(Self { tag, quality })
    }

    /// Whether it is that language, as anywhere and in any script: of each language we have one form.
    fn names(&self, language: Language) -> bool {
        self.tag.split('-').next().is_some_and(|first| first.eq_ignore_ascii_case(language.code()))
    }
}

/// `0.875` as 875: a digit, and up to three behind the point.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths = format!("{rest:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1_000),
        _ => None,
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Accepted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let headers = parts.headers.get_all(header::ACCEPT_LANGUAGE).iter();
        let texts: Vec<_> = headers.filter_map(|header| header.to_str().ok()).collect();
        Ok(Self::of_header(&texts.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_is_the_first_one_of_the_highest_quality() {
        let all = Languages::default();
        for (header, best) in [
            ("de", Some(Language::De)),
            ("DE-at", Some(Language::De)),
            ("pt-BR,pt;q=0.9,en;q=0.8", Some(Language::Pt)),
            ("zh-Hant-TW, en;q=0.9", Some(Language::Zh)),
            ("fr;q=0.5, es;q=0.75 ,en;q=0.7", Some(Language::Es)),
            ("fr; q=0.5, de;q=0.5", Some(Language::Fr)),
            ("ko, ja;q=0.1", Some(Language::Ja)),
            ("en;q=0, de;q=0.001", Some(Language::De)),
            ("*", Some(Language::En)),
            ("ko, *;q=0.5, de;q=0.3", Some(Language::En)),
            ("ko, *;q=0.2, de;q=0.3", Some(Language::De)),
            ("*, en;q=0", Some(Language::De)),
            ("ko", None),
            ("de;q=0", None),
            ("de;q=0.0", None),
            ("", None),
            (",;,;q=1", None),
            ("de;q=2, de;q=1.5, de;q=-1, de;q=x, de;q=0.1234, de;level=1", None),
            ("deutsch, 中文, e-n", None),
        ] {
            assert_eq!(Accepted::of_header(header).best_of(&all), best, "{header}");
        }
    }

    #[test]
    fn what_is_not_offered_is_passed_over() {
        let offered = Languages::of(&[Language::De]);
        let best = |header| Accepted::of_header(header).best_of(&offered);
        assert_eq!(best("ja, de;q=0.5"), Some(Language::De));
        assert_eq!(best("ja, en;q=0.4, de;q=0.3"), Some(Language::En));
        assert_eq!(best("ja"), None);
    }
}
