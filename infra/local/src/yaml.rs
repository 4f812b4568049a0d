//! YAML with `CloudFormation`'s tags, read as the JSON that `CloudFormation` makes of it.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

/// The first document of `text`. `!GetAtt Table.Arn` becomes `{"Fn::GetAtt": ["Table", "Arn"]}`, and so on.
///
/// # Errors
/// The parser's own words.
pub fn parse(text: &str) -> Result<Value, String> {
    let documents = Yaml::load_from_str(text).map_err(|error| error.to_string())?;
    Ok(documents.first().map(to_json).unwrap_or_default())
}

fn to_json(node: &Yaml<'_>) -> Value {
    match node {
        Yaml::Value(scalar) => scalar_to_json(scalar),
        Yaml::Representation(text, ..) => json!(text),
        Yaml::Sequence(items) => items.iter().map(to_json).collect(),
        Yaml::Mapping(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key_text(key), to_json(value))).collect())
        }
        Yaml::Tagged(tag, inner) => intrinsic(&tag.suffix, to_json(inner)),
        Yaml::Alias(_) | Yaml::BadValue => Value::Null,
    }
}

fn scalar_to_json(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => json!(value),
        Scalar::Integer(value) => json!(value),
        Scalar::FloatingPoint(value) => json!(value.into_inner()),
        Scalar::String(value) => json!(value),
    }
}

fn key_text(key: &Yaml<'_>) -> String {
    match to_json(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The long form of a tag.
fn intrinsic(name: &str, argument: Value) -> Value {
    let key = match name {
        "Ref" | "Condition" => name.to_owned(),
        _ => format!("Fn::{name}"),
    };
    let argument = match (name, argument) {
        ("GetAtt", Value::String(path)) => path.splitn(2, '.').collect(),
        (_, argument) => argument,
    };
    Value::Object(Map::from_iter([(key, argument)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_their_long_form() {
        let text = "a: !GetAtt Mail.StreamArn\nb: !If [Prod, !Ref X, {c: !Sub '${Y}-z'}]\nd: 2012-10-17\ne: 10\n";
        let expected = json!({
            "a": {"Fn::GetAtt": ["Mail", "StreamArn"]},
            "b": {"Fn::If": ["Prod", {"Ref": "X"}, {"c": {"Fn::Sub": "${Y}-z"}}]},
            "d": "2012-10-17",
            "e": 10,
        });
        assert_eq!(parse(text), Ok(expected));
    }
}
