//! What is squashed, and what cannot be.

use atriz_db::migrate::{Body, Folder, Migration, Script, Statement, VersionKey};
use atriz_db::{Descriptor, Engine};

use super::SquashError;

/// The migrations of both engines that a checkpoint is to replace, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Range {
    /// By engine, in the order of [`Engine::ALL`].
    migrations: Vec<(Engine, Vec<Migration>)>,
    /// The stem of the checkpoint.
    pub(super) checkpoint: String,
}

impl Range {
    /// Reads the folders of both engines up to and with `to`.
    pub(super) fn read(database: &Descriptor, to: &str) -> Result<Self, SquashError> {
        let mut migrations = Vec::new();
        for engine in Engine::ALL {
            let folder = Folder::read(database, engine).map_err(atriz_db::Error::from)?;
            migrations.push((engine, upto(&database.name, folder, to)?));
        }
        let versions = migrations.first().map(|(_, list)| list.as_slice()).unwrap_or_default();
        let last = versions.last().map(|last| last.version.clone()).unwrap_or_default();
        if versions.len() < 2 {
            return Err(SquashError::TooFew { database: database.name.clone(), version: last });
        }
        let number = last.split('_').next().unwrap_or_default();
        let range = Self { checkpoint: format!("{number}_checkpoint"), migrations };
        if range.versions().contains(&range.checkpoint) {
            return Err(SquashError::SameName { database: database.name.clone(), version: range.checkpoint });
        }
        range.check(database)?;
        Ok(range)
    }

    /// The versions, oldest first; the same on both engines.
    pub(super) fn versions(&self) -> Vec<String> {
        let first = self.migrations.first().map(|(_, list)| list.as_slice()).unwrap_or_default();
        first.iter().map(|migration| migration.version.clone()).collect()
    }

    /// The last version.
    pub(super) fn last(&self) -> String {
        self.versions().pop().unwrap_or_default()
    }

    /// The migrations for one engine.
    pub(super) fn on(&self, engine: Engine) -> &[Migration] {
        let found = self.migrations.iter().find(|(of, _)| *of == engine);
        found.map(|(_, list)| list.as_slice()).unwrap_or_default()
    }

    /// The ways there and back, oldest first; there are no migrations in Rust behind [`Range::read`].
    pub(super) fn scripts(&self, engine: Engine) -> impl DoubleEndedIterator<Item = (&Migration, &Script, &Script)> {
        self.on(engine).iter().filter_map(|migration| match &migration.body {
            Body::Sql { up, down } => Some((migration, up.as_ref(), down.as_ref())),
            Body::Rust(_) => None,
        })
    }

    /// The arguments of `replaces`, a line each.
    pub(super) fn replaces(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (migration, ..) in self.scripts(Engine::Postgres) {
            lines.push(migration.version.clone());
            // What an older checkpoint stood for stays known: a database may have run that instead of it.
            let Body::Sql { up, .. } = &migration.body else { continue };
            for older in migration.replaces() {
                let around = up.directives.within.get(older).unwrap_or(&migration.version);
                lines.push(format!("{around} ({older})"));
            }
        }
        lines
    }

    fn check(&self, database: &Descriptor) -> Result<(), SquashError> {
        for (engine, list) in &self.migrations {
            let mut before: Option<String> = None;
            for migration in list {
                match &migration.body {
                    Body::Rust(_) => {
                        let (database, version) = (database.name.clone(), migration.version.clone());
                        return Err(SquashError::Rust { database, version, before });
                    }
                    Body::Sql { up, .. } => check_script(migration, up, *engine)?,
                }
                before = Some(migration.version.clone());
            }
        }
        Ok(())
    }
}

fn upto(database: &str, folder: Folder, to: &str) -> Result<Vec<Migration>, SquashError> {
    let named = folder.migrations.iter().find(|migration| migration.version == to);
    let by_number = || {
        let number = VersionKey::digits(to).filter(|digits| digits == to);
        folder.migrations.iter().find(|migration| number.is_some() && VersionKey::digits(&migration.version) == number)
    };
    let Some(last) = named.or_else(by_number).map(|migration| migration.version.clone()) else {
        let newest = folder.migrations.last().map(|migration| migration.version.clone()).unwrap_or_default();
        return Err(SquashError::NoSuchVersion { database: database.to_owned(), version: to.to_owned(), newest });
    };
    let keep = |migration: &Migration| VersionKey::compare(&migration.version, &last).is_le();
    Ok(folder.migrations.into_iter().filter(keep).collect())
}

fn check_script(migration: &Migration, script: &Script, engine: Engine) -> Result<(), SquashError> {
    match script.statements.iter().find(|statement| is_outside(statement, engine)) {
        Some(statement) => Err(SquashError::Outside {
            path: script.path.clone(),
            line: statement.line,
            excerpt: statement.excerpt(),
            version: migration.version.clone(),
        }),
        None => Ok(()),
    }
}

/// Statements whose effect is on the server or the file, which no dump of the schema holds.
fn is_outside(statement: &Statement, engine: Engine) -> bool {
    let (first, second) = (statement.word(0), statement.word(1));
    match engine {
        Engine::Sqlite => {
            const HARMLESS: [&str; 5] =
                ["defer_foreign_keys", "foreign_key_check", "integrity_check", "optimize", "quick_check"];
            first == "attach" || (first == "pragma" && !HARMLESS.contains(&second.as_str()))
        }
        Engine::Postgres => {
            const SERVER: [&str; 7] = ["database", "group", "role", "subscription", "system", "tablespace", "user"];
            ["create", "alter", "drop"].contains(&first.as_str()) && SERVER.contains(&second.as_str())
        }
    }
}
