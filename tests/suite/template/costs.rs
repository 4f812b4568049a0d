//! What the operators' guide says of costs, held against the template where that is counted and against itself.

use super::{Template, file};

/// Dollars a month for each metric that an alarm looks at, be it one of several that it adds up.
const ALARM_ON_A_METRIC: f64 = 0.10;

#[test]
fn the_guide_counts_the_alarms_that_there_are() {
    let template = Template::read();
    let metrics = template.of_type("AWS::CloudWatch::Alarm").map(|(_, alarm)| {
        let queries = alarm["Properties"]["Metrics"].as_array().map_or(&[][..], Vec::as_slice);
        queries.iter().filter(|query| query.get("MetricStat").is_some()).count().max(1)
    });
    let metrics: Vec<_> = metrics.collect();
    let (alarms, metrics) = (metrics.len(), u32::try_from(metrics.iter().sum::<usize>()).expect("few"));
    let expected = format!("{alarms} alarms on {metrics} metrics ${:.2}", f64::from(metrics) * ALARM_ON_A_METRIC);
    let guide = file("infra/README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(guide.contains(&expected), "the guide does not say: {expected}");
}

/// Six metrics for each route, and each a custom one.
#[test]
fn the_guide_says_what_metrics_by_route_would_cost() {
    const METRIC: f64 = 0.30;
    let template = Template::read();
    let functions = template.functions();
    let routes = functions.iter().flat_map(super::Function::events).filter(|(_, event)| event["Type"] == "HttpApi");
    let routes = u32::try_from(routes.count()).expect("few");
    let expected = format!("of {routes} routes ${:.0}", f64::from(6 * routes) * METRIC);
    assert!(file("infra/README.md").replace('\n', " ").contains(&expected), "the guide does not say: {expected}");
}

#[test]
fn the_guides_table_of_costs_adds_up() {
    let guide = file("infra/README.md");
    let (_, table) = guide.split_once("| users |").expect("a table by users");
    let rows: Vec<Vec<u32>> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().replace(['*', ','], ""));
            cells.map(|cell| cell.parse().expect("a number")).collect()
        })
        .collect();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let [_, parts @ .., all] = row.as_slice() else { panic!("{row:?}") };
        assert_eq!(parts.iter().sum::<u32>(), *all, "{row:?}");
    }
}
