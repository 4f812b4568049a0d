//! What kind of client somebody has, in words that a person recognises: a browser and a system. It is for people to look at and decides
//! nothing, for whoever calls writes what he likes.

/// The longest name of a kind of client. Characters.
const LONGEST: usize = 40;

/// Browsers by the word that names them. All pretend to be one of those further down, so the first that is there is meant.
const BROWSERS: [(&str, &str); 17] = [
    ("EdgiOS/", "Edge"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPiOS/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    // Safari names its version by another word; what has the word alone is a program that shows pages.
    ("Version/", "Safari"),
];

/// Systems by the word that names them. Android is a Linux, and telephones say that they are like a Mac.
const SYSTEMS: [(&str, &str); 9] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("iPod", "iOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

/// Names the kind of client that calls itself `agent`: `Firefox on Windows`, `Safari on iOS`; else the first product that it names, as far
/// as that is printable ASCII. `None` where it names nothing.
pub(super) fn named(agent: &str) -> Option<String> {
    let first =
        |known: &[(&str, &'static str)]| known.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    let browser = first(&BROWSERS).filter(|name| *name != "Safari" || agent.contains("Safari/"));
    if let Some(browser) = browser.filter(|_| agent.starts_with("Mozilla/")) {
        return Some(first(&SYSTEMS).map_or_else(|| browser.to_owned(), |system| format!("{browser} on {system}")));
    }
    let product = agent.trim_start().split(['/', ' ', '(', ';', ',']).next()?;
    let product: String = product.chars().filter(char::is_ascii_graphic).take(LONGEST).collect();
    Some(product).filter(|product| !product.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As browsers call themselves, and what they are.
    const AGENTS: [(&str, &str); 19] = [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on macOS"),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "Firefox on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/143.0 Mobile/15E148 Safari/605.1.15",
            "Firefox on iOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome on macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.101 Mobile/15E148 Safari/604.1",
            "Chrome on iOS",
        ),
        (
            "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            "Chrome on ChromeOS",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.7339.124 Mobile Safari/537.36 EdgA/140.0.3485.60",
            "Edge on Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/140.0.3485.60 Mobile/15E148 Safari/604.1",
            "Edge on iOS",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Safari on iOS",
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
            "Safari on iOS",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/122.0.0.0",
            "Opera on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
    ];

    #[test]
    fn browsers_and_systems_are_told_apart() {
        for (agent, name) in AGENTS {
            assert_eq!(named(agent).as_deref(), Some(name), "{agent}");
        }
    }

    #[test]
    fn of_what_is_no_browser_the_first_product_is_named() {
        let long = "a".repeat(300);
        for (agent, name) in [
            ("curl/8.14.1", Some("curl")),
            ("python-requests/2.32.5", Some("python-requests")),
            ("okhttp/5.1.0", Some("okhttp")),
            ("ccxt", Some("ccxt")),
            ("MyTradingApp/2.1 (iPhone; iOS 18.6) CFNetwork/3826", Some("MyTradingApp")),
            ("Mozilla/5.0 (compatible; Bot/1.0)", Some("Mozilla")),
            // The browsers' words are theirs where the rest is a browser's, too.
            ("evil Chrome/140 Windows", Some("evil")),
            (&long, Some(&long[..LONGEST])),
            ("\u{1b}[31mred/1", Some("[31mred")),
            ("", None),
            (" / ", None),
            ("(no product)", None),
        ] {
            assert_eq!(named(agent).as_deref(), name, "{agent:?}");
        }
    }
}
