//! What tests ask of a local AWS, and have it do.

use std::collections::BTreeSet;
use std::time::Duration;

use paper::{Breaches, Paper, Turnstile};

use crate::{Calls, Fault, LocalAws, Mail, Permission, Service};

impl LocalAws {
    /// How often each operation was called since the start or the last reset.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.door.recorder.calls(None)
    }

    /// How often each operation was called, without the calls that touch only this table (full name), such as counters.
    #[must_use]
    pub fn calls_without(&self, table: &str) -> Calls {
        self.door.recorder.calls(Some(table))
    }

    /// Counts from zero again.
    pub fn reset_calls(&self) {
        self.door.recorder.reset();
    }

    /// Everything that the roles of the functions allow.
    #[must_use]
    pub fn permissions(&self) -> BTreeSet<Permission> {
        self.door.guard.permissions()
    }

    /// What was used of it since the start.
    #[must_use]
    pub fn used_permissions(&self) -> BTreeSet<Permission> {
        self.door.guard.used()
    }

    /// What functions asked for since the start though their roles do not allow it, as they were told.
    #[must_use]
    pub fn refused(&self) -> BTreeSet<String> {
        self.door.guard.refused()
    }

    /// What was refused to functions since the start, which is forgotten by it: for tests in which somebody is refused on purpose.
    #[must_use]
    pub fn take_refused(&self) -> BTreeSet<String> {
        self.door.guard.take_refused()
    }

    /// ARN of a KMS key of the template, by its logical id.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<String> {
        self.door.guard.key(id)
    }

    /// From now on whoever may do something with the key `id` of the template may do it with the key `arn`, too. So it is after a
    /// deployment whose template has a second key beside the first one.
    pub fn add_key_beside(&self, id: &str, arn: &str) {
        self.door.guard.add_key_beside(id, arn);
    }

    /// Lets calls to a service fail. Replaces an earlier fault for the same operation.
    pub fn set_fault(&self, service: Service, fault: Fault) {
        self.door.faults.set(service, fault);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.door.faults.clear();
    }

    /// How long after its answer a transaction is in the way of other writes of its rows; zero for never, not even before it.
    pub fn set_conflicts(&self, time: Duration) {
        self.door.conflicts.set(time);
    }

    /// Whether a transaction that is refused because of another one finds unmet what it expects of its other rows, too.
    pub fn show_halves(&self, on: bool) {
        self.door.conflicts.show_halves(on);
    }

    /// Waits until no transaction is in the way of anybody.
    pub async fn no_conflicts(&self) {
        self.door.conflicts.over().await;
    }

    /// The mails sent, newest first; with `to`, only those to exactly this address.
    #[must_use]
    pub fn inbox(&self, to: Option<&str>) -> Vec<Mail> {
        self.door.inbox.mails(to)
    }

    /// What was written to a group of `CloudWatch` Logs since the start, oldest first.
    #[must_use]
    pub fn log_lines(&self, group: &str) -> Vec<String> {
        self.door.logs.lines(group)
    }

    /// Turnstile, which is at the same address.
    #[must_use]
    pub fn turnstile(&self) -> &Turnstile {
        self.play.turnstile()
    }

    /// The exchanges, which are at the same address.
    #[must_use]
    pub fn paper(&self) -> &Paper {
        self.play.paper()
    }

    /// Who knows stolen passwords, at the same address.
    #[must_use]
    pub fn breaches(&self) -> &Breaches {
        self.play.breaches()
    }
}
