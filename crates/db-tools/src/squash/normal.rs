//! Conditions in one form, whatever way they were written.
//!
//! PostgreSQL reads `a BETWEEN 1 AND 2 AND b` as an AND within an AND and prints it so; what it prints it reads as one AND
//! of three. The two say the same, so a schema that went through `pg_dump` is compared without such parentheses.

use std::iter::Peekable;
use std::slice::Iter;

use atriz_db::Engine;
use atriz_db::migrate::split;

use crate::introspect::{Index, Schema, Table};

/// The schema with every condition in one form.
pub(crate) fn normal(schema: &Schema) -> Schema {
    let mut schema = schema.clone();
    if schema.engine == Engine::Postgres {
        schema.tables.values_mut().for_each(table);
        for view in schema.views.values_mut() {
            flatten(&mut view.definition);
            view.indexes.values_mut().for_each(index);
        }
        schema.types.values_mut().flat_map(|one| one.checks.values_mut()).for_each(flatten);
    }
    schema
}

fn table(table: &mut Table) {
    table.checks.values_mut().for_each(|check| flatten(&mut check.expression));
    table.indexes.values_mut().for_each(index);
    table.exclusions.values_mut().for_each(flatten);
    table.triggers.values_mut().for_each(|trigger| flatten(&mut trigger.definition));
    for policy in table.policies.values_mut() {
        policy.using.iter_mut().chain(&mut policy.check).for_each(flatten);
    }
    for column in &mut table.columns {
        column.default.iter_mut().for_each(flatten);
        column.generated.iter_mut().for_each(|generated| flatten(&mut generated.expression));
    }
    table.partitions.values_mut().for_each(|partition| self::table(&mut partition.table));
}

fn index(index: &mut Index) {
    index.predicate.iter_mut().chain(&mut index.definition).for_each(flatten);
    index.columns.iter_mut().for_each(|column| flatten(&mut column.key));
}

/// Text that is not one statement stays as it is.
fn flatten(text: &mut String) {
    let Ok(statements) = split(text) else { return };
    let [statement] = statements.as_slice() else { return };
    let flat = Group::read(&mut statement.tokens.iter().peekable()).flat();
    let mut words = Vec::new();
    flat.write(&mut words);
    *text = words.join(" ");
}

/// What stands between two parentheses.
struct Group(Vec<Part>);

enum Part {
    Word(String),
    Group(Group),
}

impl Group {
    fn read(tokens: &mut Peekable<Iter<'_, String>>) -> Self {
        let mut parts = Vec::new();
        while let Some(token) = tokens.next_if(|token| *token != ")") {
            if token == "(" {
                parts.push(Part::Group(Self::read(tokens)));
                tokens.next();
            } else {
                parts.push(Part::Word(token.clone()));
            }
        }
        // A parenthesis too many closes nothing; the text is not balanced and is compared as far as it goes.
        Self(parts)
    }

    /// `AND` or `OR` where all its operands are joined by that one, and each is in parentheses.
    fn connective(&self) -> Option<String> {
        let mut words = self.0.iter().enumerate().map(|(place, part)| match part {
            Part::Group(_) if place % 2 == 0 => Some(None),
            Part::Word(word) if place % 2 == 1 => Some(Some(word.to_uppercase())),
            _ => None,
        });
        let first = self.0.get(1).and_then(|part| match part {
            Part::Word(word) => Some(word.to_uppercase()).filter(|word| word == "AND" || word == "OR"),
            Part::Group(_) => None,
        })?;
        words.all(|word| word.is_some_and(|word| word.is_none_or(|word| word == first))).then_some(first)
    }

    /// With the operands of an AND within an AND in the outer one; the same for OR.
    fn flat(self) -> Self {
        let parts: Vec<Part> = self.0.into_iter().map(Part::flat).collect();
        let group = Self(parts);
        let Some(connective) = group.connective() else { return group };
        let mut flat = Vec::new();
        for part in group.0 {
            match part {
                Part::Group(inner) if inner.connective().as_ref() == Some(&connective) => flat.extend(inner.0),
                other => flat.push(other),
            }
        }
        Self(flat)
    }

    fn write(self, words: &mut Vec<String>) {
        for part in self.0 {
            match part {
                Part::Word(word) => words.push(word),
                Part::Group(group) => {
                    words.push("(".to_owned());
                    group.write(words);
                    words.push(")".to_owned());
                }
            }
        }
    }
}

impl Part {
    fn flat(self) -> Self {
        match self {
            Self::Group(group) => Self::Group(group.flat()),
            word @ Self::Word(_) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(text: &str) -> String {
        let mut text = text.to_owned();
        flatten(&mut text);
        text
    }

    #[test]
    fn what_says_the_same_is_the_same() {
        let nested = "(((length(a) >= 3) AND (length(a) <= 30)) AND (b = 'x AND (y)'::text))";
        let flattened = "((length(a) >= 3) AND (length(a) <= 30) AND (b = 'x AND (y)'::text))";
        assert_eq!(flat(nested), flat(flattened));
        assert_eq!(flat("(((a) OR (b)) OR (c))"), flat("((a) OR (b) OR (c))"));
    }

    #[test]
    fn what_says_another_thing_stays_another() {
        assert_ne!(flat("(((a) OR (b)) AND (c))"), flat("((a) OR ((b) AND (c)))"));
        assert_ne!(flat("(((a) OR (b)) AND (c))"), flat("((a) OR (b) AND (c))"));
        assert_ne!(flat("(NOT ((a) AND (b))) AND (c)"), flat("(NOT (a)) AND (b) AND (c)"));
        assert_ne!(flat("((a) = ((b) AND (c)))"), flat("((a) = (b) AND (c))"));
    }
}
