//! `GET` and `PATCH /auth/profile`: what an account says of itself.

use axum::extract::State;
use schemars::{JsonSchema, Schema, json_schema};
use serde::Serialize;
use serde_json::json;
use shared::{
    blank::is_blank,
    caller::Caller,
    error::Error,
    http::{Body, Change, Field, Fields, Flaw, Input, Operation, Reply, Text, json::Json},
    keys::Row,
    now::Now,
    store::{Condition, Update, Written},
};
use url::Url;

use crate::{records::Profile, state::Auth};

/// The longest name. Code points.
const MAX_NAME: usize = 200;
/// The longest address of a picture. Bytes.
const MAX_URL: usize = 2_048;

/// A change of some fields.
pub struct ProfileUpdate {
    full_name: Change<FullName>,
    avatar_url: Change<AvatarUrl>,
    phone: Change<Phone>,
}

impl Input for ProfileUpdate {
    fn read(mut fields: Fields<'_>) -> Option<Self> {
        let full_name = fields.change("full_name", "Name; null removes it");
        let avatar_url = fields.change("avatar_url", "Address of a picture; null removes it");
        let phone = fields.change("phone", "Number in E.164 form; null removes it");
        let values = fields.end()?;
        Some(Self { full_name: values.of(full_name)?, avatar_url: values.of(avatar_url)?, phone: values.of(phone)? })
    }
}

/// A name: trimmed, with something to see in it, without control characters.
#[derive(Serialize)]
struct FullName(String);

/// Where a picture is: https only.
#[derive(Serialize)]
struct AvatarUrl(String);

/// A number in E.164 form: `+`, then 2 to 15 digits, the first not 0.
#[derive(Serialize)]
struct Phone(String);

impl Field for FullName {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<1>(text) = Field::parse(value)?;
        let name = text.trim();
        if is_blank(name) || text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
            return Err(Flaw::value(
                "full_name must have 1 to 200 characters, one of them visible and none of them a control character",
            ));
        }
        Ok(Self(name.to_owned()))
    }

    fn schema() -> Schema {
        let pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$";
        json_schema!({ "type": "string", "minLength": 1, "maxLength": MAX_NAME, "pattern": pattern })
    }
}

impl Field for AvatarUrl {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<1>(text) = Field::parse(value)?;
        let url = Url::parse(&text).ok().filter(|url| url.scheme() == "https" && url.as_str().len() <= MAX_URL);
        let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
        url.map(|url| Self(url.into()))
            .ok_or_else(|| Flaw::value("avatar_url must be an https URL of up to 2048 bytes"))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "format": "uri", "pattern": "^https://", "maxLength": MAX_URL })
    }
}

impl Field for Phone {
    fn parse(value: &Json) -> Result<Self, Flaw> {
        let Text::<1>(text) = Field::parse(value)?;
        let digits = text.strip_prefix('+').unwrap_or_default();
        let is_number = digits.bytes().all(|digit| digit.is_ascii_digit()) && !digits.starts_with('0');
        if !is_number || !(2..=15).contains(&digits.len()) {
            return Err(Flaw::value("phone must be in E.164 form, such as +14155550100"));
        }
        Ok(Self(text))
    }

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": r"^\+[1-9][0-9]{1,14}$" })
    }
}

/// The profile of an account. Every member is always there, null where there is nothing.
#[derive(Serialize, JsonSchema)]
pub struct UserProfile {
    /// Names the account.
    id: String,
    /// The address that was proven.
    email: String,
    /// The name.
    full_name: Option<String>,
    /// The address of a picture.
    avatar_url: Option<String>,
    /// The number, in E.164 form.
    phone: Option<String>,
    /// When the account came into being.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    created_at: String,
    /// When the profile last changed.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    updated_at: String,
}

impl UserProfile {
    fn of(caller: &Caller, profile: Profile) -> Self {
        Self {
            id: caller.account().to_string(),
            email: caller.email().as_str().to_owned(),
            full_name: profile.full_name,
            avatar_url: profile.avatar_url,
            phone: profile.phone,
            created_at: profile.created_at.to_string(),
            updated_at: profile.updated_at.to_string(),
        }
    }

    fn example() -> Self {
        let stamp = "2019-08-24T14:15:22Z";
        Self {
            id: "6f1c0c3a-2b47-4c0e-9d5e-2f7f0a4b8a11".to_owned(),
            email: "ada@example.com".to_owned(),
            full_name: Some("Ada Lovelace".to_owned()),
            avatar_url: None,
            phone: None,
            created_at: stamp.to_owned(),
            updated_at: stamp.to_owned(),
        }
    }
}

/// The caller's own profile.
pub async fn show(State(auth): State<Auth>, caller: Caller) -> Result<Reply<UserProfile>, Error> {
    let profile: Option<Profile> = auth.app.store.get(Row::Profile(caller.account())).await?;
    // A session without an account: the account has just ended.
    profile.map(|profile| Reply::ok(UserProfile::of(&caller, profile))).ok_or(Error::InvalidToken)
}

/// What the OpenAPI document says of it.
pub fn show_operation() -> Operation {
    Operation::new("get_profile", "The profile of whoever the bearer token belongs to.")
        .protected()
        .ok(&UserProfile::example())
        .depends()
}

/// Changes the caller's own profile and answers with it.
pub async fn change(
    State(auth): State<Auth>,
    caller: Caller,
    Now(now): Now,
    Body(change): Body<ProfileUpdate>,
) -> Result<Reply<UserProfile>, Error> {
    let update = Update::new(Row::Profile(caller.account())).set("updated_at", &now)?;
    let update = apply(update, "full_name", change.full_name)?;
    let update = apply(update, "avatar_url", change.avatar_url)?;
    let update = apply(update, "phone", change.phone)?;
    match auth.app.store.update::<Profile>(update.when(Condition::Exists)).await? {
        Written::Done(profile) => Ok(Reply::ok(UserProfile::of(&caller, profile))),
        Written::Conflict(_) => Err(Error::InvalidToken),
    }
}

/// What the OpenAPI document says of it.
pub fn change_operation() -> Operation {
    Operation::new(
        "update_profile",
        "Changes the caller's own profile. A field that is missing stays as it is, null clears it.",
    )
    .tag("Accounts")
    .protected()
    .body::<ProfileUpdate>(json!({ "full_name": "Ada Lovelace", "phone": null }))
    .ok(&UserProfile::example())
    .depends()
}

fn apply<'a, T: Serialize>(
    update: Update<'a>,
    attribute: &'static str,
    change: Change<T>,
) -> Result<Update<'a>, Error> {
    match change {
        Change::Keep => Ok(update),
        Change::Clear => update.set(attribute, &None::<T>),
        Change::Set(value) => update.set(attribute, &value),
    }
}
