//! The exports of services: what they call things, and what an account of theirs comes to here.

use auth::import::{ForeignHash, Function, Importer, NewUser, Project, Unusable};
use clap::ValueEnum;
use compat::email::EmailAddress;
use serde_json::Value;

use super::records::Members;
use crate::operator::Failure;

/// Where users come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// The table auth.users as CSV or as JSON.
    Supabase,
    /// What `firebase auth:export` makes, as JSON. The standard input brings the signer key of the project.
    Firebase,
    /// The export with hashes that Auth0's support makes: NDJSON.
    Auth0,
    /// CSV with the columns of a user pool, which gives out no hashes.
    Cognito,
    /// CSV of anything else, without hashes: the columns email and `email_verified`, and id, name, picture and phone if there are such.
    Csv,
}

impl Source {
    /// As the command line has it.
    pub(super) fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// What a record comes to.
pub enum Reading {
    /// Somebody with an account.
    User(Box<NewUser>, Password),
    /// The address was not proven there, or there is none.
    Unproven,
    /// That service lets him in no more: he was shut out, or deleted.
    ShutOut,
    /// It is no record of that service.
    Malformed,
}

/// Whether somebody brings a password along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    /// It can be used here, and was hashed by this function.
    Kept(Function),
    /// That service has none, or does not give it out.
    None,
    /// Its hash would cost a login too much, or is of a kind that is not known here.
    Unusable,
}

/// No record of that service.
struct Malformed;

/// What all services know of somebody.
#[derive(Default)]
struct Exported<'a> {
    id: Option<&'a str>,
    email: Option<&'a str>,
    is_proven: bool,
    is_shut_out: bool,
    hash: Option<Result<ForeignHash, Unusable>>,
    name: Option<String>,
    picture: Option<String>,
    phone: Option<&'a str>,
}

impl Source {
    /// Its name in derived ids.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Supabase => "supabase",
            Self::Firebase => "firebase",
            Self::Auth0 => "auth0",
            Self::Cognito => "cognito",
            Self::Csv => "csv",
        }
    }

    /// Whether a file can be an export of this service, by the columns that it has; none in JSON.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn check(self, columns: Option<&[String]>) -> Result<(), Failure> {
        let needed: &[&str] = match (self, columns) {
            (Self::Supabase | Self::Firebase | Self::Auth0, None) => return Ok(()),
            (Self::Firebase | Self::Auth0, Some(_)) => {
                return Err("the file is CSV; this service's export is JSON".into());
            }
            (Self::Cognito | Self::Csv, None) => return Err("the file is JSON; this one is to be CSV".into()),
            (Self::Supabase, Some(_)) => &["id", "email", "encrypted_password", "email_confirmed_at"],
            (Self::Cognito, Some(_)) => &["cognito:username", "email", "email_verified"],
            (Self::Csv, Some(_)) => &["email", "email_verified"],
        };
        match needed.iter().find(|name| !columns.is_some_and(|columns| columns.iter().any(|column| column == *name))) {
            Some(missing) => Err(format!("the file has no column {missing}").into()),
            None => Ok(()),
        }
    }

    /// What a record comes to. `project`: the one that users of Firebase come from.
    #[must_use]
    pub fn read(self, members: &Members, project: Option<&Project>, importer: &Importer) -> Reading {
        let exported = match self {
            Self::Supabase => supabase(members),
            Self::Firebase => firebase(members, project),
            Self::Auth0 => auth0(members),
            Self::Cognito => cognito(members),
            Self::Csv => csv(members),
        };
        let Ok(exported) = exported else { return Reading::Malformed };
        match exported {
            Exported { is_shut_out: true, .. } => return Reading::ShutOut,
            Exported { is_proven: false, .. } | Exported { email: None, .. } => return Reading::Unproven,
            _ => {}
        }
        let Ok(address) = EmailAddress::parse(exported.email.unwrap_or_default()) else { return Reading::Malformed };
        let id = match exported.id {
            Some(id) => importer.id(self.as_str(), id),
            None if self == Self::Csv => importer.id(self.as_str(), &address.key().to_base64url()),
            None => return Reading::Malformed,
        };
        let password = match &exported.hash {
            None => Password::None,
            Some(Err(_)) => Password::Unusable,
            Some(Ok(hash)) => Password::Kept(hash.function()),
        };
        let user = NewUser {
            id,
            address,
            password: exported.hash.and_then(Result::ok),
            full_name: exported.name.filter(|name| Some(name.as_str()) != exported.email),
            avatar_url: exported.picture,
            phone: exported.phone.map(|phone| format!("+{}", phone.trim_start_matches('+'))),
        };
        Reading::User(Box::new(user), password)
    }
}

