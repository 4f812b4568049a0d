//! Every alarm of the template can fire: it looks at a metric that somebody publishes, under the very name, and turns red where it
//! should. None fires in ordinary life.

mod alarm;
mod aws;
mod dashboard;
mod kinds;
mod math;
mod ordinary;
mod ours;

use self::alarm::{Alarm, Metric};
use crate::logs;

fn is_ours(metric: &Metric) -> bool {
    metric.namespace == logs::NAMESPACE
}

/// Every metric that an alarm looks at.
fn looked_at(alarms: &[Alarm]) -> impl Iterator<Item = (&Alarm, &Metric)> {
    alarms.iter().flat_map(|alarm| alarm.metrics.values().map(move |(metric, _)| (alarm, metric)))
}

/// The metric of an alarm on a single one.
fn only(alarm: &Alarm) -> Option<&Metric> {
    alarm.metrics.get("").map(|(metric, _)| metric)
}
