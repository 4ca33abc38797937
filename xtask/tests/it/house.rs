//! The house: who may depend on whom. ARCHITECTURE.md has the same table in words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What each member may use among the members. Apps stand for themselves; `workspace-hack` is the one edge that every
/// member may have.
const MAY_USE: &[(&str, &[&str])] = &[
    ("atriz-kernel", &[]),
    ("atriz-db", &["atriz-kernel"]),
    ("atriz-db-tools", &["atriz-kernel", "atriz-db"]),
    ("atriz-web", &["atriz-kernel"]),
    ("atriz-core", &["atriz-kernel", "atriz-db"]),
    ("atriz-core-http", &["atriz-kernel", "atriz-core", "atriz-web"]),
    ("atriz-app", &["atriz-kernel", "atriz-db", "atriz-web", "atriz-core", "atriz-core-http"]),
    ("atriz-testing", &["atriz-kernel", "atriz-db", "atriz-db-tools", "atriz-web", "atriz-core", "atriz-core-http"]),
    ("atriz-bench", &["atriz-kernel", "atriz-db", "atriz-db-tools", "atriz-web", "atriz-core", "atriz-core-http"]),
    ("workspace-hack", &[]),
    ("atriz-api", APP),
    ("mextrack-api", APP),
    ("pshop-api", APP),
    (
        "xtask",
        &[
            "atriz-kernel",
            "atriz-db",
            "atriz-db-tools",
            "atriz-core",
            "atriz-app",
            "atriz-api",
            "mextrack-api",
            "pshop-api",
        ],
    ),
];

const APP: &[&str] = &["atriz-kernel", "atriz-db", "atriz-web", "atriz-core", "atriz-core-http", "atriz-app"];

/// Third-party crates that a member must never name.
const MUST_NEVER_USE: &[(&str, &[&str])] = &[
    ("atriz-kernel", &["tokio", "sea-orm", "axum"]),
    ("atriz-db", &["axum"]),
    ("atriz-db-tools", &["axum"]),
    ("atriz-core", &["axum"]),
    ("atriz-web", &["sea-orm", "sea-orm-migration"]),
    ("atriz-core-http", &["sea-orm", "sea-orm-migration"]),
    ("xtask", &["sea-orm", "sea-orm-migration"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}

fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

/// Each member's dependencies by kind (`normal`, `dev`, `build`).
fn dependencies() -> BTreeMap<String, Vec<(String, String)>> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let edges = package["dependencies"].as_array().expect("dependencies").iter().map(|dependency| {
                let kind = dependency["kind"].as_str().unwrap_or("normal").to_owned();
                (dependency["name"].as_str().expect("a name").to_owned(), kind)
            });
            (package["name"].as_str().expect("a name").to_owned(), edges.collect())
        })
        .collect()
}

#[test]
fn nobody_depends_on_whom_they_must_not() {
    let dependencies = dependencies();
    let members: BTreeSet<&str> = dependencies.keys().map(String::as_str).collect();
    let listed: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert_eq!(members, listed, "every member stands in the table, and nobody else");
    let mut wrong = Vec::new();
    for (member, allowed) in MAY_USE {
        for (used, kind) in &dependencies[*member] {
            let inside = members.contains(used.as_str()) && used != "workspace-hack";
            let test_only = kind == "dev" && used == "atriz-testing";
            if inside && !test_only && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{member} → {used} ({kind})"));
            }
        }
    }
    assert!(wrong.is_empty(), "edges that the house does not have: {wrong:#?}");
}

#[test]
fn the_test_harness_is_never_a_normal_dependency() {
    for (member, edges) in dependencies() {
        let bad = edges.iter().any(|(used, kind)| used == "atriz-testing" && kind != "dev");
        assert!(!bad, "{member} uses atriz-testing outside of tests");
    }
}

#[test]
fn layers_do_not_know_each_others_libraries() {
    let dependencies = dependencies();
    for (member, banned) in MUST_NEVER_USE {
        for (used, kind) in &dependencies[*member] {
            assert!(kind != "normal" || !banned.contains(&used.as_str()), "{member} uses {used}");
        }
    }
}

/// A crate without the workspace's lints is a crate without rules; a version that stands in a member stands twice.
#[test]
fn every_member_inherits_lints_and_versions() {
    for package in metadata()["packages"].as_array().expect("packages") {
        let path = package["manifest_path"].as_str().expect("a path");
        let manifest = std::fs::read_to_string(path).expect("the manifest can be read");
        let lints = manifest.lines().skip_while(|line| line.trim() != "[lints]").nth(1).unwrap_or_default();
        assert_eq!(lints.replace(' ', ""), "workspace=true", "{path} lacks `[lints] workspace = true`");
        let in_dependencies = |section: &str| section.ends_with("dependencies]");
        let mut section = String::new();
        let hack = path.contains("workspace-hack");
        for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if line.starts_with('[') {
                line.clone_into(&mut section);
            } else if in_dependencies(&section) && !hack {
                assert!(line.contains("workspace = true"), "{path}: `{line}` has a version of its own");
            }
        }
    }
}
