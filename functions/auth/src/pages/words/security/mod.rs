//! What the account page says of second factors.

pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod ja;
pub(super) mod pt;
pub(super) mod zh;

use serde::Serialize;

use super::{Counted, Timed};

/// Second factors, on the account page.
pub struct SecurityPage {
    /// Above all of it.
    pub title: &'static str,
    /// What second factors are, and what removing one does.
    pub intro: &'static str,
    /// The second step of a sign-in.
    pub second_factor: &'static str,
    /// The field for a code of the app, or one for recovery.
    pub code: &'static str,
    /// Beside the box that has this device remembered.
    pub remember: &'static str,
    /// On the button that shows the code.
    pub proceed: &'static str,
    /// On the button that shows a passkey instead.
    pub use_passkey: &'static str,
    /// On the button that signs in with nothing but a passkey.
    pub sign_in_by_passkey: &'static str,
    /// On the button that goes back.
    pub back: &'static str,
    /// Above the dialogue that asks anew who is there.
    pub confirm: &'static str,
    /// Above the app.
    pub app: &'static str,
    /// On the button that begins to set one up.
    pub set_up_app: &'static str,
    /// What to do with the QR code.
    pub scan: &'static str,
    /// Above the secret, for who types it in.
    pub secret: &'static str,
    /// The field for the app's first code.
    pub app_code: &'static str,
    /// On the button that ends setting it up.
    pub activate: &'static str,
    /// Above the passkeys.
    pub passkeys: &'static str,
    /// The field for the name of a new one.
    pub passkey_name: &'static str,
    /// On the button that adds it.
    pub add_passkey: &'static str,
    /// Above recovery codes.
    pub recovery: &'static str,
    /// What they are, beside new ones.
    pub codes_hint: &'static str,
    /// On the button that makes new ones.
    pub renew_codes: &'static str,
    /// On the button that copies them.
    pub copy: &'static str,
    /// On the link to a file with them.
    pub download: &'static str,
    /// On the button that prints them.
    pub print: &'static str,
    /// On the button that has them gone from the page.
    pub kept: &'static str,
    /// Above the devices that are asked for no second factor.
    pub devices: &'static str,
    /// On the button that forgets all of them.
    pub forget_devices: &'static str,
    /// What its script says.
    pub says: SecuritySays,
}

/// What the script says of second factors.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecuritySays {
    /// What was typed is no code.
    pub no_code: &'static str,
    /// The second factor does not convince.
    pub wrong_factor: &'static str,
    /// The first step is too long ago.
    pub too_late: &'static str,
    /// The browser gave no passkey.
    pub no_passkey: &'static str,
    /// The passkey signs nobody in.
    pub unknown_passkey: &'static str,
    /// What was typed is no code of an app.
    pub no_app_code: &'static str,
    /// The app's first code is wrong.
    pub wrong_code: &'static str,
    /// Setting up has taken too long.
    pub enrolment_expired: &'static str,
    /// The service does not take the new passkey.
    pub passkey_refused: &'static str,
    /// The passkey is in use already.
    pub passkey_known: &'static str,
    /// There are as many as there may be.
    pub too_many_passkeys: &'static str,
    /// Nothing was done, for nobody has confirmed to be there.
    pub not_confirmed: &'static str,
    /// The app, in a list.
    pub app_name: &'static str,
    /// There is none.
    pub no_app: &'static str,
    /// There are none.
    pub no_passkeys: &'static str,
    /// Since when there is a factor.
    pub added_at: Timed,
    /// A passkey that is on several devices.
    pub synced: &'static str,
    /// How many recovery codes are left.
    pub codes_left: Counted,
    /// Until when a device is remembered.
    pub device_until: Timed,
    /// On the button that forgets it.
    pub forget: &'static str,
    /// It is.
    pub forgotten: &'static str,
    /// On the button that removes a factor.
    pub remove: &'static str,
    /// On it, once it was pressed.
    pub remove_sure: &'static str,
    /// What pressing it again does.
    pub remove_hint: &'static str,
    /// The factor is gone.
    pub removed: &'static str,
    /// On the button that names a passkey anew.
    pub rename: &'static str,
    /// The field for that name.
    pub new_name: &'static str,
    /// On the button that keeps it.
    pub save: &'static str,
    /// There is no name.
    pub no_name: &'static str,
    /// It has that name.
    pub renamed: &'static str,
    /// The factor counts.
    pub added: &'static str,
    /// There are new recovery codes.
    pub renewed: &'static str,
    /// They are copied.
    pub copied: &'static str,
    /// They are not: the browser does not allow it.
    pub not_copied: &'static str,
    /// Names the QR code.
    pub qr: &'static str,
    /// When all factors go, as an operator was asked to have it.
    pub resets_at: Timed,
}
