//! The languages that people are written to in.

use serde::{Deserialize, Serialize};

/// A language that letters and pages are written in. In rows and answers by its code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
