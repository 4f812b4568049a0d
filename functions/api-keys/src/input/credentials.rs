//! Credentials out of single fields: complete, of the right kind, and able to sign.

use compat::validation::Flaw;
use shared::http::{Fields, Parsed, Values};
use zeroize::Zeroizing;

use super::{
    fields::{KeyTypeName, Passphrase, Pasted, PastedSecret},
    file::KeyFile,
    secret::{Settled, kinds, settle},
};
use crate::exchanges::{Credentials, Exchange, KeyType, Moment};

/// The fields as they came. Nothing is decided before the exchange is known.
pub struct Given {
    api_key: Option<Pasted>,
    secret: Option<PastedSecret>,
    passphrase: Option<Passphrase>,
    key_type: Option<KeyTypeName>,
    wallet_address: Option<Pasted>,
    /// Fields that came without content.
    empty: Vec<&'static str>,
}

/// What a stored key still has, for a change that brings the rest.
pub struct KeptCredentials {
    pub(crate) name: Zeroizing<String>,
    pub(crate) wallet_address: Option<String>,
}

const API_KEY: &str = "The name of the key, as the exchange gives it out. White space and quotes around it and invisible \
                       characters are taken off. It may stay away where `secret` is Coinbase's file, which has it, and for an agent wallet";
const SECRET: &str = "Its secret, without white space in it; quotes around it are taken off. Or a private key in whatever form it was copied: PEM (SEC 1, PKCS #1, \
                      PKCS #8), also in quotes, indented, with `\\n` or spaces for line breaks or without any; DER in \
                      base64; an Ed25519 seed, alone (then key_type says so, where the exchange has shared keys \
                      too) or with the public key, in base64; the JSON file that Coinbase gives out, \
                      whole. It is kept and shown in one form: PEM (P-256 in SEC 1, RSA and Ed25519 in PKCS #8), for Ed25519 at \
                      Coinbase base64 of the seed and the public key. Encrypted and OpenSSH private keys are refused";
const PASSPHRASE: &str = "Its passphrase, where the exchange has one. White space around it is taken off, spaces within it stay, \
                          control characters are refused";
const KEY_TYPE: &str = "hmac, ed25519, rsa, es256 or agent; what the secret looks like by default";

