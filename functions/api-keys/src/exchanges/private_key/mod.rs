//! Private keys: read from whatever people paste, signing, and written in one form.

mod der;
mod text;

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, EcPrivateKeyRfc5915Der, Pkcs8V1Der},
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::{Exchange, KeyType, Unsignable};
pub use text::{decoded, value_in};

/// A private key that can sign. No `Debug`, no `Clone`, on purpose; aws-lc wipes it.
pub enum PrivateKey {
    /// Ed25519.
    Ed25519(Ed25519KeyPair),
    /// RSA of 2048 to 8192 bits.
    Rsa(RsaKeyPair),
    /// ECDSA on P-256.
    Es256(EcdsaKeyPair),
}

/// What a text is.
pub enum Reading {
    /// A private key: no shared key looks like this.
    Key(PrivateKey),
    /// 32 bytes in base64, with or without the `=` at its end: the seed of an Ed25519 key, or a shared key that happens to be as long.
    Seed(PrivateKey),
    /// Known for what it is, which is nothing to sign with.
    Other(Other),
    /// None of these: a shared key, or no key at all.
    Text,
}

/// What is taken for a private key and is none, or none that signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A private key under a password.
    Encrypted,
    /// A public key, also a line of `authorized_keys`.
    Public,
    /// An X.509 certificate.
    Certificate,
    /// A request for one.
    Request,
    /// A private key as `ssh-keygen` writes it.
    OpenSsh,
    /// A private key as `PuTTY` writes it.
    Putty,
    /// A private EC key on another curve than P-256.
    Curve,
    /// A private RSA key of so many bits, which are too few or too many.
    RsaSize(usize),
    /// A private key and its certificates, as browsers and Windows keep them.
    Pkcs12,
    /// A private key of a kind that no exchange takes.
    Kind,
    /// Several private keys, of which nobody can say which is meant.
    Several,
    /// PEM or DER of which a part is missing or wrong.
    Damaged,
    /// PEM of something else.
    Pem,
}

impl Other {
    /// What it is, and what to do about it: completes "secret is …".
    #[must_use]
    pub fn name(self) -> String {
        let text = match self {
            Self::Encrypted => "an encrypted private key: take the password off and bring it without",
            Self::Public => "a public key: bring the private key that belongs to it",
            Self::Certificate => "a certificate: bring the private key that belongs to it",
            Self::Request => "a certificate request: bring the private key that belongs to it",
            Self::OpenSsh => "an OpenSSH private key: bring it in PKCS #8",
            Self::Putty => "a PuTTY private key: bring it in PKCS #8",
            Self::Curve => "an EC private key on another curve than P-256",
            Self::RsaSize(bits) => {
                return format!("an RSA private key of {bits} bits: it must have 2048 to 8192");
            }
            Self::Pkcs12 => "a PKCS #12 file: bring the private key that is in it, in PKCS #8",
            Self::Kind => "a private key of a kind that no exchange takes",
            Self::Several => "more than one private key: bring the one that is meant",
            Self::Damaged => "a key that is cut off or damaged: copy it again, from the first hyphen to the last",
            Self::Pem => "PEM, but no private key",
        };
        text.to_owned()
    }
}

impl PrivateKey {
    /// What a text is: a private key in any wrapping that leaves one reading, or what it is instead.
    #[must_use]
    pub fn read(text: &str) -> Reading {
        text::read(text)
    }

    /// A secret that has to be a key of this kind.
    ///
    /// # Errors
    /// When it is not.
    pub fn of(kind: KeyType, secret: &str) -> Result<Self, Unsignable> {
        match Self::read(secret) {
            Reading::Key(key) | Reading::Seed(key) if key.kind() == kind => Ok(key),
            _ => Err(Unsignable),
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> KeyType {
        match self {
            Self::Ed25519(_) => KeyType::Ed25519,
            Self::Rsa(_) => KeyType::Rsa,
            Self::Es256(_) => KeyType::Es256,
        }
    }

    /// What it is for people: completes "secret is …".
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "an Ed25519 private key",
            Self::Rsa(_) => "an RSA private key",
            Self::Es256(_) => "a P-256 private key",
        }
    }

    /// The public half: the same bytes in whatever form the private one was written.
    #[must_use]
    pub fn public_half(&self) -> &[u8] {
        match self {
            Self::Ed25519(pair) => pair.public_key().as_ref(),
            Self::Rsa(pair) => pair.public_key().as_ref(),
            Self::Es256(pair) => pair.public_key().as_ref(),
        }
    }

    /// A signature over `text`: Ed25519, RSASSA-PKCS1-v1_5 with SHA-256, or ECDSA with SHA-256 as the 64 bytes r and s.
    ///
    /// # Errors
    /// When aws-lc fails.
    pub fn sign(&self, text: &[u8]) -> Result<Vec<u8>, Unsignable> {
        match self {
            Self::Ed25519(pair) => pair.try_sign(text).map(|signature| signature.as_ref().to_vec()),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).map(|()| signature)
            }
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), text).map(|signature| signature.as_ref().to_vec()),
        }
        .map_err(|_| Unsignable)
    }
}

impl Exchange {
    /// A private key in the one form that it is kept and shown in, whatever form it came in: the one that the exchange gives out
    /// or asks for, which is what programs that sign for it read. P-256 in SEC 1, RSA and Ed25519 in PKCS #8, all in PEM;
    /// Ed25519 at Coinbase as base64 of the seed and the public key.
    ///
    /// # Errors
    /// When aws-lc fails.
    pub fn written(&self, key: &PrivateKey) -> Result<Zeroizing<String>, Unsignable> {
        let der = |pair: &dyn AsDer<Pkcs8V1Der<'static>>| pair.as_der().map_err(|_| Unsignable);
        match key {
            PrivateKey::Ed25519(pair) if self.id == "coinbase" => {
                let pkcs8 = der(pair)?;
                let seed: &[u8; 32] = pkcs8.as_ref().last_chunk().ok_or(Unsignable)?;
                let mut both = Zeroizing::new([0; 64]);
                both[..32].copy_from_slice(seed);
                both[32..].copy_from_slice(pair.public_key().as_ref());
                Ok(base64(&*both))
            }
            PrivateKey::Ed25519(pair) => Ok(pem("PRIVATE KEY", der(pair)?.as_ref())),
            PrivateKey::Rsa(pair) => Ok(pem("PRIVATE KEY", der(pair)?.as_ref())),
            PrivateKey::Es256(pair) => Ok(pem("EC PRIVATE KEY", sec1(pair)?.as_ref())),
        }
    }
}

/// With curve and public key, whether it came with them or not.
fn sec1(pair: &EcdsaKeyPair) -> Result<EcPrivateKeyRfc5915Der<'static>, Unsignable> {
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().map_err(|_| Unsignable)?;
    let (curve, public) = (&ECDSA_P256_SHA256_FIXED_SIGNING, pair.public_key().as_ref());
    let whole = EcdsaKeyPair::from_private_key_and_public_key(curve, private.as_ref(), public);
    whole.map_err(|_| Unsignable)?.private_key().as_der().map_err(|_| Unsignable)
}

/// In lines of 64 characters, without a line break at the end.
fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let body = base64(der);
    // As long as it gets at once: growing would leave copies behind.
    let mut pem = Zeroizing::new(String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40));
    let mut rest = body.as_str();
    pem.extend(["-----BEGIN ", label, "-----\n"]);
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.extend([line, "\n"]);
        rest = after;
    }
    pem.extend(["-----END ", label, "-----"]);
    pem
}

fn base64(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
    BASE64_STANDARD.encode_string(bytes, &mut text);
    text
}
