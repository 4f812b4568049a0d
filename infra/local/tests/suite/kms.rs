use std::os::unix::fs::PermissionsExt;

use aws_sdk_kms::Client;
use aws_sdk_kms::error::ProvideErrorMetadata;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::DataKeySpec;
use local::{LocalAws, Options};

use crate::world::{Directory, clients, options, start};

const KEY: &str = "alias/local-Key";

async fn kms() -> (LocalAws, Client) {
    let local = start(options()).await;
    let kms = clients(&local).kms;
    (local, kms)
}

async fn seal(kms: &Client, key: &str) -> Blob {
    let sealed = kms.encrypt().key_id(key).plaintext(Blob::new("secret")).encryption_context("owner", "ada");
    sealed.send().await.unwrap().ciphertext_blob.unwrap()
}

async fn open(kms: &Client, key: &str, owner: &str, sealed: &Blob) -> Result<String, String> {
    let opened = kms.decrypt().key_id(key).ciphertext_blob(sealed.clone()).encryption_context("owner", owner);
    let opened = opened.send().await.map_err(|error| error.code().unwrap_or("no code").to_owned())?;
    Ok(String::from_utf8(opened.plaintext.unwrap().into_inner()).unwrap())
}

async fn another_key(kms: &Client) -> String {
    kms.create_key().send().await.unwrap().key_metadata.unwrap().key_id
}

fn refused(code: &str) -> Result<String, String> {
    Err(code.to_owned())
}

#[tokio::test]
async fn what_was_sealed_opens_by_every_name_of_its_key() {
    let (_local, kms) = kms().await;
    let sealed = seal(&kms, KEY).await;
    let key = kms.describe_key().key_id(KEY).send().await.unwrap().key_metadata.unwrap();
    let arn = key.arn().unwrap();
    let alias_arn = arn.replace(&format!("key/{}", key.key_id()), KEY);
    for name in [KEY, key.key_id(), arn, &alias_arn] {
        assert_eq!(open(&kms, name, "ada", &sealed).await, Ok("secret".to_owned()), "{name}");
    }
    let unnamed = kms.decrypt().ciphertext_blob(sealed.clone()).encryption_context("owner", "ada").send().await;
    assert_eq!(unnamed.unwrap().key_id(), Some(arn));
    assert!(!sealed.as_ref().windows(6).any(|window| window == b"secret"));
}

#[tokio::test]
async fn another_context_or_a_changed_byte_does_not_open() {
    let (_local, kms) = kms().await;
    let sealed = seal(&kms, KEY).await;
    assert_eq!(open(&kms, KEY, "eve", &sealed).await, refused("InvalidCiphertextException"));
    let more = kms.decrypt().ciphertext_blob(sealed.clone()).encryption_context("owner", "ada");
    let more = more.encryption_context("also", "this").send().await.unwrap_err();
    assert_eq!(more.code(), Some("InvalidCiphertextException"));
    let none = kms.decrypt().ciphertext_blob(sealed.clone()).send().await.unwrap_err();
    assert_eq!(none.code(), Some("InvalidCiphertextException"));
    let whole = sealed.into_inner();
    for position in 0..whole.len() {
        let mut tampered = whole.clone();
        tampered[position] ^= 1;
        let opened = kms.decrypt().ciphertext_blob(Blob::new(tampered)).encryption_context("owner", "ada").send().await;
        assert_eq!(opened.unwrap_err().code(), Some("InvalidCiphertextException"), "byte {position}");
    }
    let short = open(&kms, KEY, "ada", &Blob::new(&whole[..20])).await;
    assert_eq!(short, refused("InvalidCiphertextException"));
}

#[tokio::test]
async fn a_key_is_not_taken_for_another() {
    let (_local, kms) = kms().await;
    let sealed = seal(&kms, KEY).await;
    let other = another_key(&kms).await;
    assert_eq!(open(&kms, &other, "ada", &sealed).await, refused("IncorrectKeyException"));
    for name in ["alias/none", "00000000-0000-4000-8000-000000000000", "key/x", "arn:aws:kms:eu-west-1:1:key/x"] {
        assert_eq!(open(&kms, name, "ada", &sealed).await, refused("NotFoundException"), "{name}");
    }
}

