//! The recorded samples, each at its own time.

use axum::http::HeaderMap;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;

use super::{
    super::{ALL, KycStatus, Meaning, Millis, Provider, ProviderEvent, Secret, Unproven, Verified},
    Timestamp, header_map, provider, secret,
};

const SAMPLES: &str = include_str!("../../../../../tests/vectors/kyc_webhooks.json");

struct Sample {
    id: String,
    provider: &'static Provider,
    secrets: Vec<Secret>,
    now: Timestamp,
    json: Value,
}

fn samples() -> Vec<Sample> {
    let all: Vec<Value> = serde_json::from_str(SAMPLES).unwrap();
    all.into_iter().map(sample).collect()
}

fn sample(json: Value) -> Sample {
    let text = |name: &str| json[name].as_str().unwrap().to_owned();
    let more = json["extra_secrets"].as_array().into_iter().flatten().map(|more| more.as_str().unwrap().to_owned());
    let secrets = std::iter::once(text("secret")).chain(more).map(|text| secret(&text)).collect();
    let now = Timestamp::from_second(Millis::from_rfc3339(&text("received_at")).unwrap().as_ms() / 1000);
    Sample { id: text("id"), provider: provider(&text("provider")), secrets, now, json }
}

fn headers(json: &Value) -> HeaderMap {
    header_map(json.as_object().unwrap().iter().map(|(name, value)| (name, value.as_str().unwrap())))
}

impl Sample {
    fn verify<'a>(&self, headers: &HeaderMap, body: &'a [u8]) -> Result<Verified<'a>, Unproven> {
        self.provider.verify(&self.secrets, headers, body, self.now)
    }

    fn check(&self, event: &ProviderEvent) {
        let (expected, id) = (&self.json["expected"], &self.id);
        let meaning = self.provider.meaning(event);
        assert_eq!(expected["user_ref"].as_str(), event.user.as_deref(), "{id}");
        assert_eq!(expected["event_id"].as_str(), Some(event.id.as_str()), "{id}");
        assert_eq!(expected["session_ref"].as_str(), event.session.as_deref(), "{id}");
        assert_eq!(expected["occurred_at"].as_str(), event.occurred_at.map(|at| at.to_string()).as_deref(), "{id}");
        assert_eq!(expected["normalised_status"].as_str(), meaning.status().map(KycStatus::as_str), "{id}");
        assert_eq!(expected["reason"].as_str(), Some(reason(event, meaning)), "{id}");
        let kept = format!("{event:?}");
        for text in self.json["must_not_store"].as_array().into_iter().flatten() {
            assert!(!kept.contains(text.as_str().unwrap()), "{id} keeps what is personal");
        }
    }
}

fn reason(event: &ProviderEvent, meaning: Meaning) -> &'static str {
    meaning.obstacle().unwrap_or(if event.user.is_some() { "ok" } else { "no_user_ref" })
}

#[test]
fn every_sample_is_taken_or_refused_as_it_says() {
    for sample in samples() {
        let (headers, expected) = (headers(&sample.json["headers"]), &sample.json["expected"]);
        match sample.verify(&headers, sample.json["body"].as_str().unwrap().as_bytes()) {
            Ok(verified) => {
                assert_eq!(expected["valid"], true, "{}", sample.id);
                sample.check(&verified.read().unwrap());
            }
            Err(refusal) => {
                assert_eq!(expected["valid"], false, "{}: {refusal:?}", sample.id);
                assert_eq!(expected["reason"], refusal.as_str(), "{}", sample.id);
            }
        }
    }
}

#[test]
fn events_of_the_gateway_carry_the_same() {
    for sample in samples().into_iter().filter(|sample| sample.json["apigw_event"].is_object()) {
        let event = &sample.json["apigw_event"];
        let body = event["body"].as_str().unwrap().to_owned();
        let is_base64 = event["isBase64Encoded"].as_bool().unwrap();
        let body = if is_base64 { BASE64_STANDARD.decode(body).unwrap() } else { body.into_bytes() };
        sample.check(&sample.verify(&headers(&event["headers"]), &body).unwrap().read().unwrap());
    }
}

#[test]
fn every_provider_but_our_own_has_three_samples() {
    for provider in ALL.into_iter().filter(|provider| provider.id != "generic") {
        assert_eq!(samples().iter().filter(|sample| sample.provider.id == provider.id).count(), 3, "{}", provider.id);
    }
}

#[test]
fn one_byte_more_less_or_other_and_it_is_refused() {
    for sample in samples().into_iter().filter(|sample| sample.json["expected"]["valid"] == true) {
        let (headers, body) = (headers(&sample.json["headers"]), sample.json["body"].as_str().unwrap().as_bytes());
        let refused = |body: &[u8]| sample.verify(&headers, body).err();
        for at in 0..body.len() {
            let mut other = body.to_vec();
            other[at] ^= 1;
            assert_eq!(refused(&other), Some(Unproven::BadSignature), "{} at {at}", sample.id);
        }
        assert_eq!(refused(&body[1..]), Some(Unproven::BadSignature), "{}", sample.id);
        assert_eq!(refused(&[body, b"\n"].concat()), Some(Unproven::BadSignature), "{}", sample.id);
    }
}

#[test]
fn what_is_signed_here_looks_as_it_does_there() {
    for sample in samples().into_iter().filter(|sample| sample.json["expected"]["valid"] == true) {
        let theirs = headers(&sample.json["headers"]);
        let body = sample.json["body"].as_str().unwrap().as_bytes();
        // The second in the header, where there is one.
        let stamp = ["persona-signature", "stripe-signature"].iter().find_map(|name| theirs.get(*name));
        let at = match stamp.or_else(|| theirs.get("x-timestamp")).map(|value| value.to_str().unwrap()) {
            Some(text) => Timestamp::from_second(text.trim_start_matches("t=")[..10].parse().unwrap()),
            None => sample.now,
        };
        for (name, value) in paper::sign(sample.provider.id, sample.secrets[0].reveal(), body, at).unwrap() {
            let there = theirs.get(name).unwrap().to_str().unwrap();
            assert!(there.contains(&value), "{}: {name}", sample.id);
        }
    }
}
