//! Keys, and all the ways of writing them that are accepted.

use aws_lc_rs::{
    encoding::{AsBigEndian, AsDer, EcPrivateKeyBin, Pkcs8V1Der},
    rsa::{self, KeySize},
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

/// A way of writing a key, and the members of a body that do.
pub type Form = (String, Value);

/// A key in all its forms.
pub struct Key {
    /// As `key_type` names it.
    pub kind: &'static str,
    /// What the exchange knows: the raw key, or PKCS #1 for RSA.
    pub public: Vec<u8>,
    /// The form that it is kept in: of PEM without a line break at the end.
    pub kept: String,
    /// All of them. Those that say no `key_type` are known by their looks.
    pub forms: Vec<Form>,
}

const VERSION_1: [u8; 3] = [2, 1, 0];
const VERSION_2: [u8; 3] = [2, 1, 1];
/// `id-ecPublicKey` and `prime256v1`, `Ed25519`, `rsaEncryption` and its parameters.
const EC: [u8; 9] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const ED25519: [u8; 5] = [6, 3, 0x2b, 0x65, 0x70];
const RSA: [u8; 13] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];

/// A value of ASN.1 in DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let length = match content.len() {
        0..128 => vec![low],
        128..256 => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, &content].concat()
}

pub fn base64(der: &[u8]) -> String {
    BASE64_STANDARD.encode(der)
}

/// In lines of 64 characters.
pub fn pem(label: &str, der: &[u8]) -> String {
    pem_in_lines(label, der, 64)
}

fn pem_in_lines(label: &str, der: &[u8], width: usize) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", in_lines(&base64(der), width, "\n"))
}

fn in_lines(text: &str, width: usize, line_break: &str) -> String {
    let lines: Vec<_> = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap()).collect();
    lines.join(line_break)
}

fn named(forms: Vec<(&str, String)>) -> Vec<Form> {
    forms.into_iter().map(|(name, text)| (name.to_owned(), json!({ "secret": text }))).collect()
}

/// The layouts that a PEM may have, and what files and pages make of it.
pub fn layouts(label: &str, der: &[u8]) -> Vec<Form> {
    let usual = pem(label, der);
    let literal = usual.replace('\n', "\\n");
    named(vec![
        ("PEM", usual.clone()),
        ("PEM with a line break at its end", format!("{usual}\n")),
        ("PEM with CRLF", usual.replace('\n', "\r\n")),
        ("PEM in lines of 76", pem_in_lines(label, der, 76)),
        ("PEM in lines of 20", pem_in_lines(label, der, 20)),
        ("PEM in one long line", pem_in_lines(label, der, 10_000)),
        ("PEM with empty lines", usual.replacen('\n', "\n\n", 2)),
        ("PEM with literal breaks", literal.clone()),
        ("PEM with a literal break at its end", format!("{literal}\\n")),
        ("PEM with literal CRLF", usual.replace('\n', "\\r\\n")),
        ("PEM with breaks escaped twice", usual.replace('\n', "\\\\n")),
        ("PEM with both kinds of breaks", usual.replace('\n', "\\n\n")),
        ("PEM in double quotes", format!("\"{usual}\n\"")),
        ("PEM in single quotes", format!("'{usual}'")),
        ("PEM in double quotes with literal breaks", format!("\"{literal}\\n\"")),
        ("PEM in single quotes with literal CRLF", format!("'{}'", usual.replace('\n', "\\r\\n"))),
        ("PEM in quotes that are escaped", format!("\\\"{literal}\\\"")),
        ("PEM in a line of .env", format!("API_SECRET=\"{literal}\"")),
        ("PEM in a line of JSON", format!("\"privateKey\": \"{literal}\\n\",")),
        ("PEM with a semicolon", format!("'{literal}';")),
        ("PEM of PHP's JSON", literal.replace('/', "\\/")),
        ("PEM of .NET's JSON", literal.replace('+', "\\u002B").replace('=', "\\u003d")),
        ("PEM indented", format!("secret: |\n  {}\n", usual.replace('\n', "\n  "))),
        ("PEM indented with tabs", usual.replace('\n', "\n\t\t")),
        ("PEM with spaces for breaks", usual.replace('\n', " ")),
        ("PEM without breaks", usual.replace('\n', "")),
        ("PEM without any white space", usual.replace(['\n', ' '], "")),
        ("PEM as a shell goes on in the next line", usual.replace('\n', "\\\n")),
        ("PEM with the dashes of a word processor", usual.replace("-----", "\u{2014}\u{2013}\u{2014}")),
        ("PEM without its last hyphens", usual.trim_end_matches('-').to_owned()),
        ("PEM before other text", format!("{usual}\nCopied from the console")),
        ("PEM after another block", format!("{}\n{usual}", pem("EC PARAMETERS", &P256))),
        ("PEM in base64", base64(format!("{usual}\n").as_bytes())),
        ("PEM as addresses on the web have it", usual.replace('\n', "%0A").replace(' ', "%20").replace('+', "%2B")),
        ("PEM in base64 behind an empty line", base64(format!("\n{usual}").as_bytes())),
        ("DER in base64", base64(der)),
        ("DER in base64 as the web writes it", base64(der).replace('+', "-").replace('/', "_")),
        ("DER in base64 in quotes", format!("\"{}\",", base64(der))),
        ("DER in base64 in lines", in_lines(&base64(der), 64, "\n")),
        ("DER in base64 in indented lines with CRLF", in_lines(&base64(der), 60, "\r\n    ")),
        ("DER in base64 with literal breaks", in_lines(&base64(der), 64, "\\n")),
        ("DER in base64 without what fills it up", base64(der).trim_end_matches('=').to_owned()),
    ])
}

