//! What was generated keeps the rules of lint: there except where a person has to answer for it, and back everywhere.

use std::process::Command;

use atriz_db::{Catalog, Engine};
use atriz_db_tools::lint::{LintFolder, LintRequest, Report, Since, lint};
use atriz_db_tools::logical::Action::{Cascade, Restrict};
use atriz_db_tools::logical::ColumnType::{BigInteger, Boolean, Date, Integer, Text, Timestamp, Uuid};
use atriz_testing::Workspace;

use super::{Entities, Entity, generated, text};

/// What somebody has to say yes to, with a reason, in the file itself: rows are lost, or the app that runs meanwhile
/// finds another schema.
const ANSWERED: [&str; 14] = [
    "ban-drop-column",
    "ban-drop-table",
    "ban-drop-constraint",
    "ban-drop-trigger",
    "ban-drop-not-null",
    "ban-drop-default",
    "changing-column-type",
    "renaming-column",
    "renaming-object",
    "adding-serial-primary-key-field",
    "data-dependent-unique",
    "sqlite-drop-table",
    "sqlite-rebuild-drops-column",
    "sqlite-rename",
];

fn git(workspace: &Workspace, arguments: &[&str]) {
    let who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"];
    let mut command = Command::new("git");
    command.arg("-C").arg(workspace.root()).args(who).args(arguments);
    let output = command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

async fn linted(workspace: &Workspace) -> Report {
    let catalog = Catalog::new(vec![workspace.descriptor("core")]).unwrap();
    let folder = LintFolder::of_catalog(&catalog, catalog.get("core").unwrap(), workspace.root());
    let request =
        LintRequest { folders: vec![folder], engines: Engine::ALL.to_vec(), since: Since::MainBranch, fix: false };
    lint(&request).await.unwrap()
}

/// The findings about files that come behind a release of `before`.
async fn findings(before: Entities, after: Entities) -> Vec<String> {
    let workspace = Workspace::new();
    generated(&workspace, before.logical(), "create_all").await;
    git(&workspace, &["init", "--quiet", "--initial-branch=main"]);
    git(&workspace, &["add", "--all"]);
    git(&workspace, &["commit", "--quiet", "--message", "a release"]);
    let change = generated(&workspace, after.logical(), "change_all").await;
    let report = linted(&workspace).await;
    let told = |one: &&atriz_db_tools::lint::Finding| !(one.path.ends_with(".up.sql") && ANSWERED.contains(&one.rule));
    let found = report.findings.iter().filter(told).map(ToString::to_string);
    let found: Vec<String> = found.collect();
    if found.is_empty() { found } else { vec![format!("{}\n{}", found.join("\n"), text(&change))] }
}

/// What was decided as the file asks breaks no rule.
#[tokio::test(flavor = "multi_thread")]
async fn decided_files_keep_the_rules() {
    let workspace = Workspace::new();
    let things = || Entity::new("things").column("code", Text);
    generated(&workspace, Entities::of([things()]).logical(), "create_all").await;
    git(&workspace, &["init", "--quiet", "--initial-branch=main"]);
    git(&workspace, &["add", "--all"]);
    git(&workspace, &["commit", "--quiet", "--message", "a release"]);
    let change = generated(&workspace, Entities::of([things().column("note", Text)]).logical(), "add_note").await;
    for file in change.files.iter().filter(|file| file.text.contains("atriz: decide")) {
        let lines = file.text.lines().filter(|line| !line.starts_with("-- atriz: decide"));
        let decided: String = lines
            .map(|line| match line.strip_prefix("-- UPDATE ") {
                Some(rest) => format!("UPDATE {}\n", rest.replace('…', "'none'")),
                None => format!("{}\n", line.replace("NULL FROM", "'none' FROM")),
            })
            .collect();
        workspace.file(&format!("migrations/core/{}", file.path), decided);
    }
    let report = linted(&workspace).await;
    let found: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}\n{}", found.join("\n"), text(&change));
}

