//! Credentials out of single fields: complete, of the right kind, and able to sign.

use shared::http::{Fields, Flaw};
use zeroize::Zeroizing;

use super::fields::{KeyTypeName, Pasted, PastedSecret};
use crate::exchanges::{Credentials, Exchange, KeyType, Moment};

/// The fields as they came. Nothing is decided before the exchange is known.
pub struct Given {
    api_key: Option<Pasted>,
    secret: Option<PastedSecret>,
    passphrase: Option<Pasted>,
    key_type: Option<KeyTypeName>,
    wallet_address: Option<Pasted>,
    /// Fields that came without content.
    empty: Vec<&'static str>,
}

/// What a stored key still has, for a change that brings the rest.
pub struct Kept {
    pub(crate) name: Zeroizing<String>,
    pub(crate) wallet_address: Option<String>,
}

/// A field and the rule that it breaks.
pub type Broken = (&'static str, Flaw);
type Reason = (&'static str, String);

impl Given {
    /// Reads the fields of credentials.
    pub fn read(fields: &mut Fields) -> Option<Self> {
        let api_key = fields.optional("api_key", "The name of the key, as the exchange gives it out");
        let secret = fields.optional_as(["secret", "api_secret"], "Its secret: text, base64, hex or PEM");
        let passphrase = fields.optional("passphrase", "Its passphrase, where the exchange has one");
        let key_type =
            fields.optional("key_type", "hmac, ed25519, rsa, es256 or agent; what the secret looks like by default");
        let wallet: Option<Option<Pasted>> = fields.optional("wallet_address", "The master address of an agent wallet");
        let (api_key, secret, passphrase, wallet) = (api_key?, secret?, passphrase?, wallet?);
        let empty = [
            ("api_key", api_key.as_ref().is_some_and(|text| !is_there(text))),
            ("secret", secret.as_ref().is_some_and(|text| !is_there(text))),
            ("passphrase", passphrase.as_ref().is_some_and(|text| !is_there(text))),
        ];
        Some(Self {
            api_key: api_key.filter(is_there),
            secret: secret.filter(is_there),
            passphrase: passphrase.filter(is_there),
            key_type: key_type?,
            wallet_address: wallet.filter(is_there),
            empty: empty.into_iter().filter(|(_, empty)| *empty).map(|(name, _)| name).collect(),
        })
    }

    /// Whether any credential came at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.api_key.is_none()
            && self.secret.is_none()
            && self.passphrase.is_none()
            && self.key_type.is_none()
            && self.wallet_address.is_none()
    }

    /// The first field that came without content: in a change that is a mistake, for nothing can be taken away.
    #[must_use]
    pub fn empty(&self) -> Option<&'static str> {
        self.empty.first().copied()
    }

    /// What every exchange asks for and is not there.
    #[must_use]
    pub fn missing(&self) -> Vec<Broken> {
        let required = [("api_key", self.api_key.is_none()), ("secret", self.secret.is_none())];
        required.into_iter().filter(|(_, missing)| *missing).map(|(name, _)| (name, Flaw::missing())).collect()
    }

    /// Credentials for `exchange`, with what is kept where a field did not come.
    ///
    /// # Errors
    /// Every field that is missing, or the first that breaks a rule.
    pub fn complete(&self, exchange: &Exchange, kept: Option<Kept>) -> Result<Credentials, Vec<Broken>> {
        let is_agent = exchange.key_types.contains(&KeyType::Agent);
        let (kept_name, kept_wallet) = kept.map_or((None, None), |kept| (Some(kept.name), kept.wallet_address));
        // An agent's name is its address, which its key tells.
        let needs_name = !is_agent && self.api_key.is_none() && kept_name.is_none();
        let wallet_address = self.wallet_address.as_ref().map(|Pasted(address)| address.to_lowercase()).or(kept_wallet);
        let missing = [
            ("api_key", needs_name),
            ("secret", self.secret.is_none()),
            ("passphrase", exchange.has_passphrase && self.passphrase.is_none()),
            ("wallet_address", is_agent && wallet_address.is_none()),
        ];
        let missing: Vec<_> = missing.into_iter().filter(|(_, missing)| *missing).collect();
        let Some(Pasted(secret)) = self.secret.as_ref().filter(|_| missing.is_empty()) else {
            return Err(missing.into_iter().map(|(name, _)| (name, Flaw::missing())).collect());
        };
        let given_name = self.api_key.as_ref().map(|Pasted(name)| name);
        let mut credentials = Credentials {
            key_type: exchange.key_types.first().copied().unwrap_or(KeyType::Hmac),
            api_key: if is_agent {
                Zeroizing::default()
            } else {
                given_name.cloned().or(kept_name).unwrap_or_default()
            },
            secret: layout(secret, exchange),
            passphrase: self.passphrase.as_ref().map(|Pasted(passphrase)| passphrase.clone()),
            wallet_address,
        };
        let named = |credentials: &mut Credentials| {
            if is_agent { name_agent(credentials, given_name.map(|name| name.as_str())) } else { Ok(()) }
        };
        let checked = check(exchange, &mut credentials, self.key_type.as_ref()).and_then(|()| named(&mut credentials));
        checked.map_err(|(field, reason)| vec![(field, Flaw::value(&reason))])?;
        Ok(credentials)
    }
}

