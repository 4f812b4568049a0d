//! Types of single fields.

use schemars::{Schema, json_schema};
use shared::{
    blank::is_blank,
    http::{Field, FieldError, SecretText, Text, json::Json},
};
use zeroize::Zeroizing;

use crate::exchanges::{self, ALL, Environment, Exchange, KeyType};

/// The longest label. Code points.
const MAX_LABEL: usize = 60;
/// The longest passphrase. Bytes.
const MAX_PASSPHRASE: usize = 512;
/// Invisible characters that copying brings along.
const INVISIBLE: [char; 6] = ['\u{feff}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{ad}'];

/// One of the supported exchanges.
pub struct ExchangeName(pub &'static Exchange);

/// An environment, under the names that exchanges give it. Real money where nothing is said.
pub struct EnvironmentName(pub Environment);

/// What a secret is.
pub struct KeyTypeName(pub KeyType);

/// What the owner calls a key: 1 to 60 characters, something to see among them, no control characters.
pub struct Label(pub String);

/// A credential of up to `MAX` bytes as it was pasted: without the white space and the quotes around it and the invisible
/// characters in it.
pub struct Pasted<const MAX: usize = 512>(pub Zeroizing<String>);
/// A secret as it was pasted: a private RSA key of 8192 bits in PEM fits.
pub type PastedSecret = Pasted<8_192>;

/// A passphrase, which people choose: only what stands around it is taken off. Without control characters.
pub struct Passphrase(pub Zeroizing<String>);

impl Default for EnvironmentName {
    fn default() -> Self {
        Self(Environment::Live)
    }
}

impl Field for ExchangeName {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let Text::<0>(text) = Field::parse(value)?;
        let known = || ALL.map(|exchange| exchange.id).join(", ");
        let found = exchanges::find(&text.trim().to_lowercase());
        found.map(Self).ok_or_else(|| FieldError::value(&format!("exchange must be one of {}", known())))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "enum": ALL.map(|exchange| exchange.id) })
    }
}

impl Field for EnvironmentName {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let Text::<0>(text) = Field::parse(value)?;
        match text.trim().to_lowercase().as_str() {
            "live" => Ok(Self(Environment::Live)),
            "testnet" | "test" | "sandbox" | "uat" => Ok(Self(Environment::Testnet)),
            "demo" | "paper" => Ok(Self(Environment::Demo)),
            _ => Err(FieldError::value("environment must be live, testnet or demo")),
        }
    }

    fn schema() -> Schema {
        // What answers say it with: clients then have one enumeration for both.
        Schema::new_ref("#/components/schemas/Environment".to_owned())
    }
}

impl Field for KeyTypeName {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let Text::<0>(text) = Field::parse(value)?;
        let all = [KeyType::Hmac, KeyType::Ed25519, KeyType::Rsa, KeyType::Es256, KeyType::Agent];
        let name = text.trim().to_lowercase();
        // Wallets call an agent's key by its curve.
        let name = if name == "secp256k1-agent" { "agent" } else { &name };
        let found = all.into_iter().find(|kind| kind.as_str() == name);
        found.map(Self).ok_or_else(|| FieldError::value("key_type must be hmac, ed25519, rsa, es256 or agent"))
    }

    fn schema() -> Schema {
        // What answers say it with: clients then have one enumeration for both.
        Schema::new_ref("#/components/schemas/KeyType".to_owned())
    }
}

impl Field for Label {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let Text::<0>(text) = Field::parse(value)?;
        let label = text.trim();
        if is_blank(label) || label.chars().count() > MAX_LABEL || label.chars().any(char::is_control) {
            return Err(FieldError::value(
                "label must have 1 to 60 characters, one of them visible and none of them a control character",
            ));
        }
        Ok(Self(label.to_owned()))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_LABEL })
    }
}

/// The text of a field, no longer than `max` bytes, without what copying leaves around it.
fn trimmed(text: &str, max: usize) -> Result<&str, FieldError> {
    if text.len() > max {
        return Err(FieldError::value(&format!("it has more than {max} bytes")));
    }
    Ok(without_margin(text))
}

fn without_margin(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || INVISIBLE.contains(&c))
}

/// A text without the quotes that a file has around it, and without what follows them there. One quote alone may belong to it.
fn unquoted(text: &str) -> &str {
    const QUOTES: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('‘', '’')];
    let quoted = text.strip_suffix([',', ';']).map_or(text, without_margin);
    let inner = |(open, close): (char, char)| {
        let inner = quoted.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.contains([open, close])).then(|| without_margin(inner))
    };
    QUOTES.into_iter().find_map(inner).unwrap_or(text)
}

impl<const MAX: usize> Pasted<MAX> {
    /// A text as it was pasted.
    ///
    /// # Errors
    /// When it is too long.
    pub fn of(text: &str) -> Result<Self, FieldError> {
        let text = unquoted(trimmed(text, MAX)?);
        // As long as the input at once: growing would leave copies behind.
        let mut cleaned = Zeroizing::new(String::with_capacity(text.len()));
        cleaned.extend(text.chars().filter(|c| !INVISIBLE.contains(c)));
        Ok(Self(cleaned))
    }
}

impl<const MAX: usize> Field for Pasted<MAX> {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let text = SecretText::<0>::parse(value)?.reveal();
        Self::of(&text)
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX })
    }
}

impl Field for Passphrase {
    fn parse(value: &Json) -> Result<Self, FieldError> {
        let text = SecretText::<0>::parse(value)?.reveal();
        let passphrase = trimmed(&text, MAX_PASSPHRASE)?;
        if passphrase.chars().any(char::is_control) {
            return Err(FieldError::value("passphrase must not contain control characters"));
        }
        Ok(Self(Zeroizing::new(passphrase.to_owned())))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "maxLength": MAX_PASSPHRASE })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasted(text: &str) -> Zeroizing<String> {
        PastedSecret::parse(&Json::String(text.to_owned())).ok().unwrap().0
    }

    #[test]
    fn what_copying_adds_is_taken_off() {
        assert_eq!(*pasted("\u{feff} \t ab\u{200b}cd\u{2060}\r\n\u{feff}"), "abcd");
        assert_eq!(*pasted("ab cd"), "ab cd");
        for quoted in ["\"abcd\"", "'abcd',", " `abcd` ; ", "“abcd”", "\u{feff}\" abcd\n\"", "‘abcd’,"] {
            assert_eq!(*pasted(quoted), "abcd", "{quoted}");
        }
        for text in ["\"abcd", "abcd'", "\"abcd'", "\"", "abcd,", "\"ab\": \"cd\"", "'ab''cd'"] {
            assert_eq!(*pasted(text), text);
        }
        assert_eq!(*pasted("\"\""), "");
        assert!(PastedSecret::parse(&Json::String("x".repeat(8_193))).is_err());
        assert!(<Pasted>::parse(&Json::String("x".repeat(513))).is_err());
    }
}
