//! Recorded registrations and sign-ins, and the examples of the specification.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::{config::Stage, ids::AccountId};

use super::vectors;
use crate::mfa::webauthn::{
    AuthenticationResponse, ExpectedCeremony, Flaw, NewCredential, RegistrationResponse, RelyingParty,
    StoredCredential, assert,
    attestation::AttestationObject,
    authenticator_data::AuthenticatorData,
    base64url::Binary,
    cose::{Algorithm, CredentialPublicKey},
    options::{CredentialId, Transport},
    register,
};

#[derive(Deserialize)]
pub struct Vector {
    pub note: String,
    rp_id: String,
    origin: String,
    challenge: Binary,
    pub credential: Value,
    expect: String,
    why: Option<String>,
    result: Option<Value>,
    /// Of sign-ins.
    user_handle: Option<Binary>,
    stored: Option<Stored>,
    #[serde(default)]
    user_known_before: bool,
}

#[derive(Deserialize)]
struct Stored {
    credential_id: CredentialId,
    public_key_cose: Binary,
    sign_count: u32,
}

impl Vector {
    fn relying_party(&self) -> RelyingParty {
        RelyingParty::new(self.rp_id.clone(), vec![self.origin.clone()], Stage::Prod).unwrap()
    }

    pub fn expected(&self) -> ExpectedCeremony<'_> {
        ExpectedCeremony { challenge: &self.challenge.0, knows_account: self.user_known_before }
    }

    pub fn register(&self, credential: &Value) -> Result<NewCredential, Flaw> {
        register(&registration(credential)?, &self.expected(), &self.relying_party())
    }

    pub fn is_good(&self) -> bool {
        self.expect == "ok"
    }

    fn stored(&self) -> StoredCredential {
        let Stored { credential_id, public_key_cose, sign_count } = self.stored.as_ref().unwrap();
        let handle = self.user_handle.as_ref().unwrap().0.as_slice().try_into().unwrap();
        StoredCredential {
            account: AccountId::from_bytes(handle),
            id: credential_id.clone(),
            public_key: public_key_cose.clone(),
            sign_count: *sign_count,
        }
    }

    /// What a write would make of it that is made under the condition that the counter rises.
    pub fn assert(&self, credential: &Value) -> Result<Value, &'static str> {
        let stored = self.stored();
        let read = authentication(credential).map_err(Flaw::as_str)?;
        let asserted = assert(&read, &self.expected(), &stored, &self.relying_party()).map_err(Flaw::as_str)?;
        assert_eq!(asserted.user_handle.is_some(), credential["response"].get("userHandle").is_some());
        let result = json!({ "sign_count": asserted.sign_count, "backed_up": asserted.backed_up });
        if asserted.counter_rose { Ok(result) } else { Err("counter") }
    }
}

/// As it comes in: read as requests are.
pub fn registration(credential: &Value) -> Result<RegistrationResponse, Flaw> {
    RegistrationResponse::read(&compat::json::parse(credential.to_string().as_bytes()).unwrap())
}

pub fn authentication(credential: &Value) -> Result<AuthenticationResponse, Flaw> {
    AuthenticationResponse::read(&compat::json::parse(credential.to_string().as_bytes()).unwrap())
}

/// Read once, for those who look at them a thousand times.
pub fn registrations() -> &'static [Vector] {
    static VECTORS: LazyLock<Vec<Vector>> = LazyLock::new(|| vectors("webauthn_registration"));
    &VECTORS
}

pub fn authentications() -> &'static [Vector] {
    static VECTORS: LazyLock<Vec<Vector>> = LazyLock::new(|| vectors("webauthn_authentication"));
    &VECTORS
}

/// The reason that a vector gives, in the words of metrics.
fn reason(why: Option<&String>) -> Option<String> {
    why.map(|why| why.replace(' ', "_"))
}

