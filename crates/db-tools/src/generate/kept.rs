//! What changes of other things leave as it was: who owns it, who may do what with it, and what is said of it.
//!
//! The way back tells whether it knows what there was. That the way there loses nothing of it, it does not tell.

use super::files::GeneratedFile;
use super::step::MARK;
use crate::introspect::{Difference, Schema, difference};

/// What no change is about.
const KEPT: [&str; 5] = ["comment", "grants", "owner", "row_security", "state"];

/// What is lost of things that are there before and behind the files, but for what they ask somebody to write anew.
pub(super) fn lost(before: &Schema, behind: &Schema, files: &[GeneratedFile]) -> Vec<String> {
    let asked: Vec<&str> =
        files.iter().flat_map(|file| file.text.lines()).filter(|line| line.starts_with(MARK)).collect();
    let found = difference(before, behind).into_iter().filter(|one| is_lost(one, &asked));
    found.map(|one| one.line("before", "behind it")).collect()
}

fn is_lost(one: &Difference, asked: &[&str]) -> bool {
    let places = one.places();
    let policy = places.iter().any(|(kind, name)| *kind == "policies" && name.is_some());
    match places.last() {
        Some(("policies", Some(name))) => {
            let question = format!(" policy {name} on ");
            !asked.iter().any(|line| line.contains(&question))
        }
        // What a policy asks for is put into other words with the type of a column.
        Some((field, None)) if policy => !["using", "check"].contains(field),
        Some((field, None)) => KEPT.contains(field),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use atriz_db::Engine;

    use super::*;
    use crate::introspect::{Column, Name, Policy, Table};

    type Case = fn(&mut Table);

    fn schema(change: impl FnOnce(&mut Table)) -> Schema {
        let column = |name: &str| Column { name: name.to_owned(), ..Column::default() };
        let mut table = Table { columns: vec![column("amount"), column("comment")], ..Table::default() };
        table.columns[0].grants = vec!["public SELECT".to_owned()];
        let policy = Policy {
            command: "all".to_owned(),
            permissive: true,
            roles: vec!["<app>".to_owned()],
            using: Some("(amount > 3)".to_owned()),
            check: None,
            comment: None,
        };
        table.policies.insert("few".to_owned(), policy);
        change(&mut table);
        let mut schema = Schema::empty(Engine::Postgres);
        schema.tables.insert(Name::new("app", "things"), table);
        schema
    }

    #[test]
    fn what_stays_keeps_its_rights_comments_and_policies() {
        let before = schema(|_| {});
        let told = |change: Case| lost(&before, &schema(change), &[]).join("; ");
        let cases: [(Case, &str); 6] = [
            (
                |table| table.columns[0].grants.clear(),
                "table app.things, column amount, grants: before (public SELECT)",
            ),
            (|table| table.comment = Some("Things.".to_owned()), "table app.things, comment: before nothing"),
            (|table| table.policies.clear(), "table app.things, policy few: before {"),
            (
                |table| table.policies.values_mut().for_each(|one| one.roles.clear()),
                "policy few, roles: before (<app>)",
            ),
            (|table| table.policies.values_mut().for_each(|one| one.using = None), ""),
            (|table| drop(table.columns.pop()), ""),
        ];
        for (change, line) in cases {
            let told = told(change);
            assert!(told.contains(line) && told.is_empty() == line.is_empty(), "{line}: {told}");
        }
        let text = format!("{MARK} \"how does policy few on app.things read where app.things has no amount?\"\n");
        let file = GeneratedFile { path: "postgres/1_a.up.sql".to_owned(), text, version: "1_a".to_owned() };
        assert!(lost(&before, &schema(|table| table.policies.clear()), &[file]).is_empty());
    }
}
