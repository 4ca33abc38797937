//! Statements so plain that they need no parser: their words alone show that it would take them, and that no rule of its
//! linter's is about them.
//!
//! Most statements of a folder make tables and put rows into them. Building a tree of each, and walking it once for every
//! rule, costs many times what this does.
//!
//! **Invariant:** what is plain here is parsed without an error there, and has no finding. What is not plain may be either.

mod expression;
mod reader;
#[cfg(test)]
mod tests;
mod words;

use atriz_db::migrate::Piece;

use reader::Reader;

/// Whether the statement is plain; `new` says whether the batch made the table that it changes.
pub(super) fn is_plain(statement: &Piece<'_>, new: bool) -> bool {
    let mut reader = Reader::new(&statement.tokens);
    let read = match statement.word(0).as_str() {
        "create" => create(&mut reader),
        "insert" => insert(&mut reader),
        "alter" if new => alter(&mut reader),
        _ => None,
    };
    read.is_some() && reader.is_at_end()
}

/// `CREATE TABLE t (…)`.
fn create(reader: &mut Reader<'_>) -> Option<()> {
    reader.take("create")?;
    reader.take("table")?;
    reader.path()?;
    reader.take("(")?;
    let mut columns = Vec::new();
    loop {
        element(reader, &mut columns)?;
        if !reader.eat(",") {
            break;
        }
    }
    reader.take(")")?;
    are_different(&mut columns)
}

/// `ALTER TABLE t ADD …`.
fn alter(reader: &mut Reader<'_>) -> Option<()> {
    reader.take("alter")?;
    reader.take("table")?;
    reader.eat("only");
    reader.path()?;
    loop {
        reader.take("add")?;
        if reader.eat("column") {
            column(reader, &mut Vec::new())?;
        } else {
            element(reader, &mut Vec::new())?;
        }
        if !reader.eat(",") {
            return Some(());
        }
    }
}

/// `INSERT INTO t (…) VALUES (…), … ON CONFLICT … DO NOTHING`.
fn insert(reader: &mut Reader<'_>) -> Option<()> {
    reader.take("insert")?;
    reader.take("into")?;
    reader.path()?;
    let mut columns = Vec::new();
    if reader.sees("(") {
        names(reader, &mut columns)?;
    }
    reader.take("values")?;
    loop {
        reader.take("(")?;
        loop {
            if !reader.eat("default") {
                expression::sum(reader)?;
            }
            if !reader.eat(",") {
                break;
            }
        }
        reader.take(")")?;
        if !reader.eat(",") {
            break;
        }
    }
    if reader.eat("on") {
        reader.take("conflict")?;
        if reader.sees("(") {
            names(reader, &mut Vec::new())?;
        }
        reader.take("do")?;
        reader.take("nothing")?;
    }
    are_different(&mut columns)
}

/// A column or a constraint.
fn element<'a>(reader: &mut Reader<'a>, columns: &mut Vec<&'a str>) -> Option<()> {
    if reader.eat("constraint") {
        reader.name()?;
        return constraint(reader);
    }
    let begins = ["primary", "unique", "check", "foreign"].iter().any(|word| reader.sees(word));
    if begins { constraint(reader) } else { column(reader, columns) }
}

fn constraint(reader: &mut Reader<'_>) -> Option<()> {
    if reader.eat("check") {
        return expression::within(reader);
    }
    if reader.eat("foreign") {
        reader.take("key")?;
        names(reader, &mut Vec::new())?;
        reader.take("references")?;
        return references(reader);
    }
    if reader.eat("primary") {
        reader.take("key")?;
    } else {
        reader.take("unique")?;
    }
    names(reader, &mut Vec::new())
}

fn column<'a>(reader: &mut Reader<'a>, columns: &mut Vec<&'a str>) -> Option<()> {
    columns.push(reader.name()?);
    kind(reader)?;
    while !reader.is_at_end() && !reader.sees(",") && !reader.sees(")") {
        clause(reader)?;
    }
    Some(())
}

/// A type that no rule is about.
fn kind(reader: &mut Reader<'_>) -> Option<()> {
    if reader.eat("numeric") || reader.eat("decimal") {
        if reader.eat("(") {
            reader.whole_number()?;
            if reader.eat(",") {
                reader.whole_number()?;
            }
            reader.take(")")?;
        }
    } else if reader.eat("double") {
        reader.take("precision")?;
    } else if !["bigint", "boolean", "real", "interval"].iter().any(|word| reader.eat(word)) {
        reader.kind()?;
    }
    while reader.eat("[") {
        reader.take("]")?;
    }
    Some(())
}

/// What a column is besides its type.
fn clause(reader: &mut Reader<'_>) -> Option<()> {
    if reader.eat("constraint") {
        reader.name()?;
    }
    if reader.eat("not") {
        return reader.take("null");
    }
    if reader.eat("null") || reader.eat("unique") {
        return Some(());
    }
    if reader.eat("primary") {
        return reader.take("key");
    }
    if reader.eat("default") {
        return expression::sum(reader);
    }
    if reader.eat("check") {
        return expression::within(reader);
    }
    if reader.eat("references") {
        return references(reader);
    }
    reader.take("generated")?;
    if reader.eat("by") {
        reader.take("default")?;
    } else {
        reader.take("always")?;
    }
    reader.take("as")?;
    reader.take("identity")
}

/// The table that is referred to, and what becomes of the row when that one's goes.
fn references(reader: &mut Reader<'_>) -> Option<()> {
    reader.path()?;
    if reader.sees("(") {
        names(reader, &mut Vec::new())?;
    }
    for _ in 0..2 {
        if !reader.eat("on") {
            break;
        }
        if !reader.eat("delete") {
            reader.take("update")?;
        }
        if reader.eat("set") {
            if !reader.eat("null") {
                reader.take("default")?;
            }
        } else if reader.eat("no") {
            reader.take("action")?;
        } else if !reader.eat("cascade") {
            reader.take("restrict")?;
        }
    }
    Some(())
}

/// `(a, b)`.
fn names<'a>(reader: &mut Reader<'a>, found: &mut Vec<&'a str>) -> Option<()> {
    reader.take("(")?;
    loop {
        found.push(reader.name()?);
        if !reader.eat(",") {
            return reader.take(")");
        }
    }
}

/// Whether no column is named twice, however it is written.
fn are_different(columns: &mut [&str]) -> Option<()> {
    if columns.iter().any(|column| column.starts_with('"')) {
        // `"a"` is `a`, and `"A"` is not: that is the parser's to know.
        return None;
    }
    let order = |left: &&str, right: &&str| {
        let (left, right) = (left.bytes(), right.bytes());
        left.map(|byte| byte.to_ascii_lowercase()).cmp(right.map(|byte| byte.to_ascii_lowercase()))
    };
    columns.sort_unstable_by(order);
    columns.windows(2).all(|pair| !pair[0].eq_ignore_ascii_case(pair[1])).then_some(())
}
