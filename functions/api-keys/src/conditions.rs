//! What a write to a key depends on: that its fingerprint says what the record says.

use shared::{
    error::Error,
    ids::AccountId,
    store::{Condition, Expected, Update, Write},
    tables::Row,
};

use crate::{audit::AccessEvent, policy::SendsFunds, record::KeyRecord};

/// The writes of a change of a key and of the access that it is part of. They take place only if the key agrees with its fingerprint.
///
/// # Errors
/// `Internal`.
pub fn accessed<'a>(
    account: AccountId,
    record: &'a KeyRecord,
    update: Update<'a>,
    event: &AccessEvent,
) -> Result<Vec<Write<'a>>, Error> {
    let fingerprint = Write::Check(fingerprint_as_seen(record, account)?);
    Ok(vec![Write::Update(update), fingerprint, event.write()?])
}

/// That a fingerprint still names this key in this version: an older record that somebody put back does not pass.
pub fn names(record: &KeyRecord, account: AccountId) -> Result<[Condition; 3], Error> {
    Ok([
        Condition::equals("account", &account)?,
        Condition::equals("key", &record.id)?,
        Condition::equals("secret_version", &record.sealed.secret_version)?,
    ])
}

/// That a fingerprint still names this key in this version, and that no test has found out anything else since.
pub fn as_seen(record: &KeyRecord, account: AccountId) -> Result<[Condition; 4], Error> {
    let [owner, key, version] = names(record, account)?;
    Ok([owner, key, version, Condition::equals("sends_funds", &record.sends_funds)?])
}

/// The fingerprint of a key, to check or to delete, if it is [`as_seen`].
pub fn fingerprint_as_seen(record: &KeyRecord, account: AccountId) -> Result<Expected<'_>, Error> {
    let row = Expected::new(Row::Fingerprint(&record.sealed.fingerprint));
    Ok(as_seen(record, account)?.into_iter().fold(row, Expected::when))
}

/// That the row of a credential says that this key has left it behind.
pub fn as_left(record: &KeyRecord, account: AccountId) -> Result<[Condition; 4], Error> {
    Ok([
        Condition::equals("account", &account)?,
        Condition::equals("key", &record.id)?,
        Condition::Absent("secret_version"),
        Condition::equals("sends_funds", &SendsFunds::Found)?,
    ])
}
