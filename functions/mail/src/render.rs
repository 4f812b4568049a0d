//! Letters: what a mail says, as text and as HTML. Nothing here sends, reads a clock or knows AWS.
//!
//! A letter is its own body within a `layout`, with an `action` (the link) where there is one to offer.

use shared::{
    events::{By, Circumstances},
    outbox::{News, NoPassword},
    time::Timestamp,
};

/// Who is writing and where links lead: from configuration.
#[derive(Clone, Debug)]
pub struct Brand {
    /// Name of the product, as people know it.
    pub product: String,
    /// Page on which people sign in, as an absolute URL. `None` leaves the link out.
    pub sign_in_url: Option<String>,
}

/// One kind of mail with what it needs to know. No `Debug`: links are secrets.
pub enum Letter<'a> {
    /// Asks to prove a new address.
    Verify {
        /// Absolute URL of the verification page, token included.
        link: &'a str,
        /// When the link expires. A link that is mailed again keeps its time, so the letter names the moment and not a duration.
        until: Timestamp,
    },
    /// Tells the owner of an account that somebody signed up with its address.
    AlreadyRegistered,
    /// Asks for a password where that of the sign-up does not count; else brings the link that somebody has asked for who forgot it.
    SetPassword {
        /// Absolute URL of the set-password page, token included.
        link: &'a str,
        /// When the link expires.
        until: Timestamp,
        /// Why that of the sign-up does not count.
        because: Option<NoPassword>,
    },
    /// Asks to prove the address that an account is to have.
    ChangeEmail {
        /// Absolute URL of the confirmation page, token included.
        link: &'a str,
        /// When the link expires.
        until: Timestamp,
    },
    /// Tells the owner of an account what has happened to it.
    Notice {
        /// What has.
        news: &'a News,
        /// Who did it, when and from where.
        circumstances: &'a Circumstances,
        /// Absolute URL of the page that keeps an account which is to be deleted, token included.
        keep: Option<&'a str>,
        /// Absolute URL of the page for somebody who has not done it, token included.
        not_me: Option<&'a str>,
    },
    /// Tells somebody who has signed in that the password is easy to guess.
    WeakPassword {
        /// Absolute URL of the page that mails a link to choose another one.
        page: &'a str,
    },
    /// Tells the owner of an account that many wrong passwords were tried.
    Locked {
        /// Absolute URL of the page that mails a link to choose another password.
        page: &'a str,
    },
}

/// A mail ready to be sent. No `Debug`: both parts hold the link.
pub struct Rendered {
    /// One line without control characters, fit for a header.
    pub subject: String,
    /// The `text/plain` part; the link stands unbroken on a line of its own.
    pub text: String,
    /// The `text/html` part: a whole document without remote resources.
    pub html: String,
}

/// Writes `letter` in the name of `brand`.
#[must_use]
pub fn render(brand: &Brand, letter: &Letter<'_>) -> Rendered {
    let product = one_line(&brand.product);
    if let Letter::Notice { news, circumstances, keep, not_me } = letter {
        return notice(&product, news, circumstances, *keep, *not_me);
    }
    let (wording, link, until, because) = match letter {
        Letter::Verify { link, until } => (&VERIFY, Some(*link), until.in_words(), ""),
        Letter::ChangeEmail { link, until } => (&CHANGE_EMAIL, Some(*link), until.in_words(), ""),
        Letter::Notice { .. } | Letter::AlreadyRegistered => {
            (&ALREADY_REGISTERED, brand.sign_in_url.as_deref(), String::new(), "")
        }
        Letter::SetPassword { link, until, because: Some(because) } => {
            (&SET_PASSWORD, Some(*link), until.in_words(), in_words(*because))
        }
        Letter::WeakPassword { page } => (&WEAK_PASSWORD, Some(*page), String::new(), ""),
        Letter::Locked { page } => (&LOCKED, Some(*page), String::new(), ""),
        Letter::SetPassword { link, until, because: None } => (&RESET_PASSWORD, Some(*link), until.in_words(), ""),
    };
    let values = Values { product: &product, link, until: &until, because };
    Rendered {
        subject: fill(wording.subject, &[("product", &product)]),
        text: TEXT.compose(wording.text, wording, &values),
        html: HTML.compose(wording.html, wording, &values),
    }
}

