//! The part in plain text.

use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthStr;

use super::{Content, Part, paragraphs};

/// The longest line, in columns; a letter of Chinese or Japanese takes two. Only what cannot be broken is longer, such as a link.
const COLUMNS: usize = 78;

/// A letter as plain text. A link stands unbroken on a line of its own.
pub fn text(content: &Content<'_>) -> String {
    let Content { frame, product, parts, .. } = content;
    let mut blocks = vec![frame.greeting.to_owned()];
    for part in parts {
        match part {
            Part::Text(text) => blocks.extend(paragraphs(text).map(wrapped)),
            Part::Facts(facts) => {
                blocks.push(facts.iter().map(|fact| wrapped(&content.line(fact))).collect::<Vec<_>>().join("\n"));
            }
            Part::Link { name, address } => {
                blocks.extend([format!("{name}{}", frame.colon.trim_end()), (*address).to_owned()]);
            }
        }
    }
    blocks.push(format!("--\n{product}\n{}", wrapped(frame.automatic)));
    blocks.join("\n\n") + "\n"
}

/// A paragraph in lines, broken where Unicode allows it (UAX #14).
fn wrapped(paragraph: &str) -> String {
    let (mut lines, mut line, mut start) = (Vec::new(), String::new(), 0);
    for (end, _) in linebreaks(paragraph) {
        let piece = &paragraph[start..end];
        if !line.is_empty() && line.width() + piece.trim_end().width() > COLUMNS {
            lines.push(line.trim_end().to_owned());
            line.clear();
        }
        line.push_str(piece);
        start = end;
    }
    lines.push(line.trim_end().to_owned());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_is_broken_where_its_language_allows_it() {
        for paragraph in [
            "Whoever reads this mail on a small screen or a large one wants to see words in one piece, and no line that is cut off.",
            "このメールを読む人は、行の途中で切れた言葉ではなく、読みやすい行を見たいと思っています。句読点が行の先頭に来ることはありません。",
        ] {
            let text = wrapped(paragraph);
            let lines: Vec<_> = text.lines().collect();
            assert_eq!(lines.len(), 2, "{text}");
            assert!((COLUMNS - 10..=COLUMNS).contains(&lines[0].width()), "{text}");
            assert!(!lines[1].starts_with(['、', '。', ' ']), "{text}");
            assert_eq!(text.replace(['\n', ' '], ""), paragraph.replace(' ', ""));
        }
        let endless = "x".repeat(100);
        assert_eq!(wrapped(&format!("a {endless} b")), format!("a\n{endless}\nb"));
    }
}
