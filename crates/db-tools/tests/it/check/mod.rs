//! Holding folders and entities against each other.

mod declared;
mod entities;
mod mends;
mod mistakes;
mod models;
mod real;
mod refused;
mod rules;
mod size;

use std::fmt::Write as _;
use std::sync::Arc;

use atriz_db::catalog::TableModel;
use atriz_db::{Descriptor, Engine, FileSet};
use atriz_db_tools::check::{CheckError, CheckRequest, Checked, Finding, check, compare, replay};
use atriz_db_tools::introspect::Schema;
use atriz_db_tools::scratch::Server;
use atriz_testing::{Workspace, for_engine};
use tokio::sync::OnceCell;

const BASE: &str = "20260101000000_create_base";
const MEND: &str = "20260101000100_mend";

/// What a test changes in a good project.
#[derive(Clone, Default)]
pub(crate) struct Seeded {
    /// Texts of the PostgreSQL file, and what stands there instead.
    pub(crate) postgres: Vec<(&'static str, &'static str)>,
    /// The same for SQLite.
    pub(crate) sqlite: Vec<(&'static str, &'static str)>,
    /// What stands at the end of both files: the words of `for_engine`, `UUID(name)` for a column of ids, and `TRIGGER`
    /// for one that refuses to delete owners.
    pub(crate) added: &'static str,
    /// What becomes of the entities.
    pub(crate) entities: Option<fn(&mut Vec<TableModel>)>,
}

impl Seeded {
    /// The project with the mistakes in it.
    pub(crate) fn workspace(&self) -> Workspace {
        let workspace = Workspace::new();
        for (engine, base, edits) in [
            (Engine::Postgres, include_str!("base.postgres.sql"), &self.postgres),
            (Engine::Sqlite, include_str!("base.sqlite.sql"), &self.sqlite),
        ] {
            let edited = edits.iter().fold(base.to_owned(), |text, (from, to)| {
                assert!(text.contains(from), "the base on {engine} has no {from:?}");
                text.replace(from, to)
            });
            let edited = edited + &spelt(engine, self.added);
            workspace.migration_on(engine, "core", BASE, &edited, "-- atriz: irreversible \"a test\"");
        }
        workspace
    }

    pub(crate) fn descriptor(&self, workspace: &Workspace) -> Descriptor {
        let mut descriptor = workspace.descriptor("core");
        descriptor.tables = models::all();
        if let Some(edit) = self.entities {
            edit(&mut descriptor.tables);
        }
        descriptor
    }

    /// Writes the mends of both engines as a migration.
    pub(crate) fn mend(workspace: &Workspace, findings: &[Finding]) {
        for engine in Engine::ALL {
            let up = mend_on(engine, findings);
            let twin = format!("-- atriz: only {} \"a mend\"\n", engine.other());
            let up = if up.is_empty() { twin.clone() } else { up };
            let down = if up == twin { twin } else { "-- atriz: irreversible \"a test\"".to_owned() };
            workspace.migration_on(engine, "core", MEND, &up, &down);
        }
    }
}

fn spelt(engine: Engine, added: &str) -> String {
    let mut text = String::new();
    let mut parts = added.split("UUID(");
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap();
        match engine {
            Engine::Postgres => write!(text, "{name} uuid{rest}").unwrap(),
            Engine::Sqlite => {
                write!(text, "{name} BLOB CONSTRAINT ck_{name}_type CHECK (length({name}) = 16){rest}").unwrap();
            }
        }
    }
    let trigger = match engine {
        Engine::Postgres => {
            "CREATE TRIGGER owners_keep BEFORE DELETE ON app.owners FOR EACH ROW EXECUTE FUNCTION app.refuse_change();"
        }
        Engine::Sqlite => {
            "CREATE TRIGGER owners_keep BEFORE DELETE ON owners FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'no'); END;"
        }
    };
    for_engine(engine, &text.replace("TRIGGER", trigger))
}

/// The statements of one engine, as the text of a migration.
fn mend_on(engine: Engine, findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let mut own = false;
        for statement in &finding.mend {
            match statement.as_str() {
                "-- postgres" => own = engine == Engine::Postgres,
                "-- sqlite" => own = engine == Engine::Sqlite,
                comment if own && comment.starts_with("--") => writeln!(text, "{comment}").unwrap(),
                statement if own => writeln!(text, "{statement};").unwrap(),
                _ => {}
            }
        }
    }
    // A directive stands once, at the top.
    if text.contains("-- atriz: rebuild") {
        text = format!("-- atriz: rebuild\n{}", text.replace("-- atriz: rebuild\n", ""));
    }
    text
}

/// Checks one database on both engines.
pub(crate) async fn checked(database: Descriptor) -> Result<Checked, CheckError> {
    checked_on(database, Engine::ALL.to_vec()).await
}

/// Checks the base with these changes. A folder that is the base itself is replayed once for all tests.
pub(crate) async fn seeded(seeded: &Seeded, workspace: &Workspace) -> Result<Checked, CheckError> {
    static GOOD: [OnceCell<Schema>; 2] = [OnceCell::const_new(), OnceCell::const_new()];
    let database = seeded.descriptor(workspace);
    let mut schemas = Vec::new();
    for (place, engine) in Engine::ALL.into_iter().enumerate() {
        let folder = &database.migrations;
        let twin = |path: &String| path.contains(MEND) && !only_the_other(folder, path, engine);
        let mended = folder.paths().iter().any(|path| path.contains(&format!("{engine}/")) && twin(path));
        let edits = if engine == Engine::Postgres { &seeded.postgres } else { &seeded.sqlite };
        let is_base = edits.is_empty() && seeded.added.is_empty() && !mended;
        let schema = if is_base {
            GOOD[place].get_or_try_init(|| replayed(&database, engine)).await?.clone()
        } else {
            replayed(&database, engine).await?
        };
        schemas.push(schema);
    }
    compare(&database, &schemas)
}

fn only_the_other(folder: &FileSet, path: &str, engine: Engine) -> bool {
    let text = folder.read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).starts_with(&format!("-- atriz: only {}", engine.other()))
}

async fn replayed(database: &Descriptor, engine: Engine) -> Result<Schema, CheckError> {
    let server = Server::of_tests().await.unwrap();
    Ok(replay(database, Some(&server).filter(|_| engine == Engine::Postgres)).await?.0)
}

/// Checks one database on these engines.
pub(crate) async fn checked_on(database: Descriptor, engines: Vec<Engine>) -> Result<Checked, CheckError> {
    let server = if engines.contains(&Engine::Postgres) { Some(Server::of_tests().await.unwrap()) } else { None };
    let request = CheckRequest { databases: vec![Arc::new(database)], engines, server, configuration: None };
    let (mut report, _) = check(&request).await?;
    Ok(report.databases.remove(0))
}

/// The lines of what was found.
pub(crate) fn lines(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(|finding| finding.to_string().replacen("core: ", "", 1)).collect()
}