/// An empty field is one that is not there.
fn is_there<const MAX: usize>(Pasted(text): &Pasted<MAX>) -> bool {
    !text.is_empty()
}

fn is_pem(secret: &str) -> bool {
    secret.starts_with("-----BEGIN ")
}

/// A PEM with its line breaks, which copying from JSON turns into `\n`; base64 without those that a page put in.
fn layout(secret: &Zeroizing<String>, exchange: &Exchange) -> Zeroizing<String> {
    if is_pem(secret) {
        let without_returns = Zeroizing::new(secret.replace("\\r", ""));
        return Zeroizing::new(without_returns.replace("\\n", "\n"));
    }
    let is_base64_always =
        !exchange.key_types.contains(&KeyType::Hmac) && !exchange.key_types.contains(&KeyType::Agent);
    if is_base64_always {
        let mut joined = Zeroizing::new(String::with_capacity(secret.len()));
        joined.extend(secret.split_whitespace());
        return joined;
    }
    secret.clone()
}

/// The rules that hold for all exchanges, then the exchange's own; settles the key type.
fn check(exchange: &Exchange, credentials: &mut Credentials, given: Option<&KeyTypeName>) -> Result<(), Reason> {
    let has_space = |text: &str| text.chars().any(|c| c.is_whitespace() || c.is_control());
    let broken = |field, reason: &str| Err((field, reason.to_owned()));
    if !credentials.api_key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return broken("api_key", "api_key must be printable ASCII without white space");
    }
    if !is_pem(&credentials.secret) && has_space(&credentials.secret) {
        return broken("secret", "secret must not contain white space");
    }
    if has_space(credentials.passphrase()) {
        return broken("passphrase", "passphrase must not contain white space");
    }
    if credentials.passphrase.is_some() && !exchange.has_passphrase {
        return broken("passphrase", &format!("{} has no passphrases", exchange.name));
    }
    if credentials.wallet_address.is_some() && !exchange.key_types.contains(&KeyType::Agent) {
        return broken("wallet_address", &format!("{} has no wallet addresses", exchange.name));
    }
    match given {
        Some(KeyTypeName(kind)) if exchange.key_types.contains(kind) => credentials.key_type = *kind,
        Some(_) => {
            let known: Vec<_> = exchange.key_types.iter().map(|kind| kind.as_str()).collect();
            return broken("key_type", &format!("key_type must be one of {} for {}", known.join(", "), exchange.name));
        }
        None => credentials.key_type = likely_type(exchange, credentials),
    }
    if is_pem(&credentials.secret) && credentials.key_type == KeyType::Hmac {
        return broken("secret", "secret is a private key in PEM, which is not of key_type hmac");
    }
    let is_guess = given.is_none() && is_pem(&credentials.secret);
    usable(exchange, credentials).map_err(|(field, reason)| match field {
        "secret" if is_guess => (field, unreadable_pem(exchange)),
        _ => (field, reason.to_owned()),
    })
}

fn unreadable_pem(exchange: &Exchange) -> String {
    let kinds = exchange.key_types.iter().filter(|kind| **kind != KeyType::Hmac);
    let kinds: Vec<_> = kinds.map(|kind| kind.as_str()).collect();
    format!("secret must be a private key of type {} in PEM, not encrypted", kinds.join(" or "))
}

/// The first kind of the exchange's that the secret is usable as.
fn likely_type(exchange: &Exchange, credentials: &mut Credentials) -> KeyType {
    let is_pem = is_pem(&credentials.secret);
    let candidates = exchange.key_types.iter().filter(|kind| !is_pem || **kind != KeyType::Hmac);
    let mut candidates: Vec<_> = candidates.copied().collect();
    if let [only] = candidates[..] {
        return only;
    }
    let usual = credentials.key_type;
    let fits = |kind: &KeyType| {
        credentials.key_type = *kind;
        usable(exchange, credentials).is_ok()
    };
    let found = candidates.iter().copied().find(fits);
    found.or_else(|| candidates.pop()).unwrap_or(usual)
}

/// The exchange's own rules, and a signature for trial.
fn usable(exchange: &Exchange, credentials: &Credentials) -> Result<(), (&'static str, &'static str)> {
    (exchange.check)(credentials)?;
    let unusable = ("secret", "secret cannot sign: it is no key of this key_type");
    let site = exchange.sites.first().ok_or(unusable)?;
    let question = (exchange.question)(credentials, site);
    let trial = (exchange.sign)(credentials, site, &question, &Moment { unix_ms: 0, nonce: [0; 32] });
    trial.map(drop).map_err(|_| unusable)
}

/// Names an agent by its address. A name that came along must be that or the master's.
fn name_agent(credentials: &mut Credentials, given: Option<&str>) -> Result<(), Reason> {
    let address = crate::exchanges::agent_address(credentials).unwrap_or_default();
    let given = given.map(str::to_lowercase);
    let is_known = |name: &String| *name == address || Some(name) == credentials.wallet_address.as_ref();
    if !given.as_ref().is_none_or(is_known) {
        return Err(("api_key", "api_key must be absent or the address of the agent wallet".to_owned()));
    }
    credentials.api_key = Zeroizing::new(address);
    Ok(())
}
