//! The metrics of what `auth` logs. Alarms, dashboard and guide name them.

use shared::metrics::Metric;

/// All of them.
pub const METRICS: [Metric; 19] = [
    Metric::count("sign_up", "SignUps", &[&[]]),
    Metric::count("account_created", "AccountsCreated", &[&[]]),
    Metric::count("login", "Logins", &[&[]]),
    Metric::count("login_refused", "LoginFailures", &[&[], &["reason"]]),
    Metric::count("locked", "Locked", &[&[]]),
    Metric::count("challenge_asked", "ChallengesAsked", &[&[]]),
    Metric::count("challenge_passed", "ChallengesPassed", &[&[]]),
    Metric::count("credential_stuffing", "CredentialStuffing", &[&[]]),
    Metric::count("limited", "Limited", &[&["group"]]),
    Metric { event: "mail_budget", name: "MailBudget", value: Some("percent"), unit: "Percent", dimensions: &[&[]] },
    Metric::count("breach_check", "BreachChecks", &[&[]]),
    Metric::count("breach_check_failed", "BreachChecksFailed", &[&[]]),
    Metric::count("refresh_token_reuse", "RefreshReuse", &[&[]]),
    Metric::count("mfa_asked", "FactorsAsked", &[&[]]),
    Metric::count("mfa_passed", "FactorsPassed", &[&["method"]]),
    Metric::count("mfa_refused", "FactorsRefused", &[&["method", "reason"]]),
    // Once in a row of wrong codes; each that is not looked at afterwards is refused, as locked.
    Metric::count("mfa_locked", "FactorLocks", &[&[]]),
    Metric::count("step_up", "StepUps", &[&[]]),
    Metric::count("passkey_counter", "PasskeyCounters", &[&[]]),
];
