//! Mails to the mailbox simulator of SES, and what is reported of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_sesv2::types::MessageTag;
use local::{Function, LocalAws, Options, Outcome};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::feeder::put;
use crate::ses::{SENDER, simple, to};
use crate::world::{clients, only_mail, options, start};

/// A function that notes what it is told, and fails so many times for records and for reports.
#[derive(Clone, Default)]
struct Told {
    reports: Arc<Mutex<Vec<Value>>>,
    reported: Arc<Notify>,
    failures: Arc<Mutex<(u32, u32)>>,
}

impl Told {
    fn failing(records: u32, reports: u32) -> Self {
        Self { failures: Arc::new(Mutex::new((records, reports))), ..Self::default() }
    }

    fn function(&self) -> Arc<Function> {
        let this = self.clone();
        Arc::new(move |event| {
            let answer = this.answer(event);
            Box::pin(async move { answer })
        })
    }

    fn answer(&self, event: Value) -> Result<Value, String> {
        let mut failures = self.failures.lock().unwrap();
        let left = if event.get("Records").is_some() {
            &mut failures.0
        } else {
            self.reports.lock().unwrap().push(event);
            self.reported.notify_one();
            &mut failures.1
        };
        if *left == 0 {
            return Ok(Value::Null);
        }
        *left -= 1;
        Err("crashed".to_owned())
    }

    fn reports(&self) -> Vec<Value> {
        self.reports.lock().unwrap().clone()
    }
}

async fn mail(local: &LocalAws, address: &str, configuration_set: Option<&str>) -> String {
    let tag = MessageTag::builder().name("letter").value("l-1").build().unwrap();
    let mail = clients(local).ses.send_email().from_email_address(SENDER).destination(to(address)).email_tags(tag);
    let mail = mail.set_configuration_set_name(configuration_set.map(str::to_owned));
    mail.content(simple("Hi", Some("x"), None)).send().await.unwrap().message_id.unwrap()
}

#[tokio::test]
async fn the_function_is_told_of_mails_that_bounce_or_are_complained_of() {
    let told = Told::default();
    let local = start(Options { functions: only_mail(told.function()), ..options() }).await;
    let address = "bounce+ada@simulator.amazonses.com";
    let id = mail(&local, address, Some("local")).await;
    mail(&local, "complaint@simulator.amazonses.com", Some("local")).await;
    mail(&local, "suppressionlist@simulator.amazonses.com", Some("local")).await;
    mail(&local, "success@simulator.amazonses.com", Some("local")).await;
    mail(&local, "ada@example.com", Some("local")).await;
    // Events are a setting of the configuration set.
    mail(&local, address, None).await;
    local.settled().await.unwrap();

    let reports = told.reports();
    let kinds: Vec<_> = reports.iter().map(|report| report["detail-type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Email Bounced", "Email Complaint Received", "Email Bounced"]);
    let detail = &reports[0]["detail"];
    assert_eq!((&reports[0]["source"], &detail["eventType"]), (&json!("aws.ses"), &json!("Bounce")));
    assert_eq!((&detail["mail"]["messageId"], &detail["mail"]["destination"]), (&json!(id), &json!([address])));
    assert_eq!(detail["mail"]["tags"], json!({"letter": ["l-1"], "ses:configuration-set": ["local"]}));
    let bounce = &detail["bounce"];
    assert_eq!((&bounce["bounceType"], &bounce["bounceSubType"]), (&json!("Permanent"), &json!("General")));
    assert_eq!(bounce["bouncedRecipients"][0]["emailAddress"], address);
    assert_eq!(reports[1]["detail"]["complaint"]["complaintFeedbackType"], "abuse");
    assert_eq!(reports[2]["detail"]["bounce"]["bounceSubType"], "OnAccountSuppressionList");

    let outcomes: Vec<_> = local.inbox(None).into_iter().map(|mail| mail.outcome).rev().collect();
    let bounced = Some(Outcome::Bounced);
    assert_eq!(outcomes, [bounced, Some(Outcome::Complained), Some(Outcome::Suppressed), None, None, bounced]);
}

#[tokio::test]
async fn a_report_is_repeated_until_the_function_takes_it() {
    let told = Told::failing(0, 2);
    let local = start(Options { functions: only_mail(told.function()), ..options() }).await;
    mail(&local, "bounce@simulator.amazonses.com", Some("local")).await;
    local.settled().await.unwrap();
    let reports = told.reports();
    assert_eq!(reports.len(), 3);
    assert!(reports.iter().all(|report| *report == reports[0]));
}

#[tokio::test]
async fn a_report_waits_for_the_function_but_not_for_a_letter_that_cannot_be_sent() {
    let told = Told::failing(u32::MAX, 0);
    let local = start(options()).await;
    put(&local, "a").await;
    mail(&local, "bounce@simulator.amazonses.com", Some("local")).await;
    local.feed("mail", told.function()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(20), told.reported.notified()).await.expect("a report");
}

#[tokio::test]
async fn each_function_is_told_what_its_rule_matches() {
    let (told, audit) = (Told::default(), Told::default());
    let local = start(options()).await;
    local.feed("mail", told.function()).await.unwrap();
    local.feed("audit", audit.function()).await.unwrap();
    for mailbox in ["bounce", "complaint"] {
        mail(&local, &format!("{mailbox}@simulator.amazonses.com"), Some("local")).await;
    }
    local.settled().await.unwrap();
    assert_eq!(told.reports().len(), 2);
    let complaints: Vec<_> = audit.reports().into_iter().map(|report| report["detail-type"].clone()).collect();
    assert_eq!(complaints, ["Email Complaint Received"]);
}
