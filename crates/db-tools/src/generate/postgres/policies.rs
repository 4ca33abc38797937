//! Policies that ask for what changes or goes.

use super::aside::{Aside, Changed};
use super::{roles, write};
use crate::generate::asked::Asked;
use crate::generate::change::Change;
use crate::generate::dropped::mentions;
use crate::generate::names::{literal, quoted};
use crate::generate::reads::Reads;
use crate::generate::views;
use crate::introspect::{Name, Policy, Schema};

/// Puts policies of any table aside that ask for a column, for a table that goes, or for a view that is set aside.
pub(super) fn aside(
    schema: &Schema,
    changes: &[Change],
    columns: &[Changed<'_>],
    readers: &[&Name],
    asked: &Asked,
    aside: &mut Aside,
) {
    let tables = changes.iter().filter(|change| matches!(change, Change::DropTable { .. })).map(Change::table);
    let gone: Vec<&Name> = tables.collect();
    for (table, is) in &schema.tables {
        for (name, policy) in &is.policies {
            let used = used(schema, (table, policy), [&gone, readers], columns, asked);
            if used.is_empty() {
                continue;
            }
            // With its table it is gone for good, whoever it was for; where a role was missing, it was not made.
            if gone.contains(&table) {
                aside.goes(format!("DROP POLICY IF EXISTS {} ON {}", quoted(name), write::table_name(table)));
                continue;
            }
            let (drop, make) = (dropped(table, name, policy, ""), made(table, name, policy));
            match used.into_iter().flatten().next() {
                Some(why) => {
                    let undone = dropped(table, name, policy, "IF EXISTS ");
                    aside.asks(drop, undone, make, &question(table, name, &why));
                }
                None => aside.returns(drop, make),
            }
        }
    }
}

/// What a policy uses of all that is in the way, and why it has to be written anew for it.
fn used(
    schema: &Schema,
    (table, policy): (&Name, &Policy),
    [gone, readers]: [&[&Name]; 2],
    columns: &[Changed<'_>],
    asked: &Asked,
) -> Vec<Option<String>> {
    let texts: Vec<&str> = policy.using.iter().chain(&policy.check).map(String::as_str).collect();
    let says = |name: &str| texts.iter().any(|text| mentions(text, name));
    let uses = |one: &&Changed<'_>| {
        // What is computed from a column that goes stays, and what is computed from one that changes is made anew.
        let computed = || views::touched(schema, one.table, one.column).iter().any(|column| says(column));
        let column = says(one.column) || (!one.goes && computed());
        column && (one.table == table || says(&one.table.name))
    };
    let columns = columns.iter().filter(uses).map(|one| one.why.clone().filter(|_| says(one.column)));
    let reads: Vec<Reads> = texts.iter().map(|text| Reads::of(text)).collect();
    let reads = |name: &&&Name| reads.iter().any(|reads| reads.has(&name.name));
    let gone = gone.iter().filter(|name| **name != table).filter(reads).map(|name| Some(format!("there is no {name}")));
    let views = readers.iter().filter(reads).map(|name| {
        let goes = asked.views.contains_key(&name.name);
        goes.then(|| format!("view {name} goes"))
    });
    columns.chain(gone).chain(views).collect()
}

fn made(table: &Name, name: &str, policy: &Policy) -> Vec<String> {
    let (table, name) = (write::table_name(table), quoted(name));
    let kind = if policy.permissive { "" } else { " AS RESTRICTIVE" };
    let using = policy.using.as_ref().map(|text| format!(" USING ({text})")).unwrap_or_default();
    let check = policy.check.as_ref().map(|text| format!(" WITH CHECK ({text})")).unwrap_or_default();
    let before = format!("CREATE POLICY {name} ON {table}{kind} FOR {} TO ", policy.command.to_uppercase());
    let comment = policy.comment.as_ref();
    let comment = comment.map(|text| format!("COMMENT ON POLICY {name} ON {table} IS {}", literal(text)));
    let others: Vec<String> = comment.into_iter().collect();
    let behind = format!("{using}{check}");
    roles::statements([&before, &behind], &roles_of(policy), &others, "it makes a policy and touches no row")
}

/// The statement that drops a policy. Where a role that it is for is called otherwise, it could not be made again: nobody
/// may see more, or less, for that, so the migration stops. One that is missing where its roles are, since they came later,
/// is made as the folder has it.
fn dropped(table: &Name, name: &str, policy: &Policy, exists: &str) -> Vec<String> {
    let (written, policy_name) = (write::table_name(table), quoted(name));
    let drop = |exists| format!("DROP POLICY {exists}{policy_name} ON {written}");
    let Some(there) = roles::there(&roles_of(policy)) else { return vec![drop(exists)] };
    let drop = drop("IF EXISTS ");
    let is = [("schemaname", &table.schema), ("tablename", &table.name), ("policyname", &name.to_owned())];
    let is: Vec<String> = is.iter().map(|(column, value)| format!("{column} = {}", literal(value))).collect();
    let message = literal(&format!(
        "policy {policy_name} on {written} cannot be made again: a role that it is for has another name here"
    ));
    let hint = literal("Drop it before this migration, and make it again behind it for the roles that there are.");
    let block = format!(
        "    IF {there} THEN\n        {drop};\n    ELSIF EXISTS (SELECT FROM pg_catalog.pg_policies WHERE {}) THEN\n        \
         RAISE EXCEPTION USING MESSAGE = {message},\n            HINT = {hint};\n    END IF;",
        is.join(" AND ")
    );
    roles::block(&block, "it drops a policy and touches no row")
}

fn roles_of(policy: &Policy) -> Vec<&str> {
    policy.roles.iter().map(String::as_str).collect()
}

/// What to decide on for what PostgreSQL alone has.
fn question(table: &Name, name: &str, why: &str) -> String {
    format!(
        "how does policy {name} on {} read where {why}? Write it below, then take this line away",
        write::table_name(table)
    )
}