/// A field and the rule that it breaks.
pub type Broken = (&'static str, Flaw);
type BrokenRule = (&'static str, String);

/// The fields of credentials, declared and not read yet.
pub struct GivenFields {
    api_key: Parsed<Option<Pasted>>,
    secret: Parsed<Option<PastedSecret>>,
    passphrase: Parsed<Option<Passphrase>>,
    key_type: Parsed<Option<KeyTypeName>>,
    wallet_address: Parsed<Option<Pasted>>,
}

impl GivenFields {
    /// Declares the fields of credentials.
    pub fn declared(fields: &mut Fields<'_>) -> Self {
        Self {
            api_key: fields.optional("api_key", API_KEY),
            secret: fields.optional_as(["secret", "api_secret"], SECRET),
            passphrase: fields.optional("passphrase", PASSPHRASE),
            key_type: fields.optional("key_type", KEY_TYPE),
            wallet_address: fields.optional("wallet_address", "The master address of an agent wallet"),
        }
    }

    /// What came; `None` where a field has a flaw.
    pub fn read(self, values: &Values<'_>) -> Option<Given> {
        let (api_key, secret) = (values.of(self.api_key)?, values.of(self.secret)?);
        let (passphrase, wallet) = (values.of(self.passphrase)?, values.of(self.wallet_address)?);
        let has_words = |Passphrase(words): &Passphrase| !words.is_empty();
        let empty = [
            ("api_key", api_key.as_ref().is_some_and(|text| !is_there(text))),
            ("secret", secret.as_ref().is_some_and(|text| !is_there(text))),
            ("passphrase", passphrase.as_ref().is_some_and(|words| !has_words(words))),
        ];
        Some(Given {
            api_key: api_key.filter(is_there),
            secret: secret.filter(is_there),
            passphrase: passphrase.filter(has_words),
            key_type: values.of(self.key_type)?,
            wallet_address: wallet.filter(is_there),
            empty: empty.into_iter().filter(|(_, empty)| *empty).map(|(name, _)| name).collect(),
        })
    }
}

impl Given {
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
    pub fn complete(&self, exchange: &Exchange, kept: Option<KeptCredentials>) -> Result<Credentials, Vec<Broken>> {
        let broken = |(field, reason): BrokenRule| vec![(field, Flaw::value(&reason))];
        let file = self.file(exchange).map_err(broken)?;
        let name = file.as_ref().map(|file| &file.name).or(self.api_key.as_ref());
        let name = name.map(|Pasted(name)| name);
        let (mut credentials, secret) = self.together(exchange, name, kept)?;
        let secret = file.as_ref().map_or(secret, |file| file.secret);
        let mut checked = check(exchange, &mut credentials, self.key_type.as_ref(), secret);
        if checked.is_ok() && is_agent(exchange) {
            checked = name_agent(&mut credentials, name.map(|name| name.as_str()));
        }
        checked.map_err(|(field, reason)| match field {
            // The name stands in the file, and that in `secret`.
            "api_key" if file.is_some() => broken(("secret", format!("in secret: {reason}"))),
            _ => broken((field, reason)),
        })?;
        Ok(credentials)
    }

    /// Credentials that are complete and not checked yet, and the secret that belongs into them as it came.
    fn together(
        &self,
        exchange: &Exchange,
        name: Option<&Zeroizing<String>>,
        kept: Option<KeptCredentials>,
    ) -> Result<(Credentials, &str), Vec<Broken>> {
        let (kept_name, kept_wallet) = kept.map_or((None, None), |kept| (Some(kept.name), kept.wallet_address));
        // An agent's name is its address, which its key tells.
        let is_agent = is_agent(exchange);
        let needs_name = !is_agent && name.is_none() && kept_name.is_none();
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
        let name = if is_agent { None } else { name.cloned().or(kept_name) };
        let credentials = Credentials {
            key_type: KeyType::Hmac,
            api_key: name.unwrap_or_default(),
            secret: Zeroizing::default(),
            passphrase: self.passphrase.as_ref().map(|Passphrase(passphrase)| passphrase.clone()),
            wallet_address,
        };
        Ok((credentials, secret))
    }

    /// The file that came for a secret, whose key must have the name that came beside it.
    fn file(&self, exchange: &Exchange) -> Result<Option<KeyFile<'_>>, BrokenRule> {
        let found = self.secret.as_ref().and_then(|Pasted(secret)| KeyFile::within(secret, exchange));
        let file = found.transpose().map_err(|reason| ("secret", reason.to_owned()))?;
        let other = self.api_key.as_ref().zip(file.as_ref()).filter(|(Pasted(given), file)| {
            let Pasted(name) = &file.name;
            exchange.name_of(given) != exchange.name_of(name)
        });
        match other {
            Some(_) => Err(("secret", "secret is the file of another key than api_key names".to_owned())),
            None => Ok(file),
        }
    }
}

/// An empty field is one that is not there.
fn is_there<const MAX: usize>(Pasted(text): &Pasted<MAX>) -> bool {
    !text.is_empty()
}

fn is_agent(exchange: &Exchange) -> bool {
    exchange.key_types.contains(&KeyType::Agent)
}

/// The rules that hold for all exchanges, then the exchange's own; settles the key type and the form of the secret.
fn check(
    exchange: &Exchange,
    credentials: &mut Credentials,
    stated: Option<&KeyTypeName>,
    secret: &str,
) -> Result<(), BrokenRule> {
    let broken = |field, reason: &str| Err((field, reason.to_owned()));
    if !credentials.api_key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return broken("api_key", "api_key must be printable ASCII without white space");
    }
    if credentials.passphrase.is_some() && !exchange.has_passphrase {
        return broken("passphrase", &format!("{} has no passphrases", exchange.name));
    }
    if credentials.wallet_address.is_some() && !is_agent(exchange) {
        return broken("wallet_address", &format!("{} has no wallet addresses", exchange.name));
    }
    let stated = stated.map(|KeyTypeName(kind)| *kind);
    if stated.is_some_and(|kind| !exchange.key_types.contains(&kind)) {
        let known = kinds(exchange.key_types);
        return broken("key_type", &format!("key_type must be one of {known} for {}", exchange.name));
    }
    let settled = settle(exchange, stated, secret).map_err(|reason| ("secret", reason))?;
    Settled { key_type: credentials.key_type, secret: credentials.secret } = settled;
    usable(exchange, credentials).map_err(|(field, reason)| (field, reason.to_owned()))
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
fn name_agent(credentials: &mut Credentials, given: Option<&str>) -> Result<(), BrokenRule> {
    let address = crate::exchanges::agent_address(credentials).unwrap_or_default();
    let given = given.map(str::to_lowercase);
    let is_known = |name: &String| *name == address || Some(name) == credentials.wallet_address.as_ref();
    if !given.as_ref().is_none_or(is_known) {
        return Err(("api_key", "api_key must be absent or the address of the agent wallet".to_owned()));
    }
    credentials.api_key = Zeroizing::new(address);
    Ok(())
}
