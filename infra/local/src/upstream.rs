//! Prepares another AWS emulator, so that it offers what our stand-ins have from the start.

use serde_json::json;

use crate::backend::Backend;
use crate::{Error, Options};

/// Makes the sender and the configuration set unless they are there.
pub(crate) async fn prepare(backend: &Backend, options: &Options) -> Result<(), Error> {
    let identity = json!({"EmailIdentity": options.sender});
    unless_there(backend.post_to_ses("/v2/email/identities", &identity).await)?;
    let configuration_set = json!({"ConfigurationSetName": options.configuration_set});
    unless_there(backend.post_to_ses("/v2/email/configuration-sets", &configuration_set).await)
}

/// SES names the same case differently for each resource, as do its emulators.
fn unless_there(made: Result<serde_json::Value, Error>) -> Result<(), Error> {
    match made {
        Ok(_) => Ok(()),
        Err(Error::Refused { code, .. }) if code.contains("AlreadyExists") => Ok(()),
        Err(error) => Err(error),
    }
}
