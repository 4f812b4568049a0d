//! The tables say what the model says.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Account, Ending, Life};

impl Life<'_> {
    pub async fn check(&self) {
        let accounts = self.world.rows("Accounts").await;
        for account in &self.accounts {
            self.is_as_it_should(account, &accounts);
        }
        let owned = accounts.iter().filter(|row| row["sk"] == "ADDRESS" && row.get("owner").is_some());
        let owned: BTreeSet<_> = owned.map(|row| row["owner"].as_str().unwrap()).collect();
        let living = self.accounts.iter().filter(|account| !account.is_gone).map(|account| account.id.as_str());
        assert_eq!(owned, living.collect(), "each account has one address");
        self.check_sessions().await;
        self.check_keys().await;
        self.check_ledger().await;
    }

    fn is_as_it_should(&self, account: &Account, rows: &[Value]) {
        let mut own = rows.iter().filter(|row| row["pk"] == format!("ACCOUNT#{}", account.id));
        if account.is_gone {
            let left: Vec<_> = own.collect();
            assert!(left.len() == 1 && left[0].get("ended_at").is_some(), "only a tombstone: {left:?}");
            return;
        }
        let row = own.find(|row| row["sk"] == "CREDENTIALS").expect("an account");
        assert_eq!(row["address"], self.readers[account.address].email.as_str());
        let is_there = |name: &str| row.get(name).is_some_and(|value| !value.is_null());
        let found = ["password", "banned", "ending"].map(is_there);
        assert_eq!(found, [account.password.is_some(), account.is_banned, account.ending.is_some()], "{row}");
    }

    /// Those that live, and the guard of each account, which says how long its vault is shut.
    async fn check_sessions(&self) {
        let rows = self.world.rows_of("Sessions", "ACCOUNT#").await;
        for (number, account) in self.accounts.iter().enumerate() {
            let own = rows.iter().filter(|row| row["pk"] == format!("ACCOUNT#{}", account.id));
            let (guards, sessions): (Vec<_>, Vec<_>) = own.partition(|row| row["sk"] == "GUARD");
            let living = sessions.iter().filter(|row| row["expires_at"].as_i64().unwrap() > self.now());
            let living: BTreeSet<_> = living.map(|row| row["id"].as_str().unwrap()).collect();
            let expected = self.sessions.iter().enumerate();
            let expected = expected.filter(|(at, session)| session.account == number && self.lives(*at));
            assert_eq!(living, expected.map(|(_, session)| session.id.as_str()).collect(), "sessions of {number}");
            match guards[..] {
                [] => assert!(account.is_gone),
                [guard] => assert_eq!(guard["frozen_until"].as_i64(), account.frozen_until, "{guard}"),
                _ => panic!("one guard: {guards:?}"),
            }
        }
    }

    /// Those that are there, each with its fingerprint, and their number. While an account ends they go; none outlives it.
    async fn check_keys(&self) {
        let rows = self.world.rows("ExchangeKeys").await;
        let with = |beginning: &str| {
            let named = rows.iter().filter(|row| row["sk"].as_str().is_some_and(|sk| sk.starts_with(beginning)));
            named.map(|row| (row["pk"].clone(), row)).collect::<Vec<_>>()
        };
        for (number, account) in self.accounts.iter().enumerate() {
            let pk = json!(format!("ACCOUNT#{}", account.id));
            let of = |beginning| with(beginning).into_iter().filter(|(of, _)| *of == pk).map(|(_, row)| row);
            let found: BTreeSet<_> = of("KEY#").map(|row| row["id"].as_str().unwrap()).collect();
            let known = self.keys.iter().filter(|key| key.account == number && key.is_there);
            let known: BTreeSet<_> = known.map(|key| key.id.as_str()).collect();
            if account.ending.is_some_and(|ending| ending.has_begun) {
                assert!(found.is_subset(&known), "keys of {number}");
                continue;
            }
            assert_eq!(found, known, "keys of {number}");
            if account.is_gone {
                assert!(of("EVENT#").next().is_none(), "accesses of {number}");
            } else {
                let counted = of("COUNT").next().map_or(0, |row| row["keys"].as_u64().unwrap_or_default());
                assert_eq!(counted, known.len() as u64, "keys of {number}");
            }
        }
        let prints = rows.iter().filter(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with("FINGERPRINT#")));
        assert_eq!(prints.count(), with("KEY#").len(), "each key has its fingerprint");
    }

    /// A row for each account that is to be deleted, which says whether that has begun.
    async fn check_ledger(&self) {
        let rows = self.world.rows("Endings").await;
        let found: BTreeSet<_> =
            rows.iter().map(|row| (row["sk"].to_string(), row.get("begun_at").is_some())).collect();
        let endings = self.accounts.iter().filter_map(|account| Some((account, account.ending?)));
        let expected = endings.map(|(account, Ending { due_at, has_begun, .. })| {
            (json!(format!("{due_at:012}#{}", account.id)).to_string(), has_begun)
        });
        assert_eq!(found, expected.collect());
    }
}
