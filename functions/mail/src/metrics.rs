//! The metrics of what `mail` logs. Alarms, dashboard and guide name them.

use shared::metrics::Metric;

/// All of them.
pub const METRICS: [Metric; 8] = [
    Metric::count("letter_failed", "FailedLetters", &[&["service", "function_version"]]),
    Metric::count("mail_sent", "MailsSent", &[&["kind"]]),
    Metric::count("mail_failed", "MailsRefused", &[&[]]),
    Metric::count("mail_undeliverable", "MailsUndeliverable", &[&[]]),
    Metric::count("mail_given_up", "MailsGivenUp", &[&[]]),
    Metric { value: Some("age_ms"), unit: "Milliseconds", ..Metric::count("mail_round", "OldestWaitingMail", &[&[]]) },
    Metric::count("mail_round_failed", "FailedMailRounds", &[&[]]),
    Metric::count("mail_bounced", "MailsBounced", &[&["kind"]]),
];
