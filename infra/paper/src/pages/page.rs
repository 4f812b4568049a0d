//! How pages look, and the one of the demo credentials. Whatever comes from elsewhere is escaped.

use crate::Demo;

/// The style sheet of all pages.
pub const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}\
article{border:1px solid #ccc;border-radius:.5rem;padding:0 1rem 1rem;margin:1rem 0}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}\
iframe{width:100%;height:24rem;border:1px solid #ccc}small{color:#555}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .5rem;\
border-bottom:1px solid #ccc}td{overflow-wrap:anywhere}td pre{font:12px/1.4 monospace;user-select:all}";

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

/// Text that is no markup, whatever stands in it.
#[must_use]
pub fn escaped(text: &str) -> String {
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
    use api_keys::exchanges::{ConnectionStatus, Environment, KeyType};

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
        let demo = Demo { exchange: evil, outcome: evil, expected_status: ConnectionStatus::Ok, credentials };
        let page = exchanges(&[demo]);
        assert!(!page.contains("<script") && !page.contains("'1'"), "{page}");
        assert!(page.contains("&quot;api_key&quot;: &quot;\\&quot;&gt;&lt;script&gt;"), "{page}");
    }
}
