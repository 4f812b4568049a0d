//! The tests know all functions that there are.

use std::collections::BTreeSet;

use tests::Function;

/// One that the list lacks would be called by no test, and its routes would be sent to another.
#[test]
fn the_tests_know_the_functions_of_the_template() {
    let known: BTreeSet<_> = Function::ALL.into_iter().map(Function::binary).collect();
    assert_eq!(known, Function::deployed().collect());
}

#[test]
fn a_path_leads_where_the_gateway_would_lead_it() {
    let reached = [
        ("/auth/login", Function::Auth),
        ("/auth/", Function::Auth),
        ("/.well-known/jwks.json", Function::Auth),
        ("/api/v1/api-keys", Function::ApiKeys),
        ("/api/v1/api-keys/?limit=1", Function::ApiKeys),
        ("/api/v1/api-keys-of-others", Function::Auth),
        ("/api/kyc", Function::Kyc),
        ("/api/kyc/webhook/sumsub", Function::Kyc),
        ("/oauth/tokens", Function::OAuth),
        ("/oauth", Function::Auth),
        ("/", Function::Docs),
        ("/docs/swagger-ui.css", Function::Docs),
        ("/nothing", Function::Auth),
    ];
    for (path, function) in reached {
        assert_eq!(Function::reached_by(path), function, "{path}");
    }
}