/// What has happened, as a subject and a sentence.
fn in_sentence(news: &News, product: &str) -> (String, String) {
    let told = |subject: &str, sentence: String| (format!("{subject}: {product}"), sentence);
    match news {
        News::NewDevice => told("New sign-in", format!("Somebody has signed in to {product} from a new place.")),
        News::PasswordChanged => told("New password", format!("Your password for {product} is another one.")),
        News::EmailChangeRequested { new } => told(
            "New address asked for",
            format!("Your account with {product} is to have the address {}.", new.as_str()),
        ),
        News::EmailChanged { new, .. } => {
            told("New address", format!("Your account with {product} has the address {} now.", new.as_str()))
        }
        News::Deletion { due_at, .. } => {
            told("Your account is being deleted", format!("Your account with {product} will be deleted at {due_at}."))
        }
        News::Deleted => told("Your account is deleted", format!("Your account with {product} has been deleted.")),
        News::Exported => told("Your data", format!("Somebody has asked for your data with {product}.")),
        News::KeyAdded { exchange, label } => told(
            "New exchange key",
            format!("A key of {exchange}, \"{label}\", was added to your vault with {product}."),
        ),
        News::KeySecretReplaced { exchange, label } => {
            told("Exchange key changed", format!("The secret of the key \"{label}\" of {exchange} was replaced."))
        }
    }
}

fn notice(product: &str, news: &News, told: &Circumstances, keep: Option<&str>, not_me: Option<&str>) -> Rendered {
    let (subject, sentence) = in_sentence(news, product);
    let by = match told.by {
        By::User => "signed in",
        By::Link => "by a mailed link",
        By::Operator => "by an operator",
    };
    let known = [&told.ip, &told.country, &told.device].into_iter().flatten().map(String::as_str);
    let whence = known.collect::<Vec<_>>().join(", ");
    let mut lines = vec![sentence, format!("{} {by} {whence}", told.at)];
    lines.extend(keep.map(|link| format!("Keep it:\n{link}")));
    lines.extend(not_me.map(|link| format!("If this was not you:\n{link}\nOtherwise please ignore this mail.")));
    let html = format!("<p>{}</p>", lines.iter().map(|line| escape_html(line)).collect::<Vec<_>>().join("</p><p>"));
    Rendered { subject: one_line(&subject), text: lines.join("\n\n"), html }
}

/// What is filled in.
struct Values<'a> {
    product: &'a str,
    link: Option<&'a str>,
    until: &'a str,
    because: &'a str,
}

/// Why the password of a sign-up does not count: a paragraph in lines for a mail's text.
const fn in_words(because: NoPassword) -> &'static str {
    match because {
        NoPassword::Weak => {
            "The password that was chosen before that is easy to guess: it is among the\n\
             most common ones, was stolen from another service, has few different\n\
             characters, or is made of what others know of you. It does not count.\n"
        }
        NoPassword::Contested => {
            "Before that, somebody signed up with it more than once, with different\n\
             passwords. We cannot tell which of them is yours, so we have dropped them\n\
             all.\n"
        }
        NoPassword::OtherSpelling => {
            "Before that, somebody signed up with another spelling of it. We cannot tell\n\
             whether the password is yours, so we have dropped it.\n"
        }
    }
}

/// What differs between letters. `subject`, `text` and `html` are templates.
struct Wording {
    subject: &'static str,
    heading: &'static str,
    label: &'static str,
    text: &'static str,
    html: &'static str,
}

const VERIFY: Wording = Wording {
    subject: "Verify your e-mail address for {{product}}",
    heading: "Verify your e-mail address",
    label: "Verify my address",
    text: include_str!("templates/verify.txt"),
    html: include_str!("templates/verify.html"),
};