/// Of Coinbase, with the curve named and the public key, as it gives it out.
pub fn p256() -> Key {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let private: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
    let private = der(4, &[private.as_ref()]);
    let public = der(0xa1, &[&der(3, &[&[0], pair.public_key().as_ref()])]);
    let curve = der(0xa0, &[&P256]);
    let algorithm = der(0x30, &[&EC, &P256]);
    let sec1 = |parts: &[&[u8]]| der(0x30, &[&VERSION_2, &private, &parts.concat()]);
    let pkcs8 = |key: &[u8]| der(0x30, &[&VERSION_1, &algorithm, &der(4, &[key])]);
    let (whole, inner) = (sec1(&[&curve, &public]), pkcs8(&sec1(&[&public])));
    let mut forms = layouts("EC PRIVATE KEY", &whole);
    forms.extend(named(vec![
        ("SEC 1 without the public key", pem("EC PRIVATE KEY", &sec1(&[&curve]))),
        ("PKCS #8", pem("PRIVATE KEY", &inner)),
        ("PKCS #8 with CRLF", pem("PRIVATE KEY", &inner).replace('\n', "\r\n")),
        ("PKCS #8 without the public key", pem("PRIVATE KEY", &pkcs8(&sec1(&[])))),
        ("PKCS #8 that names the curve twice", pem("PRIVATE KEY", &pkcs8(&whole))),
        ("PKCS #8 labelled as SEC 1", pem("EC PRIVATE KEY", &inner)),
        ("PKCS #8, DER in base64", base64(&inner)),
        ("SEC 1 without the public key, DER in base64", base64(&sec1(&[&curve]))),
    ]));
    let public = pair.public_key().as_ref().to_vec();
    Key { kind: "es256", public, kept: pem("EC PRIVATE KEY", &whole), forms }
}

