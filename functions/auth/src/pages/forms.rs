//! The forms of pages, in the words of a language.

use shared::language::Language;

use super::{
    escape,
    words::{Ask, ForgotPage, LinkPage, PasswordPage},
};

/// A button that redeems a link.
pub fn redeeming(operation: &str, page: &LinkPage) -> String {
    let items = page.effects.iter().map(|effect| format!("<li>{}</li>", escape(effect))).collect::<Vec<_>>().concat();
    let effects = if items.is_empty() { items } else { format!("<ul>{items}</ul>") };
    format!(
        include_str!("redeem.html"),
        operation = operation,
        text = format!("<p>{}</p>{effects}", escape(page.text)),
        button = escape(page.button),
        otherwise = page.otherwise.map(|text| format!("<p class=\"hint\">{}</p>", escape(text))).unwrap_or_default(),
    )
}

/// Fields for a password, and a button that redeems a link with it.
pub fn choosing(page: &PasswordPage) -> String {
    format!(
        include_str!("password.html"),
        password = escape(page.password),
        hint = escape(page.hint),
        again = escape(page.again),
        reveal = escape(page.reveal),
        button = escape(page.button),
    )
}

/// The form for another link, which shows when one is needed.
pub fn asking_anew(operation: &str, words: &Ask) -> String {
    let heading = format!("<h2>{}</h2>", escape(words.heading));
    asking(operation, " hidden", &heading, words.email, words.button)
}

/// The form for a link to choose a password.
pub fn forgetting(page: &ForgotPage, words: &Ask) -> String {
    let text = format!("<p>{}</p>", escape(page.text));
    asking("forgot-password", "", &text, words.email, page.button)
}

/// Leads to that form, where the link of a page does not work that saves an account.
pub fn instead(language: Language, name: &str) -> String {
    let (code, name) = (language.code(), escape(name));
    format!("    <a id=\"instead\" class=\"button\" href=\"forgot-password?lang={code}\" hidden>{name}</a>\n")
}

fn asking(operation: &str, hidden: &str, intro: &str, email: &str, button: &str) -> String {
    format!(
        include_str!("ask.html"),
        operation = operation,
        hidden = hidden,
        intro = intro,
        email = escape(email),
        button = escape(button),
    )
}
