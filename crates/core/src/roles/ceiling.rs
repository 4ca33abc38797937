//! Nobody gives more than they have.

use std::collections::BTreeMap;

use atriz_kernel::UserId;
use sea_orm::{DatabaseTransaction, FromQueryResult, Statement};

use super::change::ADMIN;
use super::{EffectiveRoles, Roles};
use crate::caller::Caller;
use crate::ground::Ground;
use crate::{AuthError, sql};

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
) -> Result<(), AuthError> {
    let giver = match (caller.user, caller.session) {
        (Some(user), Some(_)) => Giver::Person(user),
        _ => Giver::Program(caller),
    };
    may(ground, transaction, &giver, code).await
}

/// As [`may_give`], for a person who is not the one that asks.
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
    may(ground, transaction, &Giver::Person(person), code).await
}

async fn may(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    giver: &Giver<'_>,
    code: &str,
) -> Result<(), AuthError> {
    let mut wanted: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for row in permitted(transaction, code).await? {
        wanted.entry(row.app).or_default().push(row.permission);
    }
    for (app, permissions) in wanted {
        let held = held(ground, transaction, giver, app.as_deref()).await?;
        if held.roles.iter().any(|role| role == ADMIN) {
            continue;
        }
        if let Some(missing) = permissions.into_iter().find(|permission| !held.permissions.contains(permission)) {
            return Err(AuthError::Forbidden(missing));
        }
    }
    Ok(())
}

/// What somebody is and may do in an app, or across all of them.
async fn held(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    giver: &Giver<'_>,
    app: Option<&str>,
) -> Result<EffectiveRoles, AuthError> {
    match giver {
        // No app has an empty code, so that roles across all apps are left.
        Giver::Person(user) => {
            Roles::new(ground.clone()).effective_within(transaction, *user, app.unwrap_or_default()).await
        }
        Giver::Program(caller) if app == Some(caller.app.as_str()) => {
            Ok(EffectiveRoles { roles: Vec::new(), permissions: caller.permissions.clone() })
        }
        Giver::Program(_) => Ok(EffectiveRoles::default()),
    }
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
