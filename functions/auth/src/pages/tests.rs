//! Every page in every language.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

const PAGES: [Page; 8] = [
    Page::VerifyEmail,
    Page::ConfirmEmail,
    Page::NotMe,
    Page::KeepAccount,
    Page::ResetPassword,
    Page::ForgotPassword,
    Page::Account,
    Page::Security,
];
const BUT_ENGLISH: [Language; 6] = [Language::De, Language::Es, Language::Fr, Language::Pt, Language::Ja, Language::Zh];

fn html(page: Page, language: Language) -> String {
    Pages::new("Tom & <Ann>", &Languages::default(), None).html(page, language)
}

/// What the script is told.
fn spoken(html: &str) -> Value {
    let (_, rest) = html.split_once("type=\"application/json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

/// The texts between the tags of a page, without what is the same in all languages, and all that the script says.
fn texts(page: Page, language: Language) -> BTreeSet<String> {
    let html = html(page, language);
    let (_, body) = html.split_once("<main>").unwrap();
    let (body, _) = body.split_once("<nav").unwrap();
    let between = body.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text.trim().to_owned());
    let mut texts: BTreeSet<_> = between.filter(|text| !text.is_empty() && !text.contains("Tom &amp;")).collect();
    collect(&spoken(&html), &mut texts);
    texts.remove("");
    // What languages call themselves, they are called everywhere.
    texts.retain(|text| Language::ALL.iter().all(|language| language.name() != text));
    texts
}

fn collect(value: &Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(texts.insert(text.clone())),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        other => panic!("{other} is no text"),
    }
}

#[test]
fn no_text_is_english_but_in_english() {
    for page in PAGES {
        let english = texts(page, Language::En);
        assert!(english.len() > 30, "{page:?}: {english:?}");
        for language in BUT_ENGLISH {
            let here = texts(page, language);
            let same: Vec<_> = here.intersection(&english).collect();
            assert!(same.is_empty(), "{page:?}, {language:?}: {same:?}");
        }
    }
}

#[test]
fn every_page_says_its_language_and_leads_to_the_others_without_a_token() {
    for page in PAGES {
        for language in Language::ALL {
            let (html, code) = (html(page, language), language.code());
            assert!(html.contains(&format!("<html lang=\"{code}\">")));
            for other in Language::ALL {
                let current = if other == language { " aria-current=\"true\"" } else { "" };
                let (code, name) = (other.code(), other.name());
                let link = format!("<a href=\"?lang={code}\" lang=\"{code}\" hreflang=\"{code}\"{current}>{name}</a>");
                assert_eq!(html.matches(&link).count(), 1, "{link}");
            }
        }
    }
}

#[test]
fn where_one_language_is_offered_there_is_no_choice() {
    let html = Pages::new("x", &Languages::of(&[Language::En]), None).html(Page::NotMe, Language::En);
    assert!(!html.contains("<nav") && !html.contains("hreflang"));
}

#[test]
fn names_end_no_element() {
    for page in PAGES {
        let html = html(page, Language::Fr);
        assert!(html.contains("Tom &amp; &lt;Ann&gt;") && !html.contains("<Ann>"));
    }
    assert_eq!(in_script("</script>"), "\\u003c/script>");
}

/// The scripts are no part of a page's language: what they say they are told.
#[test]
fn the_scripts_hold_no_word() {
    let code = [LINK_SCRIPT, ACCOUNT_SCRIPT].into_iter().flat_map(str::lines);
    let code = code.filter(|line| !line.trim_start().starts_with("//") && !line.trim_start().starts_with("/**"));
    let strings = code.flat_map(|line| line.split(['"', '`']).skip(1).step_by(2).collect::<Vec<_>>());
    let sentences: Vec<_> = strings.filter(|text| text.contains(". ") || text.ends_with('.')).collect();
    assert!(sentences.is_empty(), "{sentences:?}");
}
