//! Every letter in every language, in the name of every kind of product.

use std::collections::BTreeSet;

use compat::email::EmailAddress;
use shared::{
    caller::{network::Network, scope::Scope},
    events::By,
    ids::{FactorId, LinkId},
    outbox::News,
};
use unicode_width::UnicodeWidthStr;

use super::*;

const LINK: &str =
    "https://app.example/auth/ui/verify-email?lang=xx&token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA&x=1";
const KEEP: &str =
    "https://app.example/auth/ui/keep-account?lang=xx&token=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
const SIGN_IN: &str = "https://app.example/sign-in?from=mail&x=1";
const UNTIL: Timestamp = Timestamp::from_second(1_566_656_122);
const DUE: Timestamp = Timestamp::from_second(1_567_260_922);
const PRODUCTS: [&str; 4] =
    ["Harbour", "株式会社 取引所", r#"<b onclick="x">Tom & 'Ann'</b>"#, "{product} {link} {{x}}"];
const LANGUAGES_BUT_ENGLISH: [Language; 6] =
    [Language::De, Language::Es, Language::Fr, Language::Pt, Language::Ja, Language::Zh];

fn brand(product: &str) -> Brand {
    Brand { product: product.to_owned(), sign_in_url: Some(SIGN_IN.to_owned()) }
}

/// What every language says where nothing need be done.
const fn ignore(language: Language) -> &'static str {
    match language {
        Language::En => "please ignore this mail",
        Language::De => "ignorieren Sie bitte diese E-Mail",
        Language::Es => "ignore este correo",
        Language::Fr => "ignorez cet e-mail",
        Language::Pt => "ignore este e-mail",
        Language::Ja => "このメールは無視してください",
        Language::Zh => "请忽略此邮件",
    }
}

fn every_news() -> Vec<News> {
    let new = || EmailAddress::parse("new-canary@example.com").unwrap();
    let (exchange, label) = ("exchange-canary".to_owned(), "label <canary>".to_owned());
    let (factor, name) = (FactorId::from_bytes([8; 16]), || "passkey <canary>".to_owned());
    vec![
        News::NewDevice,
        News::PasswordChanged,
        News::EmailChangeRequested { new: new() },
        News::EmailChanged { new: new(), is_former: false },
        News::EmailChanged { new: new(), is_former: true },
        News::Deletion { due_at: DUE, keep: LinkId::from_bytes([7; 16]) },
        News::Deleted,
        News::Exported,
        News::KeyAdded { exchange: exchange.clone(), label: label.clone() },
        News::KeySecretReplaced { exchange, label },
        News::TotpAdded { factor },
        News::TotpRemoved,
        News::PasskeyAdded { factor, name: name() },
        News::PasskeyRemoved { name: name() },
        News::RecoveryCodeUsed { left: 9 },
        News::RecoveryCodeUsed { left: 1 },
        News::RecoveryCodeUsed { left: 0 },
        News::RecoveryCodesRenewed,
        News::WrongCodes,
        News::PasskeyCopied { name: name() },
        News::FactorsResetRequested { due_at: DUE },
        News::FactorsResetCancelled,
        News::FactorsReset,
        token_made(Scope::ALL.to_vec(), &["203.0.113.0/24", "2001:db8:1234:5678::/64"]),
        token_made(vec![Scope::KeysRead], &[]),
        News::TokenRevoked { name: "token <canary>".to_owned() },
    ]
}

fn token_made(scopes: Vec<Scope>, networks: &[&str]) -> News {
    let networks = networks.iter().map(|network| Network::parse(network).unwrap()).collect();
    News::TokenMade { name: "token <canary>".to_owned(), scopes, networks, expires_at: DUE }
}

fn every_circumstances() -> [Circumstances; 4] {
    [By::User, By::Link, By::Token, By::Operator].map(|by| Circumstances {
        at: UNTIL,
        by,
        ip: Some("203.0.113.7".to_owned()),
        country: Some("NZ".to_owned()),
        device: Some("Firefox on <Linux>".to_owned()),
    })
}

/// A letter, the links that it must have, and the values that it must say.
struct Case<'a> {
    letter: Letter<'a>,
    links: Vec<&'a str>,
    says: Vec<&'a str>,
}

