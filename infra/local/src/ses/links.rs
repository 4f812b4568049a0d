//! Finds the URLs in a mail.

/// A stretch of text that is a URL, or is not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    Text(&'a str),
    Link(&'a str),
}

/// Cuts text into URLs and what is between them. The punctuation after a URL is not part of it.
pub(crate) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_url(rest) {
        let (before, from_url) = rest.split_at(start);
        let end = from_url.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(from_url.len());
        let url = from_url[..end].trim_end_matches(|c| ".,;:!?)]}'*".contains(c));
        pieces.extend([Piece::Text(before), Piece::Link(url)]);
        rest = &from_url[url.len()..];
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The URLs in plain text, each once, in order.
pub(super) fn in_text(text: &str) -> Vec<String> {
    let links = pieces(text).into_iter().filter_map(|piece| match piece {
        Piece::Link(url) => Some(url.to_owned()),
        Piece::Text(_) => None,
    });
    distinct(links)
}

/// The web addresses that HTML links to, each once, in order.
pub(super) fn in_html(html: &str) -> Vec<String> {
    let links = html.split("href=").skip(1).filter_map(|rest| {
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (url, _) = rest[1..].split_once(quote)?;
        (next_url(url) == Some(0)).then(|| url.replace("&amp;", "&"))
    });
    distinct(links)
}

fn next_url(text: &str) -> Option<usize> {
    [text.find("https://"), text.find("http://")].into_iter().flatten().min()
}

fn distinct(links: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for link in links {
        if !seen.contains(&link) {
            seen.push(link);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_in_text_end_before_punctuation_and_count_once() {
        let text = "Open https://a.example/x?t=1&u=2.\n(or <http://b.example/>), again: https://a.example/x?t=1&u=2";
        assert_eq!(in_text(text), ["https://a.example/x?t=1&u=2", "http://b.example/"]);
    }

    #[test]
    fn html_counts_what_it_links_to() {
        let html = r#"<a href="https://a.example/?x=1&amp;y=2">https://shown.example</a> <a href='mailto:x@y'>m</a>"#;
        assert_eq!(in_html(html), ["https://a.example/?x=1&y=2"]);
    }

    #[test]
    fn pieces_lose_nothing() {
        let text = "see https://a.example, or not";
        let (before, link, after) = ("see ", "https://a.example", ", or not");
        assert_eq!(pieces(text), [Piece::Text(before), Piece::Link(link), Piece::Text(after)]);
    }
}
