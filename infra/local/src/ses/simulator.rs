//! The mailbox simulator of SES: addresses whose mails meet a known end, which SES reports to `EventBridge`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Message;

const DOMAIN: &str = "simulator.amazonses.com";

/// The end that a mail meets after SES has taken it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// There is no such mailbox.
    Bounced,
    /// It arrives, and the recipient calls it spam.
    Complained,
    /// SES does not try, as the address has bounced before.
    Suppressed,
}

/// What becomes of a mail to `address`; none if it arrives, and that is all. A label (`bounce+label@…`) changes nothing.
pub(crate) fn outcome(address: &str) -> Option<Outcome> {
    let (mailbox, domain) = address.rsplit_once('@')?;
    let mailbox = mailbox.split('+').next()?.to_ascii_lowercase();
    match (mailbox.as_str(), domain.eq_ignore_ascii_case(DOMAIN)) {
        ("bounce", true) => Some(Outcome::Bounced),
        ("complaint", true) => Some(Outcome::Complained),
        ("suppressionlist", true) => Some(Outcome::Suppressed),
        _ => None,
    }
}

/// The events that SES publishes of a mail, one for each recipient whose mail meets such an end. None without a configuration set:
/// what is published is a setting of it.
pub(crate) fn reports(id: &str, message: &Message, now: Timestamp) -> Vec<Value> {
    let Some(configuration_set) = &message.configuration_set else { return Vec::new() };
    let report = |to: &String| {
        let mut tags = message.tags.iter().map(|(name, value)| (name.clone(), json!([value]))).collect::<Value>();
        tags["ses:configuration-set"] = json!([configuration_set]);
        let mail = json!({
            "timestamp": now, "source": message.from, "messageId": id, "destination": [to], "headersTruncated": false,
            "tags": tags,
        });
        Some(match outcome(to)? {
            Outcome::Bounced => event("Email Bounced", now, bounce(to, "General", now), mail),
            Outcome::Suppressed => event("Email Bounced", now, bounce(to, "OnAccountSuppressionList", now), mail),
            Outcome::Complained => event("Email Complaint Received", now, complaint(to, now), mail),
        })
    };
    message.to.iter().filter_map(report).collect()
}

fn event(kind: &str, now: Timestamp, mut detail: Value, mail: Value) -> Value {
    detail["mail"] = mail;
    json!({"version": "0", "detail-type": kind, "source": "aws.ses", "time": now, "detail": detail})
}

fn bounce(to: &str, sub_type: &str, now: Timestamp) -> Value {
    let recipient = json!({"emailAddress": to, "action": "failed", "status": "5.1.1"});
    let bounce = json!({
        "bounceType": "Permanent", "bounceSubType": sub_type, "bouncedRecipients": [recipient], "timestamp": now,
    });
    json!({"eventType": "Bounce", "bounce": bounce})
}

fn complaint(to: &str, now: Timestamp) -> Value {
    let complaint = json!({
        "complainedRecipients": [{"emailAddress": to}], "complaintFeedbackType": "abuse", "timestamp": now,
    });
    json!({"eventType": "Complaint", "complaint": complaint})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_simulators_own_mailboxes_meet_such_an_end() {
        for (address, expected) in [
            ("bounce@simulator.amazonses.com", Some(Outcome::Bounced)),
            ("Bounce+ada@Simulator.amazonSES.com", Some(Outcome::Bounced)),
            ("complaint+1@simulator.amazonses.com", Some(Outcome::Complained)),
            ("suppressionlist@simulator.amazonses.com", Some(Outcome::Suppressed)),
            ("success@simulator.amazonses.com", None),
            ("bouncer@simulator.amazonses.com", None),
            ("bounce@simulator.amazonses.com.example.com", None),
            ("bounce@example.com", None),
            ("bounce", None),
        ] {
            assert_eq!(outcome(address), expected, "{address}");
        }
    }
}
