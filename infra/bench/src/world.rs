//! What the functions run against: a local AWS, their settings, and somebody who has an account and an exchange key.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use futures::future::BoxFuture;
use local::{Functions, LocalAws, Options, yaml};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    Result,
    runtime::{Function, Launch},
};

/// The least that a function can be.
pub const HELLO: &str = "hello";
/// What proves the reports of the identity provider.
pub const WEBHOOK_SECRET: &str = "bench-sumsub";

const REGION: &str = "eu-west-1";
const TABLE_PREFIX: &str = "bench";
/// One bundle, as on Lambda. Debian keeps every certificate a second time, in a directory that would be read as well.
const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
/// The outbox is looked at now and then.
const MAIL_LIMIT: Duration = Duration::from_secs(10);

/// A local AWS with tables and a key, and the functions' binaries.
pub struct World {
    /// Counts the calls.
    pub aws: LocalAws,
    binaries: PathBuf,
    template: Value,
    db: Client,
    letters: mpsc::UnboundedReceiver<Value>,
}

impl World {
    /// With the tables of the template at `root` and the executables in `binaries`.
    ///
    /// # Errors
    /// When the local AWS does not start.
    pub async fn start(root: &Path, binaries: PathBuf) -> Result<Self> {
        let path = root.join("template.yaml");
        let template = yaml::parse(&std::fs::read_to_string(&path)?)?;
        let (post, letters) = mpsc::unbounded_channel();
        let take = move |event: Value| {
            let _nobody_waits = post.send(event);
            Box::pin(async { Ok(json!({ "batchItemFailures": [] })) }) as BoxFuture<'static, _>
        };
        let mail: Arc<local::Function> = Arc::new(take);
        let functions = Functions::InProcess([("mail".to_owned(), mail)].into());
        let (table_prefix, region) = (TABLE_PREFIX.to_owned(), REGION.to_owned());
        // One request comes after the other: on AWS no transaction is in the way of the next one.
        let conflicts = Duration::ZERO;
        let options = Options { functions, table_prefix, region, conflicts, ..Options::new(path) };
        let aws = LocalAws::start(options).await?;
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(aws.url())
            .credentials_provider(Credentials::new("local", "local", None, None, "bench"));
        Ok(Self { aws, binaries, template, db: Client::from_conf(config.build()), letters })
    }

    /// How a function is started.
    #[must_use]
    pub fn launch(&self, name: &str) -> Launch {
        let (url, key) = (self.aws.url(), self.key(name).unwrap_or_default());
        let proofs = json!({ "sumsub": [WEBHOOK_SECRET] }).to_string();
        let settings = [
            ("STAGE", "local"),
            ("LOG_LEVEL", "info"),
            ("METRICS_NAMESPACE", "bench"),
            ("TABLE_PREFIX", TABLE_PREFIX),
            ("KMS_KEY_ID", &key),
            ("APP_URL", "https://api.example.com"),
            ("PRODUCT_NAME", "bench"),
            // All that is measured comes from one client.
            ("IP_LIMIT_FACTOR", "100"),
            ("KYC_PROVIDER", "sumsub"),
            ("KYC_WEBHOOK_SECRETS", &proofs),
            ("MAIL_FROM", "no-reply@bitcain.example"),
            ("SES_CONFIGURATION_SET", "local"),
            ("EXCHANGE_PROXY", &url),
            ("HIBP_URL", &url),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "local"),
            ("AWS_SECRET_ACCESS_KEY", "local"),
            ("AWS_SESSION_TOKEN", "local"),
            ("AWS_ENDPOINT_URL_DYNAMODB", &url),
            ("AWS_ENDPOINT_URL_KMS", &url),
            ("AWS_ENDPOINT_URL_SESV2", &url),
            ("SSL_CERT_FILE", CERTIFICATES),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let binary = self.binaries.join(name);
        Launch { name: name.to_owned(), binary, memory: self.memory(name), settings, ..Launch::default() }
    }

    /// Hello, and what is deployed.
    #[must_use]
    pub fn all(&self) -> Vec<String> {
        let binaries = self.functions().filter_map(binary).map(str::to_owned);
        [HELLO.to_owned()].into_iter().chain(binaries).collect()
    }

    fn functions(&self) -> impl Iterator<Item = &Value> {
        let resources = self.template["Resources"].as_object().into_iter().flat_map(|all| all.values());
        resources.filter(|resource| resource["Type"] == "AWS::Serverless::Function")
    }

    /// The executable of a function.
    #[must_use]
    pub fn binary(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }

    /// `MemorySize` of a function, in MB; Lambda's least for what the template does not know.
    #[must_use]
    pub fn memory(&self, name: &str) -> u32 {
        let size = self.setting(name, |properties| properties["MemorySize"].as_u64());
        size.and_then(|size| u32::try_from(size).ok()).unwrap_or(128)
    }

    /// ARN of the KMS key that the template has a function use; none for what it does not know.
    fn key(&self, name: &str) -> Option<String> {
        let key = |properties: &Value| {
            let key = &properties["Environment"]["Variables"]["KMS_KEY_ID"]["Fn::GetAtt"][0];
            key.as_str().map(str::to_owned)
        };
        self.aws.key(&self.setting(name, key)?)
    }

    /// A property of a function, be it its own or everybody's.
    fn setting<T>(&self, name: &str, of: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let function = self.functions().find(|function| binary(function) == Some(name));
        function.and_then(|function| of(&function["Properties"])).or_else(|| of(&self.template["Globals"]["Function"]))
    }

    /// Starts a function.
    ///
    /// # Errors
    /// When it does not ask for work.
    pub async fn function(&self, name: &str) -> Result<Function> {
        Ok(Function::start(&self.launch(name)).await?)
    }

    /// The stream's next record for `mail`, as an event.
    ///
    /// # Errors
    /// When none comes.
    pub async fn letter(&mut self) -> Result<Value> {
        let letter = tokio::time::timeout(MAIL_LIMIT, self.letters.recv()).await?;
        letter.ok_or_else(|| "the outbox is no longer read".into())
    }

    /// The newest link that was mailed to an address.
    ///
    /// # Errors
    /// When there is none.
    pub fn link(&self, to: &str) -> Result<String> {
        let mail = self.aws.inbox(Some(to)).into_iter().next();
        let link = mail.and_then(|mail| mail.links.into_iter().next());
        link.ok_or_else(|| "no link was mailed".into())
    }

    /// Lets everybody do again what a limit has stopped.
    ///
    /// # Errors
    /// When the counters cannot be deleted.
    pub async fn forget_counters(&self) -> Result<()> {
        let table = self.counters();
        let counters = self.db.scan().table_name(&table).send().await?;
        for counter in counters.items.unwrap_or_default() {
            let key = counter.into_iter().filter(|(name, _)| ["pk", "sk"].contains(&name.as_str())).collect();
            self.db.delete_item().table_name(&table).set_key(Some(key)).send().await?;
        }
        Ok(())
    }

    /// The table of limits' counters.
    #[must_use]
    pub fn counters(&self) -> String {
        format!("{TABLE_PREFIX}-Limits")
    }
}

fn binary(function: &Value) -> Option<&str> {
    function["Metadata"]["BuildProperties"]["Binary"].as_str()
}