const CHANGE_EMAIL: Wording = Wording {
    subject: "Confirm your new address for {{product}}",
    heading: "Confirm your new address",
    label: "Confirm my address",
    text: "This address is to be that of an account with {{product}}.\n\n{{action}}The link works until {{until}}.\nIf this was not you, please ignore this mail.\n",
    html: "<p>This address is to be that of an account with {{product}}.</p>{{action}}<p>The link works until {{until}}. If this was not you, please ignore this mail.</p>",
};
const ALREADY_REGISTERED: Wording = Wording {
    subject: "You already have an account with {{product}}",
    heading: "You already have an account",
    label: "Sign in",
    text: include_str!("templates/already-registered.txt"),
    html: include_str!("templates/already-registered.html"),
};

const SET_PASSWORD: Wording = Wording {
    subject: "Choose your password for {{product}}",
    heading: "Choose your password",
    label: "Choose my password",
    text: include_str!("templates/set-password.txt"),
    html: include_str!("templates/set-password.html"),
};

const RESET_PASSWORD: Wording = Wording {
    subject: "Choose a new password for {{product}}",
    heading: "Choose a new password",
    label: "Choose a new password",
    text: include_str!("templates/reset-password.txt"),
    html: include_str!("templates/reset-password.html"),
};

const WEAK_PASSWORD: Wording = Wording {
    subject: "Your password for {{product}} is easy to guess",
    heading: "Your password is easy to guess",
    label: "Choose another password",
    text: include_str!("templates/weak-password.txt"),
    html: include_str!("templates/weak-password.html"),
};

const LOCKED: Wording = Wording {
    subject: "Many wrong passwords for your account with {{product}}",
    heading: "Somebody is trying passwords",
    label: "Choose a new password",
    text: include_str!("templates/locked.txt"),
    html: include_str!("templates/locked.html"),
};

/// What all letters of one part share.
struct Format {
    layout: &'static str,
    action: &'static str,
    escape: fn(&str) -> String,
}

const TEXT: Format = Format {
    layout: include_str!("templates/layout.txt"),
    action: include_str!("templates/action.txt"),
    escape: str::to_owned,
};

const HTML: Format = Format {
    layout: include_str!("templates/layout.html"),
    action: include_str!("templates/action.html"),
    escape: escape_html,
};

impl Format {
    /// The only place where values meet templates, hence the only place that escapes.
    fn compose(&self, body: &str, wording: &Wording, values: &Values<'_>) -> String {
        let (product, until) = ((self.escape)(values.product), (self.escape)(values.until));
        let action = values.link.map_or_else(String::new, |link| {
            fill(self.action, &[("label", wording.label), ("link", &(self.escape)(link))])
        });
        let body =
            fill(body, &[("product", &product), ("action", &action), ("until", &until), ("because", values.because)]);
        fill(self.layout, &[("heading", wording.heading), ("product", &product), ("body", &body)])
    }
}

/// Replaces each `{{name}}`, in one pass: what a value contains is never taken for a placeholder.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, name, after)) = next_placeholder(rest) {
        filled.push_str(before);
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => filled.extend(["{{", name, "}}"]),
        }
        rest = after;
    }
    filled + rest
}

fn next_placeholder(template: &str) -> Option<(&str, &str, &str)> {
    let (before, opened) = template.split_once("{{")?;
    let (name, after) = opened.split_once("}}")?;
    Some((before, name, after))
}

