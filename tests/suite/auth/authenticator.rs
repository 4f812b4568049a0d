//! The authenticator of these tests against the rules for passkeys: right answers are accepted, and each thing that it says wrongly is
//! refused for what it is.

use auth::mfa::challenge::{Ceremony, Challenge};
use auth::mfa::webauthn::{
    AuthenticationResponse, CreationOptions, ExpectedCeremony, Flaw, NewCredential, RegistrationResponse, RelyingParty,
    RequestOptions, StoredCredential, assert,
    options::{Descriptor, Transport},
    register,
};
use serde_json::{Value, json};
use shared::{
    config::Stage,
    ids::{AccountId, SessionId},
};
use tests::{Algorithm, Attestation, Authenticator, UserHandle};

const ORIGIN: &str = "https://app.example.com";
const ADA: AccountId = AccountId::from_bytes([1; 16]);
const CHALLENGE: [u8; 56] = [5; 56];

/// What is said wrongly, and why it is refused.
type Lie = (Flaw, fn(&mut Authenticator));

/// Lies that make and use alike.
const LIES: [Lie; 12] = [
    (Flaw::Type, |it| it.ceremony = Some("payment.get".to_owned())),
    (Flaw::Challenge, |it| it.challenge = Some("BQUF".to_owned())),
    (Flaw::Challenge, |it| it.challenge = Some("not base64url!".to_owned())),
    (Flaw::Origin, |it| "https://example.com".clone_into(&mut it.origin)),
    (Flaw::Origin, |it| "https://evil-app.example.com".clone_into(&mut it.origin)),
    (Flaw::Origin, |it| "http://app.example.com".clone_into(&mut it.origin)),
    (Flaw::CrossOrigin, |it| it.cross_origin = Some(true)),
    (Flaw::CrossOrigin, |it| it.top_origin = Some(ORIGIN.to_owned())),
    (Flaw::RpId, |it| it.rp_id = Some("app.example.com".to_owned())),
    (Flaw::UserPresence, |it| it.user_present = false),
    (Flaw::UserVerification, |it| it.user_verified = false),
    (Flaw::Flags, |it| it.backup_eligible = false),
];

fn relying_party() -> RelyingParty {
    RelyingParty::new("example.com".to_owned(), vec![ORIGIN.to_owned()], Stage::Prod).unwrap()
}

fn challenge() -> Challenge {
    Challenge::read(&CHALLENGE).unwrap()
}

fn creation() -> Value {
    json!(CreationOptions::new(&relying_party(), "Product", (ADA, "ada@example.com"), challenge(), Vec::new()))
}

fn request(passkey: Option<&NewCredential>) -> Value {
    let allowed = passkey.map(|new| Descriptor::new(new.id.clone(), new.transports.clone()));
    json!(RequestOptions::new(&relying_party(), challenge(), allowed.into_iter().collect()))
}

fn json(value: &Value) -> compat::json::Json {
    compat::json::parse(value.to_string().as_bytes()).unwrap()
}

fn made(answer: &Value) -> Result<NewCredential, Flaw> {
    let session = SessionId::from_bytes([2; 16]);
    let challenge = challenge();
    let expected = ExpectedCeremony::of(&Ceremony::Register { account: ADA, session }, &challenge);
    register(&RegistrationResponse::read(&json(answer))?, &expected, &relying_party())
}

/// Whether the counter rose, where the answer is accepted: of somebody who is known, or is not.
fn used(answer: &Value, new: &NewCredential, ceremony: &Ceremony) -> Result<bool, Flaw> {
    let stored = StoredCredential {
        account: ADA,
        id: new.id.clone(),
        public_key: new.public_key.clone(),
        sign_count: new.sign_count,
    };
    let challenge = challenge();
    let expected = ExpectedCeremony::of(ceremony, &challenge);
    let asserted = assert(&AuthenticationResponse::read(&json(answer))?, &expected, &stored, &relying_party())?;
    Ok(asserted.counter_rose)
}

fn known() -> Ceremony {
    Ceremony::StepUp { account: ADA, session: SessionId::from_bytes([2; 16]) }
}

#[test]
fn every_kind_of_passkey_is_made_and_used() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Rs256] {
        for attestation in [Attestation::None, Attestation::PackedSelf] {
            let mut phone = Authenticator::new(ORIGIN);
            (phone.algorithm, phone.attestation) = (algorithm, attestation);
            let new = made(&phone.make(&creation())).unwrap();
            assert_eq!(json!(new.id), phone.passkeys()[0]);
            assert_eq!(new.transports, [Transport::Hybrid, Transport::Internal]);
            assert_eq!((new.algorithm.number(), new.backup_eligible, new.backed_up), (algorithm.number(), true, true));
            for options in [request(None), request(Some(&new))] {
                let answer = phone.sign(&options);
                assert_eq!(used(&answer, &new, &Ceremony::SignIn), Ok(true), "{algorithm:?} {attestation:?}");
                assert_eq!(used(&answer, &new, &known()), Ok(true), "{algorithm:?} {attestation:?}");
            }
            phone.spoils_signatures = true;
            assert_eq!(used(&phone.sign(&request(None)), &new, &known()), Err(Flaw::Signature), "{algorithm:?}");
            let spoilt = made(&phone.make(&creation())).err();
            assert_eq!(spoilt, (attestation == Attestation::PackedSelf).then_some(Flaw::Attestation));
        }
    }
}

