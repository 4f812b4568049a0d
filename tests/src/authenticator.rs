//! An authenticator and its browser, in software: what people have in their phones, and what an attacker would make of it. Everything that
//! it says can be set.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::{SystemRandom, fill},
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::{Value, json};

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256.
    Es256,
    /// `EdDSA` on Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5, 2048 bits.
    Rs256,
}

/// What a new passkey says of its authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attestation {
    /// Nothing.
    None,
    /// A signature by its own key.
    PackedSelf,
}

/// Whose a passkey says that it is, when it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserHandle {
    /// Whose it was made for.
    Own,
    /// Nothing, as second factors may.
    Missing,
    /// Somebody else's.
    Other(Vec<u8>),
}

/// An authenticator with its passkeys, in a browser on some page.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own in what authenticators say")]
pub struct Authenticator {
    /// What the keys of new passkeys sign with.
    pub algorithm: Algorithm,
    /// What new passkeys say of it.
    pub attestation: Attestation,
    /// Somebody is there.
    pub user_present: bool,
    /// And has proven to be who they are.
    pub user_verified: bool,
    /// Its passkeys can be backed up.
    pub backup_eligible: bool,
    /// They are.
    pub backed_up: bool,
    /// How often it has signed, as it says next; 0 where it does not count.
    pub counter: u32,
    /// How many each use adds to that.
    pub step: u32,
    /// The origin of the page.
    pub origin: String,
    /// Whether the page is in a frame of another origin; nothing is said where there is none.
    pub cross_origin: Option<bool>,
    /// Within which page.
    pub top_origin: Option<String>,
    /// The relying party that it signs for, instead of the one that asks.
    pub rp_id: Option<String>,
    /// The challenge that it answers, instead of the one that it was given: base64url.
    pub challenge: Option<String>,
    /// The ceremony that it says it was, instead of the one that it is.
    pub ceremony: Option<String>,
    /// Whose its passkeys say that they are.
    pub user_handle: UserHandle,
    /// What it calls the next passkey, instead of 32 random bytes.
    pub credential_id: Option<Vec<u8>>,
    /// One bit of its signatures is wrong.
    pub spoils_signatures: bool,
    passkeys: Vec<Passkey>,
}

/// A passkey that it has made.
struct Passkey {
    id: Vec<u8>,
    rp_id: String,
    user: String,
    key: Key,
}

enum Key {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Rs256(Box<RsaKeyPair>),
}

impl Authenticator {
    /// A phone in the hands of its owner, on a page of this origin: verified, synced, not counting, with a key on P-256.
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self {
            algorithm: Algorithm::Es256,
            attestation: Attestation::None,
            user_present: true,
            user_verified: true,
            backup_eligible: true,
            backed_up: true,
            counter: 0,
            step: 0,
            origin: origin.to_owned(),
            cross_origin: Some(false),
            top_origin: None,
            rp_id: None,
            challenge: None,
            ceremony: None,
            user_handle: UserHandle::Own,
            credential_id: None,
            spoils_signatures: false,
            passkeys: Vec::new(),
        }
    }

    /// Makes a passkey, as `navigator.credentials.create()` does with these `PublicKeyCredentialCreationOptionsJSON`:
    /// `RegistrationResponseJSON`. What is to be excluded, it makes anyway.
    ///
    /// # Panics
    /// When these are no such options, or do not ask for its algorithm.
    pub fn make(&mut self, options: &Value) -> Value {
        let asked = options["pubKeyCredParams"].as_array().expect("algorithms");
        assert!(
            asked.iter().any(|asked| asked["alg"] == self.algorithm.number()),
            "nobody asks for {:?}",
            self.algorithm
        );
        let passkey = Passkey {
            id: self.credential_id.take().unwrap_or_else(|| random::<32>().to_vec()),
            rp_id: text(&options["rp"]["id"]),
            user: text(&options["user"]["id"]),
            key: Key::new(self.algorithm),
        };
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        let length = u16::try_from(passkey.id.len()).expect("a length");
        let attested = [&[7; 16][..], &length.to_be_bytes(), &passkey.id, &passkey.key.cose()].concat();
        let auth_data = self.auth_data(&passkey.rp_id, &attested);
        let (format, statement) = match self.attestation {
            Attestation::None => ("none", map(&[])),
            Attestation::PackedSelf => {
                let signature = self.signed(&passkey.key, &auth_data, &client_data);
                let alg = (cbor_text("alg"), cbor_int(self.algorithm.number()));
                ("packed", map(&[alg, (cbor_text("sig"), cbor_bytes(&signature))]))
            }
        };
        let object = map(&[
            (cbor_text("fmt"), cbor_text(format)),
            (cbor_text("attStmt"), statement),
            (cbor_text("authData"), cbor_bytes(&auth_data)),
        ]);
        let id = base64url(&passkey.id);
        self.passkeys.push(passkey);
        json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&client_data), "attestationObject": base64url(&object),
                "authenticatorData": base64url(&auth_data), "publicKeyAlgorithm": self.algorithm.number(),
                "transports": ["hybrid", "internal"],
            },
        })
    }

    /// Uses a passkey, as `navigator.credentials.get()` does with these `PublicKeyCredentialRequestOptionsJSON`: the newest one that will
    /// do. `AuthenticationResponseJSON`.
    ///
    /// # Panics
    /// When these are no such options, or it has no such passkey.
    pub fn sign(&mut self, options: &Value) -> Value {
        let allowed: Vec<_> = options["allowCredentials"].as_array().into_iter().flatten().collect();
        let will_do = |passkey: &&Passkey| {
            let id = base64url(&passkey.id);
            options["rpId"] == passkey.rp_id && (allowed.is_empty() || allowed.iter().any(|one| one["id"] == id))
        };
        let passkey = self.passkeys.iter().rev().find(will_do).expect("a passkey that will do");
        let client_data = self.client_data("webauthn.get", &options["challenge"]);
        let auth_data = self.auth_data(&passkey.rp_id, &[]);
        let signature = self.signed(&passkey.key, &auth_data, &client_data);
        let id = base64url(&passkey.id);
        let mut answer = json!({
            "id": id, "rawId": id, "type": "public-key", "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(&client_data), "authenticatorData": base64url(&auth_data),
                "signature": base64url(&signature),
            },
        });
        match &self.user_handle {
            UserHandle::Own => answer["response"]["userHandle"] = json!(passkey.user),
            UserHandle::Missing => {}
            UserHandle::Other(handle) => answer["response"]["userHandle"] = json!(base64url(handle)),
        }
        self.counter += self.step;
        answer
    }

    /// The passkeys that it has, by age: base64url of their ids.
    #[must_use]
    pub fn passkeys(&self) -> Vec<String> {
        self.passkeys.iter().map(|passkey| base64url(&passkey.id)).collect()
    }

    /// What the browser says (section 5.8.1 of Web Authentication).
    fn client_data(&self, ceremony: &str, challenge: &Value) -> Vec<u8> {
        let challenge = self.challenge.clone().unwrap_or_else(|| text(challenge));
        let ceremony = self.ceremony.as_deref().unwrap_or(ceremony);
        let mut client_data = json!({ "type": ceremony, "challenge": challenge, "origin": self.origin });
        if let Some(cross_origin) = self.cross_origin {
            client_data["crossOrigin"] = json!(cross_origin);
        }
        if let Some(top_origin) = &self.top_origin {
            client_data["topOrigin"] = json!(top_origin);
        }
        client_data.to_string().into_bytes()
    }

    /// What the authenticator says (section 6.1).
    fn auth_data(&self, rp_id: &str, attested: &[u8]) -> Vec<u8> {
        let rp_id = self.rp_id.as_deref().unwrap_or(rp_id);
        let flags = [
            (self.user_present, 0),
            (self.user_verified, 2),
            (self.backup_eligible, 3),
            (self.backed_up, 4),
            (!attested.is_empty(), 6),
        ];
        let flags = flags.into_iter().map(|(is_set, bit)| u8::from(is_set) << bit).sum();
        [sha256(rp_id.as_bytes()).as_slice(), &[flags], &self.counter.to_be_bytes(), attested].concat()
    }

    fn signed(&self, key: &Key, auth_data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let mut signature = key.sign(&[auth_data, &sha256(client_data)].concat());
        if self.spoils_signatures {
            *signature.last_mut().expect("a signature") ^= 1;
        }
        signature
    }
}

