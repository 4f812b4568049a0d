//! One world: a local AWS in memory, or in front of another emulator when `AWS_ENDPOINT_URL` names one, and instances of the
//! functions on it. Nothing is shared between worlds, so tests need no order and no cleaning.

mod connection;
mod endings;
mod faults;
mod instances;
mod kms;
mod mail;
mod requests;
mod settings;
mod tables;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use api_keys::{Vault, config::VaultConfig};
use auth::{
    Auth,
    config::{AuthConfig, BreachedPasswords},
};
use aws_config::SdkConfig;
use axum::Router;
use kyc::{Kyc, config::KycConfig};
use local::{LocalAws, Options};
use oauth::OAuth;
use shared::{
    app::App,
    config::{Config, Stage},
    edge::Edge,
    language::{Language, Languages},
    time::{Clock, Timestamp},
};

use self::connection::{conflicts, sdk_config, signed_by, upstream};
pub use self::{
    faults::until,
    requests::{authorized, json_request, no_text},
    settings::{APP_URL, Settings, provider, webhook_secrets},
    tables::size_of,
};
use crate::{function::Function, key::Key, person::Person};

/// How long a request may take here: some wait for twenty others, and the machine may be busy.
pub const PATIENCE: Duration = Duration::from_mins(2);

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
    /// One warm instance of `kyc`.
    pub kyc: Kyc,
    /// One warm instance of `oauth`.
    pub oauth: OAuth,
    config: Config,
    settings: Settings,
    /// The connection of operators and tests, who may do everything. That of a function is made by [`signed_by`].
    sdk: SdkConfig,
    /// ARNs of the KMS keys, which each world has for itself: others may share the emulator.
    data_key: String,
    vault_key: String,
    /// The functions that answer requests.
    routers: BTreeMap<Function, Router>,
    people: AtomicU64,
}

impl World {
    /// A new world, with warm functions.
    pub async fn start() -> Self {
        Box::pin(Self::configured(|_| {})).await
    }

    /// A new world whose `auth` is configured differently.
    pub async fn with(change: impl FnOnce(&mut AuthConfig)) -> Self {
        Box::pin(Self::configured(|settings| change(&mut settings.auth))).await
    }

    /// A new world whose `auth` asks the local AWS for stolen passwords, and waits so long for its answers.
    pub async fn with_breaches(within: Duration) -> Self {
        let ask = |settings: &mut Settings| {
            let stand_in = settings.vault.exchange_proxy.clone();
            settings.auth.breached_passwords = BreachedPasswords::Hibp { stand_in, within };
        };
        Box::pin(Self::configured(ask)).await
    }

    /// A new world that offers these languages.
    pub async fn speaking(offered: &[Language]) -> Self {
        let languages = Languages::of(offered);
        let speak = |settings: &mut Settings| {
            (settings.auth.languages, settings.mail.languages) = (languages.clone(), languages);
        };
        Box::pin(Self::configured(speak)).await
    }

    /// A new world whose `api-keys` is configured differently.
    pub async fn with_vault(change: impl FnOnce(&mut VaultConfig)) -> Self {
        Box::pin(Self::configured(|settings| change(&mut settings.vault))).await
    }

    /// A new world whose `kyc` is configured differently.
    pub async fn with_kyc(change: impl FnOnce(&mut KycConfig)) -> Self {
        Box::pin(Self::configured(|settings| change(&mut settings.kyc))).await
    }

    async fn configured(change: impl FnOnce(&mut Settings)) -> Self {
        let prefix = format!("t{}", shared::ids::MailId::random().expect("randomness"));
        let template = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
        let clock = standing_clock();
        let options = Options {
            conflicts: conflicts(),
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
        let config = Config {
            stage: Stage::Local,
            table_prefix: prefix,
            app_url: APP_URL.to_owned(),
            region,
            edge: Edge::default(),
        };
        let mut settings = Settings::on(&aws);
        change(&mut settings);

        let of = |function: Function| {
            let role = signed_by(&sdk, function.binary());
            (App { deadline: PATIENCE, ..App::new(config.clone(), &role, clock.clone()) }, role)
        };
        let (app, role) = of(Function::Auth);
        let auth = Auth::new(app, settings.auth.clone(), &role);
        let (app, role) = of(Function::ApiKeys);
        let vault = Vault::new(app, settings.vault.clone(), &role);
        let (app, role) = of(Function::Kyc);
        let kyc = Kyc::new(app, settings.kyc.clone(), &role);
        let oauth = OAuth::new(of(Function::OAuth).0);
        auth.warm_up().await;
        vault.warm_up().await;
        kyc.warm_up().await;
        oauth.warm_up().await;

        let routers = routers(&auth, &vault, kyc.clone(), oauth.clone(), &config);
        let people = AtomicU64::new(0);
        let world =
            Self { aws, clock, auth, vault, kyc, oauth, config, settings, sdk, data_key, vault_key, routers, people };
        Box::pin(world.resume_mail()).await;
        Box::pin(world.wake_schedules()).await;
        world
    }

    /// Somebody with an address nobody else has.
    pub fn person(&self) -> Person<'_> {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        Person::new(self, format!("person-{number}@example.com"))
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

    /// Whether another emulator stands behind the local AWS.
    #[must_use]
    pub fn is_on_another_emulator(&self) -> bool {
        upstream().is_some()
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

/// The functions that answer requests.
fn routers(auth: &Auth, vault: &Vault, kyc: Kyc, oauth: OAuth, config: &Config) -> BTreeMap<Function, Router> {
    BTreeMap::from([
        (Function::Auth, auth::router(auth.clone())),
        (Function::ApiKeys, api_keys::router(vault.clone())),
        (Function::Kyc, kyc::router(kyc)),
        (Function::OAuth, oauth::router(oauth)),
        (Function::Docs, docs::router(config.stage, config.edge.clone())),
    ])
}

/// The start of the next hour: what tests do in one go lies in one span of every limit, and nothing in the tables has expired.
fn standing_clock() -> Clock {
    let now = Clock::default().now().as_second();
    Clock::at(Timestamp::from_second(now - now.rem_euclid(3_600) + 3_600))
}
