//! The metrics of what `kyc` logs. Alarms, dashboard and guide name them.

use shared::metrics::Metric;

/// All of them.
pub const METRICS: [Metric; 5] = [
    Metric::count("kyc_report", "KycReports", &[&["provider", "outcome"]]),
    Metric { value: Some("unknown"), ..Metric::count("kyc_report", "KycUnknown", &[&[]]) },
    Metric::count("kyc_contradicted", "KycContradictions", &[&[]]),
    Metric::count("kyc_refused", "KycRefusals", &[&[], &["provider", "reason"]]),
    Metric {
        value: Some("age_s"),
        unit: "Seconds",
        ..Metric::count("kyc_report_age", "KycReportAge", &[&["provider"]])
    },
];
