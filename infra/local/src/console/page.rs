//! The pages for people. Whatever comes from elsewhere is escaped.

use crate::ses::{Piece, pieces};
use crate::{Demo, Mail, Outcome};

/// The front page.
pub(super) const INDEX: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>local AWS</title>\
<h1>local AWS</h1><ul>\
<li><a href=/inbox>inbox</a>: the mails sent (<a href=/inbox.json>as JSON</a>)\
<li><a href=/calls.json>calls</a>: how often each operation was called\
<li><a href=/exchanges>exchanges</a>: demo credentials for the paper exchange (<a href=/exchanges.json>as JSON</a>)\
<li><a href=/exchange-calls.json>exchange calls</a>: how often each exchange was asked\
<li><a href=/kyc>identity</a>: sends signed reports of identity providers (<a href=/kyc.json>as JSON</a>)\
</ul></html>";

pub(super) const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}\
article{border:1px solid #ccc;border-radius:.5rem;padding:0 1rem 1rem;margin:1rem 0}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
iframe{width:100%;height:24rem;border:1px solid #ccc}small{color:#555}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;\
border-bottom:1px solid #ccc}td{overflow-wrap:anywhere}td pre{font:12px/1.4 monospace;user-select:all}";

/// The inbox, mails in the order given.
pub(super) fn inbox(mails: &[Mail]) -> String {
    let articles: String = mails.iter().map(article).collect();
    let content = if mails.is_empty() { "<p>No mail yet.".to_owned() } else { articles };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Inbox</title><style>{STYLE}</style>\
         <h1>Inbox</h1>{content}</html>"
    )
}

/// The demo credentials, in the order given.
pub(super) fn exchanges(demos: &[Demo]) -> String {
    let rows: String = demos.iter().map(row).collect();
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Paper exchange</title><style>{STYLE}</style>\
         <h1>Paper exchange</h1><p>None of these keys is real. The JSON is a body for \
         <code>POST /api/v1/api-keys/</code>: one click selects all of it. <em>Status</em> is how a connection test with the key ends.\
         <table><tr><th>Exchange<th>Outcome<th>Status<th>Credentials</tr>{rows}</table></html>"
    )
}

fn row(demo: &Demo) -> String {
    let body = serde_json::to_string_pretty(&demo.credentials).unwrap_or_default();
    format!(
        "<tr><td>{}<td>{}<td>{}<td>{}<details><summary>copy as JSON</summary><pre>{}</pre></details></tr>",
        escaped(demo.exchange),
        escaped(demo.outcome),
        escaped(demo.expected_status.as_str()),
        escaped(&demo.credentials.api_key),
        escaped(&body),
    )
}

fn article(mail: &Mail) -> String {
    let Mail { to, from, subject, text, html, sent_at, outcome, .. } = mail;
    let end = match outcome {
        None => "",
        Some(Outcome::Bounced) => ": <strong>bounced</strong>",
        Some(Outcome::Complained) => ": <strong>the recipient complained</strong>",
        Some(Outcome::Suppressed) => ": <strong>not sent, as the address is suppressed</strong>",
    };
    let text = text.as_ref().map(|text| format!("<pre>{}</pre>", linked(text))).unwrap_or_default();
    let html = html.as_ref().map(|html| format!("<iframe sandbox srcdoc=\"{}\"></iframe>", escaped(html)));
    format!(
        "<article><h2>{}</h2><p>to <strong>{}</strong> <small>from {}, {sent_at}</small>{end}</p>{text}{}</article>",
        escaped(subject),
        escaped(to),
        escaped(from),
        html.unwrap_or_default(),
    )
}

/// Text with its URLs clickable.
fn linked(text: &str) -> String {
    let html = pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => escaped(text),
        Piece::Link(url) => format!("<a href=\"{0}\">{0}</a>", escaped(url)),
    });
    html.collect()
}

pub(super) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use api_keys::exchanges::{Environment, KeyType, Status};

    use super::*;
    use crate::DemoCredentials;

    #[test]
    fn nothing_of_a_key_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        let credentials = DemoCredentials {
            exchange: evil,
            label: evil.to_owned(),
            api_key: evil.to_owned(),
            secret: evil.to_owned(),
            passphrase: Some(evil.to_owned()),
            key_type: KeyType::Hmac,
            environment: Environment::Live,
            wallet_address: Some(evil.to_owned()),
        };
        let demo = Demo { exchange: evil, outcome: evil, expected_status: Status::Ok, credentials };
        let page = exchanges(&[demo]);
        assert!(!page.contains("<script") && !page.contains("'1'"), "{page}");
        assert!(page.contains("&quot;api_key&quot;: &quot;\\&quot;&gt;&lt;script&gt;"), "{page}");
    }

    #[test]
    fn nothing_of_a_mail_becomes_markup() {
        let evil = "\"><script>alert('1')</script>&";
        let mail = Mail {
            id: evil.to_owned(),
            to: evil.to_owned(),
            from: evil.to_owned(),
            subject: evil.to_owned(),
            text: Some(format!("{evil} https://a.example/?a=1&b={evil}")),
            html: Some(evil.to_owned()),
            links: Vec::new(),
            sent_at: jiff::Timestamp::UNIX_EPOCH,
            outcome: Some(Outcome::Bounced),
        };
        let page = inbox(&[mail]);
        assert!(!page.contains("<script") && !page.contains("\"\"") && !page.contains("'1'"), "{page}");
        assert!(page.contains("<a href=\"https://a.example/?a=1&amp;b=\">"), "{page}");
        assert!(page.contains("<iframe sandbox srcdoc=\"&quot;&gt;&lt;script&gt;"), "{page}");
    }
}
