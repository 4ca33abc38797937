//! The table of rules and its page.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use atriz_db_tools::lint::RULES;

/// The table as `docs/migrations.md` has it.
fn table() -> String {
    let mut text = String::from("| rule | level | engine | catches | the safe way |\n|---|---|---|---|---|\n");
    for rule in RULES.iter().flat_map(|rules| rules.iter()) {
        let engine = rule.engine.map_or("both", atriz_db::Engine::title);
        let (name, level) = (rule.name, rule.level.name());
        writeln!(text, "| `{name}` | {level} | {engine} | {} | {} |", rule.catches, rule.safe).unwrap();
    }
    text
}

#[test]
fn the_page_has_every_rule() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migrations.md")).unwrap();
    assert!(page.contains(&table()), "docs/migrations.md must have this table:\n{}", table());
}

#[test]
fn every_rule_has_been_seen_at_work() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/lint/snapshots");
    let files = std::fs::read_dir(folder).unwrap().flatten();
    let printed: String = files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    let names = RULES.iter().flat_map(|rules| rules.iter()).map(|rule| rule.name);
    let unseen: Vec<_> = names.filter(|name| !printed.contains(&format!("[{name}]"))).collect();
    assert_eq!(unseen, [] as [&str; 0]);
}

#[test]
fn every_rule_is_there_once() {
    let names: Vec<_> = RULES.iter().flat_map(|rules| rules.iter()).map(|rule| rule.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(names.iter().all(|name| atriz_db_tools::lint::rule(name).is_some()));
}