#[test]
fn recorded_registrations_are_accepted_and_refused_for_their_reason() {
    let vectors = registrations();
    for vector in vectors {
        let registered = vector.register(&vector.credential);
        let refused = registered.as_ref().err().map(|flaw| flaw.as_str().to_owned());
        assert_eq!(refused, reason(vector.why.as_ref()), "{}", vector.note);
        let result = registered.ok().map(|new| {
            json!({
                "credential_id": new.id, "alg": new.algorithm, "public_key_cose": new.public_key,
                "sign_count": new.sign_count, "backup_eligible": new.backup_eligible, "backed_up": new.backed_up,
            })
        });
        assert_eq!(result, vector.result, "{}", vector.note);
        assert_eq!(result.is_some(), vector.expect == "ok", "{}", vector.note);
    }
    assert_eq!((vectors.len(), vectors.iter().filter(|vector| vector.expect == "ok").count()), (48, 9));
}

#[test]
fn recorded_sign_ins_are_accepted_and_refused_for_their_reason() {
    let vectors = authentications();
    for vector in vectors {
        let asserted = vector.assert(&vector.credential);
        assert_eq!(
            asserted.as_ref().err().map(|why| (*why).to_owned()),
            reason(vector.why.as_ref()),
            "{}",
            vector.note
        );
        assert_eq!(asserted.ok(), vector.result, "{}", vector.note);
        assert_eq!(vector.result.is_some(), vector.expect == "ok", "{}", vector.note);
    }
    assert_eq!((vectors.len(), vectors.iter().filter(|vector| vector.expect == "ok").count()), (33, 8));
}

#[derive(Deserialize)]
struct Example {
    name: String,
    rp_id: String,
    origin: String,
    alg: i64,
    registration: Ceremony,
    authentication: Ceremony,
}

/// One half of an example: made, or used.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ceremony {
    challenge: Binary,
    #[serde(rename = "clientDataJSON")]
    client_data: Binary,
    #[serde(default)]
    attestation_object: Binary,
    #[serde(default)]
    authenticator_data: Binary,
    #[serde(default)]
    signature: Binary,
    #[serde(default, rename = "credential_id")]
    credential_id: Binary,
    #[serde(default, rename = "public_key_cose")]
    public_key: Binary,
    flags: u8,
    #[serde(rename = "sign_count")]
    sign_count: u32,
    expect: String,
    why: Option<String>,
}

const ACCOUNT: AccountId = AccountId::from_bytes([9; 16]);

impl Example {
    fn relying_party(&self) -> RelyingParty {
        RelyingParty::new(self.rp_id.clone(), vec![self.origin.clone()], Stage::Prod).unwrap()
    }

    fn registered(&self) -> Result<NewCredential, Flaw> {
        let (id, half) = (&self.registration.credential_id, &self.registration);
        let credential = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": { "clientDataJSON": half.client_data, "attestationObject": half.attestation_object },
        });
        let expected = ExpectedCeremony { challenge: &half.challenge.0, knows_account: true };
        register(&registration(&credential).unwrap(), &expected, &self.relying_party())
    }

    fn asserted(&self) -> Result<bool, Flaw> {
        let (id, half) = (&self.registration.credential_id, &self.authentication);
        let credential = json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": half.client_data, "authenticatorData": half.authenticator_data,
                "signature": half.signature, "userHandle": null,
            },
        });
        let stored = StoredCredential {
            account: ACCOUNT,
            id: CredentialId::of(&id.0),
            public_key: self.registration.public_key.clone(),
            sign_count: self.registration.sign_count,
        };
        let expected = ExpectedCeremony { challenge: &half.challenge.0, knows_account: true };
        let asserted = assert(&authentication(&credential).unwrap(), &expected, &stored, &self.relying_party());
        asserted.map(|asserted| asserted.counter_rose)
    }
}

/// Several of them lack more than one thing; that nobody is verified is found first, if it is so.
fn refused_for(flaw: Option<Flaw>, half: &Ceremony, why: Option<&String>) -> bool {
    let is_unverified = flaw == Some(Flaw::UserVerification) && half.flags & 4 == 0;
    is_unverified || flaw.map(|flaw| flaw.as_str().to_owned()) == reason(why)
}

