//! Alarms as the template has them, and CloudWatch's way to judge them.

use std::{collections::BTreeMap, fs};

use serde_json::Value;

use super::math;
use crate::logs::{self, emf::Datapoint};

/// The name of a metric: all of it, because CloudWatch keeps metrics with other dimensions apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Metric {
    pub namespace: String,
    pub name: String,
    /// Resources of the stack read `${Name}`.
    pub dimensions: BTreeMap<String, String>,
}

/// The numbers that each metric has within one period; all periods are alike.
pub type Data = BTreeMap<Metric, Vec<f64>>;

/// An `AWS::CloudWatch::Alarm`.
#[derive(Clone, Debug)]
pub struct Alarm {
    /// Its logical id.
    pub id: String,
    /// By the ids of metric math; a single metric has none.
    pub metrics: BTreeMap<String, (Metric, String)>,
    pub expression: Option<String>,
    comparison: String,
    pub threshold: f64,
    missing: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Alarm,
    Ok,
}

/// The template, tags in their long form.
pub fn template() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../template.yaml");
    local::yaml::parse(&fs::read_to_string(path).unwrap()).unwrap()
}

impl Alarm {
    /// All of a template.
    pub fn all(template: &Value) -> Vec<Self> {
        let resources = template["Resources"].as_object().unwrap().iter();
        let alarms = resources.filter(|(_, resource)| resource["Type"] == "AWS::CloudWatch::Alarm");
        alarms.map(|(id, alarm)| Self::parse(id, &alarm["Properties"], &template["Parameters"])).collect()
    }

    fn parse(id: &str, properties: &Value, parameters: &Value) -> Self {
        let (mut metrics, mut expression) = (BTreeMap::new(), None);
        match properties["Metrics"].as_array() {
            None => drop(metrics.insert(String::new(), (Metric::parse(properties), statistic(properties)))),
            Some(queries) => {
                for query in queries {
                    let of = &query["MetricStat"];
                    if of.is_null() {
                        assert!(expression.replace(text(&query["Expression"])).is_none(), "{id} has two expressions");
                    } else {
                        assert_eq!(query["ReturnData"], false, "{id}");
                        metrics.insert(text(&query["Id"]), (Metric::parse(&of["Metric"]), text(&of["Stat"])));
                    }
                }
                assert!(expression.is_some(), "{id} has no expression");
            }
        }
        let threshold = &properties["Threshold"];
        let threshold = threshold["Ref"].as_str().map_or(threshold, |name| &parameters[name]["Default"]);
        Self {
            id: id.to_owned(),
            metrics,
            expression,
            comparison: text(&properties["ComparisonOperator"]),
            threshold: threshold.as_f64().unwrap_or_else(|| panic!("{id} has no threshold")),
            missing: text(&properties["TreatMissingData"]),
        }
    }

    /// Whether it is about something that has to happen, and does not.
    pub fn is_for_too_few(&self) -> bool {
        self.comparison.starts_with("LessThan")
    }

    /// Where it stands when every period has these data, after having stood at OK.
    pub fn judge(&self, data: &Data) -> State {
        let value_of = |(metric, statistic): &(Metric, String)| reduce(data.get(metric)?, statistic);
        let values: BTreeMap<_, _> = self.metrics.iter().map(|(id, query)| (id.clone(), value_of(query))).collect();
        let value = match &self.expression {
            Some(expression) => math::value(expression, &values),
            None => values.values().next().copied().flatten(),
        };
        let breaches = match (value, self.comparison.as_str(), self.missing.as_str()) {
            (Some(value), "GreaterThanThreshold", _) => value > self.threshold,
            (Some(value), "GreaterThanOrEqualToThreshold", _) => value >= self.threshold,
            (Some(value), "LessThanThreshold", _) => value < self.threshold,
            (Some(value), "LessThanOrEqualToThreshold", _) => value <= self.threshold,
            (None, _, "notBreaching" | "ignore") => false,
            (None, _, "breaching") => true,
            (_, comparison, missing) => panic!("{}: {comparison} {missing}", self.id),
        };
        if breaches { State::Alarm } else { State::Ok }
    }
}

impl Metric {
    fn parse(metric: &Value) -> Self {
        let list = metric["Dimensions"].as_array().into_iter().flatten();
        let dimensions = list.map(|entry| (text(&entry["Name"]), text(&entry["Value"]))).collect();
        Self { namespace: text(&metric["Namespace"]), name: text(&metric["MetricName"]), dimensions }
    }
}

impl From<Datapoint> for Metric {
    fn from(Datapoint { namespace, name, dimensions, .. }: Datapoint) -> Self {
        Self { namespace, name, dimensions }
    }
}

fn statistic(properties: &Value) -> String {
    let either = [&properties["Statistic"], &properties["ExtendedStatistic"]];
    let mut given = either.into_iter().filter(|value| !value.is_null());
    let statistic = text(given.next().unwrap());
    assert_eq!(given.next(), None, "two statistics");
    statistic
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few numbers")]
fn reduce(numbers: &[f64], statistic: &str) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (least, most) = (*sorted.first()?, *sorted.last()?);
    let sum: f64 = sorted.iter().sum();
    Some(match statistic {
        "Sum" => sum,
        "Average" => sum / sorted.len() as f64,
        "Minimum" => least,
        "Maximum" => most,
        "SampleCount" => sorted.len() as f64,
        percentile => {
            let share: f64 = percentile.strip_prefix('p').and_then(|share| share.parse().ok()).unwrap();
            sorted[((share / 100.0 * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len()) - 1]
        }
    })
}

/// A value of the template as CloudWatch sees it: the stack is called like the tests' namespace, its resources read `${Name}`.
fn text(value: &Value) -> String {
    let substituted = value["Fn::Sub"].as_str().or(value.as_str()).map(str::to_owned);
    let named = value["Ref"].as_str().map(|name| format!("${{{name}}}"));
    let part = value["Fn::GetAtt"].as_array().map(|path| {
        let path: Vec<_> = path.iter().filter_map(Value::as_str).collect();
        format!("${{{}}}", path.join("."))
    });
    let text = substituted.or(named).or(part).unwrap_or_else(|| panic!("no text: {value}"));
    text.replace("${AWS::StackName}", logs::NAMESPACE)
}
