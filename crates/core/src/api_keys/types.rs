//! What a key is made of, and what is told about it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use uuid::Uuid;

use crate::AuthError;
use crate::entity::auth::{api_keys, service_accounts};

/// A key that somebody wants.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What its owner calls it.
    pub name: String,
    /// The app it is good for, by its code.
    pub app: String,
    /// What it may do.
    pub permissions: Vec<String>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyInfo {
    /// Its id, with which it begins.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// The app it is good for, by its code.
    pub app: String,
    /// What it may do, as far as its owner may.
    pub permissions: BTreeSet<String>,
    /// When it ends; `None` for never.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A service account that somebody wants.
#[derive(Clone, Debug)]
pub struct NewServiceAccount {
    /// Its short name.
    pub code: String,
    /// What people see.
    pub name: String,
    /// The app it belongs to, by its code; `None` for the whole platform.
    pub app: Option<String>,
    /// What it may do.
    pub permissions: Vec<String>,
}

/// A program that signs in by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccountInfo {
    /// Its id.
    pub id: Uuid,
    /// Its short name.
    pub code: String,
    /// What people see.
    pub name: String,
    /// The app it belongs to, by its code; `None` for the whole platform.
    pub app: Option<String>,
    /// What it may do.
    pub permissions: BTreeSet<String>,
    /// When it was shut; `None` while it may work.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl ApiKeyInfo {
    pub(super) fn new(key: api_keys::Model, app: String) -> Self {
        Self {
            id: key.id,
            name: key.name,
            app,
            permissions: permissions_of(&key.permissions),
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            created_at: key.created_at,
        }
    }
}

impl ServiceAccountInfo {
    pub(super) fn new(account: service_accounts::Model, app: Option<String>) -> Self {
        Self {
            id: account.id,
            code: account.code,
            name: account.name,
            app,
            permissions: permissions_of(&account.permissions),
            disabled_at: account.disabled_at,
            created_at: account.created_at,
        }
    }
}

/// The permissions in a column.
pub(super) fn permissions_of(list: &Json) -> BTreeSet<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

/// Permissions as somebody wrote them, once each.
pub(super) fn checked_permissions(given: &[String]) -> Result<BTreeSet<String>, AuthError> {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    let fits = |one: &String| (1..=100).contains(&one.len()) && one.bytes().all(letters);
    if given.is_empty() || given.len() > 100 {
        return Err(AuthError::unacceptable("permissions", "it takes between 1 and 100 permissions"));
    }
    if !given.iter().all(fits) {
        return Err(AuthError::unacceptable("permissions", "a permission is written as in items.read"));
    }
    Ok(given.iter().cloned().collect())
}

/// A name as somebody wrote it, without the blanks around it.
pub(super) fn checked_name(name: &str) -> Result<String, AuthError> {
    let name = name.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(AuthError::unacceptable("name", "it takes between 1 and 100 letters"))
    }
}
