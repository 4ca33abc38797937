//! Nobody gives more than they have.

use std::collections::BTreeMap;

use atriz_kernel::UserId;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, FromQueryResult, QueryFilter as _, Statement};

use super::change::ADMIN;
use super::{EffectiveRoles, Roles};
use crate::caller::Caller;
use crate::entity::auth::api_keys;
use crate::ground::Ground;
use crate::values::last_moment;
use crate::{AuthError, sql};

/// What is missing of somebody who holds all that a role permits, and loses it sooner than the role would.
const FOR_A_TIME: &str = "roles that last as long as what is to be given";

/// One thing that a role permits, and the app in which it does.
#[derive(FromQueryResult)]
struct Row {
    app: Option<String>,
    permission: String,
}

/// Who gives a role.
enum Giver<'a> {
    /// A person, with all that they may do.
    Person(UserId),
    /// A program, which may do no more than its key was made for, and that in its own app.
    Program(&'a Caller),
}

/// How long what is given is to last. Who holds something until a certain day gives it until then at the latest, or they would
/// give it to themselves anew.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lasting {
    /// It is taken away, for which holding it in this moment is enough.
    Now,
    /// Until then.
    Until(DateTime<Utc>),
    /// Without an end.
    Always,
}

impl From<Option<DateTime<Utc>>> for Lasting {
    fn from(end: Option<DateTime<Utc>>) -> Self {
        end.map_or(Self::Always, Self::Until)
    }
}

impl Lasting {
    /// The last moment in which the giver has to hold it.
    fn end(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Now => now,
            // What ends at that moment lasts up to it.
            Self::Until(end) => now.max(end - TimeDelta::microseconds(1)),
            Self::Always => last_moment(),
        }
    }
}

/// Asks that `caller` may do all that a role permits, with those that it includes: what counts in one app in that app, and
/// what counts in all of them across all. An administrator gives every role.
///
/// # Errors
///
/// [`AuthError::Forbidden`], which names what is missing.
pub(crate) async fn may_give(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    caller: &Caller,
    code: &str,
    lasting: Lasting,
) -> Result<(), AuthError> {
    let giver = match (caller.user, caller.session) {
        (Some(user), Some(_)) => Giver::Person(user),
        _ => Giver::Program(caller),
    };
    may(ground, transaction, &giver, code, lasting).await
}

/// As [`may_give`], for a person who is not the one that asks, and without an end.
///
/// # Errors
///
/// As there.
pub(crate) async fn person_may_give(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    person: UserId,
    code: &str,
) -> Result<(), AuthError> {
    may(ground, transaction, &Giver::Person(person), code, Lasting::Always).await
}

async fn may(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    giver: &Giver<'_>,
    code: &str,
    lasting: Lasting,
) -> Result<(), AuthError> {
    let now = ground.clock.now();
    let mut wanted: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for row in permitted(transaction, code).await? {
        wanted.entry(row.app).or_default().push(row.permission);
    }
    for (app, permissions) in wanted {
        let lasts = held(ground, transaction, giver, app.as_deref(), lasting.end(now)).await?;
        let Some(missing) = lasts.lacks(&permissions) else { continue };
        let holds = held(ground, transaction, giver, app.as_deref(), now).await?;
        let is_for_a_time = holds.lacks(&permissions).is_none();
        return Err(AuthError::Forbidden(if is_for_a_time { FOR_A_TIME.to_owned() } else { missing.to_owned() }));
    }
    Ok(())
}

impl EffectiveRoles {
    /// What is missing of these permissions; nothing for an administrator.
    fn lacks<'a>(&self, permissions: &'a [String]) -> Option<&'a str> {
        let missing = permissions.iter().find(|permission| !self.permissions.contains(*permission));
        missing.filter(|_| !self.roles.iter().any(|role| role == ADMIN)).map(String::as_str)
    }
}

/// What somebody is and may do in an app, or across all of them, and still will at a moment to come.
async fn held(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    giver: &Giver<'_>,
    app: Option<&str>,
    at: DateTime<Utc>,
) -> Result<EffectiveRoles, AuthError> {
    let roles = Roles::new(ground.clone());
    match giver {
        // No app has an empty code, so that roles across all apps are left.
        Giver::Person(user) => roles.effective_at(transaction, *user, app.unwrap_or_default(), at).await,
        Giver::Program(caller) if app == Some(caller.app.as_str()) => {
            if !lasts(transaction, caller, at).await? {
                return Ok(EffectiveRoles::default());
            }
            let mut permissions = caller.permissions.clone();
            if let Some(owner) = caller.user {
                let of_owner = roles.effective_at(transaction, owner, &caller.app, at).await?.permissions;
                permissions.retain(|permission| of_owner.contains(permission));
            }
            Ok(EffectiveRoles { roles: Vec::new(), permissions })
        }
        Giver::Program(_) => Ok(EffectiveRoles::default()),
    }
}

/// Whether the key of a program is good still at a moment to come.
async fn lasts(transaction: &DatabaseTransaction, caller: &Caller, at: DateTime<Utc>) -> Result<bool, AuthError> {
    let Some(key) = caller.key else { return Ok(true) };
    let key = api_keys::Entity::find().filter(api_keys::Column::Id.eq(key)).one(transaction).await?;
    Ok(key.is_some_and(|key| key.expires_at.is_none_or(|end| end > at)))
}

/// Asks that a person hold permissions for as long as what they make by them lasts.
///
/// # Errors
///
/// [`AuthError::Forbidden`].
pub(crate) async fn hold_as_long(
    ground: &Ground,
    caller: &Caller,
    permissions: &[&str],
    lasting: Lasting,
) -> Result<(), AuthError> {
    let (user, at) = (caller.user()?, lasting.end(ground.clock.now()));
    let held = Roles::new(ground.clone()).effective_at(ground.database.read(), user, &caller.app, at).await?;
    let wanted: Vec<String> = permissions.iter().map(|&permission| permission.to_owned()).collect();
    held.lacks(&wanted).map_or(Ok(()), |_| Err(AuthError::Forbidden(FOR_A_TIME.to_owned())))
}

/// All that a role permits. UNION drops what was found before, so that a circle of roles ends.
async fn permitted(transaction: &DatabaseTransaction, code: &str) -> Result<Vec<Row>, AuthError> {
    const PERMITTED: &str = "WITH RECURSIVE given(role_id) AS (\
        SELECT id FROM roles WHERE code = $1 \
        UNION SELECT i.included_id FROM role_includes i JOIN given g ON i.role_id = g.role_id) \
        SELECT a.code AS app, p.permission FROM given g JOIN roles r ON r.id = g.role_id \
        JOIN role_permissions p ON p.role_id = r.id LEFT JOIN apps a ON a.id = r.app_id";
    let backend = sea_orm::ConnectionTrait::get_database_backend(transaction);
    let statement: Statement = sql::statement(backend, PERMITTED, [code.into()]);
    Ok(Row::find_by_statement(statement).all(transaction).await?)
}
