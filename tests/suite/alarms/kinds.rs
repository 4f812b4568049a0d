//! Alarms on metric math: what each is about, and where it turns red.

use std::collections::BTreeSet;

use super::alarm::{Alarm, Metric, State, template};

/// What an alarm on metric math is about, however the template writes it.
enum Kind {
    /// So many in a hundred of all that there are may fail, and a few in any case.
    Share { failures: &'static str, percent: f64, few: f64 },
    /// Of a hundred that begin so many at least come to an end; a few may begin in any case.
    Unfinished { begun: &'static str, percent: f64, few: f64 },
    /// There may be so many, whatever they are of.
    Total { most: f64 },
    /// None may be greater.
    Each { most: f64 },
}

/// By the names of the metrics that an alarm looks at. Times are milliseconds.
fn kind_of(names: &BTreeSet<&str>) -> Option<Kind> {
    let is = |of: &[&str]| *names == of.iter().copied().collect();
    Some(match () {
        () if is(&["5xx", "Count"]) => Kind::Share { failures: "5xx", percent: 1.0, few: 4.0 },
        () if is(&["FailedAnswers", "Invocations"]) => {
            Kind::Share { failures: "FailedAnswers", percent: 5.0, few: 2.0 }
        }
        () if is(&["FailedLetters", "Invocations"]) => {
            Kind::Share { failures: "FailedLetters", percent: 5.0, few: 2.0 }
        }
        () if is(&["BreachChecksFailed", "BreachChecks"]) => {
            Kind::Share { failures: "BreachChecksFailed", percent: 50.0, few: 4.0 }
        }
        () if is(&["ChallengesAsked", "ChallengesPassed"]) => {
            Kind::Unfinished { begun: "ChallengesAsked", percent: 5.0, few: 19.0 }
        }
        () if is(&["ReadThrottleEvents"]) || is(&["WriteThrottleEvents"]) => Kind::Total { most: 9.0 },
        () if is(&["AccountEvents"]) => Kind::Total { most: 50.0 },
        () if is(&["EMFParsingErrors"]) || is(&["EMFValidationErrors"]) => Kind::Total { most: 0.0 },
        () if is(&["ApproximateNumberOfMessagesVisible", "MailsGivenUp"]) => Kind::Total { most: 0.0 },
        () if is(&["IteratorAge", "OldestWaitingMail"]) => Kind::Each { most: 600_000.0 },
        () => return None,
    })
}

/// Values of the metrics that an alarm looks at, by their ids, and whether they are red.
type Case = (Vec<(String, f64)>, State);

impl Kind {
    /// What is just green and what is just red, of every metric alone and of all together.
    fn cases(&self, alarm: &Alarm) -> Vec<Case> {
        let ids: Vec<_> = alarm.metrics.keys().cloned().collect();
        let alone = |id: &String, value: f64| vec![(id.clone(), value)];
        let all = |value: f64| ids.iter().map(|id| (id.clone(), value)).collect::<Vec<_>>();
        match *self {
            Self::Share { failures, percent, few } => {
                let of = |failed: f64, asked: f64| {
                    let value = |(metric, _): &(Metric, String)| if metric.name == failures { failed } else { asked };
                    alarm.metrics.iter().map(|(id, metric)| (id.clone(), value(metric))).collect()
                };
                let (many, enough) = (2.0 * few, 100.0 * 2.0 * few / percent);
                let green = [of(few, few), of(many, enough)].map(|values| (values, State::Ok));
                let red = [of(few + 1.0, few + 1.0), of(many, enough - 1.0)].map(|values| (values, State::Alarm));
                green.into_iter().chain(red).collect()
            }
            Self::Unfinished { begun, percent, few } => {
                let of = |started: f64, ended: Option<f64>| {
                    let value = |metric: &Metric| if metric.name == begun { Some(started) } else { ended };
                    let values = alarm.metrics.iter().map(|(id, (metric, _))| (id.clone(), value(metric)));
                    values.filter_map(|(id, value)| Some((id, value?))).collect()
                };
                let many = 100.0 * few;
                let green = [of(few, None), of(many, Some(few * percent))].map(|values| (values, State::Ok));
                let red =
                    [of(few + 1.0, None), of(many, Some(few * percent - 1.0))].map(|values| (values, State::Alarm));
                green.into_iter().chain(red).collect()
            }
            Self::Total { most } => {
                let alone =
                    ids.iter().flat_map(|id| [(alone(id, most), State::Ok), (alone(id, most + 1.0), State::Alarm)]);
                alone
                    .chain([
                        (all(0.0), State::Ok),
                        (all(most + 1.0), State::Alarm),
                        (all((most / 2.0).floor() + most.min(1.0)), together(most, ids.len())),
                    ])
                    .collect()
            }
            Self::Each { most } => {
                let alone = ids.iter().map(|id| (alone(id, most + 1.0), State::Alarm));
                alone.chain([(all(most), State::Ok)]).collect()
            }
        }
    }
}

/// What each with a little more than a half of what they may have comes to.
fn together(most: f64, metrics: usize) -> State {
    if most > 0.0 && metrics > 1 { State::Alarm } else { State::Ok }
}

/// Numbers of one period that come to this by a statistic, and to something else by others: so many events, each a number of its
/// own, or one that is the greatest.
fn numbers(statistic: &str, value: f64) -> Vec<f64> {
    match statistic {
        "Sum" => one_by_one(value),
        "Maximum" => vec![0.0, value, value / 2.0],
        other => panic!("{other} in metric math has no case here"),
    }
}

fn one_by_one(mut events: f64) -> Vec<f64> {
    let mut numbers = vec![0.0];
    while events > 0.0 {
        numbers.push(1.0);
        events -= 1.0;
    }
    numbers
}

#[test]
fn alarms_on_metric_math_turn_red_where_they_should() {
    for alarm in Alarm::all(&template()).iter().filter(|alarm| alarm.expression.is_some()) {
        let names = alarm.metrics.values().map(|(metric, _)| metric.name.as_str()).collect();
        let kind =
            kind_of(&names).unwrap_or_else(|| panic!("{} is of no kind that this test knows: {names:?}", alarm.id));
        for (values, state) in kind.cases(alarm) {
            let of = |(id, value): &(String, f64)| {
                let (metric, statistic) = &alarm.metrics[id];
                (metric.clone(), numbers(statistic, *value))
            };
            let data = values.iter().map(of).collect();
            assert_eq!(alarm.judge(&data), state, "{}: {values:?}", alarm.id);
        }
    }
}