#[tokio::test]
async fn a_retired_key_does_nothing() {
    let (_local, kms) = kms().await;
    let sealed = seal(&kms, KEY).await;
    let id = kms.describe_key().key_id(KEY).send().await.unwrap().key_metadata.unwrap().key_id;

    kms.disable_key().key_id(&id).send().await.unwrap();
    assert_eq!(open(&kms, KEY, "ada", &sealed).await, refused("DisabledException"));
    let encrypted = kms.encrypt().key_id(KEY).plaintext(Blob::new("x")).send().await.unwrap_err();
    assert_eq!(encrypted.code(), Some("DisabledException"));
    kms.enable_key().key_id(&id).send().await.unwrap();
    assert_eq!(open(&kms, KEY, "ada", &sealed).await, Ok("secret".to_owned()));

    kms.schedule_key_deletion().key_id(&id).pending_window_in_days(7).send().await.unwrap();
    assert_eq!(open(&kms, KEY, "ada", &sealed).await, refused("KMSInvalidStateException"));
    let enabled = kms.enable_key().key_id(&id).send().await.unwrap_err();
    assert_eq!(enabled.code(), Some("KMSInvalidStateException"));
}

#[tokio::test]
async fn re_encryption_moves_to_another_key_and_context() {
    let (_local, kms) = kms().await;
    let sealed = seal(&kms, KEY).await;
    let other = another_key(&kms).await;
    let move_from = |owner: &str| {
        kms.re_encrypt()
            .ciphertext_blob(sealed.clone())
            .source_encryption_context("owner", owner)
            .destination_key_id(&other)
            .destination_encryption_context("owner", "bob")
    };
    let wrong = move_from("eve").send().await.unwrap_err();
    assert_eq!(wrong.code(), Some("InvalidCiphertextException"));
    let moved = move_from("ada").send().await.unwrap();
    assert!(moved.key_id().unwrap().ends_with(&other));
    let moved = moved.ciphertext_blob.unwrap();
    assert_eq!(open(&kms, &other, "bob", &moved).await, Ok("secret".to_owned()));
    assert_eq!(open(&kms, &other, "ada", &moved).await, refused("InvalidCiphertextException"));
    assert_eq!(open(&kms, KEY, "bob", &moved).await, refused("IncorrectKeyException"));
}

#[tokio::test]
async fn a_data_key_comes_open_and_sealed() {
    let (_local, kms) = kms().await;
    let data_key = kms.generate_data_key().key_id(KEY).key_spec(DataKeySpec::Aes256).encryption_context("a", "b");
    let data_key = data_key.send().await.unwrap();
    let plaintext = data_key.plaintext.unwrap();
    assert_eq!(plaintext.as_ref().len(), 32);
    let opened = kms.decrypt().ciphertext_blob(data_key.ciphertext_blob.unwrap()).encryption_context("a", "b");
    assert_eq!(opened.send().await.unwrap().plaintext, Some(plaintext));
}

#[tokio::test]
async fn more_than_4096_bytes_are_refused() {
    let (_local, kms) = kms().await;
    for (length, accepted) in [(0, false), (1, true), (4096, true), (4097, false)] {
        let sealed = kms.encrypt().key_id(KEY).plaintext(Blob::new(vec![7; length])).send().await;
        let code = sealed.as_ref().err().and_then(|error| error.code());
        assert_eq!(code, (!accepted).then_some("ValidationException"), "{length} bytes");
    }
}

#[tokio::test]
async fn keys_outlive_a_restart_in_a_private_file() {
    let directory = Directory::new();
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    let local = start(options.clone()).await;
    let sealed = seal(&clients(&local).kms, KEY).await;
    local.shutdown().await;
    let mode = std::fs::metadata(directory.path().join("kms.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let local = start(options).await;
    assert_eq!(open(&clients(&local).kms, KEY, "ada", &sealed).await, Ok("secret".to_owned()));
}
