//! The languages that people are written to in, and which of them a deployment offers.

mod accepted;

use compat::{json::Json, validation::Flaw};
use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};

pub use self::accepted::Accepted;
use crate::{
    config::{ConfigError, Env},
    http::Field,
};

/// A language that letters and pages are written in. In rows and answers by its code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Portuguese, as in Brazil.
    Pt,
    /// Japanese.
    Ja,
    /// Chinese, in simplified characters.
    Zh,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::En, Self::De, Self::Es, Self::Fr, Self::Pt, Self::Ja, Self::Zh];

    /// Its code of ISO 639-1.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Es => "es",
            Self::Fr => "fr",
            Self::Pt => "pt",
            Self::Ja => "ja",
            Self::Zh => "zh",
        }
    }
}

impl Language {
    /// The one of this code.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What its speakers call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
            Self::Es => "Español",
            Self::Fr => "Français",
            Self::Pt => "Português",
            Self::Ja => "日本語",
            Self::Zh => "中文",
        }
    }
}

/// The languages that letters and pages come in. English is always among them: it takes the place of those that are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Languages(Vec<Language>);

impl Languages {
    /// What `LANGUAGES` says, a list of codes with commas between them; all of them where it has no value.
    ///
    /// # Errors
    /// When it has something else in it; the error says at which place.
    pub fn read(env: &Env<'_>) -> Result<Self, ConfigError> {
        let Some(list) = env.optional("LANGUAGES") else { return Ok(Self::default()) };
        let mut offered = Vec::new();
        for (number, code) in (1..).zip(list.split(',')) {
            let language = Language::of_code(code.trim()).ok_or_else(|| unknown(number))?;
            offered.push(language);
        }
        Ok(Self::of(&offered))
    }

    /// These, and English.
    #[must_use]
    pub fn of(offered: &[Language]) -> Self {
        let is_offered = |language: &Language| offered.contains(language) || *language == Language::default();
        Self(Language::ALL.into_iter().filter(is_offered).collect())
    }

    /// All that are offered, in one order everywhere.
    #[must_use]
    pub fn all(&self) -> &[Language] {
        &self.0
    }

    /// The language in which somebody is written to who is to be written to in this one.
    #[must_use]
    pub fn instead_of(&self, language: Language) -> Language {
        if self.0.contains(&language) { language } else { Language::default() }
    }
}

impl Default for Languages {
    fn default() -> Self {
        Self::of(&Language::ALL)
    }
}

fn unknown(number: usize) -> ConfigError {
    let codes = Language::ALL.map(Language::code).join(", ");
    ConfigError::new(format!("what LANGUAGES has at place {number} is none of {codes}"))
}

impl Field for Language {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Json::String(code) = value else { return Err(Flaw::none_of(&Self::ALL.map(Self::code))) };
        Self::of_code(code).ok_or_else(|| Flaw::none_of(&Self::ALL.map(Self::code)))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": Self::ALL.map(Self::code) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Result<Languages, String> {
        Languages::read(&Env::new(&|name| (name == "LANGUAGES").then(|| list.to_owned())))
            .map_err(|flaws| flaws.to_string())
    }

    #[test]
    fn a_deployment_offers_what_it_is_told_to_and_english() {
        assert_eq!(read("").unwrap().all(), Language::ALL);
        assert_eq!(read("ja, de").unwrap().all(), [Language::En, Language::De, Language::Ja]);
        assert_eq!(read("en").unwrap().instead_of(Language::De), Language::En);
        assert_eq!(read("en,de").unwrap().instead_of(Language::De), Language::De);
    }

    #[test]
    fn a_language_that_nobody_has_words_for_is_no_setting() {
        for (list, place) in [("canary", 1), ("de,canary", 2), ("de,,fr", 2), ("DE", 1), ("pt-BR", 1)] {
            let reason = format!("what LANGUAGES has at place {place} is none of en, de, es, fr, pt, ja, zh");
            assert_eq!(read(list).unwrap_err(), reason);
        }
    }

    #[test]
    fn every_code_is_that_of_its_row() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.code());
            assert_eq!(Language::of_code(language.code()), Some(language));
        }
    }
}
