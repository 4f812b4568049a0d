//! The part in HTML: a whole document without remote resources.

use super::{Content, Part, paragraphs};

/// A letter as HTML. Here alone values meet markup, so it is here that they are escaped.
pub fn html(content: &Content<'_>) -> String {
    let Content { language, frame, product, heading, parts } = content;
    let mut body = String::new();
    for part in parts {
        match part {
            Part::Text(text) => paragraphs(text).for_each(|text| body += &paragraph(&escape(text))),
            Part::Facts(facts) => {
                let lines = facts.iter().map(|fact| escape(&content.line(fact)));
                body += &paragraph(&lines.collect::<Vec<_>>().join("<br>\n"));
            }
            Part::Link { name, address } => {
                body += &format!(
                    include_str!("link.html"),
                    name = escape(name),
                    address = escape(address),
                    without_button = escape(frame.without_button),
                );
            }
        }
    }
    format!(
        include_str!("letter.html"),
        lang = language.code(),
        style = include_str!("letter.css"),
        product = escape(product),
        heading = escape(heading),
        body = body,
        automatic = escape(frame.automatic),
    )
}

fn paragraph(html: &str) -> String {
    format!("<p style=\"margin:0 0 16px; overflow-wrap:anywhere;\">{html}</p>\n")
}

fn escape(raw: &str) -> String {
    let mut escaped = String::with_capacity(raw.len());
    for character in raw.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
