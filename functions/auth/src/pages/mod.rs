//! The pages behind mailed links, and the one that has such a link mailed. They are static; only their buttons do anything, so a mail
//! scanner that opens a link cannot use it up.

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// What pages have solve challenges of work, aside, so that they stay alive.
pub const PROOF: &str = include_str!("proof.js");
/// The form of a page behind a link, for another link.
const ASK: &str = include_str!("ask.html");

/// The pages as they are sent.
pub struct Pages {
    pub(crate) verify_email: String,
    pub(crate) reset_password: String,
    pub(crate) forgot_password: String,
    /// The Content-Security-Policy of all.
    pub(crate) policy: String,
}

impl Pages {
    /// In the name of `product`; with what comes from `provider`, an origin, where a provider's widget tells people from programs.
    #[must_use]
    pub fn new(product: &str, provider: Option<&str>) -> Self {
        let main = provider.map_or("<main>".to_owned(), |origin| format!("<main data-widget=\"{}\">", escape(origin)));
        let page = |html: &str| {
            html.replace("{{product}}", &escape(product))
                .replace("<main>", &main)
                .replace("<!--style-->", &format!("<style>{STYLE}</style>"))
                .replace("<!--script-->", &format!("<script>{SCRIPT}</script>"))
        };
        Self {
            verify_email: page(&asking("resend-verification", include_str!("verify-email.html"))),
            reset_password: page(&asking("forgot-password", include_str!("reset-password.html"))),
            forgot_password: page(include_str!("forgot-password.html")),
            policy: policy(provider),
        }
    }
}

/// A page whose form for another link asks this operation.
fn asking(operation: &str, html: &str) -> String {
    html.replace("<!--ask-->", &ASK.replace("{{operation}}", operation))
}

/// Nothing may be loaded or run but our own style and script, named by their hashes, the script that solves challenges, and, where there
/// is one, the provider's widget.
fn policy(provider: Option<&str>) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(digest::digest(&digest::SHA256, text.as_bytes()));
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    let (widget, frame) =
        provider.map_or_else(Default::default, |origin| (format!(" {origin}"), format!("frame-src {origin}; ")));
    format!(
        "default-src 'none'; script-src 'sha256-{script}'{widget}; style-src 'sha256-{style}'; connect-src 'self'; worker-src 'self'; \
         {frame}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
