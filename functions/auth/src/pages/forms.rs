//! The forms of pages, in the words of a language.

use shared::{
    caller::scope::Scope,
    language::{Language, Languages},
};

use super::{
    escape,
    words::{AddedSince, Ask, ForgotPage, LinkPage, PasswordPage, SecurityPage, TokensPage, Words},
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

/// Where second factors are listed that were added since a letter, once a link has said so.
pub fn added(words: &AddedSince) -> String {
    let (heading, text) = (escape(words.heading), escape(words.text));
    format!(include_str!("added.html"), heading = heading, text = text)
}

/// All forms of the page of an account; only the first is shown to who is not signed in.
pub fn account(words: &Words, language: Language, languages: &Languages) -> String {
    let (words, factors, personal) = (&words.account, &words.security, &words.tokens);
    let choices = languages.all().iter().map(|language| {
        let code = language.code();
        format!("<option value=\"{code}\" lang=\"{code}\">{}</option>", language.name())
    });
    format!(
        include_str!("account.html"),
        lang = language.code(),
        choices = choices.collect::<Vec<_>>().concat(),
        email = escape(words.email),
        password = escape(words.password),
        sign_in = escape(words.sign_in),
        forgotten = escape(words.forgotten),
        signed_in_as = escape(words.signed_in_as),
        sign_out = escape(words.sign_out),
        sessions = escape(words.sessions),
        end_others = escape(words.end_others),
        events = escape(words.events),
        more = escape(words.more),
        change_password = escape(words.change_password),
        current_password = escape(words.current_password),
        new_password = escape(words.new_password),
        password_hint = escape(words.password_hint),
        change_email = escape(words.change_email),
        new_email = escape(words.new_email),
        language = escape(words.language),
        language_hint = escape(words.language_hint),
        save = escape(words.save),
        export = escape(words.export),
        export_hint = escape(words.export_hint),
        save_file = escape(words.save_file),
        delete = escape(words.delete),
        delete_hint = escape(words.delete_hint),
        delete_sure = escape(words.delete_sure),
        factor_forms = factor_forms(factors, words.password),
        security = security(factors),
        tokens = tokens(personal),
        keep_tokens = escape(personal.keep),
    )
}

/// Where second factors are shown: to sign in, and in a dialogue that asks anew who is there.
fn factor_forms(words: &SecurityPage, password: &str) -> String {
    format!(
        include_str!("factors.html"),
        sign_in_by_passkey = escape(words.sign_in_by_passkey),
        second_factor = escape(words.second_factor),
        code = escape(words.code),
        remember = escape(words.remember),
        proceed = escape(words.proceed),
        use_passkey = escape(words.use_passkey),
        back = escape(words.back),
        confirm = escape(words.confirm),
        password = escape(password),
    )
}

/// Where second factors are added and removed.
fn security(words: &SecurityPage) -> String {
    format!(
        include_str!("security.html"),
        title = escape(words.title),
        intro = escape(words.intro),
        app = escape(words.app),
        set_up_app = escape(words.set_up_app),
        scan = escape(words.scan),
        secret = escape(words.secret),
        app_code = escape(words.app_code),
        activate = escape(words.activate),
        passkeys = escape(words.passkeys),
        passkey_name = escape(words.passkey_name),
        add_passkey = escape(words.add_passkey),
        recovery = escape(words.recovery),
        codes_hint = escape(words.codes_hint),
        renew_codes = escape(words.renew_codes),
        copy = escape(words.copy),
        download = escape(words.download),
        print = escape(words.print),
        kept = escape(words.kept),
        devices = escape(words.devices),
        forget_devices = escape(words.forget_devices),
    )
}

/// Where personal tokens are made and ended.
fn tokens(words: &TokensPage) -> String {
    let tick = |scope: Scope| {
        let (name, text) = (scope.as_str(), escape(words.says.scopes.of(scope)));
        format!(
            "            <div class=\"tick\">\n              <input id=\"scope-{name}\" type=\"checkbox\" value=\"{name}\">\n              \
             <label for=\"scope-{name}\">{text}</label>\n            </div>\n"
        )
    };
    format!(
        include_str!("tokens.html"),
        title = escape(words.title),
        intro = escape(words.intro),
        new_token = escape(words.new_token),
        new_hint = escape(words.new_hint),
        copy = escape(words.copy),
        kept = escape(words.kept),
        name = escape(words.name),
        scopes = escape(words.scopes),
        ticks = Scope::ALL.map(tick).concat(),
        keys = escape(words.keys),
        keys_hint = escape(words.keys_hint),
        networks = escape(words.networks),
        networks_hint = escape(words.networks_hint),
        days = escape(words.days),
        make = escape(words.make),
    )
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
