//! How letters look, as text and as HTML. No word stands here.

mod html;
mod text;

use shared::language::Language;

pub use self::{html::html, text::text};
use crate::words::Frame;

/// A letter before it is laid out. No `Debug`: links are secrets.
pub struct Content<'a> {
    /// The language of all of it.
    pub language: Language,
    /// What its letters have in common.
    pub frame: &'static Frame,
    /// Who writes.
    pub product: &'a str,
    /// Its title.
    pub heading: &'static str,
    /// What it says, in order.
    pub parts: Vec<Part<'a>>,
}

/// A part of a letter.
pub enum Part<'a> {
    /// Paragraphs, parted by empty lines.
    Text(String),
    /// Lines that name something each.
    Facts(Vec<Fact>),
    /// A link.
    Link {
        /// What it does.
        name: &'static str,
        /// Where it leads, as an absolute URL.
        address: &'a str,
    },
}

/// A name and what it names.
pub struct Fact {
    /// The name.
    pub name: &'static str,
    /// What it names.
    pub value: String,
}

impl Part<'_> {
    /// Paragraphs.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n")
}

impl Content<'_> {
    fn line(&self, Fact { name, value }: &Fact) -> String {
        let Frame { colon, .. } = self.frame;
        format!("{name}{colon}{value}")
    }
}
