//! The metrics of what `api-keys` logs. Alarms, dashboard and guide name them.

use shared::metrics::Metric;

/// All of them.
pub const METRICS: [Metric; 4] = [
    Metric::count("key_decrypted", "Decrypts", &[&[]]),
    Metric::count("connection_tested", "ConnectionTests", &[&["exchange", "status"]]),
    Metric::count("key_stopped_working", "KeysStopped", &[&[]]),
    Metric::count("record_rolled_back", "RecordsThatDoNotOpen", &[&[]]),
];
