//! Every row keeps its key: what is stored is found by it.

use super::*;

#[test]
#[expect(clippy::too_many_lines, reason = "a table of all rows")]
fn every_row_has_the_key_it_always_had() {
    let id = [7; 16];
    let (account, session) = (AccountId::from_bytes(id), SessionId::from_bytes([9; 16]));
    let address = AddressKey::from_bytes([1; 32]);
    let key = KeyId::from_bytes([5; 16]);
    let uuid = "07070707-0707-0707-0707-070707070707";
    let (user, provider, event, saying) = ("u", "p", "e", &Saying::of(&"what is said").unwrap());
    let rows = [
        (
            Row::Address(&address),
            "Accounts",
            "ADDRESS#AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE".into(),
            "ADDRESS".into(),
        ),
        (Row::Account(account), "Accounts", format!("ACCOUNT#{uuid}"), "CREDENTIALS".into()),
        (Row::Profile(account), "Accounts", format!("ACCOUNT#{uuid}"), "PROFILE".into()),
        (Row::Mfa(account), "Accounts", format!("ACCOUNT#{uuid}"), "MFA".into()),
        (
            Row::Passkey(account, Hash([3; 32])),
            "Accounts",
            format!("ACCOUNT#{uuid}"),
            "PASSKEY#AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM".into(),
        ),
        (
            Row::Credential(Hash([3; 32])),
            "Accounts",
            "CREDENTIAL#AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM".into(),
            "CREDENTIAL".into(),
        ),
        (
            Row::RecoveryCode(account, Hash([3; 32])),
            "Accounts",
            format!("ACCOUNT#{uuid}"),
            "RECOVERY#AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM".into(),
        ),
        (Row::Spent([4; 16]), "Accounts", "SPENT#BAQEBAQEBAQEBAQEBAQEBA".into(), "SPENT".into()),
        (
            Row::AccountEvent(account, EventId::from_bytes(id)),
            "Accounts",
            format!("ACCOUNT#{uuid}"),
            format!("EVENT#{uuid}"),
        ),
        (Row::Secret(SecretPurpose::Pepper, 1), "Accounts", "SECRET".into(), "pepper#1".into()),
        (Row::Secret(SecretPurpose::SigningKey, 2), "Accounts", "SECRET".into(), "signing-key#2".into()),
        (
            Row::Session(account, session),
            "Sessions",
            format!("ACCOUNT#{uuid}"),
            "SESSION#09090909-0909-0909-0909-090909090909".to_owned(),
        ),
        (Row::SessionGuard(account), "Sessions", format!("ACCOUNT#{uuid}"), "GUARD".into()),
        (
            Row::AddressGuard(&address),
            "Sessions",
            "ADDRESS#AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE".into(),
            "GUARD".into(),
        ),
        (Row::Switches, "Sessions", "SWITCHES".into(), "SWITCHES".into()),
        (Row::VerifyingKey("k1"), "Sessions", "SIGNING_KEYS".into(), "k1".into()),
        (Row::Mail(MailId::from_bytes(id)), "Mail", format!("MAIL#{uuid}"), "MAIL".into()),
        (
            Row::WaitingMail(Timestamp::from_second(1_566_656_122), MailId::from_bytes(id)),
            "Mail",
            "WAITING".into(),
            format!("001566656122#{uuid}"),
        ),
        (Row::MailLinkKeys, "Mail", "LINK_KEYS".into(), "LINK_KEYS".into()),
        (Row::ExchangeKey(account, key), "ExchangeKeys", format!("ACCOUNT#{uuid}"), format!("KEY#{key}")),
        (Row::KeyCount(account), "ExchangeKeys", format!("ACCOUNT#{uuid}"), "COUNT".into()),
        (Row::Fingerprint("f"), "ExchangeKeys", "FINGERPRINT#f".into(), "FINGERPRINT".into()),
        (
            Row::AccessEvent(account, key, EventId::from_bytes(id)),
            "ExchangeKeys",
            format!("ACCOUNT#{uuid}"),
            format!("EVENT#{key}#{uuid}"),
        ),
        (Row::VaultKey, "ExchangeKeys", "SECRET".into(), "VAULT_KEY".into()),
        (Row::Counter("c"), "Limits", "COUNTER#c".into(), String::new()),
        (
            Row::ClientCounter(&ClientAddress::of("2001:db8::7"), Timestamp::from_second(1_566_648_000)),
            "Limits",
            "COUNTER#IP#2001:db8::/64#1566648000".into(),
            String::new(),
        ),
        (Row::KycReport { user, provider, event }, "Kyc", "USER#u".into(), "REPORT#p#e".into()),
        (Row::StrayKycReport { provider, event }, "Kyc", "STRAY#p#e".into(), "REPORT".into()),
        (Row::OtherKycReport { user, provider, event, saying }, "Kyc", "USER#u".into(), format!("REPORT#{saying}#p#e")),
        (Row::OtherStrayKycReport { provider, event, saying }, "Kyc", format!("STRAY#{saying}#p#e"), "REPORT".into()),
        (Row::KycClaim { provider, event }, "Kyc", "EVENT#p#e".into(), "CLAIM".into()),
        (Row::OtherKycClaim { provider, event, saying }, "Kyc", "EVENT#p#e".into(), format!("CLAIM#{saying}")),
        (
            Row::Ending(Timestamp::from_second(1_566_656_122), account),
            "Endings",
            "ENDING".into(),
            format!("001566656122#{uuid}"),
        ),
        (
            Row::PersonalToken(account, TokenId::from_bytes(id)),
            "Grants",
            format!("ACCOUNT#{uuid}"),
            format!("PAT#{uuid}"),
        ),
        (Row::GrantCount(account), "Grants", format!("ACCOUNT#{uuid}"), "COUNT".into()),
        (
            Row::GrantEvent(account, EventId::from_bytes(id)),
            "Grants",
            format!("ACCOUNT#{uuid}"),
            format!("EVENT#{uuid}"),
        ),
    ];
    for (row, table, pk, sk) in rows {
        let (partition, sort) = row.key();
        assert_eq!((row.table().to_string().as_str(), partition, sort.unwrap_or_default()), (table, pk, sk));
    }
}

#[test]
fn a_primary_key_tells_whose_exchange_key_it_is_and_no_other_row_does() {
    let (account, key) = (AccountId::from_bytes([0xab; 16]), KeyId::from_bytes([5; 16]));
    let (pk, sk) = Row::ExchangeKey(account, key).key();
    let sk = sk.unwrap();
    assert_eq!(Row::exchange_key(&pk, &sk), Some((account, key)));
    let event = Row::AccessEvent(account, key, EventId::from_bytes([7; 16])).key().1.unwrap();
    let (upper, longer) = (format!("ACCOUNT#{}", account.to_string().to_uppercase()), format!("{sk} "));
    for (pk, sk) in [(&upper, &sk), (&sk, &sk), (&pk, &event), (&pk, &longer), (&pk, &pk), (&String::new(), &sk)] {
        assert_eq!(Row::exchange_key(pk, sk), None, "{pk} {sk}");
    }
}

#[test]
fn a_sort_key_tells_whose_ending_it_is_and_no_other_text_does() {
    let (account, due) = (AccountId::from_bytes([0xab; 16]), Timestamp::from_second(1_566_656_122));
    let sk = Row::Ending(due, account).key().1.unwrap();
    assert_eq!(Row::ending(&sk), Some((due, account)));
    for other in [String::new(), account.to_string(), format!("#{account}"), format!("{sk}x"), sk.to_uppercase()] {
        assert_eq!(Row::ending(&other), None, "{other}");
    }
}
