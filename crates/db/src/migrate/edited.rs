//! What has changed in the file of an applied migration.

use super::MigrationError;
use super::executor::Executor;
use super::folder::{Body, Script};
use crate::tracking::Steps;

impl Executor<'_> {
    /// Adds to an error what only the database can tell: of an edited file, the first statement that differs.
    pub(super) async fn explain(&self, error: MigrationError) -> MigrationError {
        match error {
            MigrationError::Edited { database, version, .. } => {
                let difference = self.first_difference(&version).await.unwrap_or_default();
                MigrationError::Edited { database, version, difference }
            }
            other => other,
        }
    }

    /// The first statement that differs from what the journal says was applied; nothing where it does not say.
    pub(crate) async fn first_difference(&self, version: &str) -> Option<String> {
        let Body::Sql { up, .. } = &self.folder.get(version)?.body else { return None };
        let steps = Steps::read(&self.session.connection, self.session.engine, version).await.ok()?;
        let applied = steps.applied();
        (!applied.is_empty()).then(|| compare(up, &applied)).flatten()
    }
}

fn compare(script: &Script, applied: &[&str]) -> Option<String> {
    let path = &script.path;
    for (index, statement) in script.statements.iter().enumerate() {
        let now = statement.checksum();
        let (number, line, excerpt) = (index + 1, statement.line, statement.excerpt());
        match applied.get(index) {
            Some(then) if *then == now => {}
            Some(_) => return Some(format!("\n  {path}, line {line}: statement {number} differs: {excerpt}")),
            None => return Some(format!("\n  {path}, line {line}: statement {number} is new: {excerpt}")),
        }
    }
    let (now, then) = (script.statements.len(), applied.len());
    (then > now).then(|| format!("\n  {path}: it had {then} statements and has {now}: statement {} is gone", now + 1))
}