/// The one key that is not made anew each time: its seed, its public key, and its forms but that of the seed without a type, which is
/// a shared key where there are such.
pub fn ed25519() -> Key {
    let both = seed_and_public();
    let (seed, public) = both.split_at(32);
    let (algorithm, private) = (der(0x30, &[&ED25519]), der(4, &[&der(4, &[seed])]));
    let first = der(0x30, &[&VERSION_1, &algorithm, &private]);
    let second = der(0x30, &[&VERSION_2, &algorithm, &private, &der(0x81, &[&[0], public])]);
    let mut forms = layouts("PRIVATE KEY", &first);
    forms.extend(named(vec![
        ("PKCS #8, version 2", pem("PRIVATE KEY", &second)),
        ("DER of version 2 in base64", base64(&second)),
        ("the seed and the public key", base64(&both)),
        ("the seed and the public key, in quotes", format!("'{}'", base64(&both))),
        ("the seed and the public key, of PHP's JSON", base64(&both).replace('/', "\\/")),
        ("the seed and the public key, in two lines", in_lines(&base64(&both), 44, "\n")),
        ("the seed and the public key, in two lines with CRLF", in_lines(&base64(&both), 60, "\r\n ")),
    ]));
    for (name, text) in [
        ("the seed, of its type", base64(seed)),
        ("the seed and the public key, of their type", base64(&both)),
        ("DER in base64, of its type", base64(&first)),
        ("PEM, of its type", pem("PRIVATE KEY", &first)),
    ] {
        forms.push((name.to_owned(), json!({ "secret": text, "key_type": "ed25519" })));
    }
    Key { kind: "ed25519", public: public.to_vec(), kept: pem("PRIVATE KEY", &first), forms }
}

/// The Ed25519 key in 64 bytes, as Coinbase gives it out.
pub fn seed_and_public() -> Vec<u8> {
    let seed: [u8; 32] = std::array::from_fn(|at| u8::try_from(at * 7 % 251).unwrap());
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    [&seed[..], pair.public_key().as_ref()].concat()
}

pub fn rsa() -> Key {
    let pair = rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair).unwrap();
    let pkcs8 = pkcs8.as_ref();
    // What stands in PKCS #8 behind version, algorithm and the head of the octet string.
    let pkcs1 = &pkcs8[26..];
    assert_eq!(der(0x30, &[&VERSION_1, &der(0x30, &[&RSA]), &der(4, &[pkcs1])]), pkcs8);
    let mut forms = layouts("PRIVATE KEY", pkcs8);
    forms.extend(named(vec![
        ("PKCS #1", pem("RSA PRIVATE KEY", pkcs1)),
        ("PKCS #1 with CRLF", pem("RSA PRIVATE KEY", pkcs1).replace('\n', "\r\n")),
        ("PKCS #1 without breaks", pem("RSA PRIVATE KEY", pkcs1).replace('\n', "")),
        (
            "PKCS #1 in quotes with literal breaks",
            format!("\"{}\"", pem("RSA PRIVATE KEY", pkcs1).replace('\n', "\\n")),
        ),
        ("PKCS #1, DER in base64", base64(pkcs1)),
        ("PKCS #1 labelled as PKCS #8", pem("PRIVATE KEY", pkcs1)),
    ]));
    forms.push((
        "PKCS #1 of its type".to_owned(),
        json!({ "secret": pem("RSA PRIVATE KEY", pkcs1), "key_type": "rsa" }),
    ));
    Key { kind: "rsa", public: pair.public_key().as_ref().to_vec(), kept: pem("PRIVATE KEY", pkcs8), forms }
}

/// The file of Coinbase, in the ways in which it may be pasted for a secret.
pub fn files(name: &str, id: &str, secret: &str) -> Vec<Form> {
    let file = json!({ "name": name, "privateKey": secret });
    let usual = file.to_string();
    let pretty = serde_json::to_string_pretty(&file).unwrap();
    let more = json!({
        "id": id, "name": name, "createTime": "2026-01-01T00:00:00Z", "usage": [{ "view": true }], "principal": null,
        "privateKey": secret,
    });
    let forms = [
        ("the file", json!(null), usual.clone()),
        ("the file with the same name beside it", json!(name), usual.clone()),
        ("the file with the id beside it", json!(id), usual.clone()),
        ("the file as it is downloaded", json!(null), format!("{}\r\n", pretty.replace('\n', "\r\n"))),
        ("the file behind a mark of its encoding", json!(null), format!("\u{feff}{pretty}\n")),
        ("the file in quotes", json!(null), format!("'{usual}';")),
        ("the file of the id", json!(null), json!({ "id": id, "privateKey": secret }).to_string()),
        ("the file with more in it", json!(null), more.to_string()),
        ("the file of PHP's JSON", json!(null), usual.replace('/', "\\/")),
    ];
    let form =
        |(what, api_key, text): (&str, Value, String)| (what.to_owned(), json!({ "api_key": api_key, "secret": text }));
    forms.map(form).into()
}
