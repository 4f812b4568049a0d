//! Where a function stands besides its code: each place that lacks one is named. What its role, log, alarms and settings must be, the
//! modules beside this one say; what can be derived from `functions/` or the template, stands nowhere.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use super::{Function, Template, file, none};

/// The place of a function, and whether it is there.
type Place = (&'static str, bool);

fn places(function: &Function<'_>, template: &Template) -> Vec<Place> {
    let Function { id, binary, .. } = *function;
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions").join(binary).join("Cargo.toml");
    let package = fs::read_to_string(package).unwrap_or_default();
    let answers = function.events().any(|(_, event)| event["Type"] == "HttpApi");
    let krate = binary.replace('-', "_");
    let texts = |path: &str, text: &str| file(path).contains(text);
    let within = |resource: &str, text: &str| template.resource(resource).to_string().contains(text);
    let shows = |metric: &str| {
        let of_it = format!(r#"["AWS/Lambda","{metric}","FunctionName","${{{id}}}","Resource","${{{id}}}:live""#);
        let body = &template.resource("Dashboard")["Properties"]["DashboardBody"]["Fn::Sub"];
        body.as_str().is_some_and(|body| body.contains(&of_it))
    };
    vec![
        ("functions/NAME/Cargo.toml: a package of its name", package.contains(&format!("\nname = \"{binary}\"\n"))),
        (
            "Cargo.toml: a dependency of the workspace",
            texts("Cargo.toml", &format!("\n{binary} = {{ path = \"functions/{binary}\" }}\n")),
        ),
        ("tests/Cargo.toml: a dependency", texts("tests/Cargo.toml", &format!("\n{binary}.workspace = true\n"))),
        (
            "infra/openapi/src/lib.rs: its routes",
            !answers || texts("infra/openapi/src/lib.rs", &format!("{krate}::routes()")),
        ),
        ("template.yaml, DeploymentRole: MoveTheAlias", within("DeploymentRole", &format!(r#"["{id}","Arn"]"#))),
        ("template.yaml, DeploymentRole: its versions", within("DeploymentRole", &format!("${{{id}.Arn}}:*"))),
        ("template.yaml, Dashboard: Errors", shows("Errors")),
        ("template.yaml, Dashboard: Duration", shows("Duration")),
        ("template.yaml, Dashboard: Throttles", shows("Throttles")),
        ("README.md, Where things are: a line", texts("README.md", &format!("\n| `functions/{binary}` | "))),
        ("tests/deployment/test_deploy.py: FUNCTIONS", texts("tests/deployment/test_deploy.py", &format!("\"{id}\""))),
    ]
}

#[test]
fn every_function_stands_wherever_functions_stand() {
    let template = Template::read();
    let functions = template.functions();
    assert!(!functions.is_empty());
    let lacks = functions.iter().flat_map(|function| {
        let lacking = places(function, &template).into_iter().filter(|(_, has)| !has);
        lacking.map(|(place, _)| format!("{} is missing in {place}", function.binary))
    });
    none(&lacks.collect::<Vec<_>>());
}

#[test]
fn every_table_stands_wherever_tables_stand() {
    let template = Template::read();
    let dashboard = template.resource("Dashboard")["Properties"]["DashboardBody"]["Fn::Sub"].as_str().expect("text");
    let guide = file("tests/deployment/test_deploy.py");
    let mut lacks = Vec::new();
    for (id, _) in template.of_type("AWS::DynamoDB::Table") {
        let searches = dashboard.matches(&format!("${{{id}}}")).count();
        if searches < 3 {
            lacks.push(format!("{id} is in {searches} of the dashboard's three searches over tables"));
        }
        if !guide.contains(&format!("\"{id}\"")) {
            lacks.push(format!("{id} is missing in tests/deployment/test_deploy.py: TABLES"));
        }
    }
    none(&lacks);
}

/// What lies in `functions/` is built, measured and woken without a list, so nothing else may lie there.
#[test]
fn every_folder_of_functions_is_a_function_of_the_template() {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../functions")).expect("functions");
    let folders = folders.map(|folder| folder.expect("a folder").file_name().into_string().expect("a name"));
    let template = Template::read();
    let functions = template.functions().into_iter().map(|function| function.binary.to_owned());
    assert_eq!(folders.collect::<BTreeSet<_>>(), functions.collect::<BTreeSet<_>>());
}

/// The function has one thing to do for each event, and the schedule's input says which.
#[test]
fn every_schedule_names_a_task_in_the_code_of_its_function() {
    let template = Template::read();
    let mut complaints = Vec::new();
    for function in template.functions() {
        let code = file(&format!("functions/{}/src/lib.rs", function.binary));
        for (name, event) in function.events().filter(|(_, event)| event["Type"] == "Schedule") {
            let input: Value =
                serde_json::from_str(event["Properties"]["Input"].as_str().unwrap_or_default()).unwrap_or_default();
            let task = input["task"].as_str().map(|task| format!(".task(\"{task}\""));
            if !task.is_some_and(|task| code.contains(&task)) {
                complaints.push(format!("{}: {name} asks for what is no task: {input}", function.binary));
            }
        }
    }
    none(&complaints);
}