/// Hands every letter to `check`, in every language and name.
fn for_every_letter(check: impl Fn(Language, &str, &Case<'_>, &Rendered)) {
    for product in PRODUCTS {
        let (every_news, every_circumstances) = (every_news(), every_circumstances());
        for language in Language::ALL {
            for case in every_case(&every_news, &every_circumstances) {
                let mail = render(&brand(product), language, &case.letter);
                check(language, product, &case, &mail);
            }
        }
    }
}

fn every_case<'a>(every_news: &'a [News], every_circumstances: &'a [Circumstances]) -> Vec<Case<'a>> {
    let because = [None, Some(NoPassword::Weak), Some(NoPassword::Contested), Some(NoPassword::OtherSpelling)];
    let set_password = because.map(|because| Letter::SetPassword { link: LINK, until: UNTIL, because });
    let timed = [Letter::Verify { link: LINK, until: UNTIL }, Letter::ChangeEmail { link: LINK, until: UNTIL }];
    let timed = timed.into_iter().chain(set_password);
    let mut cases: Vec<_> =
        timed.map(|letter| Case { letter, links: vec![LINK], says: vec!["2019-08-24 14:15 UTC"] }).collect();
    for letter in [Letter::WeakPassword { page: LINK }, Letter::Locked { page: LINK }] {
        cases.push(Case { letter, links: vec![LINK], says: Vec::new() });
    }
    cases.push(Case { letter: Letter::AlreadyRegistered, links: vec![SIGN_IN], says: Vec::new() });
    for news in every_news {
        for circumstances in every_circumstances {
            for not_me in [Some(LINK), None] {
                let keep = matches!(news, News::Deletion { .. }).then_some(KEEP);
                let mut says = vec!["2019-08-24 14:15 UTC", "203.0.113.7", "NZ", "Firefox on <Linux>"];
                says.extend(match news {
                    News::EmailChangeRequested { .. } | News::EmailChanged { .. } => vec!["new-canary@example.com"],
                    News::Deletion { .. } | News::FactorsResetRequested { .. } => vec!["2019-08-31 14:15 UTC"],
                    News::KeyAdded { .. } | News::KeySecretReplaced { .. } => vec!["exchange-canary", "label <canary>"],
                    News::PasskeyAdded { .. } | News::PasskeyRemoved { .. } | News::PasskeyCopied { .. } => {
                        vec!["passkey <canary>"]
                    }
                    News::RecoveryCodeUsed { left: 9 } => vec!["9"],
                    News::TokenMade { networks, .. } if networks.is_empty() => {
                        vec!["token <canary>", "2019-08-31 14:15 UTC"]
                    }
                    News::TokenMade { .. } => {
                        vec!["token <canary>", "2019-08-31 14:15 UTC", "203.0.113.0/24", "2001:db8:1234:5678::/64"]
                    }
                    News::TokenRevoked { .. } => vec!["token <canary>"],
                    _ => Vec::new(),
                });
                let links = keep.into_iter().chain(not_me).collect();
                cases.push(Case { letter: Letter::Notice { news, circumstances, keep, not_me }, links, says });
            }
        }
    }
    cases
}

/// Text without the breaks that its lines have.
fn unbroken(text: &str) -> String {
    text.replace(['\n', ' '], "")
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[test]
fn every_link_survives_in_both_parts_and_there_is_no_other() {
    for_every_letter(|_, _, Case { links, .. }, mail| {
        let of_text: Vec<_> = mail.text.lines().filter(|line| line.contains("://")).collect();
        assert_eq!(of_text, *links, "each on a line of its own: {}", mail.text);
        for link in links {
            assert_eq!(mail.html.matches(&format!("href=\"{}\"", escaped(link))).count(), 2);
            assert!(!mail.html.contains(link), "the ampersand is not escaped");
        }
        assert_eq!(mail.html.matches("href=").count(), 2 * links.len());
    });
}

#[test]
fn text_lines_are_short_but_for_links() {
    for_every_letter(|_, _, Case { links, .. }, mail| {
        for line in mail.text.lines().filter(|line| !links.contains(line)) {
            assert!(line.width() <= 78 && line.trim_end() == line, "{line}");
        }
        assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
    });
}

#[test]
fn both_parts_say_all_that_there_is_to_say() {
    for_every_letter(|language, product, Case { says, .. }, mail| {
        let ignore = ignore(language);
        for value in says.iter().chain([&product, &ignore]) {
            assert!(unbroken(&mail.text).contains(&unbroken(value)), "{value}: {}", mail.text);
            assert!(mail.html.contains(&escaped(value)), "{value}: {}", mail.html);
        }
    });
}

#[test]
fn every_letter_says_in_which_language_it_is_and_has_a_subject_of_one_line_that_names_the_product() {
    for_every_letter(|language, product, _, mail| {
        assert!(mail.html.contains(&format!("<html lang=\"{}\">", language.code())));
        assert!(mail.subject.contains(product) && !mail.subject.contains(char::is_control), "{}", mail.subject);
    });
}

#[test]
fn values_are_escaped_in_html_only() {
    for_every_letter(|_, product, _, mail| {
        assert!(mail.text.contains(product), "{}", mail.text);
        for markup in ["<b onclick", "<Linux>", "<canary>", "&amp;amp;", "&amp;lt;"] {
            assert!(!mail.html.contains(markup), "{markup}: {}", mail.html);
        }
    });
}

/// What words a letter has, without its values: a pair of texts that are equal in two languages is a text that nobody has translated.
fn words(language: Language, letter: &Letter<'_>) -> BTreeSet<String> {
    let Draft { subject, heading, parts } = draft(Words::of(language), "Harbour", Some(SIGN_IN), letter);
    let parts = parts.into_iter().flat_map(|part| match part {
        Part::Text(text) => text.split("\n\n").map(str::to_owned).collect(),
        Part::Facts(facts) => facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect(),
        Part::Link { name, .. } => vec![name.to_owned()],
    });
    parts.chain([subject, heading.to_owned()]).collect()
}

#[test]
fn no_text_is_english_but_in_english() {
    let (every_news, every_circumstances) = (every_news(), every_circumstances());
    for case in every_case(&every_news, &every_circumstances) {
        let english = words(Language::En, &case.letter);
        for language in LANGUAGES_BUT_ENGLISH {
            let same: Vec<_> = words(language, &case.letter).intersection(&english).cloned().collect();
            assert!(same.is_empty(), "{language:?}: {same:?}");
        }
    }
    let frame = |language| {
        let words::Frame { greeting, renewable, without_button, automatic, until, .. } = Words::of(language).frame;
        [greeting.to_owned(), renewable.to_owned(), without_button.to_owned(), automatic.to_owned(), until("x")]
    };
    for language in LANGUAGES_BUT_ENGLISH {
        assert!(frame(language).iter().zip(&frame(Language::En)).all(|(one, other)| one != other), "{language:?}");
    }
}

#[test]
fn every_letter_is_another_one() {
    let (every_news, every_circumstances) = (every_news(), every_circumstances());
    for language in Language::ALL {
        let cases = every_case(&every_news, &every_circumstances);
        let letters = cases.iter().map(|case| render(&brand("Harbour"), language, &case.letter).text);
        assert_eq!(letters.collect::<BTreeSet<_>>().len(), cases.len(), "{language:?}");
    }
}

/// All that a notice says, as text.
fn notice_of(language: Language, news: &News) -> String {
    let circumstances = &every_circumstances()[0];
    render(&brand("Harbour"), language, &Letter::Notice { news, circumstances, keep: None, not_me: Some(LINK) }).text
}

#[test]
fn the_link_against_what_was_added_says_that_it_removes_it_and_no_other_does() {
    for language in Language::ALL {
        let words::Notice { not_me, not_my_factor, .. } = Words::of(language).notice;
        for news in every_news() {
            let text = unbroken(&notice_of(language, &news));
            let is_of_factor = matches!(news, News::TotpAdded { .. } | News::PasskeyAdded { .. });
            let is_of_former_address = matches!(news, News::EmailChanged { is_former: true, .. });
            assert_eq!(text.contains(&unbroken(not_my_factor)), is_of_factor, "{text}");
            assert_eq!(text.contains(&unbroken(not_me)), !is_of_factor && !is_of_former_address, "{text}");
        }
    }
}

#[test]
fn recovery_codes_that_are_left_are_counted_as_people_do_and_few_are_to_be_replaced() {
    for language in Language::ALL {
        let words = Words::of(language);
        let of = |left| (words.recovery_code_used.text)("Harbour", left);
        assert!(!of(0).contains('0'), "none is no number: {}", of(0));
        let has_no_plural = matches!(language, Language::Ja | Language::Zh);
        assert_eq!(of(1) == of(10).replace("10", "1"), has_no_plural, "{}", of(1));
        for left in 0..=10 {
            let text = unbroken(&notice_of(language, &News::RecoveryCodeUsed { left }));
            assert_eq!(text.contains(&unbroken(words.factors.few_codes)), left <= 3, "{text}");
        }
    }
}

#[test]
fn without_a_sign_in_page_there_is_no_link() {
    for language in Language::ALL {
        let mail = render(&Brand { sign_in_url: None, ..brand("Harbour") }, language, &Letter::AlreadyRegistered);
        assert!(!mail.text.contains("http") && !mail.html.contains("<a "));
        assert!(!mail.text.contains("\n\n\n"));
    }
}

#[test]
fn what_is_not_known_is_not_named() {
    let unknown = Circumstances { ip: None, country: None, device: None, ..every_circumstances()[0].clone() };
    let news = News::NewDevice;
    let letter = Letter::Notice { news: &news, circumstances: &unknown, keep: None, not_me: Some(LINK) };
    for language in Language::ALL {
        let (mail, words) = (render(&brand("Harbour"), language, &letter), &Words::of(language).notice);
        for name in [words.device, words.ip, words.country] {
            let fact = format!("\n{name}{}", Words::of(language).frame.colon);
            assert!(!mail.text.contains(&fact), "{}", mail.text);
        }
    }
}

#[test]
fn a_subject_is_one_line() {
    let product = "Har\r\nBcc: x@example.com\n\tbour\u{85}\u{2028}\0 ";
    let mail = render(&brand(product), Language::En, &Letter::AlreadyRegistered);
    assert_eq!(mail.subject, "You already have an account with Har Bcc: x@example.com bour");
}