fn escape_html(raw: &str) -> String {
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

/// Collapses control characters and white space, so that no value can start a header line.
fn one_line(raw: &str) -> String {
    let words = raw.split(|character: char| character.is_control() || character.is_whitespace());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str =
        "https://app.example/auth/ui/verify-email?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&x=1";
    const UNTIL: Timestamp = Timestamp::from_second(1_566_656_122);
    const SIGN_IN: &str = "https://app.example/sign-in?from=mail&x=1";

    fn brand() -> Brand {
        Brand { product: "Harbour".to_owned(), sign_in_url: Some(SIGN_IN.to_owned()) }
    }

    fn every_letter() -> [(Letter<'static>, &'static str); 8] {
        let set_password = |because| (Letter::SetPassword { link: LINK, until: UNTIL, because }, LINK);
        [
            set_password(None),
            set_password(Some(NoPassword::Contested)),
            set_password(Some(NoPassword::OtherSpelling)),
            (Letter::Verify { link: LINK, until: UNTIL }, LINK),
            (Letter::AlreadyRegistered, SIGN_IN),
            (Letter::WeakPassword { page: LINK }, LINK),
            (Letter::Locked { page: LINK }, LINK),
            (Letter::SetPassword { link: LINK, until: UNTIL, because: Some(NoPassword::Weak) }, LINK),
        ]
    }

    #[test]
    fn the_link_survives_in_both_parts() {
        for (letter, link) in every_letter() {
            let mail = render(&brand(), &letter);
            assert_eq!(mail.text.lines().filter(|line| *line == link).count(), 1);
            assert_eq!(mail.html.matches(&format!("href=\"{}\"", link.replace('&', "&amp;"))).count(), 2);
            assert!(!mail.html.contains(link), "the ampersand is not escaped");
        }
    }

    #[test]
    fn text_lines_are_short_but_for_the_link() {
        for (letter, link) in every_letter() {
            let mail = render(&brand(), &letter);
            assert!(mail.text.lines().all(|line| line == link || line.len() <= 78), "{}", mail.text);
        }
    }

    #[test]
    fn no_placeholder_is_left() {
        let nameless = Brand { sign_in_url: None, ..brand() };
        for brand in [brand(), nameless] {
            for (letter, _) in every_letter() {
                let mail = render(&brand, &letter);
                for part in [mail.subject, mail.text, mail.html] {
                    assert!(!part.contains("{{") && !part.contains("}}"), "{part}");
                }
            }
        }
    }

    #[test]
    fn both_parts_say_how_long_the_link_lasts() {
        for letter in [
            Letter::Verify { link: LINK, until: UNTIL },
            Letter::SetPassword { link: LINK, until: UNTIL, because: Some(NoPassword::Weak) },
        ] {
            let mail = render(&brand(), &letter);
            for part in [mail.text, mail.html] {
                assert!(part.contains("The link works until 14:15 UTC on 24 August 2019."), "{part}");
            }
        }
    }

    #[test]
    fn both_parts_name_the_product_and_the_way_out() {
        for (letter, _) in every_letter() {
            let mail = render(&brand(), &letter);
            for part in [mail.text, mail.html] {
                assert!(part.contains("Harbour") && part.contains("please ignore this mail"), "{part}");
            }
        }
    }

    #[test]
    fn without_a_sign_in_page_there_is_no_link() {
        let mail = render(&Brand { sign_in_url: None, ..brand() }, &Letter::AlreadyRegistered);
        assert!(!mail.text.contains("http") && !mail.html.contains("<a "));
        assert!(!mail.text.contains("\n\n\n"));
    }

    #[test]
    fn values_are_escaped_in_html_only() {
        let product = r#"<b onclick="x">Tom & 'Ann'</b>"#;
        let mail =
            render(&Brand { product: product.to_owned(), ..brand() }, &Letter::Verify { link: LINK, until: UNTIL });
        assert!(mail.text.contains(product));
        assert!(!mail.html.contains("<b onclick") && !mail.html.contains("&amp;amp;"));
        assert!(mail.html.contains("&lt;b onclick=&quot;x&quot;&gt;Tom &amp; &#39;Ann&#39;&lt;/b&gt;"));
    }

    #[test]
    fn a_value_is_never_a_template() {
        let mail = render(
            &Brand { product: "{{action}}{{link}}".to_owned(), ..brand() },
            &Letter::Verify { link: LINK, until: UNTIL },
        );
        assert!(mail.subject.ends_with("{{action}}{{link}}"));
        assert_eq!(mail.text.matches(LINK).count(), 1);
    }

    #[test]
    fn a_subject_is_one_line() {
        let product = "Har\r\nBcc: x@example.com\n\tbour\u{85}\u{2028}\0 ";
        let mail = render(&Brand { product: product.to_owned(), ..brand() }, &Letter::AlreadyRegistered);
        assert_eq!(mail.subject, "You already have an account with Har Bcc: x@example.com bour");
    }
}
