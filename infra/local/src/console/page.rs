//! The pages for people. Whatever comes from elsewhere is escaped.

use paper::pages::{STYLE, escaped};

use crate::app::Shown;
use crate::ses::{Piece, pieces};
use crate::{Mail, Outcome};

/// The front page.
pub(super) const INDEX: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>local AWS</title>\
<h1>local AWS</h1><ul>\
<li><a href=/inbox>inbox</a>: the mails sent (<a href=/inbox.json>as JSON</a>)\
<li><a href=/calls.json>calls</a>: how often each operation was called\
<li><a href=/exchanges>exchanges</a>: demo credentials for the paper exchange (<a href=/exchanges.json>as JSON</a>)\
<li><a href=/exchange-calls.json>exchange calls</a>: how often each exchange was asked\
<li><a href=/breaches/asked.json>stolen passwords</a>: what was asked of who knows them\
<li><a href=/kyc>identity</a>: sends signed reports of identity providers (<a href=/kyc.json>as JSON</a>)\
<li><a href=/totp>authenticator app</a>: the code of the moment for a secret, without a phone\
<li><a href=/clock>clock</a>: where the functions' clock stands\
</ul></html>";

/// The inbox, mails in the order given.
pub(super) fn inbox(mails: &[Mail]) -> String {
    let articles: String = mails.iter().map(article).collect();
    let content = if mails.is_empty() { "<p>No mail yet.".to_owned() } else { articles };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Inbox</title><style>{STYLE}</style>\
         <h1>Inbox</h1>{content}</html>"
    )
}

/// What an authenticator app shows for this secret, anew each time the code changes; nothing for what is none.
pub(super) fn totp(secret: &str, shown: Option<&Shown>) -> String {
    let (again, code) = match shown {
        Some(Shown { code, seconds_left }) => (
            format!("<meta http-equiv=refresh content={seconds_left}>"),
            format!("<h2>{code}</h2><p>for {seconds_left} seconds"),
        ),
        None if secret.is_empty() => (String::new(), String::new()),
        None => (String::new(), "<p>That is no base32.".to_owned()),
    };
    let secret = escaped(secret);
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Authenticator app</title>{again}<style>{STYLE}</style>\
         <h1>Authenticator app</h1><form><label>Secret, as an enrolment shows it<br>\
         <input name=secret size=40 autocomplete=off value=\"{secret}\"></label> <button>Show the code</button></form>{code}</html>"
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

#[cfg(test)]
mod tests {
    use super::*;

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
        let app = totp(evil, None);
        assert!(!app.contains("<script") && !app.contains("'1'") && app.contains("no base32"), "{app}");
        assert!(page.contains("<iframe sandbox srcdoc=\"&quot;&gt;&lt;script&gt;"), "{page}");
    }
}