impl Algorithm {
    /// Its number in COSE.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Rs256 => -257,
        }
    }
}

impl Key {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).expect("a key")),
            Algorithm::EdDsa => Self::EdDsa(Ed25519KeyPair::generate().expect("a key")),
            Algorithm::Rs256 => Self::Rs256(Box::new(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))),
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(key) => key.sign(&SystemRandom::new(), message).expect("a signature").as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).expect("a signature");
                signature
            }
        }
    }

    /// `COSE_Key`, its labels in CTAP2's order.
    fn cose(&self) -> Vec<u8> {
        let members = |kty, alg: Algorithm, rest: &[(i64, Vec<u8>)]| {
            let begin = [(1, cbor_int(kty)), (3, cbor_int(alg.number()))];
            let all: Vec<_> =
                begin.into_iter().chain(rest.iter().cloned()).map(|(label, v)| (cbor_int(label), v)).collect();
            map(&all)
        };
        match self {
            Self::Es256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = (cbor_bytes(&point[1..33]), cbor_bytes(&point[33..]));
                members(2, Algorithm::Es256, &[(-1, cbor_int(1)), (-2, x), (-3, y)])
            }
            Self::EdDsa(key) => {
                let x = cbor_bytes(key.public_key().as_ref());
                members(1, Algorithm::EdDsa, &[(-1, cbor_int(6)), (-2, x)])
            }
            Self::Rs256(key) => {
                let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(key.public_key());
                members(3, Algorithm::Rs256, &[(-1, cbor_bytes(&n)), (-2, cbor_bytes(&e))])
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes).expect("randomness");
    bytes
}

/// The beginning of an item (RFC 8949, section 3): its major type, and a number of 16 bits at most.
fn head(major: u8, number: usize) -> Vec<u8> {
    let [high, low] = u16::try_from(number).expect("a small number").to_be_bytes();
    match (high, low) {
        (0, 0..24) => vec![major << 5 | low],
        (0, _) => vec![major << 5 | 0x18, low],
        _ => vec![major << 5 | 0x19, high, low],
    }
}

fn cbor_int(number: i64) -> Vec<u8> {
    let (major, number) = if number < 0 { (1, -1 - number) } else { (0, number) };
    head(major, usize::try_from(number).expect("a small number"))
}

fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    [head(2, bytes.len()), bytes.to_vec()].concat()
}

fn cbor_text(text: &str) -> Vec<u8> {
    [head(3, text.len()), text.as_bytes().to_vec()].concat()
}

fn map(members: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let members: Vec<_> = members.iter().map(|(label, value)| [&label[..], value].concat()).collect();
    [head(5, members.len()), members.concat()].concat()
}
