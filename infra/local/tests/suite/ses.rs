use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, RawMessage};
use local::Options;

use crate::world::{Directory, clients, options, start};

pub const SENDER: &str = "Bitcain <no-reply@bitcain.example>";

pub fn simple(subject: &str, text: Option<&str>, html: Option<&str>) -> EmailContent {
    let content = |data: &str| Content::builder().data(data).build().unwrap();
    let body = Body::builder().set_text(text.map(content)).set_html(html.map(content)).build();
    EmailContent::builder().simple(Message::builder().subject(content(subject)).body(body).build()).build()
}

pub fn to(address: &str) -> Destination {
    Destination::builder().to_addresses(address).build()
}

#[tokio::test]
async fn a_simple_mail_lands_in_the_inbox_of_its_recipient() {
    let local = start(options()).await;
    let ses = clients(&local).ses;
    let mail = simple("Héllo", Some("Open https://bitcain.example/v?t=1."), Some("<p>Open</p>"));
    let send = ses.send_email().from_email_address(SENDER).configuration_set_name("local");
    let accepted = send.destination(to("Ada <ada@example.com>")).content(mail).send().await.unwrap();
    let html_only = simple("Second", None, Some("<a href='https://bitcain.example/2'>x</a>"));
    let send = ses.send_email().from_email_address(SENDER).destination(to("bob@example.com")).content(html_only);
    send.send().await.unwrap();

    let mails = local.inbox(Some("ada@example.com"));
    assert_eq!(mails.len(), 1);
    assert_eq!(Some(mails[0].id.as_str()), accepted.message_id());
    assert_eq!((mails[0].subject.as_str(), mails[0].from.as_str()), ("Héllo", SENDER));
    assert_eq!(mails[0].text.as_deref(), Some("Open https://bitcain.example/v?t=1."));
    assert_eq!(mails[0].links, ["https://bitcain.example/v?t=1"]);
    assert!(local.inbox(Some("ADA@example.com")).is_empty());
    let all = local.inbox(None);
    assert_eq!(all.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["Second", "Héllo"]);
    assert_eq!(all[0].links, ["https://bitcain.example/2"]);
}

#[tokio::test]
async fn a_raw_mail_is_read_part_by_part() {
    let local = start(options()).await;
    let raw = "From: Bitcain <no-reply@bitcain.example>\r\nTo: Ada <ada@example.com>, bob@example.com\r\n\
               Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n\
               Content-Type: multipart/alternative; boundary=b\r\n\r\n\
               --b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
               Open https://bitcain.example/?a=3D1&b=\r\n=3D2\r\n\
               --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>Open</b>\r\n--b--\r\n";
    let raw = RawMessage::builder().data(Blob::new(raw)).build().unwrap();
    let content = EmailContent::builder().raw(raw).build();
    clients(&local).ses.send_email().content(content).send().await.unwrap();

    let mail = local.inbox(Some("ada@example.com")).remove(0);
    assert_eq!((mail.subject.as_str(), mail.from.as_str()), ("Grüße", "no-reply@bitcain.example"));
    assert_eq!(mail.links, ["https://bitcain.example/?a=1&b=2"]);
    assert_eq!(mail.html.unwrap().trim(), "<b>Open</b>");
    assert_eq!(local.inbox(Some("bob@example.com"))[0].id, mail.id);
}

#[tokio::test]
async fn a_mail_from_nobody_or_to_nobody_is_refused() {
    let local = start(options()).await;
    let ses = clients(&local).ses;
    let mail = || ses.send_email().content(simple("x", Some("x"), None));
    for incomplete in [mail().from_email_address(SENDER), mail().destination(to("ada@example.com"))] {
        let error = incomplete.send().await.unwrap_err();
        assert_eq!(error.code(), Some("BadRequestException"));
        assert!(error.as_service_error().unwrap().is_bad_request_exception());
    }
    assert!(local.inbox(None).is_empty());
}

#[tokio::test]
async fn an_address_that_is_not_ascii_is_refused() {
    let local = start(options()).await;
    let ses = clients(&local).ses;
    let mail = || ses.send_email().from_email_address(SENDER).content(simple("x", Some("x"), None));
    for (address, words) in [
        ("j\u{f6}rg@example.com", "Local address contains control or whitespace"),
        ("J\u{f6}rg <ад@example.com>", "Local address contains control or whitespace"),
        ("ada@b\u{fc}cher.example", "Domain contains illegal character"),
    ] {
        let with_others = Destination::builder().to_addresses("ada@example.com").cc_addresses(address).build();
        for destination in [to(address), with_others] {
            let error = mail().destination(destination).send().await.unwrap_err();
            assert_eq!((error.code(), error.message()), (Some("BadRequestException"), Some(words)), "{address}");
        }
    }
    assert!(local.inbox(None).is_empty());
    mail().destination(to("J\u{f6}rg <ada@xn--bcher-kva.example>")).send().await.unwrap();
    assert_eq!(local.inbox(Some("ada@b\u{fc}cher.example")).len(), 1);
}

#[tokio::test]
async fn mails_outlive_a_restart_even_one_that_came_in_the_middle_of_writing() {
    let directory = Directory::new();
    let options = Options { state: Some(directory.path().to_owned()), ..options() };
    let send = async |subject: &str| {
        let local = start(options.clone()).await;
        let ses = clients(&local).ses;
        let mail = ses.send_email().from_email_address(SENDER).destination(to("ada@example.com"));
        mail.content(simple(subject, Some("x"), None)).send().await.unwrap();
        let subjects: Vec<String> = local.inbox(None).into_iter().map(|mail| mail.subject).collect();
        local.shutdown().await;
        subjects
    };
    assert_eq!(send("first").await, ["first"]);
    let file = directory.path().join("mails.jsonl");
    let torn = std::fs::read_to_string(&file).unwrap() + "{\"id\":\"to";
    std::fs::write(&file, torn).unwrap();
    assert_eq!(send("second").await, ["second", "first"]);
    assert_eq!(send("third").await, ["third", "second", "first"]);
}