/// <https://supabase.com/docs/guides/auth/managing-user-data>, and the columns of auth.users.
fn supabase(members: &Members) -> Result<Exported<'_>, Malformed> {
    let said = match members.get("raw_user_meta_data") {
        Some(Value::Object(said)) => Some(said.clone()),
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        _ => None,
    };
    let says = |name| said.as_ref().and_then(|said: &Members| said.get(name)?.as_str()).map(str::to_owned);
    Ok(Exported {
        id: text(members, "id")?,
        email: text(members, "email")?,
        is_proven: moment(members, "email_confirmed_at")?,
        is_shut_out: moment(members, "banned_until")? || moment(members, "deleted_at")?,
        hash: text(members, "encrypted_password")?.map(ForeignHash::bcrypt),
        name: says("full_name").or_else(|| says("name")),
        picture: says("avatar_url").or_else(|| says("picture")),
        phone: text(members, "phone")?,
    })
}

/// <https://firebase.google.com/docs/cli/auth>
fn firebase<'a>(members: &'a Members, project: Option<&Project>) -> Result<Exported<'a>, Malformed> {
    let salt = text(members, "salt")?.unwrap_or_default();
    let hash =
        text(members, "passwordHash")?.map(|hash| ForeignHash::firebase(project.ok_or(Unusable::Unknown)?, salt, hash));
    Ok(Exported {
        id: text(members, "localId")?,
        email: text(members, "email")?,
        is_proven: flag(members, "emailVerified")?.unwrap_or_default(),
        is_shut_out: flag(members, "disabled")?.unwrap_or_default(),
        hash,
        name: text(members, "displayName")?.map(str::to_owned),
        picture: text(members, "photoUrl")?.map(str::to_owned),
        phone: text(members, "phoneNumber")?,
    })
}

/// <https://community.auth0.com/t/password-hashes-export-data-format/58730>: address and proof may stand among the identifiers alone.
fn auth0(members: &Members) -> Result<Exported<'_>, Malformed> {
    let identifiers = members.get("identifiers").and_then(Value::as_array).into_iter().flatten();
    let identifier =
        identifiers.filter_map(Value::as_object).find(|one| one.get("type").is_some_and(|of| of == "email"));
    let own_id = members.get("_id").and_then(|id| id.get("$oid")).and_then(Value::as_str);
    let (email, is_proven) = match (text(members, "email")?, identifier) {
        (Some(email), _) => (Some(email), flag(members, "email_verified")?),
        (None, Some(identifier)) => (text(identifier, "value")?, flag(identifier, "verified")?),
        (None, None) => (None, None),
    };
    Ok(Exported {
        id: text(members, "alt_id")?.or(own_id),
        email,
        is_proven: is_proven.unwrap_or_default(),
        is_shut_out: flag(members, "blocked")?.unwrap_or_default(),
        hash: text(members, "passwordHash")?.map(ForeignHash::bcrypt),
        name: text(members, "name")?.map(str::to_owned),
        picture: text(members, "picture")?.map(str::to_owned),
        phone: text(members, "phone_number")?,
    })
}

/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-using-import-tool.html>
fn cognito(members: &Members) -> Result<Exported<'_>, Malformed> {
    Ok(Exported {
        id: text(members, "sub")?.or(text(members, "cognito:username")?),
        email: text(members, "email")?,
        is_proven: flag(members, "email_verified")?.unwrap_or_default(),
        name: text(members, "name")?.map(str::to_owned),
        picture: text(members, "picture")?.map(str::to_owned),
        phone: text(members, "phone_number")?,
        ..Exported::default()
    })
}

fn csv(members: &Members) -> Result<Exported<'_>, Malformed> {
    Ok(Exported {
        id: text(members, "id")?,
        email: text(members, "email")?,
        is_proven: flag(members, "email_verified")?.unwrap_or_default(),
        name: text(members, "name")?.map(str::to_owned),
        picture: text(members, "picture")?.map(str::to_owned),
        phone: text(members, "phone")?,
        ..Exported::default()
    })
}

/// A text. One that is empty is none, for CSV has nothing else to say that with.
fn text<'a>(members: &'a Members, name: &str) -> Result<Option<&'a str>, Malformed> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(Malformed),
    }
}

/// Yes or no, as JSON has it or as databases write it.
fn flag(members: &Members, name: &str) -> Result<Option<bool>, Malformed> {
    if let Some(Value::Bool(flag)) = members.get(name) {
        return Ok(Some(*flag));
    }
    match text(members, name)?.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true" | "t") => Ok(Some(true)),
        Some("false" | "f") => Ok(Some(false)),
        Some(_) => Err(Malformed),
    }
}

/// Whether there is a time, which begins with a year.
fn moment(members: &Members, name: &str) -> Result<bool, Malformed> {
    match text(members, name)? {
        None | Some("null" | "NULL") => Ok(false),
        Some(time) if time.len() >= 10 && time.starts_with(|first: char| first.is_ascii_digit()) => Ok(true),
        Some(_) => Err(Malformed),
    }
}
