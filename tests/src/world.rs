//! One world: a local AWS in memory, or in front of another emulator when `AWS_ENDPOINT_URL` names one, and instances of the
//! functions on it. Nothing is shared between worlds, so tests need no order and no cleaning.

use std::{
    collections::BTreeMap,
    env,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use admin::{Operator, config::OperatorConfig};
use api_keys::{Vault, config::VaultConfig};
use auth::{Auth, config::AuthConfig};
use aws_config::{Region, SdkConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::{
    config::{Credentials, SharedCredentialsProvider},
    types::{PutRequest, WriteRequest},
};
use aws_sdk_kms::primitives::Blob;
use aws_types::{
    origin::Origin,
    service_config::{LoadServiceConfig, ServiceConfigKey},
};
use axum::Router;
use futures::StreamExt;
use kyc::{Kyc, config::KycConfig, providers::Provider};
use local::{Calls, Fault, LocalAws, Mail, Mode, Options, Service};
use mail::{Postman, config::MailConfig};
use serde_json::{Value, json};
use shared::{
    app::App,
    config::{Config, Stage},
    http::DEADLINE,
    outbox::{self, Letter},
    seal::Seal,
    store::Store,
    time::{Clock, Timestamp},
};
use tokio::net::TcpListener;

use crate::{
    event::{Reply, Request, invoke, invoke_documented},
    key::Key,
    mail::MailInstance,
    person::Person,
};

/// Where the API of these tests lives.
pub const APP_URL: &str = "https://api.example.com";
const REGION: &str = "us-east-1";
/// How long a request may take here: some wait for twenty others, and the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// The world of one test.
pub struct World {
    /// The local AWS.
    pub aws: Arc<LocalAws>,
    /// The clock of all functions.
    pub clock: Clock,
    /// One warm instance of `auth`.
    pub auth: Auth,
    /// One warm instance of `api-keys`, whose exchanges are played by the local AWS.
    pub vault: Vault,
    config: Config,
    /// The connection of operators and tests, who may do everything. That of a function is made by [`signed_by`].
    sdk: SdkConfig,
    /// ARNs of the KMS keys, which each world has for itself: others may share the emulator.
    data_key: String,
    vault_key: String,
    routers: Vec<Router>,
    people: AtomicU64,
}

impl World {
    /// A new world, with warm functions.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// A new world whose `auth` is configured differently.
    pub async fn with(change: impl FnOnce(&mut AuthConfig)) -> Self {
        Box::pin(Self::with_all(change, |_| {}, |_| {})).await
    }

    /// A new world whose `api-keys` is configured differently.
    pub async fn with_vault(change: impl FnOnce(&mut VaultConfig)) -> Self {
        Box::pin(Self::with_all(|_| {}, change, |_| {})).await
    }

    /// A new world whose `kyc` is configured differently.
    pub async fn with_kyc(change: impl FnOnce(&mut KycConfig)) -> Self {
        Box::pin(Self::with_all(|_| {}, |_| {}, change)).await
    }

    async fn with_all(
        change: impl FnOnce(&mut AuthConfig),
        change_vault: impl FnOnce(&mut VaultConfig),
        change_kyc: impl FnOnce(&mut KycConfig),
    ) -> Self {
        let prefix = format!("t{}", shared::ids::MailId::random().expect("randomness"));
        let template = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
        let clock = standing_clock();
        let options = Options {
            upstream: upstream(),
            clock: clock.clone(),
            table_prefix: prefix.clone(),
            alias_prefix: prefix.clone(),
            ..Options::new(template)
        };
        let aws = Arc::new(LocalAws::start(options).await.expect("a local AWS"));
        let [data_key, vault_key] = [Key::Data, Key::Vault].map(|key| aws.key(key.logical_id()).expect("a key"));
        let sdk = sdk_config(&aws.url()).await;
        let region = "eu-west-1".to_owned();
        let config = Config { stage: Stage::Local, table_prefix: prefix, app_url: APP_URL.to_owned(), region };
        let key = |function| match Key::of(function) {
            Key::Data => data_key.clone(),
            Key::Vault => vault_key.clone(),
        };
        let mut auth_config = AuthConfig {
            kms_key_id: key("auth"),
            product: "Tested & Tried".to_owned(),
            sign_in_url: Some("https://app.example.com/sign-in".to_owned()),
            auto_confirm: false,
        };
        change(&mut auth_config);
        let role = signed_by(&sdk, "auth");
        let auth = Auth::new(patient_app(config.clone(), &role, clock.clone()), auth_config, &role);
        auth.warm_up().await;
        let mut vault_config = VaultConfig {
            kms_key_id: key("api-keys"),
            allow_withdrawal_keys: false,
            require_kyc: false,
            exchange_proxy: aws.url().strip_prefix("http://").map(str::to_owned),
        };
        change_vault(&mut vault_config);
        let role = signed_by(&sdk, "api-keys");
        let app = patient_app(config.clone(), &role, clock.clone());
        let vault = Vault::new(app, vault_config, &role);
        vault.warm_up().await;
        let mut kyc_config = kyc_config(&key("kyc"));
        change_kyc(&mut kyc_config);
        let role = signed_by(&sdk, "kyc");
        let app = patient_app(config.clone(), &role, clock.clone());
        let kyc = Kyc::new(app, kyc_config, &role);
        kyc.warm_up().await;
        let routers = vec![
            auth::router(auth.clone()),
            api_keys::router(vault.clone()),
            kyc::router(kyc),
            docs::router(Stage::Local),
        ];
        let world =
            Self { aws, clock, auth, vault, config, sdk, data_key, vault_key, routers, people: AtomicU64::new(0) };
        world.resume_mail().await;
        world
    }

    /// Another instance of `auth` on the same AWS, as cold as a first start.
    #[must_use]
    pub fn another_auth(&self) -> Auth {
        self.auth_on(&self.sdk, PATIENCE)
    }

    /// Two that wait no longer than deployed ones: in the first the client of AWS gives up, in the second the function itself.
    pub async fn impatient_auths(&self) -> [Auth; 2] {
        let impatient = sdk_config_of_production(&self.aws.url()).await;
        [self.auth_on(&impatient, PATIENCE), self.impatient_auth()]
    }

    /// Another instance of `auth`, cold, that has no more time for a request than a deployed one.
    #[must_use]
    pub fn impatient_auth(&self) -> Auth {
        self.auth_on(&self.sdk, DEADLINE)
    }

    /// Another instance of `auth`, cold, that seals under the KMS key `key`.
    #[must_use]
    pub fn another_auth_under(&self, key: &str) -> Auth {
        let role = signed_by(&self.sdk, "auth");
        Auth::new(patient_app(self.config.clone(), &role, self.clock.clone()), auth_config(key), &role)
    }

    fn auth_on(&self, sdk: &SdkConfig, deadline: Duration) -> Auth {
        let role = signed_by(sdk, "auth");
        let app = App { deadline, ..App::new(self.config.clone(), &role, self.clock.clone()) };
        Auth::new(app, auth_config(self.key_of("auth")), &role)
    }

    /// Another instance of `api-keys` on the same AWS, cold, that seals under the KMS key `key`.
    #[must_use]
    pub fn another_vault(&self, key: &str) -> Vault {
        self.vault_on(key, PATIENCE)
    }

    /// One that has no more time for a request than a deployed one.
    #[must_use]
    pub fn impatient_vault(&self) -> Vault {
        self.vault_on(self.key_of("api-keys"), DEADLINE)
    }

    fn vault_on(&self, key: &str, deadline: Duration) -> Vault {
        let role = signed_by(&self.sdk, "api-keys");
        let app = App { deadline, ..App::new(self.config.clone(), &role, self.clock.clone()) };
        Vault::new(app, self.vault_config(key), &role)
    }

    fn vault_config(&self, key: &str) -> VaultConfig {
        VaultConfig {
            kms_key_id: key.to_owned(),
            allow_withdrawal_keys: false,
            require_kyc: false,
            exchange_proxy: self.aws.url().strip_prefix("http://").map(str::to_owned),
        }
    }

    /// Another instance of `kyc` on the same AWS, cold, on a stage where secrets are sealed.
    #[must_use]
    pub fn deployed_kyc(&self, secrets: BTreeMap<String, Vec<String>>, token: Option<String>) -> Kyc {
        let role = signed_by(&self.sdk, "kyc");
        let app = patient_app(Config { stage: Stage::Prod, ..self.config.clone() }, &role, self.clock.clone());
        let provider = provider("sumsub");
        let config = KycConfig { provider, secrets, token, kms_key_id: self.key_of("kyc").to_owned() };
        Kyc::new(app, config, &role)
    }

    /// Another instance of `kyc` on the same AWS, cold, on a stage and at a time of its own, and configured differently.
    #[must_use]
    pub fn another_kyc(&self, stage: Stage, clock: Clock, change: impl FnOnce(&mut KycConfig)) -> Kyc {
        let role = signed_by(&self.sdk, "kyc");
        let app = patient_app(Config { stage, ..self.config.clone() }, &role, clock);
        let mut config = kyc_config(self.key_of("kyc"));
        change(&mut config);
        Kyc::new(app, config, &role)
    }

    /// A secret of a provider of webhooks, sealed as an operator would.
    pub async fn sealed_webhook_secret(&self, provider: &str, secret: &str) -> String {
        self.webhook_secret_under(Key::Data, provider, secret).await
    }

    /// A secret of a provider of webhooks, sealed under a KMS key of the template, whichever it is.
    pub async fn webhook_secret_under(&self, key: Key, provider: &str, secret: &str) -> String {
        let seal = Seal::new(&self.sdk, self.key(key));
        seal.seal_webhook_secret(provider, secret.as_bytes()).await.expect("a sealed secret")
    }

    /// An operator with the tools of `admin`, in the role that the keys' policies let seal.
    #[must_use]
    pub fn operator(&self) -> Operator {
        self.operator_as("operator")
    }

    /// An operator in the role that the keys' policies let move what is sealed to another key.
    #[must_use]
    pub fn mover(&self) -> Operator {
        self.operator_as("mover")
    }

    fn operator_as(&self, role: &str) -> Operator {
        let config = OperatorConfig {
            stage: self.config.stage,
            table_prefix: self.config.table_prefix.clone(),
            kms_key_id: Some(self.data_key.clone()),
        };
        Operator::new(&config, signed_by(&self.sdk, role))
    }

    /// A second KMS key beside `key`, for whoever may use that one; its ARN.
    pub async fn another_key(&self, key: Key) -> String {
        let kms = aws_sdk_kms::Client::new(&self.sdk);
        let made = kms.create_key().send().await.expect("a key").key_metadata.expect("metadata");
        let arn = made.arn.expect("an ARN");
        self.aws.add_key_beside(key.logical_id(), &arn);
        arn
    }

    /// ARN of a KMS key of the template.
    #[must_use]
    pub fn key(&self, key: Key) -> &str {
        match key {
            Key::Data => &self.data_key,
            Key::Vault => &self.vault_key,
        }
    }

    /// ARN of the KMS key that the template tells a function to use.
    fn key_of(&self, function: &str) -> &str {
        self.key(Key::of(function))
    }

    /// An instance of `mail`.
    #[must_use]
    pub fn postman(&self) -> MailInstance {
        self.postman_at(self.clock.clone())
    }

    /// An instance of `mail` with a clock of its own.
    #[must_use]
    pub fn postman_at(&self, clock: Clock) -> MailInstance {
        self.postman_on(&self.sdk, clock)
    }

    /// One that finds nobody where SES should be.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn postman_without_ses(&self) -> MailInstance {
        let free = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address");
        let endpoints = Endpoints { aws: self.aws.url(), ses: format!("http://{free}") };
        let mut sdk = self.sdk.to_builder().service_config(endpoints);
        // The only one that everything else is at gives way to these.
        sdk.insert_origin("endpoint_url", Origin::shared_environment_variable());
        self.postman_on(&sdk.build(), self.clock.clone())
    }

    fn postman_on(&self, sdk: &SdkConfig, clock: Clock) -> MailInstance {
        let config = MailConfig {
            kms_key_id: self.key_of("mail").to_owned(),
            product: "Tested & Tried".to_owned(),
            sign_in_url: None,
            mail_from: "no-reply@bitcain.example".to_owned(),
            configuration_set: "local".to_owned(),
        };
        MailInstance::new(Postman::new(&self.config, config, &signed_by(sdk, "mail"), clock))
    }

    /// Somebody with an address nobody else has.
    pub fn person(&self) -> Person<'_> {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        Person::new(self, format!("person-{number}@example.com"))
    }

    /// A request to whichever function the path belongs to.
    pub async fn send(&self, request: Request) -> Reply {
        let function = match request.path.split('?').next().unwrap_or_default() {
            path if path.starts_with("/api/v1/api-keys") => 1,
            path if path.starts_with("/api/kyc") => 2,
            path if ["/", "/docs", "/openapi.json"].contains(&path) || path.starts_with("/docs/") => 3,
            _ => 0,
        };
        invoke(&self.routers[function], request).await
    }

    /// An event of API Gateway to `auth`, in full. The answer is as the OpenAPI document says.
    pub async fn event(&self, event: Value) -> Reply {
        invoke_documented(&self.routers[0], event).await
    }

    /// Sends a whole event to `api-keys`.
    pub async fn vault_event(&self, event: Value) -> Reply {
        invoke_documented(&self.routers[1], event).await
    }

    /// `GET path`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Request { method: "GET", path: path.to_owned(), ..Request::default() }).await
    }

    /// `POST path` with a JSON body.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(json_request("POST", path, &body)).await
    }

    /// `POST path` with a JSON body, through a particular instance of `auth`.
    pub async fn post_to(&self, auth: &Auth, path: &str, body: Value) -> Reply {
        invoke(&auth::router(auth.clone()), json_request("POST", path, &body)).await
    }

    /// All functions that answer requests, each cold, as they are deployed on a stage.
    pub fn routers_on(&self, stage: Stage) -> [Router; 4] {
        let app = |role: &SdkConfig| patient_app(Config { stage, ..self.config.clone() }, role, self.clock.clone());
        let (auth, vault) = (signed_by(&self.sdk, "auth"), signed_by(&self.sdk, "api-keys"));
        let auth_config = auth_config(self.key_of("auth"));
        let auth = Auth::new(app(&auth), auth_config, &auth);
        let vault = Vault::new(app(&vault), self.vault_config(self.key_of("api-keys")), &vault);
        let kyc = self.another_kyc(stage, self.clock.clone(), |_| {});
        [auth::router(auth), api_keys::router(vault), kyc::router(kyc), docs::router(stage)]
    }

    /// A request to a particular instance of `api-keys`.
    pub async fn send_to_vault(&self, vault: &Vault, request: Request) -> Reply {
        invoke(&api_keys::router(vault.clone()), request).await
    }

    /// A request to a particular instance of `kyc`.
    pub async fn send_to_kyc(&self, kyc: &Kyc, request: Request) -> Reply {
        invoke(&kyc::router(kyc.clone()), request).await
    }

    /// Moves the clock of all functions and of the exchanges. Nothing else does.
    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// What the clock of all functions says.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The mails to an address, newest first, once everything on its way has arrived. Letters that wait for another try are on no
    /// way until [`World::send_waiting_mail`].
    pub async fn mails(&self, to: &str) -> Vec<Mail> {
        self.aws.settled().await.expect("mail arrives");
        self.aws.inbox(Some(to))
    }

    /// Has `mail` try the letters again that wait and are due, as its schedule does every minute.
    pub async fn send_waiting_mail(&self) {
        self.aws.settled().await.expect("mail arrives");
        self.aws.run_task("send-waiting-mail").await.expect("a round");
    }

    /// Leaves letters in the outbox from now on.
    pub async fn pause_mail(&self) {
        self.aws.settled().await.expect("mail arrives");
        self.aws.starve("mail").await;
    }

    /// Feeds the outbox to `mail`.
    pub async fn resume_mail(&self) {
        let postman = Arc::new(self.postman());
        let function = move |event: Value| {
            let postman = Arc::clone(&postman);
            let answer = async move { postman.handle(event).await.map_err(|error| format!("{error:?}")) };
            Box::pin(answer) as futures::future::BoxFuture<'static, _>
        };
        self.aws.feed("mail", Arc::new(function)).await.expect("a stream");
    }

    /// The calls to AWS that `work` makes, mail aside.
    pub async fn calls<T>(&self, work: impl Future<Output = T>) -> (T, Calls) {
        self.pause_mail().await;
        // What was done before is no part of it.
        self.aws.no_conflicts().await;
        self.aws.reset_calls();
        let result = Box::pin(work).await;
        let calls = self.aws.calls();
        Box::pin(self.resume_mail()).await;
        (result, calls)
    }

    /// A service fails for every call of one operation, or of all, until [`World::mend`].
    pub fn break_down(&self, service: Service, mode: Mode, operation: Option<&str>) {
        self.aws.set_fault(service, Fault { mode, operation: operation.map(str::to_owned), times: None });
    }

    /// The next calls of an operation fail, so many times.
    pub fn break_times(&self, service: Service, mode: Mode, operation: &str, times: u32) {
        self.aws.set_fault(service, Fault { mode, operation: Some(operation.to_owned()), times: Some(times) });
    }

    /// The next calls of an operation of DynamoDB, so many, wait for each other and then take place at once.
    pub fn hold(&self, operation: &str, calls: u32) {
        self.break_times(Service::DynamoDb, Mode::Held, operation, calls);
    }

    /// All services work again.
    pub fn mend(&self) {
        self.aws.clear_faults();
    }

    /// Every row of a table, as JSON.
    pub async fn rows(&self, table: &str) -> Vec<Value> {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = format!("{}-{table}", self.config.table_prefix);
        let pages = db.scan().table_name(name).consistent_read(true).into_paginator().items().send();
        let items = pages.collect::<Result<Vec<_>, _>>().await.expect("a scan");
        serde_dynamo::from_items(items).expect("rows")
    }

    /// Rows whose partition key begins so.
    pub async fn rows_of(&self, table: &str, beginning: &str) -> Vec<Value> {
        let mut rows = self.rows(table).await;
        rows.retain(|row| row["pk"].as_str().is_some_and(|pk| pk.starts_with(beginning)));
        rows
    }

    /// The rows of all accounts that there are: what proves their owners.
    pub async fn accounts(&self) -> Vec<Value> {
        let mut rows = self.rows_of("Accounts", "ACCOUNT#").await;
        rows.retain(|row| row["sk"] == "CREDENTIALS");
        rows
    }

    /// Whether another emulator stands behind the local AWS.
    #[must_use]
    pub fn is_on_another_emulator(&self) -> bool {
        upstream().is_some()
    }

    /// Switches a KMS key of the template off or on.
    pub async fn switch_key(&self, key: Key, on: bool) {
        let kms = aws_sdk_kms::Client::new(&self.sdk);
        // moto switches keys by their ids alone.
        let id = self.key(key).rsplit('/').next().expect("an id");
        if on {
            kms.enable_key().key_id(id).send().await.expect("a key that is on");
        } else {
            kms.disable_key().key_id(id).send().await.expect("a key that is off");
        }
    }

    /// Whether KMS opens a ciphertext in this encryption context.
    pub async fn kms_opens(&self, ciphertext: &[u8], context: &[(&str, &str)]) -> bool {
        let kms = aws_sdk_kms::Client::new(&self.sdk);
        let request = kms.decrypt().ciphertext_blob(Blob::new(ciphertext));
        let request = context.iter().fold(request, |request, (name, value)| request.encryption_context(*name, *value));
        request.send().await.is_ok()
    }

    /// Deletes every row of a table.
    pub async fn empty(&self, table: &str) {
        for row in self.rows(table).await {
            self.remove(table, &row).await;
        }
    }

    /// Deletes one row of a table.
    pub async fn remove(&self, table: &str, row: &Value) {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = format!("{}-{table}", self.config.table_prefix);
        let key: serde_json::Map<_, _> =
            ["pk", "sk"].into_iter().filter_map(|name| Some((name.to_owned(), row.get(name)?.clone()))).collect();
        let key = serde_dynamo::to_item(key).expect("a key");
        self.aws.no_conflicts().await;
        db.delete_item().table_name(&name).set_key(Some(key)).send().await.expect("a deletion");
    }

    /// Writes rows behind the functions' back, as many as there are.
    pub async fn put_rows(&self, table: &str, rows: Vec<Value>) {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let name = format!("{}-{table}", self.config.table_prefix);
        let put = |row: &Value| {
            let item = serde_dynamo::to_item(row).expect("an item");
            WriteRequest::builder()
                .put_request(PutRequest::builder().set_item(Some(item)).build().expect("a put"))
                .build()
        };
        let batches = rows.chunks(25).map(|rows| {
            let batch = rows.iter().map(put).collect::<Vec<_>>();
            db.batch_write_item().request_items(&name, batch).send()
        });
        let written = futures::stream::iter(batches).buffer_unordered(4).collect::<Vec<_>>().await;
        for batch in written {
            let left = batch.expect("a batch").unprocessed_items.unwrap_or_default();
            assert!(left.is_empty(), "{left:?}");
        }
    }

    /// What every function that answers requests holds, for handlers of a test's own; in the role of `auth`.
    #[must_use]
    pub fn app(&self) -> App {
        patient_app(self.config.clone(), &signed_by(&self.sdk, "auth"), self.clock.clone())
    }

    /// The tables as functions see them.
    #[must_use]
    pub fn store(&self) -> Store {
        Store::new(&self.sdk, &self.config.table_prefix)
    }

    /// Puts a letter into the outbox, as `auth` does.
    pub async fn post_letter(&self, letter: Letter) {
        let store = self.store();
        let letter = outbox::Mail::new(letter, self.now()).and_then(|mail| mail.post()).expect("a letter");
        let _ = store.put(letter).await.expect("a put");
    }

    /// Changes one attribute of a row behind the functions' back.
    pub async fn tamper(&self, table: &str, row: &Value, attribute: &str, value: Value) {
        let db = aws_sdk_dynamodb::Client::new(&self.sdk);
        let mut row = row.clone();
        row[attribute] = value;
        let item = serde_dynamo::to_item(row).expect("an item");
        let name = format!("{}-{table}", self.config.table_prefix);
        self.aws.no_conflicts().await;
        db.put_item().table_name(name).set_item(Some(item)).send().await.expect("a put");
    }
}

