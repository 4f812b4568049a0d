//! The demo credentials: for each exchange and outcome one key, the same in every run.

use api_keys::exchanges::{ConnectionStatus, Credentials, Environment, Exchange, KeyType};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::answers::{Outcome, Reply};
use crate::exchanges::StandIn;
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
pub(crate) fn demos(exchange: &'static Exchange, stand_in: &'static StandIn) -> Vec<Demo> {
    let listed = stand_in.outcomes.iter().map(|(outcome, reply)| demo(exchange, *outcome, reply.means));
    let mut demos: Vec<Demo> = listed.collect();
    let Some(ok) = demos.first().cloned() else { return demos };
    let wrong = |outcome: &'static str, reply: Reply| {
        let label = label(exchange, outcome);
        let credentials = DemoCredentials { label, ..ok.credentials.clone() };
        Demo { outcome, expected_status: reply.means, credentials, ..ok }
    };
    let mut bad_secret = wrong("bad_secret", stand_in.bad_signature);
    bad_secret.credentials.secret = secret(exchange.id, "bad_secret", ok.credentials.key_type);
    if ok.credentials.key_type == KeyType::Agent {
        // The name of an agent is the address of its secret.
        bad_secret.credentials.api_key = api_key(exchange.id, "bad_secret", &bad_secret.credentials.secret);
    }
    demos.push(bad_secret);
    if let Some(reply) = stand_in.bad_passphrase {
        let mut bad_passphrase = wrong("bad_passphrase", reply);
        bad_passphrase.credentials.passphrase = Some(passphrase("bad_passphrase"));
        demos.push(bad_passphrase);
    }
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

    /// A recorded body, about this key: `$key` stands for it, and `$prefix` for how it begins.
    pub(crate) fn fill(&self, body: &str) -> String {
        let key = self.credentials.api_key.as_str();
        body.replace("$key", key).replace("$prefix", key.get(..PREFIX).unwrap_or(key))
    }

    /// How its requests end.
    pub(crate) fn is(&self, outcome: Outcome) -> bool {
        self.outcome == outcome.as_str()
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

fn demo(exchange: &'static Exchange, outcome: Outcome, expected_status: ConnectionStatus) -> Demo {
    let (id, name) = (exchange.id, outcome.as_str());
    let key_type = key_type(exchange, outcome);
    let secret = secret(id, name, key_type);
    let credentials = DemoCredentials {
        exchange: id,
        label: label(exchange, name),
        api_key: api_key(id, name, &secret),
        secret,
        passphrase: exchange.has_passphrase.then(|| passphrase(name)),
        key_type,
        environment: match outcome {
            Outcome::Testnet => Environment::Testnet,
            Outcome::Demo => Environment::Demo,
            _ => Environment::Live,
        },
        wallet_address: (key_type == KeyType::Agent).then(|| wallet(id, name)),
    };
    Demo { exchange: id, outcome: name, expected_status, credentials }
}

/// The usual kind, and now and then another one, so that each kind has a demo.
fn key_type(exchange: &Exchange, outcome: Outcome) -> KeyType {
    match (outcome, exchange.key_types) {
        (Outcome::Withdraw, types) if types.contains(&KeyType::Ed25519) => KeyType::Ed25519,
        (_, types) => types.first().copied().unwrap_or(KeyType::Hmac),
    }
}

fn label(exchange: &Exchange, outcome: &str) -> String {
    format!("Paper {}: {}", exchange.name, outcome.replace('_', " "))
}

fn passphrase(outcome: &str) -> String {
    format!("paper{}", outcome.replace('_', ""))
}
