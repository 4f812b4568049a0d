use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem};
use aws_sdk_kms::primitives::Blob;
use local::{LocalAws, Permission};

use crate::ses::{simple, to};
use crate::world::{Clients, Directory, clients, clients_of, options, start};

/// An error's status and code, and what was missing.
fn outcome<T, E: ProvideErrorMetadata>(result: Result<T, SdkError<E>>) -> Result<(), (u16, String)> {
    let Err(error) = result else { return Ok(()) };
    let status = error.raw_response().unwrap().status().as_u16();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    let message = error.message().unwrap();
    let (_, missing) = message.split_once("is not authorized to perform: ").unwrap();
    Err((status, missing.to_owned()))
}

fn refused(status: u16, action: &str, resource: &str, policy: &str) -> Result<(), (u16, String)> {
    let service = action.split(':').next().unwrap();
    missing(status, action, &format!("arn:aws:{service}:us-east-1:000000000000:{resource}"), policy)
}

/// What is missing for the template's key `id`.
fn sealed_off(local: &LocalAws, id: &str, action: &str, policy: &str) -> Result<(), (u16, String)> {
    missing(400, action, &local.key(id).unwrap(), policy)
}

fn missing(status: u16, action: &str, resource: &str, policy: &str) -> Result<(), (u16, String)> {
    Err((status, format!("{action} on resource: {resource} because no {policy} policy allows the {action} action")))
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

async fn put(clients: &Clients, table: &str) -> Result<(), (u16, String)> {
    let put = clients.dynamodb.put_item().table_name(table).item("pk", text("a")).item("sk", text("a"));
    outcome(put.send().await)
}

#[tokio::test]
async fn a_function_may_do_what_its_role_allows_on_the_tables_that_it_names() {
    let local = start(options()).await;
    let mail = clients_of(&local, "mail");
    assert_eq!(put(&mail, "local-Mail").await, Ok(()));
    let refusal = |action, table: &str| refused(400, action, &format!("table/{table}"), "identity-based");
    assert_eq!(put(&mail, "local-Accounts").await, refusal("dynamodb:PutItem", "local-Accounts"));
    // Of another stack.
    assert_eq!(put(&mail, "other-Mail").await, refusal("dynamodb:PutItem", "other-Mail"));
    let delete = mail.dynamodb.delete_item().table_name("local-Mail").key("pk", text("a")).send().await;
    assert_eq!(outcome(delete), refusal("dynamodb:DeleteItem", "local-Mail"));
    let scan = mail.dynamodb.scan().table_name("local-Mail").send().await;
    assert_eq!(outcome(scan), refusal("dynamodb:Scan", "local-Mail"));
    let index = mail.dynamodb.query().table_name("local-Mail").index_name("x").key_condition_expression("pk = :pk");
    assert_eq!(outcome(index.send().await), refusal("dynamodb:Query", "local-Mail/index/x"));
    let get = mail.dynamodb.get_item().table_name("local-Mail").key("pk", text("a")).send().await.unwrap();
    assert!(get.item.is_some(), "the deletion was not carried out");
    assert_eq!(local.refused().len(), 5);
    assert_eq!(local.calls().dynamodb["PutItem"], 3, "what is refused is counted");
}

#[tokio::test]
async fn others_than_functions_may_do_everything() {
    let local = start(options()).await;
    for id in ["local", "Mail", "docs"] {
        assert_eq!(put(&clients_of(&local, id), "local-Accounts").await, Ok(()), "{id}");
    }
    assert!(local.refused().is_empty() && local.used_permissions().is_empty());
}

#[tokio::test]
async fn a_transaction_needs_the_permission_of_each_of_its_parts() {
    let local = start(options()).await;
    let mail = clients_of(&local, "mail");
    let put = |table: &str| {
        let put = Put::builder().table_name(table).item("pk", text("b")).item("sk", text("b"));
        TransactWriteItem::builder().put(put.build().unwrap()).build()
    };
    let delete = |table: &str| {
        let delete = Delete::builder().table_name(table).key("pk", text("c")).key("sk", text("c"));
        TransactWriteItem::builder().delete(delete.build().unwrap()).build()
    };
    let check = |table: &str| {
        let check = ConditionCheck::builder().table_name(table).key("pk", text("d")).key("sk", text("d"));
        let check = check.condition_expression("attribute_not_exists(pk)").build().unwrap();
        TransactWriteItem::builder().condition_check(check).build()
    };
    let transact = async |first, second| {
        let transaction = mail.dynamodb.transact_write_items().transact_items(first).transact_items(second);
        outcome(transaction.send().await)
    };
    assert_eq!(transact(put("local-Mail"), delete("local-Accounts")).await, Ok(()));
    for (second, action) in
        [(put("local-Accounts"), "dynamodb:PutItem"), (check("local-Accounts"), "dynamodb:ConditionCheckItem")]
    {
        let missing = refused(400, action, "table/local-Accounts", "identity-based");
        assert_eq!(transact(put("local-Mail"), second).await, missing);
    }
    let used: Vec<_> = local.used_permissions().into_iter().map(|used| (used.sid, used.action)).collect();
    let used: Vec<_> = used.iter().map(|(sid, action)| (sid.as_str(), action.as_str())).collect();
    assert_eq!(used, [("DeleteAccounts", "dynamodb:DeleteItem"), ("KeepMails", "dynamodb:PutItem")]);
}

async fn encrypt(clients: &Clients, context: &[(&str, &str)]) -> Result<(), (u16, String)> {
    let encrypt = clients.kms.encrypt().key_id("alias/local-Key").plaintext(Blob::new("x"));
    let encrypt = context.iter().fold(encrypt, |encrypt, (name, value)| encrypt.encryption_context(*name, *value));
    outcome(encrypt.send().await)
}

#[tokio::test]
async fn what_may_be_sealed_the_encryption_context_says() {
    let local = start(options()).await;
    let mail = clients_of(&local, "mail");
    let missing = |policy| sealed_off(&local, "Key", "kms:Encrypt", policy);
    let (link_key, local_env) = (("purpose", "link-key"), ("env", "local"));
    assert_eq!(encrypt(&mail, &[link_key, local_env]).await, Ok(()));
    assert_eq!(encrypt(&mail, &[link_key, local_env, ("id", "7")]).await, Ok(()));
    for context in [
        &[link_key, local_env, ("more", "7")][..],
        &[link_key, ("env", "prod")],
        &[link_key],
        &[("purpose", "pepper"), local_env],
        &[],
    ] {
        assert_eq!(encrypt(&mail, context).await, missing("identity-based"), "{context:?}");
    }
    // The role allows it, and the key's policy does not.
    assert_eq!(encrypt(&mail, &[("purpose", "signing-key"), local_env]).await, missing("resource-based"));
    // What a key lets the whole account do takes IAM's leave, too, and what it lets another role do is another's.
    let describe = mail.kms.describe_key().key_id("alias/local-Key").send().await;
    assert_eq!(outcome(describe), sealed_off(&local, "Key", "kms:DescribeKey", "identity-based"));
    // DynamoDB may do it in the function's name.
    let direct = mail.kms.generate_data_key().key_id("alias/local-Key").number_of_bytes(32).send().await;
    assert_eq!(outcome(direct), sealed_off(&local, "Key", "kms:GenerateDataKey", "identity-based"));
}

/// What IAM lets people do is not the template's to say; what keys let them do is.
#[tokio::test]
async fn people_may_do_with_keys_what_keys_let_them_do_and_all_of_the_account() {
    let local = start(options()).await;
    for (id, may_seal) in [("operator", true), ("mover", false)] {
        let person = clients_of(&local, id);
        let describe = person.kms.describe_key().key_id("alias/local-Key").send().await;
        assert_eq!(outcome(describe), Ok(()), "{id}");
        let missing = || sealed_off(&local, "Key", "kms:Encrypt", "resource-based");
        let sealed = if may_seal { Ok(()) } else { missing() };
        assert_eq!(encrypt(&person, &[("purpose", "pepper")]).await, sealed, "{id}");
        assert_eq!(encrypt(&person, &[("purpose", "link-key")]).await, missing(), "{id}: what mail may");
    }
    let used: Vec<_> = local.used_permissions().into_iter().map(|used| used.sid).collect();
    assert_eq!(used, ["SealAsOperator"], "what the account may do is no permission of a role");
}

#[tokio::test]
async fn sealing_anew_needs_the_permission_to_open_and_the_one_to_seal() {
    let local = start(options()).await;
    let sealed = clients(&local).kms.encrypt().key_id("alias/local-Key").plaintext(Blob::new("x"));
    let sealed = sealed.encryption_context("purpose", "link-key").encryption_context("env", "local");
    let sealed = sealed.send().await.unwrap().ciphertext_blob.unwrap();
    let mail = clients_of(&local, "mail");
    let anew = async |from: &str, to: &str| {
        let request = mail.kms.re_encrypt().ciphertext_blob(sealed.clone()).destination_key_id("alias/local-Key");
        let request = request.source_encryption_context("purpose", from).source_encryption_context("env", "local");
        let request =
            request.destination_encryption_context("purpose", to).destination_encryption_context("env", "local");
        outcome(request.send().await)
    };
    let missing = |action| sealed_off(&local, "Key", action, "identity-based");
    assert_eq!(anew("link-key", "link-key").await, Ok(()));
    assert_eq!(anew("other", "link-key").await, missing("kms:ReEncryptFrom"));
    assert_eq!(anew("link-key", "other").await, missing("kms:ReEncryptTo"));
}

/// Whichever of its names is used, and also where none is.
#[tokio::test]
async fn a_key_that_the_role_does_not_name_is_refused_by_all_of_its_names() {
    let local = start(options()).await;
    let (everybody, mail) = (clients(&local).kms, clients_of(&local, "mail").kms);
    let context = |names: &[(&str, &str)]| names.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let context = Some(context(&[("purpose", "link-key"), ("env", "local")]));
    let arn = local.key("Other").unwrap();
    assert_ne!(arn, local.key("Key").unwrap());
    let id = arn.rsplit_once('/').unwrap().1;
    let refusal = |action| sealed_off(&local, "Other", action, "identity-based");
    let encrypt = |kms: &aws_sdk_kms::Client, name: &str| {
        kms.encrypt().key_id(name).plaintext(Blob::new("x")).set_encryption_context(context.clone()).send()
    };
    let sealed = encrypt(&everybody, &arn).await.unwrap().ciphertext_blob.unwrap();
    let own = encrypt(&mail, "alias/local-Key").await.unwrap().ciphertext_blob.unwrap();
    let decrypt = |name: Option<&str>, sealed: &Blob| {
        let decrypt = mail.decrypt().set_key_id(name.map(str::to_owned)).ciphertext_blob(sealed.clone());
        decrypt.set_encryption_context(context.clone()).send()
    };
    for name in [arn.as_str(), id, "alias/local-Other", &arn.replace(&format!("key/{id}"), "alias/local-Other")] {
        assert_eq!(outcome(encrypt(&mail, name).await), refusal("kms:Encrypt"), "{name}");
        assert_eq!(outcome(decrypt(Some(name), &sealed).await), refusal("kms:Decrypt"), "{name}");
    }
    assert_eq!(outcome(decrypt(None, &sealed).await), refusal("kms:Decrypt"));
    assert_eq!(outcome(decrypt(None, &own).await), Ok(()));
    let anew = async |sealed: &Blob, to: &str| {
        let request = mail.re_encrypt().ciphertext_blob(sealed.clone()).destination_key_id(to);
        let request = request.set_source_encryption_context(context.clone());
        outcome(request.set_destination_encryption_context(context.clone()).send().await)
    };
    assert_eq!(anew(&sealed, "alias/local-Key").await, refusal("kms:ReEncryptFrom"));
    assert_eq!(anew(&own, &arn).await, refusal("kms:ReEncryptTo"));
    // What is about no key is about all of them, and one that does not exist is none that anybody could use.
    assert_eq!(outcome(mail.create_key().send().await), missing(400, "kms:CreateKey", "*", "identity-based"));
    let unknown = encrypt(&mail, "alias/local-None").await.unwrap_err();
    assert_eq!(unknown.code(), Some("NotFoundException"));
}

#[tokio::test]
async fn a_key_beside_another_has_its_policy() {
    let local = start(options()).await;
    let mail = clients_of(&local, "mail");
    let made = clients(&local).kms.create_key().send().await.unwrap().key_metadata.unwrap();
    let encrypt = async || {
        let encrypt = mail.kms.encrypt().key_id(made.key_id()).plaintext(Blob::new("x"));
        outcome(encrypt.encryption_context("purpose", "link-key").encryption_context("env", "local").send().await)
    };
    let arn = made.arn().unwrap();
    assert_eq!(encrypt().await, missing(400, "kms:Encrypt", arn, "identity-based"));
    local.add_key_beside("Key", arn);
    assert_eq!(encrypt().await, Ok(()));
    assert_eq!(local.take_refused().len(), 1);
    assert!(local.refused().is_empty());
}

#[tokio::test]
async fn a_mail_needs_its_sender_and_its_configuration_set() {
    let local = start(options()).await;
    let mail = clients_of(&local, "mail");
    let send = async |from: &str, configuration_set: Option<&str>| {
        let mail = mail.ses.send_email().from_email_address(from).destination(to("ada@example.com"));
        let mail = mail.set_configuration_set_name(configuration_set.map(str::to_owned));
        outcome(mail.content(simple("x", Some("x"), None)).send().await)
    };
    assert_eq!(send("no-reply@bitcain.example", None).await, Ok(()));
    assert_eq!(send("Bitcain <no-reply@bitcain.example>", Some("local")).await, Ok(()));
    let missing = |resource| refused(403, "ses:SendEmail", resource, "identity-based");
    assert_eq!(send("ada@bitcain.example", Some("local")).await, missing("identity/bitcain.example"));
    assert_eq!(send("ada@elsewhere.example", Some("local")).await, missing("identity/elsewhere.example"));
    let elsewhere = missing("configuration-set/elsewhere");
    assert_eq!(send("no-reply@bitcain.example", Some("elsewhere")).await, elsewhere);
    assert_eq!(local.inbox(None).len(), 2);
}

/// In SES's sandbox, and everywhere else than in prod it may be that.
#[tokio::test]
async fn a_mail_needs_those_who_are_written_to_unless_the_stage_is_prod() {
    let used = async |stage: &str| {
        let local = start(local::Options { stage: stage.to_owned(), ..options() }).await;
        let mail = clients_of(&local, "mail").ses.send_email().from_email_address("no-reply@bitcain.example");
        let mail = mail.destination(to("ada@example.com")).content(simple("x", Some("x"), None));
        outcome(mail.send().await).unwrap();
        let used =
            local.used_permissions().into_iter().map(|used| used.resource.rsplit('/').next().unwrap().to_owned());
        used.collect::<Vec<_>>()
    };
    assert_eq!(used("dev").await, ["${MailIdentity}", "*"]);
    assert_eq!(used("prod").await, ["${MailIdentity}"]);
}

#[tokio::test]
async fn permissions_are_told_one_by_one() {
    let local = start(options()).await;
    encrypt(&clients_of(&local, "mail"), &[("purpose", "link-key"), ("env", "local")]).await.unwrap();
    let used: Vec<_> = local.used_permissions().iter().map(Permission::to_string).collect();
    assert_eq!(
        used,
        [
            "mail: Key, SealForMail: kms:Encrypt on Key.Arn, kms:EncryptionContext:purpose = link-key",
            "mail: MailPermissions, Seal: kms:Encrypt on Key.Arn, kms:EncryptionContext:env = local, \
             kms:EncryptionContext:purpose = link-key",
        ]
    );
    let all = local.permissions();
    assert!(all.is_superset(&local.used_permissions()));
    // Of the keys, of the operator, of the role on tables, on the stream, through DynamoDB, on the key, for mails, for traces.
    assert_eq!(all.len(), 4 * 2 + 4 + 1 + 3 + 1 + 1 + 1 + 4 * 2 + 3 + 1);
}

#[tokio::test]
async fn what_is_not_understood_is_no_permission_but_an_error() {
    let fixture = std::fs::read_to_string(options().template).unwrap();
    let directory = Directory::new();
    std::fs::create_dir_all(directory.path()).unwrap();
    let template = directory.path().join("template.yaml");
    let role = "  MailRole:\n    Type: AWS::IAM::Role\n";
    let policies = format!("{role}    Properties: {{Policies: []}}\n");
    let managed = format!("{role}    Properties: {{ManagedPolicyArns: []}}\n");
    let elsewhere = format!("  More:\n    Type: AWS::IAM::ManagedPolicy\n{role}");
    for (was, is, why) in [
        ("Sid: DeleteAccounts\n            Effect: Allow", "Sid: X\n            Effect: Deny", "allowances"),
        ("- {Effect: Allow, Resource", "- {Effect: Deny, Resource", "allowances"),
        (
            "{AWS: !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\"}",
            "{AWS: !GetAtt MailRole.Arn}",
            "the account alone",
        ),
        ("{AWS: !Sub \"arn:${AWS::Partition}:iam::${AWS::AccountId}:root\"}", "{AWS: \"*\"}", "the account alone"),
        ("{\"aws:PrincipalArn\": !Ref", "{\"aws:SourceArn\": !Ref", "of aws:PrincipalArn alone"),
        (
            "ArnEquals: {\"aws:PrincipalArn\": !Ref OperatorRoleArn}",
            "ArnLike: {\"aws:PrincipalArn\": x}",
            "the operator ArnLike",
        ),
        ("- Sid: DeleteAccounts\n            Effect", "- Effect", "a statement without Sid"),
        ("Action: \"dynamodb:DeleteItem\"", "NotAction: \"dynamodb:DeleteItem\"", "NotAction"),
        ("Action: \"dynamodb:DeleteItem\"", "Action: \"dynamodb:Delete*\"", "no plain name"),
        ("Action: \"xray:PutTraceSegments\"", "Action: \"*\"", "no plain name"),
        ("Resource: !GetAtt Accounts.Arn", "Resource: \"*\"", "not one resource"),
        ("Resource: !GetAtt Accounts.Arn", "Resource: !Sub \"${Accounts.Arn}*\"", "not one resource"),
        ("Sid: SendAsOurselves", "Sid: Send", "not one resource"),
        (":identity/*", ":identity*", "not one resource"),
        ("Resource: !GetAtt Accounts.Arn", "Resource: !GetAtt Elsewhere.Arn", "what Elsewhere.Arn is"),
        ("\"ForAllValues:StringEquals\"", "StringLike", "the operator StringLike"),
        ("Condition: {StringEquals: {\"ses", "Condition: {Bool: {\"ses", "the operator Bool"),
        ("Condition: {StringEquals: {\"ses:FromAddress\": !Ref MailFrom}}", "Condition: none", "is no condition"),
        (
            "Condition: {StringEquals: {\"ses:FromAddress\": !Ref MailFrom}}",
            "Condition: {StringEquals: x}",
            "is no cond",
        ),
        ("      Role: !GetAtt MailRole.Arn\n", "", "no role"),
        (role, &policies, "RolePolicy"),
        (role, &managed, "RolePolicy"),
        (role, &elsewhere, "RolePolicy"),
    ] {
        assert!(fixture.contains(was), "{was}");
        std::fs::write(&template, fixture.replacen(was, is, 1)).unwrap();
        let Err(error) = LocalAws::start(local::Options { template: template.clone(), ..options() }).await else {
            panic!("{is} is let through")
        };
        assert!(error.to_string().contains(why), "{error} instead of {why}");
    }
}
