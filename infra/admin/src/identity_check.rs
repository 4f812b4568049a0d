//! What the subcommands for identity checks have in common: whose a check is, and where it stands.

use shared::{ids::AccountId, kyc::Standing};

/// An account in the one form that its rows are named by.
pub(crate) fn account(text: &str) -> Result<AccountId, &'static str> {
    AccountId::parse(text).ok_or("a user id is a UUID in lower case")
}

/// Where a check stands, in one line.
pub(crate) fn described(Standing { status, by }: &Standing<'_>) -> String {
    let status = status.as_str();
    match by {
        Some(by) => format!("{status} since {}, by {}", by.moment(), by.provider),
        None => format!("{status}, nothing is reported"),
    }
}
