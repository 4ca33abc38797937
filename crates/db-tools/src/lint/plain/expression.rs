//! Conditions and values made of names, literals, calls, and the common operators.

use super::reader::Reader;

/// How deep parentheses may go.
const DEEPEST: usize = 20;

/// `(condition)`.
pub(super) fn within(reader: &mut Reader<'_>) -> Option<()> {
    reader.take("(")?;
    reader.depth += 1;
    if reader.depth > DEEPEST {
        return None;
    }
    condition(reader)?;
    reader.depth -= 1;
    reader.take(")")
}

/// Comparisons joined by AND and OR.
fn condition(reader: &mut Reader<'_>) -> Option<()> {
    loop {
        reader.eat("not");
        comparison(reader)?;
        if !reader.eat("and") && !reader.eat("or") {
            return Some(());
        }
    }
}

fn comparison(reader: &mut Reader<'_>) -> Option<()> {
    sum(reader)?;
    if reader.eat("is") {
        reader.eat("not");
        return reader.take("null");
    }
    if reader.eat("not") {
        return range_or_list(reader);
    }
    if reader.sees("in") || reader.sees("between") {
        return range_or_list(reader);
    }
    if ["<=", ">=", "<>", "!=", "=", "<", ">", "~"].iter().any(|signs| reader.eat_signs(signs)) {
        return sum(reader);
    }
    Some(())
}

fn range_or_list(reader: &mut Reader<'_>) -> Option<()> {
    if reader.eat("between") {
        sum(reader)?;
        reader.take("and")?;
        return sum(reader);
    }
    reader.take("in")?;
    reader.take("(")?;
    values(reader)
}

/// Values with commas between them, and the parenthesis behind them.
fn values(reader: &mut Reader<'_>) -> Option<()> {
    loop {
        sum(reader)?;
        if !reader.eat(",") {
            return reader.take(")");
        }
    }
}

/// Values joined by operators that bind closer than a comparison.
pub(super) fn sum(reader: &mut Reader<'_>) -> Option<()> {
    loop {
        value(reader)?;
        if !["+", "-", "*", "/", "||"].iter().any(|signs| reader.eat_signs(signs)) {
            return Some(());
        }
    }
}

/// A literal, a column, a call, or a condition in parentheses, perhaps with a cast behind it.
fn value(reader: &mut Reader<'_>) -> Option<()> {
    if reader.eat_signs("-") {
        number(reader)?;
    } else if reader.sees("(") {
        within(reader)?;
    } else if !["true", "false", "null", "current_timestamp"].iter().any(|word| reader.eat(word))
        && reader.take_if(is_string).is_none()
        && number(reader).is_none()
    {
        reader.path()?;
        if reader.eat("(") && !reader.eat(")") {
            reader.depth += 1;
            if reader.depth > DEEPEST {
                return None;
            }
            values(reader)?;
            reader.depth -= 1;
        }
    }
    while reader.eat_signs("::") {
        if !["boolean", "bigint", "numeric", "interval"].iter().any(|word| reader.eat(word)) {
            reader.path()?;
        }
        while reader.eat("[") {
            reader.take("]")?;
        }
    }
    Some(())
}

fn is_string(token: &str) -> bool {
    token.len() > 1 && token.starts_with('\'') && token.ends_with('\'')
}

/// Digits, perhaps with a point between them.
fn number(reader: &mut Reader<'_>) -> Option<()> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is = |token: &str| match token.split_once('.') {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(token),
    };
    reader.take_if(is).map(drop)
}