#[test]
fn each_lie_is_refused_for_what_it_is() {
    for (at, (flaw, lie)) in LIES.into_iter().enumerate() {
        let mut phone = Authenticator::new(ORIGIN);
        let new = made(&phone.make(&creation())).unwrap();
        lie(&mut phone);
        assert_eq!(made(&phone.make(&creation())), Err(flaw), "lie {at}");
        assert_eq!(used(&phone.sign(&request(Some(&new))), &new, &known()), Err(flaw), "lie {at}");
    }
}

#[test]
fn one_ceremony_is_not_the_other() {
    let mut phone = Authenticator::new(ORIGIN);
    let new = made(&phone.make(&creation())).unwrap();
    phone.ceremony = Some("webauthn.get".to_owned());
    assert_eq!(made(&phone.make(&creation())), Err(Flaw::Type));
    phone.ceremony = Some("webauthn.create".to_owned());
    assert_eq!(used(&phone.sign(&request(Some(&new))), &new, &known()), Err(Flaw::Type));
}

#[test]
fn who_it_is_for_may_be_left_out_by_a_second_factor_alone() {
    let mut phone = Authenticator::new(ORIGIN);
    let new = made(&phone.make(&creation())).unwrap();
    for (handle, unknown, before) in [
        (UserHandle::Own, Ok(true), Ok(true)),
        (UserHandle::Missing, Err(Flaw::UserHandle), Ok(true)),
        (UserHandle::Other(vec![2; 16]), Err(Flaw::UserHandle), Err(Flaw::UserHandle)),
        (UserHandle::Other(Vec::new()), Err(Flaw::UserHandle), Err(Flaw::UserHandle)),
    ] {
        phone.user_handle = handle;
        let answer = phone.sign(&request(None));
        assert_eq!((used(&answer, &new, &Ceremony::SignIn), used(&answer, &new, &known())), (unknown, before));
    }
}

#[test]
fn another_passkey_of_the_same_phone_is_another() {
    let mut phone = Authenticator::new(ORIGIN);
    let [first, second] = [0; 2].map(|_| made(&phone.make(&creation())).unwrap());
    assert_eq!(used(&phone.sign(&request(Some(&first))), &second, &known()), Err(Flaw::Credential));
    assert_eq!(used(&phone.sign(&request(Some(&second))), &second, &known()), Ok(true));
    // Under the name of the other one it is still not its key.
    let mut renamed = phone.sign(&request(Some(&first)));
    (renamed["id"], renamed["rawId"]) = (json!(second.id), json!(second.id));
    assert_eq!(used(&renamed, &second, &known()), Err(Flaw::Signature));
}

#[test]
fn a_counter_rises_or_is_said_not_to() {
    let mut key = Authenticator::new(ORIGIN);
    (key.counter, key.step) = (7, 1);
    let new = made(&key.make(&creation())).unwrap();
    assert_eq!(new.sign_count, 7);
    assert_eq!([0; 3].map(|_| used(&key.sign(&request(None)), &new, &known())), [Ok(false), Ok(true), Ok(true)]);
    for (counter, rose) in [(8, true), (u32::MAX - 1, true), (7, false), (6, false), (0, false)] {
        key.counter = counter;
        assert_eq!(used(&key.sign(&request(None)), &new, &known()), Ok(rose), "{counter}");
    }
}

#[test]
fn ids_are_as_long_as_they_may_be() {
    for (length, flaw) in [(1, None), (1_023, None), (0, Some(Flaw::CredentialId)), (1_024, Some(Flaw::CredentialId))] {
        let mut phone = Authenticator::new(ORIGIN);
        phone.credential_id = Some(vec![9; length]);
        assert_eq!(made(&phone.make(&creation())).err(), flaw, "{length}");
    }
}

#[test]
fn a_passkey_has_the_name_that_its_authenticator_gave_it() {
    let mut renamed = Authenticator::new(ORIGIN).make(&creation());
    (renamed["id"], renamed["rawId"]) = (json!("AAAA"), json!("AAAA"));
    assert_eq!(made(&renamed), Err(Flaw::CredentialId));
}

/// What browsers are asked: both sides have to agree on it before anything is signed.
#[test]
fn browsers_are_asked_for_verified_passkeys_that_say_whose_they_are() {
    let options = creation();
    assert_eq!(options["rp"], json!({ "id": "example.com", "name": "Product" }));
    assert_eq!(
        options["user"],
        json!({ "id": "AQEBAQEBAQEBAQEBAQEBAQ", "name": "ada@example.com", "displayName": "ada@example.com" })
    );
    let algorithms = [-7, -8, -257].map(|alg| json!({ "type": "public-key", "alg": alg }));
    assert_eq!(options["pubKeyCredParams"], json!(algorithms));
    let selection = json!({ "residentKey": "required", "requireResidentKey": true, "userVerification": "required" });
    assert_eq!(options["authenticatorSelection"], selection);
    assert_eq!((&options["attestation"], &options["timeout"]), (&json!("none"), &json!(300_000)));
    let mut phone = Authenticator::new(ORIGIN);
    let new = made(&phone.make(&options)).unwrap();
    let options = request(Some(&new));
    let allowed = json!([{ "id": new.id, "transports": ["hybrid", "internal"], "type": "public-key" }]);
    let expected = json!({
        "challenge": options["challenge"], "timeout": 300_000, "rpId": "example.com", "allowCredentials": allowed,
        "userVerification": "required",
    });
    assert_eq!(options, expected);
    // What it answers is what it was asked.
    let read = AuthenticationResponse::read(&json(&phone.sign(&options))).unwrap();
    assert_eq!((read.challenge(), read.user_handle(), read.credential_id()), (Ok(challenge()), Some(ADA), new.id));
}