/// What is set aside meanwhile comes back without a word of lint that the file does not answer, but for what clients lose.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_aside_keeps_the_rules() {
    const TWICE: &str = "20270101000000_create_all";
    let workspace = Workspace::new();
    let things = |amount| Entities::of([Entity::new("things").column("code", Text).column("amount", amount)]);
    generated(&workspace, things(Integer).logical(), "create_things").await;
    let computed = "ALTER TABLE app.things ADD twice bigint GENERATED ALWAYS AS (amount * 2) STORED;
         CREATE INDEX idx_things_twice ON app.things (twice);
         CREATE VIEW app.amounts AS SELECT id, amount, twice FROM app.things;
         DO $$ BEGIN EXECUTE format('GRANT SELECT ON app.amounts TO %I', current_database() || '_verifier'); END; $$;";
    let gone = "DROP VIEW app.amounts; ALTER TABLE app.things DROP twice;";
    workspace.migration_only(Engine::Postgres, "core", TWICE, computed, gone);
    git(&workspace, &["init", "--quiet", "--initial-branch=main"]);
    git(&workspace, &["add", "--all"]);
    git(&workspace, &["commit", "--quiet", "--message", "a release"]);
    let change = generated(&workspace, things(BigInteger).logical(), "change_amount").await;
    let report = linted(&workspace).await;
    let behind = |one: &&atriz_db_tools::lint::Finding| change.files.iter().any(|file| one.path.ends_with(&file.path));
    let answered = |one: &&atriz_db_tools::lint::Finding| {
        one.path.ends_with(".up.sql") && (ANSWERED.contains(&one.rule) || one.rule == "ban-drop-view")
    };
    let found: Vec<String> =
        report.findings.iter().filter(behind).filter(|one| !answered(one)).map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}\n{}", found.join("\n"), text(&change));
    assert!(report.findings.iter().filter(behind).any(|one| one.rule == "ban-drop-view"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn generated_files_keep_the_rules() {
    let things = || Entity::new("things").column("code", Text);
    let parts = || Entity::new("parts").column("thing_id", Uuid);
    let refers = || parts().refers("thing_id", "things", Cascade);
    let all: Vec<(Entities, Entities)> = vec![
        (Entities::of([things()]), Entities::of([things(), refers()])),
        (Entities::of([things(), refers()]), Entities::of([things()])),
        (Entities::of([things(), parts()]), Entities::of([things(), refers()])),
        (Entities::of([things(), refers()]), Entities::of([things(), parts()])),
        (Entities::of([things(), refers()]), Entities::of([things(), parts().refers("thing_id", "things", Restrict)])),
        (Entities::of([things()]), Entities::of([things().unique(&["code"]).indexed(&["code"])])),
        (Entities::of([things().unique(&["code"])]), Entities::of([things()])),
        (Entities::of([things()]), Entities::of([Entity::new("things").nullable("code", Text)])),
        (Entities::of([Entity::new("things").nullable("code", Text)]), Entities::of([things()])),
        (Entities::of([things().column("amount", Integer)]), Entities::of([things().column("amount", BigInteger)])),
        (Entities::of([things().column("amount", Text)]), Entities::of([things().column("amount", BigInteger)])),
        (
            Entities::of([things().nullable("at", Date).indexed(&["at"])]),
            Entities::of([things().nullable("on_day", Date).was("at").indexed(&["on_day"])]),
        ),
        (
            Entities::of([things().column("amount", BigInteger).unique(&["code", "amount"]).indexed(&["amount"])]),
            Entities::of([things()]),
        ),
        (Entities::of([things()]), Entities::of([things().default("is_open", Boolean, "true")])),
        (Entities::of([things()]), Entities::of([things().nullable("updated_at", Timestamp)])),
        (Entities::of([things().column("updated_at", Timestamp)]), Entities::of([things()])),
        (
            Entities::of([Entity::new("things").column("shop_id", Uuid)]),
            Entities::of([Entity::new("things").column("shop_id", Uuid).key(&["shop_id", "id"])]),
        ),
        (Entities::of([things()]), Entities::of([Entity::new("things").default("code", Text, "'x'")])),
    ];
    let mut found = Vec::new();
    for (before, after) in all {
        found.extend(findings(before, after).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n\n========\n\n"));
}