#[test]
fn the_specifications_examples_are_accepted_and_refused() {
    let examples: Vec<Example> = vectors("webauthn_level3_spec");
    let mut accepted = (0, 0);
    for example in &examples {
        let name = &example.name;
        let (made, used) = (example.registered(), example.asserted());
        let (registration, authentication) = (&example.registration, &example.authentication);
        assert_eq!(made.is_ok(), registration.expect == "ok", "{name}: {made:?}");
        assert_eq!(used.is_ok(), authentication.expect == "ok", "{name}: {used:?}");
        assert!(refused_for(made.as_ref().err().copied(), registration, registration.why.as_ref()), "{name}: {made:?}");
        assert!(refused_for(used.err(), authentication, authentication.why.as_ref()), "{name}: {used:?}");
        accepted = (accepted.0 + i32::from(made.is_ok()), accepted.1 + i32::from(used.is_ok()));
    }
    assert_eq!((examples.len(), accepted), (15, (5, 3)));
}

/// Whatever else is refused in them: they are taken apart, their keys are read and their signatures are good.
#[test]
fn the_specifications_examples_are_read_and_verified() {
    let examples: Vec<Example> = vectors("webauthn_level3_spec");
    let mut verified = 0;
    for Example { name, rp_id, origin, alg, registration, authentication } in &examples {
        let relying_party = RelyingParty::new(rp_id.clone(), vec![origin.clone()], Stage::Prod).unwrap();
        let attestation = AttestationObject::read(&registration.attestation_object.0).unwrap();
        let made = AuthenticatorData::read(attestation.auth_data).unwrap();
        let used = AuthenticatorData::read(&authentication.authenticator_data.0).unwrap();
        for (data, half) in [(&made, registration), (&used, authentication)] {
            assert_eq!(data.sign_count, half.sign_count, "{name}");
            assert!(data.is_for(&relying_party).is_ok(), "{name}");
            let flags =
                [data.is_present().is_ok(), data.is_verified().is_ok(), data.is_backup_eligible(), data.is_backed_up()];
            assert_eq!(flags, [0, 2, 3, 4].map(|bit| half.flags >> bit & 1 == 1), "{name}");
        }
        let attested = made.attested.unwrap();
        assert!(used.attested.is_none());
        assert_eq!((attested.id, attested.public_key), (&*registration.credential_id.0, &*registration.public_key.0));
        let key = CredentialPublicKey::read(attested.public_key);
        if !Algorithm::OFFERED.iter().any(|offered| offered.number() == *alg) {
            assert_eq!(key.err(), Some(Flaw::Algorithm), "{name}");
            continue;
        }
        let key = key.unwrap();
        assert_eq!(key.algorithm().number(), *alg, "{name}");
        let hash = |json: &[u8]| aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, json);
        let signed = [attestation.auth_data, hash(&registration.client_data.0).as_ref()].concat();
        assert_eq!(attestation.verify(&key, &signed), Ok(()), "{name}");
        let signed = [&*authentication.authenticator_data.0, hash(&authentication.client_data.0).as_ref()].concat();
        assert_eq!(key.verify(&signed, &authentication.signature.0), Ok(()), "{name}");
        assert_eq!(key.verify(&signed[1..], &authentication.signature.0), Err(Flaw::Signature), "{name}");
        verified += 1;
    }
    assert_eq!(verified, 12);
}

#[test]
fn a_new_passkey_tells_how_it_is_reached_and_which_model_it_is() {
    let vector = &registrations()[0];
    let mut credential = vector.credential.clone();
    credential["response"]["transports"] = json!(["usb", "smart-card", "carrier-pigeon", "usb", "INTERNAL", ""]);
    let new = vector.register(&credential).unwrap();
    assert_eq!(new.transports, [Transport::Usb, Transport::SmartCard]);
    assert_eq!(new.aaguid.to_string().len(), 36);
    assert_eq!(new.aaguid.to_string().replace('-', ""), new.aaguid.0.map(|byte| format!("{byte:02x}")).concat());
    credential["response"].as_object_mut().unwrap().remove("transports");
    assert_eq!(vector.register(&credential).unwrap().transports, []);
}

