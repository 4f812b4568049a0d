//! The example of what may stand before the API, and the API behind it.

use serde_json::{Value, json};

use super::file;

fn resource(id: &str) -> Value {
    let template = local::yaml::parse(&file("infra/edge.yaml")).expect("a template");
    template["Resources"][id]["Properties"].clone()
}

#[test]
fn it_shows_the_secret_and_says_who_the_client_is() {
    let distribution = resource("Distribution")["DistributionConfig"].clone();
    let secret = json!([{ "HeaderName": "X-Edge-Secret", "HeaderValue": { "Ref": "EdgeSecret" } }]);
    assert_eq!(distribution["Origins"][0]["OriginCustomHeaders"], secret);
    assert_eq!(distribution["DefaultCacheBehavior"]["OriginRequestPolicyId"], json!({ "Ref": "Passed" }));
    let headers = &resource("Passed")["OriginRequestPolicyConfig"]["HeadersConfig"];
    assert_eq!(headers["Headers"], json!(["CloudFront-Viewer-Address", "CloudFront-Viewer-Country"]));
    assert!(file("infra/README.md").contains("ClientIpHeader=CloudFront-Viewer-Address"), "the guide names another");
    assert_eq!(distribution["WebACLId"]["Fn::GetAtt"], json!(["Firewall", "Arn"]));
}

/// Answers hold tokens and personal data, and methods are the functions' business.
#[test]
fn it_keeps_nothing_and_lets_every_method_pass() {
    let behaviour = resource("Distribution")["DistributionConfig"]["DefaultCacheBehavior"].clone();
    // CloudFront's own policy that caches nothing.
    assert_eq!(behaviour["CachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    assert_eq!(behaviour["AllowedMethods"], json!(["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]));
    assert_eq!(behaviour["ViewerProtocolPolicy"], "https-only");
}

#[test]
fn it_has_the_rules_that_the_guide_promises() {
    let rules = resource("Firewall")["Rules"].clone();
    let statements: Vec<_> = rules.as_array().expect("rules").iter().map(|rule| &rule["Statement"]).collect();
    let groups: Vec<_> =
        statements.iter().filter_map(|rule| rule["ManagedRuleGroupStatement"]["Name"].as_str()).collect();
    for group in ["AWSManagedRulesAntiDDoSRuleSet", "AWSManagedRulesAmazonIpReputationList"] {
        assert!(groups.contains(&group), "{groups:?}");
    }
    let rate = statements.iter().map(|rule| &rule["RateBasedStatement"]).find(|rate| rate.is_object()).expect("a rate");
    assert_eq!((&rate["Limit"], &rate["EvaluationWindowSec"]), (&json!(500), &json!(300)));
    let path = &rate["ScopeDownStatement"]["ByteMatchStatement"];
    assert_eq!((&path["SearchString"], &path["PositionalConstraint"]), (&json!("/auth/"), &json!("STARTS_WITH")));
    assert!(file("infra/README.md").replace('\n', " ").contains("500 requests in five minutes"));
}