impl Drop for World {
    /// Some refusals go unnoticed: what could not be warmed up is tried again. None may happen.
    fn drop(&mut self) {
        let refused = self.aws.refused();
        if thread::panicking() {
            eprintln!("refused by the roles: {refused:#?}");
        } else {
            assert!(refused.is_empty(), "refused by the roles: {refused:#?}");
        }
    }
}

/// Of an `auth` that comes later.
fn auth_config(key: &str) -> AuthConfig {
    AuthConfig {
        kms_key_id: key.to_owned(),
        product: "Tested & Tried".to_owned(),
        sign_in_url: None,
        auto_confirm: false,
    }
}

/// All providers are configured, Sumsub is the usual one, and there is no second lock.
fn kyc_config(key: &str) -> KycConfig {
    KycConfig {
        provider: provider("sumsub"),
        secrets: kyc::providers::ALL.iter().map(|provider| webhook_secrets(provider.id)).collect(),
        token: None,
        kms_key_id: key.to_owned(),
    }
}

/// The provider called `id`.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn provider(id: &str) -> &'static Provider {
    kyc::providers::find(id).expect("a provider")
}

/// What proves the reports of a provider in tests: the newer secret first.
#[must_use]
pub fn webhook_secrets(provider: &str) -> (String, Vec<String>) {
    (provider.to_owned(), vec![format!("{provider}-secret"), format!("{provider}-old-secret")])
}

