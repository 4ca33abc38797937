//! A workspace in a temporary folder, under git.

use std::fs;
use std::path::Path;
use std::process::Command;

use atriz_db::catalog::TableModel;
use atriz_db::{Catalog, Descriptor, Engine};
use atriz_db_tools::lint::{Finding, LintFolder, LintRequest, Report, Since, lint};
use tempfile::TempDir;

/// The name of the file that a mistake stands in.
pub(super) const CASE: &str = "20260201000000_case";

/// A workspace with the database `shop`; `core` has a table `accounts` in a schema `auth`.
pub(super) struct House {
    folder: TempDir,
}

impl House {
    /// With these files of each engine released: `(path below migrations/shop, text)`.
    pub(super) fn released(files: &[(&str, &str)]) -> Self {
        let house = Self::unreleased(files);
        house.git(&["init", "--quiet", "--initial-branch=main"]);
        house.commit();
        house
    }

    /// Without git.
    pub(super) fn unreleased(files: &[(&str, &str)]) -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            house.write(path, text);
        }
        house
    }

    pub(super) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        let who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.arg("-C").arg(self.root()).args(who).args(arguments);
        let output =
            command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    pub(super) fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "a release"]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(super) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join("migrations/shop").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(super) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join("migrations/shop").join(path)).unwrap()
    }

    pub(super) fn remove(&self, path: &str) {
        fs::remove_file(self.root().join("migrations/shop").join(path)).unwrap();
    }

    /// Writes a migration of one engine, whose twin says that it is for that engine alone.
    pub(super) fn migration(&self, engine: Engine, stem: &str, up: &str, down: &str) {
        let only = format!("-- atriz: only {engine} \"a mistake of one engine\"\n");
        for (direction, text) in [("up", up), ("down", down)] {
            self.write(&format!("{engine}/{stem}.{direction}.sql"), text);
            self.write(&format!("{}/{stem}.{direction}.sql", engine.other()), &only);
        }
    }

    pub(super) fn request(&self, engine: Engine) -> LintRequest {
        let table = |schema: &str, name: &str| TableModel {
            schema: schema.to_owned(),
            name: name.to_owned(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            auto_increment: false,
            foreign_keys: Vec::new(),
            unique_keys: Vec::new(),
            comment: None,
        };
        let mut core = Descriptor::new("core", "core", "").schema("auth");
        core.tables = vec![table("auth", "accounts"), table("auth", "outbox")];
        let mut shop = Descriptor::new("shop", "shop", "").schema("app").after("core");
        shop.tables = vec![table("app", "outbox")];
        let catalog = Catalog::new(vec![core, shop]).unwrap();
        let folder = LintFolder::of_catalog(&catalog, catalog.get("shop").unwrap(), self.root());
        LintRequest { folders: vec![folder], engines: vec![engine], since: Since::MainBranch, fix: false }
    }

    pub(super) async fn lint(&self, engine: Engine) -> Report {
        lint(&self.request(engine)).await.unwrap()
    }
}

/// The rules of the findings, in order.
pub(super) fn rules(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

/// The findings as they are printed.
pub(super) fn text(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A migration with one mistake, and the rules that catch it.
pub(super) struct Mistake(pub(super) &'static [&'static str], pub(super) &'static str);

/// Puts each mistake into a file of its own, demands exactly its rules, and answers all that is printed.
pub(super) async fn caught(house: &House, engine: Engine, mistakes: &[Mistake]) -> String {
    let (mut printed, mut wrong) = (Vec::new(), Vec::new());
    for Mistake(expected, sql) in mistakes {
        house.migration(engine, CASE, sql, "SELECT 1;\n");
        let report = house.lint(engine).await;
        if rules(&report) != *expected {
            wrong.push(format!("{sql}expected {expected:?}, is\n{}\n", text(&report.findings)));
        }
        printed.push(text(&report.findings));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    printed.join("\n\n").replace(&format!("migrations/shop/{engine}/{CASE}.up.sql"), "up.sql")
}
