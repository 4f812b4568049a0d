//! Who may store keys and see them, what we make of the permissions that an exchange reports, and which keys that blocks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::{
    caller::{Actor, Confirmed},
    ids::AccountId,
    kyc,
    time::Timestamp,
};

use crate::{
    exchanges::{KeyInfo, PermissionSource},
    refusal::Refusal,
    state::Vault,
};

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
    /// The credential shares its name or its secret with one that can.
    Presumed,
    /// A test said that it can.
    Found,
}

/// What to warn of.
#[must_use]
pub fn warnings(info: &KeyInfo) -> Vec<Warning> {
    let permissions = info.permissions;
    let findings = [
        (permissions.withdraw == Some(true), Warning::KeyCanWithdraw),
        (info.can_pay_others == Some(true), Warning::KeyCanPayOthers),
        (info.source == PermissionSource::Protocol && permissions.transfer == Some(true), Warning::CanTransfer),
        (permissions.withdraw.is_none(), Warning::WithdrawPermissionUnknown),
        (permissions.trade == Some(true) && info.ip_restricted == Some(false), Warning::TradeWithoutIpRestriction),
    ];
    findings.into_iter().filter_map(|(found, warning)| found.then_some(warning)).collect()
}

/// Whether it can send funds to others: such keys are blocked unless the configuration allows them. `None` where the exchange does
/// not say, which unblocks nothing.
#[must_use]
pub fn sends_funds(info: &KeyInfo) -> Option<SendsFunds> {
    match (info.permissions.withdraw, info.can_pay_others) {
        (Some(true), _) | (_, Some(true)) => Some(SendsFunds::Found),
        (Some(false), Some(false)) => Some(SendsFunds::No),
        _ => None,
    }
}

impl Vault {
    /// That an actor may see a key or store a new one: confirmed and, where that is required, of an account with second factors.
    ///
    /// # Errors
    /// `MfaRequired`; `Failed` with `StepUpRequired`.
    pub(crate) fn confirm(&self, actor: &Actor, now: Timestamp) -> Result<Confirmed, Refusal> {
        if self.config.require_mfa && !actor.has_factors() {
            return Err(Refusal::MfaRequired);
        }
        Ok(actor.confirmed(now)?)
    }

    /// Where that is required, keys are stored only where their owner has proven who that is.
    ///
    /// # Errors
    /// `KycRequired`, `Failed`.
    pub(crate) async fn permit(&self, account: AccountId) -> Result<(), Refusal> {
        if !self.config.require_kyc {
            return Ok(());
        }
        let reports = kyc::reports_of(&self.app.store, &account.to_string()).await?;
        if kyc::standing(&reports).status == kyc::KycStatus::Approved { Ok(()) } else { Err(Refusal::KycRequired) }
    }

    /// Whether a key of which so much is known is kept from being used.
    pub(crate) fn blocks(&self, sends_funds: SendsFunds) -> bool {
        sends_funds != SendsFunds::No && !self.config.allow_withdrawal_keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchanges::Permissions;

    const PERMITTED: Permissions =
        Permissions { read: Some(true), trade: Some(true), withdraw: Some(false), transfer: None };

    fn info_of(trade: Option<bool>, withdraw: Option<bool>, ip_restricted: Option<bool>) -> KeyInfo {
        let permissions = Permissions { read: Some(true), trade, withdraw, transfer: None };
        KeyInfo { ip_restricted, ..KeyInfo::of_key(permissions) }
    }

    #[test]
    fn only_transfers_that_nobody_chose_are_warned_of() {
        let chosen =
            KeyInfo { permissions: Permissions { transfer: Some(true), ..PERMITTED }, ..info_of(None, None, None) };
        assert_eq!(warnings(&chosen), []);
        let by_protocol = KeyInfo { source: PermissionSource::Protocol, ..chosen };
        assert_eq!(warnings(&by_protocol), [Warning::CanTransfer]);
        assert_eq!(sends_funds(&by_protocol), Some(SendsFunds::No));
    }

    #[test]
    fn unknown_is_neither_yes_nor_no() {
        use Warning::{KeyCanPayOthers, KeyCanWithdraw, TradeWithoutIpRestriction, WithdrawPermissionUnknown};
        let (yes, no) = (Some(true), Some(false));
        for (info, expected, sends) in [
            (info_of(no, no, no), vec![], no),
            (info_of(yes, no, yes), vec![], no),
            (info_of(yes, no, None), vec![], no),
            (info_of(yes, no, no), vec![TradeWithoutIpRestriction], no),
            (info_of(None, None, no), vec![WithdrawPermissionUnknown], None),
            (info_of(yes, yes, no), vec![KeyCanWithdraw, TradeWithoutIpRestriction], yes),
            (KeyInfo { can_pay_others: yes, ..info_of(no, no, no) }, vec![KeyCanPayOthers], yes),
            (
                KeyInfo { can_pay_others: yes, ..info_of(no, None, no) },
                vec![KeyCanPayOthers, WithdrawPermissionUnknown],
                yes,
            ),
            (KeyInfo { can_pay_others: None, ..info_of(no, no, no) }, vec![], None),
        ] {
            assert_eq!(warnings(&info), expected);
            let sends = sends.map(|sends| if sends { SendsFunds::Found } else { SendsFunds::No });
            assert_eq!(sends_funds(&info), sends);
        }
    }
}