fn json_request(method: &'static str, path: &str, body: &Value) -> Request {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Request { method, path: path.to_owned(), headers, body: Some(body.to_string()), ..Request::default() }
}

/// A request of any method with a bearer token and, perhaps, a JSON body.
#[must_use]
pub fn authorized(method: &'static str, path: &str, token: &str, body: Option<Value>) -> Request {
    let mut request = json_request(method, path, &json!(null));
    request.body = body.map(|body| body.to_string());
    request.headers.push(("authorization".to_owned(), format!("Bearer {token}")));
    request
}

fn patient_app(config: Config, sdk: &SdkConfig, clock: Clock) -> App {
    App { deadline: PATIENCE, ..App::new(config, sdk, clock) }
}

/// The start of the next hour: what tests do in one go lies in one span of every limit, and nothing in the tables has expired.
fn standing_clock() -> Clock {
    let now = Clock::default().now().as_second();
    Clock::at(Timestamp::from_second(now - now.rem_euclid(3_600) + 3_600))
}

async fn sdk_config(url: &str) -> SdkConfig {
    // Requests that wait for each other, or for a machine that is busy, are not asked again.
    let patience = TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).operation_timeout(PATIENCE).build();
    sdk_config_of_production(url).await.into_builder().timeout_config(patience).build()
}

/// As impatient as a deployed function.
async fn sdk_config_of_production(url: &str) -> SdkConfig {
    let loader = shared::aws::loader().region(Region::new(REGION)).endpoint_url(url);
    loader.credentials_provider(credentials("test")).load().await
}

/// Where SES is, and everything else.
#[derive(Debug)]
struct Endpoints {
    aws: String,
    ses: String,
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let url = if key.service_id() == "SESv2" { &self.ses } else { &self.aws };
        (key.env() == "AWS_ENDPOINT_URL").then(|| url.clone())
    }
}

/// A connection under a role, which the local AWS knows by the access key id.
fn signed_by(sdk: &SdkConfig, role: &str) -> SdkConfig {
    sdk.to_builder().credentials_provider(SharedCredentialsProvider::new(credentials(role))).build()
}

fn credentials(id: &str) -> Credentials {
    Credentials::new(id, "test", None, None, "tests")
}

#[expect(clippy::disallowed_methods, reason = "the emulator to test against is given from outside")]
fn upstream() -> Option<String> {
    env::var("AWS_ENDPOINT_URL").ok().filter(|url| !url.is_empty())
}
