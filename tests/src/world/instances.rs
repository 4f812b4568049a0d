//! Other instances of the functions on the same AWS, as cold as a first start.

use std::{collections::BTreeMap, time::Duration};

use api_keys::{Vault, config::VaultConfig};
use auth::{Auth, config::AuthConfig};
use aws_config::SdkConfig;
use axum::Router;
use kyc::{Kyc, config::KycConfig};
use oauth::OAuth;
use shared::{
    app::App,
    config::{Config, Stage},
    edge::Edge,
    http::DEADLINE,
    time::Clock,
};

use super::{
    PATIENCE, World,
    connection::{sdk_config_of_production, signed_by},
    routers,
};
use crate::function::Function;

impl World {
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
        let (app, role) = self.usual(Function::Auth);
        Auth::new(app, AuthConfig { kms_key_id: key.to_owned(), ..self.settings.auth.clone() }, &role)
    }

    /// Another instance of `auth`, cold, that is configured differently.
    #[must_use]
    pub fn auth_with(&self, change: impl FnOnce(&mut AuthConfig)) -> Auth {
        let (app, role) = self.usual(Function::Auth);
        let mut config = self.settings.auth.clone();
        change(&mut config);
        Auth::new(app, config, &role)
    }

    fn auth_on(&self, sdk: &SdkConfig, deadline: Duration) -> Auth {
        let role = signed_by(sdk, Function::Auth.binary());
        let app = App { deadline, ..App::new(self.config.clone(), &role, self.clock.clone()) };
        Auth::new(app, self.settings.auth.clone(), &role)
    }

    /// Another instance of `api-keys` on the same AWS, cold, that seals under the KMS key `key`.
    #[must_use]
    pub fn another_vault(&self, key: &str) -> Vault {
        self.vault_on(key, PATIENCE)
    }

    /// One that has no more time for a request than a deployed one.
    #[must_use]
    pub fn impatient_vault(&self) -> Vault {
        self.vault_on(&self.settings.vault.kms_key_id, DEADLINE)
    }

    fn vault_on(&self, key: &str, deadline: Duration) -> Vault {
        let (app, role) = self.usual(Function::ApiKeys);
        let config = VaultConfig { kms_key_id: key.to_owned(), ..self.settings.vault.clone() };
        Vault::new(App { deadline, ..app }, config, &role)
    }

    /// Another instance of `kyc` on the same AWS, cold, on a stage where secrets are sealed.
    #[must_use]
    pub fn deployed_kyc(&self, secrets: BTreeMap<String, Vec<String>>, token: Option<String>) -> Kyc {
        self.another_kyc(Stage::Prod, self.clock.clone(), |config| {
            config.secrets = secrets;
            config.token = token;
        })
    }

    /// Another instance of `kyc` on the same AWS, cold, on a stage and at a time of its own, and configured differently.
    #[must_use]
    pub fn another_kyc(&self, stage: Stage, clock: Clock, change: impl FnOnce(&mut KycConfig)) -> Kyc {
        let (app, role) = self.on(Function::Kyc, Config { stage, ..self.config.clone() }, clock);
        let mut config = self.settings.kyc.clone();
        change(&mut config);
        Kyc::new(app, config, &role)
    }

    /// Another instance of `oauth` on the same AWS, cold, that has no more time for a request than a deployed one.
    #[must_use]
    pub fn impatient_oauth(&self) -> OAuth {
        OAuth::new(App { deadline: DEADLINE, ..self.usual(Function::OAuth).0 })
    }

    /// All functions that answer requests, each cold, as they are deployed on a stage.
    #[must_use]
    pub fn routers_on(&self, stage: Stage) -> BTreeMap<Function, Router> {
        self.routers_with(&Config { stage, ..self.config.clone() })
    }

    /// All functions that answer requests, each cold, behind something that stands before this API.
    #[must_use]
    pub fn routers_behind(&self, edge: Edge) -> BTreeMap<Function, Router> {
        self.routers_with(&Config { edge, ..self.config.clone() })
    }

    fn routers_with(&self, config: &Config) -> BTreeMap<Function, Router> {
        let of = |function: Function| self.on(function, config.clone(), self.clock.clone());
        let (app, role) = of(Function::Auth);
        let auth = Auth::new(app, self.settings.auth.clone(), &role);
        let (app, role) = of(Function::ApiKeys);
        let vault = Vault::new(app, self.settings.vault.clone(), &role);
        let (app, role) = of(Function::Kyc);
        let kyc = Kyc::new(app, self.settings.kyc.clone(), &role);
        routers(&auth, &vault, kyc, OAuth::new(of(Function::OAuth).0), config)
    }

    /// What every function that answers requests holds, for handlers of a test's own; in the role of `auth`.
    #[must_use]
    pub fn app(&self) -> App {
        self.usual(Function::Auth).0
    }

    fn usual(&self, function: Function) -> (App, SdkConfig) {
        self.on(function, self.config.clone(), self.clock.clone())
    }

    /// What an instance of a function holds, and its connection.
    fn on(&self, function: Function, config: Config, clock: Clock) -> (App, SdkConfig) {
        let role = signed_by(&self.sdk, function.binary());
        (App { deadline: PATIENCE, ..App::new(config, &role, clock) }, role)
    }
}
