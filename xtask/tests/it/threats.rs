//! The tests that docs/security.md names are there.

use std::collections::BTreeSet;
use std::path::Path;

/// The names of all functions in the files below a folder.
fn functions(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
            found.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_defence_is_held_by_a_test_that_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut known = BTreeSet::new();
    for folder in ["crates", "apps"] {
        functions(&root.join(folder), &mut known);
    }
    let page = std::fs::read_to_string(root.join("docs/security.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.contains("::"));
    let named: Vec<_> = rows.flat_map(|row| row.split('`').filter(|part| part.contains("::"))).collect();
    assert!(named.len() > 30, "the table is gone: {named:?}");
    for test in named {
        let name = test.rsplit("::").next().expect("a name has a last part");
        assert!(known.contains(name), "docs/security.md names `{test}`, which is nowhere");
    }
}
