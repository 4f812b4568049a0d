//! Prepares another AWS emulator, so that it offers what our stand-ins have from the start.

use serde_json::json;

use crate::backend::{Api, Backend};
use crate::{Error, Options};

/// Makes the KMS key, the sender and the configuration set unless they are there.
pub(crate) async fn prepare(backend: &Backend, options: &Options) -> Result<(), Error> {
    make_key(backend, &options.key_alias).await?;
    let identity = json!({"EmailIdentity": options.sender});
    unless_there(backend.post_to_ses("/v2/email/identities", &identity).await)?;
    let configuration_set = json!({"ConfigurationSetName": options.configuration_set});
    unless_there(backend.post_to_ses("/v2/email/configuration-sets", &configuration_set).await)
}

async fn make_key(backend: &Backend, alias: &str) -> Result<(), Error> {
    match backend.call(Api::Kms, "DescribeKey", &json!({"KeyId": alias})).await {
        Ok(_) => return Ok(()),
        Err(error) if error.is_refusal("NotFoundException") => {}
        Err(error) => return Err(error),
    }
    let key = backend.call(Api::Kms, "CreateKey", &json!({})).await?;
    let input = json!({"AliasName": alias, "TargetKeyId": key["KeyMetadata"]["KeyId"]});
    // CreateAlias answers nothing at all, which is not JSON. Another one may have been quicker.
    match backend.call(Api::Kms, "CreateAlias", &input).await {
        Err(Error::Answer { .. }) => Ok(()),
        made => unless_there(made),
    }
}

/// SES names the same case differently for each resource, as do its emulators.
fn unless_there(made: Result<serde_json::Value, Error>) -> Result<(), Error> {
    match made {
        Ok(_) => Ok(()),
        Err(Error::Refused { code, .. }) if code.contains("AlreadyExists") => Ok(()),
        Err(error) => Err(error),
    }
}
