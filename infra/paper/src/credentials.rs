//! The demo credentials: for each exchange and case one key, which every run has.

use api_keys::exchanges::{ConnectionStatus, Credentials, Environment, Exchange, KeyType};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::answers::{Answers, Case, RecordedAnswer};
use crate::keys::{api_key, secret, wallet};

/// How much of a key Gate's list shows.
const PREFIX: usize = 8;

/// Credentials that the paper exchange knows, and what it answers to them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Demo {
    /// The exchange's name on the wire.
    pub exchange: &'static str,
    /// What they show, such as `ok` or `wrong_ip`.
    pub outcome: &'static str,
    /// How a connection test with them ends.
    pub expected_status: ConnectionStatus,
    /// Ready to be stored.
    pub credentials: DemoCredentials,
}

/// The body of `POST /api/v1/api-keys/`. What an exchange does not have is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemoCredentials {
    /// The exchange's name on the wire.
    pub exchange: &'static str,
    /// Says what they are.
    pub label: String,
    /// The name of the key.
    pub api_key: String,
    /// The secret, in the exchange's form.
    pub secret: String,
    /// Where the exchange has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passphrase: Option<String>,
    /// What the secret is.
    pub key_type: KeyType,
    /// Where the key is known.
    pub environment: Environment,
    /// The master address of an agent wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wallet_address: Option<String>,
}

/// The keys of one exchange, and after them the first one with another secret and another passphrase: whoever looks for its
/// name finds the right one first.
pub(crate) fn demos(exchange: &'static Exchange, answers: &Answers) -> Vec<Demo> {
    let keys = answers.of_keys().map(|(case, answer)| demo(exchange, case, answer.means));
    let is_known = |demo: &Demo| exchange.site(demo.credentials.environment, None).is_some();
    let mut demos: Vec<Demo> = keys.filter(is_known).collect();
    let Some(ok) = demos.first().cloned() else { return demos };
    let wrong = |case: Case| {
        let credentials = DemoCredentials { label: label(exchange, case), ..ok.credentials.clone() };
        let answer = answers.to(case)?;
        Some(Demo { outcome: case.as_str(), expected_status: answer.means, credentials, ..ok })
    };
    demos.extend(wrong(Case::BadSecret).map(|mut demo| {
        let own = &mut demo.credentials;
        own.secret = secret(exchange.id, demo.outcome, own.key_type);
        if own.key_type == KeyType::Agent {
            // The name of an agent is the address of its secret.
            own.api_key = api_key(exchange.id, demo.outcome, &own.secret);
        }
        demo
    }));
    demos.extend(wrong(Case::BadPassphrase).map(|mut demo| {
        demo.credentials.passphrase = Some(passphrase(Case::BadPassphrase));
        demo
    }));
    demos
}

impl Demo {
    /// Whether the exchange knows them under this name.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        match &self.credentials.wallet_address {
            Some(master) => master.eq_ignore_ascii_case(name),
            None => self.credentials.api_key == name,
        }
    }

    /// A recorded answer, about this key: `$key` stands for it, and `$prefix` for how it begins.
    pub(crate) fn fill(&self, answer: &RecordedAnswer) -> RecordedAnswer {
        let key = self.credentials.api_key.as_str();
        let body = answer.body.replace("$key", key).replace("$prefix", key.get(..PREFIX).unwrap_or(key));
        RecordedAnswer { body, ..answer.clone() }
    }

    /// In the form that signs.
    pub(crate) fn signer(&self) -> Credentials {
        let DemoCredentials { api_key, secret, passphrase, key_type, wallet_address, .. } = &self.credentials;
        Credentials {
            key_type: *key_type,
            api_key: Zeroizing::new(api_key.clone()),
            secret: Zeroizing::new(secret.clone()),
            passphrase: passphrase.clone().map(Zeroizing::new),
            wallet_address: wallet_address.clone(),
        }
    }
}

fn demo(exchange: &'static Exchange, case: Case, expected_status: ConnectionStatus) -> Demo {
    let (id, name) = (exchange.id, case.as_str());
    let key_type = key_type(exchange, case);
    let secret = secret(id, name, key_type);
    let credentials = DemoCredentials {
        exchange: id,
        label: label(exchange, case),
        api_key: api_key(id, name, &secret),
        secret,
        passphrase: exchange.has_passphrase.then(|| passphrase(case)),
        key_type,
        environment: match case {
            Case::Testnet => Environment::Testnet,
            Case::Demo => Environment::Demo,
            _ => Environment::Live,
        },
        wallet_address: (key_type == KeyType::Agent).then(|| wallet(id, name)),
    };
    Demo { exchange: id, outcome: name, expected_status, credentials }
}

/// The usual kind, and now and then another one, so that each kind has a demo.
fn key_type(exchange: &Exchange, case: Case) -> KeyType {
    match (case, exchange.key_types) {
        (Case::Withdraw, types) if types.contains(&KeyType::Ed25519) => KeyType::Ed25519,
        (_, types) => types.first().copied().unwrap_or(KeyType::Hmac),
    }
}

fn label(exchange: &Exchange, case: Case) -> String {
    format!("Paper {}: {}", exchange.name, case.as_str().replace('_', " "))
}

fn passphrase(case: Case) -> String {
    format!("paper{}", case.as_str().replace('_', ""))
}
