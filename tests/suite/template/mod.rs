//! What must hold of template.yaml, and of it and the code together.

mod costs;
mod edge;
mod functions;
mod resources;
mod roles;
mod routes;
mod settings;

use std::{fs, path::Path};

use serde_json::Value;

/// The template, with all tags in their long form.
pub struct Template(Value);

/// A function of the template.
pub struct Function<'t> {
    /// Logical id.
    pub id: &'t str,
    /// The name of its binary.
    pub binary: &'t str,
    /// Its properties, without what is global.
    pub properties: &'t Value,
}

impl Template {
    pub fn read() -> Self {
        Self(local::yaml::parse(&file("template.yaml")).expect("a template"))
    }

    /// A resource; `Null` where there is none.
    pub fn resource(&self, id: &str) -> &Value {
        &self.0["Resources"][id]
    }

    /// All resources of a type, by logical id.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let resources = self.0["Resources"].as_object().into_iter().flatten();
        resources.filter(move |(_, resource)| resource["Type"] == kind).map(|(id, resource)| (id.as_str(), resource))
    }

    pub fn functions(&self) -> Vec<Function<'_>> {
        let functions = self.of_type("AWS::Serverless::Function").map(|(id, resource)| Function {
            id,
            binary: resource["Metadata"]["BuildProperties"]["Binary"].as_str().expect("a binary"),
            properties: &resource["Properties"],
        });
        functions.collect()
    }

    /// A property of a function, be it its own or everybody's.
    pub fn setting<'t>(&'t self, function: &Function<'t>, name: &str) -> &'t Value {
        function.properties.get(name).unwrap_or(&self.0["Globals"]["Function"][name])
    }
}

impl<'t> Function<'t> {
    /// What calls it, by name.
    pub fn events(&self) -> impl Iterator<Item = (&'t str, &'t Value)> {
        let events = self.properties["Events"].as_object().into_iter().flatten();
        events.map(|(name, event)| (name.as_str(), event))
    }
}

/// Resource and attribute of a `!GetAtt`.
pub fn attribute(value: &Value) -> Option<(&str, &str)> {
    let path = &value["Fn::GetAtt"];
    Some((path[0].as_str()?, path[1].as_str()?))
}

/// A value that may stand alone or in a list.
fn list(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice)
}

/// A file of this repository.
fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect(path)
}

/// Fails with all of them where there are any.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{complaints:#?}");
}