#[test]
fn a_response_of_another_shape_is_one() {
    let (made, used) = (&registrations()[0], &authentications()[0]);
    for odd in [json!(null), json!([]), json!("x"), json!({}), json!({ "id": 1 })] {
        assert_eq!(made.register(&odd).unwrap_err(), Flaw::Response);
        assert_eq!(used.assert(&odd).unwrap_err(), "response");
    }
    // The one is not taken for the other.
    assert_eq!(made.register(&used.credential).unwrap_err(), Flaw::Response);
    assert_eq!(used.assert(&made.credential).unwrap_err(), "response");
    for part in ["clientDataJSON", "attestationObject"] {
        for odd in
            [json!("a+b/"), json!("QQ=="), json!("QR"), json!("A"), json!(7), json!(null), json!("A".repeat(21_848))]
        {
            let mut credential = made.credential.clone();
            credential["response"][part] = odd;
            assert_eq!(made.register(&credential).unwrap_err(), Flaw::Response, "{part}");
        }
    }
    let longest = Binary(vec![0; 16 * 1024]).encode();
    assert!(Binary::decode(&longest).is_some() && Binary::decode(&format!("{longest}AA")).is_none());
}

#[test]
fn who_a_passkey_claims_to_be_is_told_before_it_is_proven() {
    let vector = &authentications()[0];
    let read = authentication(&vector.credential).unwrap();
    assert_eq!(read.user_handle(), Some(vector.stored().account));
    assert_eq!(read.credential_id(), vector.stored().id);
    // Its challenge has not the length of ours.
    assert_eq!(read.challenge(), Err(Flaw::Challenge));
    let mut odd = vector.credential.clone();
    odd["response"]["userHandle"] = json!("AAAA");
    assert_eq!(authentication(&odd).unwrap().user_handle(), None);
}

/// Client data that a browser could have written otherwise, around the same answers.
#[test]
fn client_data_are_read_as_the_specification_says() {
    let vector = &registrations()[0];
    let challenge = vector.challenge.encode();
    let register = |json: &str| {
        let mut credential = vector.credential.clone();
        credential["response"]["clientDataJSON"] = json!(Binary(json.as_bytes().to_vec()));
        vector.register(&credential).err()
    };
    let members = format!(r#""type":"webauthn.create","challenge":"{challenge}","origin":"https://example.com""#);
    for good in [
        format!("{{{members}}}"),
        format!("\u{feff}{{{members}}}"),
        format!(
            "{{{members},\"crossOrigin\":false,\"other\":{{\"a\":[1]}},\"tokenBinding\":{{\"status\":\"supported\"}}}}"
        ),
        format!("{{{}}}", members.replace('/', "\\/")),
    ] {
        assert_eq!(register(&good), None, "{good}");
    }
    for (bad, flaw) in [
        (format!("{{{members},\"crossOrigin\":true}}"), Flaw::CrossOrigin),
        (format!("{{{members},\"topOrigin\":\"https://example.com\"}}"), Flaw::CrossOrigin),
        (format!("{{{members},\"crossOrigin\":\"false\"}}"), Flaw::ClientData),
        (format!("{{{members},\"origin\":\"https://example.com\"}}"), Flaw::ClientData),
        (format!("{{{members}}}}}"), Flaw::ClientData),
        (format!("\u{feff}\u{feff}{{{members}}}"), Flaw::ClientData),
        (format!("[{{{members}}}]"), Flaw::ClientData),
        (String::new(), Flaw::ClientData),
        ("[".repeat(10_000), Flaw::ClientData),
        (format!("{{{}}}", members.replace("create", "Create")), Flaw::Type),
        (format!("{{{}}}", members.replace("example", "Example")), Flaw::Origin),
        (format!("{{{}}}", members.replace("com", "com:443")), Flaw::Origin),
        (format!("{{{}}}", members.replace(&challenge, "")), Flaw::Challenge),
        (format!("{{{}}}", members.replace(&challenge, &challenge[..10])), Flaw::Challenge),
    ] {
        assert_eq!(register(&bad), Some(flaw), "{bad}");
    }
}
