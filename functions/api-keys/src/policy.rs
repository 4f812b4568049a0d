//! What we make of the permissions that an exchange reports.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::exchanges::{Access, Source};

/// Something the owner should change at the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schemars(rename = "ApiKeyWarning")]
pub enum Warning {
    /// It can send funds out of the account.
    KeyCanWithdraw,
    /// It can pay other users of the exchange.
    KeyCanPayOthers,
    /// It can move funds, for keys of its kind always can: its owner has not chosen so and cannot change it.
    CanTransfer,
    /// The exchange does not say whether it can withdraw.
    WithdrawPermissionUnknown,
    /// It trades from anywhere: whoever steals it can empty the account by trading.
    TradeWithoutIpRestriction,
}

/// What is known of whether a credential can send funds to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendsFunds {
    /// A test said that it cannot, or nothing has said that it can.
    No,
    /// It shares its name or its secret with one that can.
    Presumed,
    /// A test said that it can.
    Found,
}

/// What to warn of.
#[must_use]
pub fn warnings(access: &Access) -> Vec<Warning> {
    let permissions = access.permissions;
    let findings = [
        (permissions.withdraw == Some(true), Warning::KeyCanWithdraw),
        (access.can_pay_others == Some(true), Warning::KeyCanPayOthers),
        (access.source == Source::Protocol && permissions.transfer == Some(true), Warning::CanTransfer),
        (permissions.withdraw.is_none(), Warning::WithdrawPermissionUnknown),
        (permissions.trade == Some(true) && access.ip_restricted == Some(false), Warning::TradeWithoutIpRestriction),
    ];
    findings.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
}

/// Whether it can send funds to others: such keys are blocked unless the configuration allows them. `None` where the exchange does
/// not say, which unblocks nothing.
#[must_use]
pub fn sends_funds(access: &Access) -> Option<SendsFunds> {
    match (access.permissions.withdraw, access.can_pay_others) {
        (Some(true), _) | (_, Some(true)) => Some(SendsFunds::Found),
        (Some(false), Some(false)) => Some(SendsFunds::No),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::Permissions;

    const PERMITTED: Permissions =
        Permissions { read: Some(true), trade: Some(true), withdraw: Some(false), transfer: None };

    fn access(trade: Option<bool>, withdraw: Option<bool>, ip_restricted: Option<bool>) -> Access {
        let permissions = Permissions { read: Some(true), trade, withdraw, transfer: None };
        Access { ip_restricted, ..Access::of_key(permissions) }
    }

    #[test]
    fn only_transfers_that_nobody_chose_are_warned_of() {
        let chosen =
            Access { permissions: Permissions { transfer: Some(true), ..PERMITTED }, ..access(None, None, None) };
        assert_eq!(warnings(&chosen), []);
        let by_protocol = Access { source: Source::Protocol, ..chosen };
        assert_eq!(warnings(&by_protocol), [Warning::CanTransfer]);
        assert_eq!(sends_funds(&by_protocol), Some(SendsFunds::No));
    }

    #[test]
    fn unknown_is_neither_yes_nor_no() {
        use Warning::{KeyCanPayOthers, KeyCanWithdraw, TradeWithoutIpRestriction, WithdrawPermissionUnknown};
        let (yes, no) = (Some(true), Some(false));
        for (access, expected, sends) in [
            (access(no, no, no), vec![], no),
            (access(yes, no, yes), vec![], no),
            (access(yes, no, None), vec![], no),
            (access(yes, no, no), vec![TradeWithoutIpRestriction], no),
            (access(None, None, no), vec![WithdrawPermissionUnknown], None),
            (access(yes, yes, no), vec![KeyCanWithdraw, TradeWithoutIpRestriction], yes),
            (Access { can_pay_others: yes, ..access(no, no, no) }, vec![KeyCanPayOthers], yes),
            (
                Access { can_pay_others: yes, ..access(no, None, no) },
                vec![KeyCanPayOthers, WithdrawPermissionUnknown],
                yes,
            ),
            (Access { can_pay_others: None, ..access(no, no, no) }, vec![], None),
        ] {
            assert_eq!(warnings(&access), expected);
            let sends = sends.map(|sends| if sends { SendsFunds::Found } else { SendsFunds::No });
            assert_eq!(sends_funds(&access), sends);
        }
    }
}
