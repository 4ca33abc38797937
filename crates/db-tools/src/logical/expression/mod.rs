//! Expressions in one form for both engines.
//!
//! An expression is parsed into a syntax tree, and what only one engine writes, or writes otherwise, is said in the words
//! of both: `x = ANY (ARRAY['a'::text])` and `x IN ('a')` are the same, so are BETWEEN and two comparisons. The form is
//! SQL that both engines read, as far as there is any. What cannot be parsed is compared as its tokens.

mod node;
mod read;
mod simplify;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use atriz_db::Engine;
use sqlparser::dialect::{Dialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::ColumnType;
use node::Node;

/// What must be known to read an expression.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The engine that spelt it.
    pub engine: Engine,
    /// What the columns hold: a `1` says `true` beside a boolean column, and an integer beside another.
    pub columns: &'a HashMap<String, ColumnType>,
}

impl Context<'_> {
    fn dialect(&self) -> &'static dyn Dialect {
        match self.engine {
            Engine::Postgres => &PostgreSqlDialect {},
            Engine::Sqlite => &SQLiteDialect {},
        }
    }
}

/// The condition `text` in the form that both engines share. A boolean column may stand for itself in it.
pub fn condition(text: &str, context: Context<'_>) -> String {
    match parsed(text, context) {
        Some(node) => simplify::condition(node, context).to_string(),
        None => tokens(text, context),
    }
}

/// A condition in shared form with its parts in one order, for comparing alone: `a and b` is `b and a`, and `a = b` is
/// `b = a`.
pub fn ordered(shared: &str) -> String {
    let columns = HashMap::new();
    let context = Context { engine: Engine::Postgres, columns: &columns };
    parsed(shared, context).map_or_else(|| shared.to_owned(), |node| simplify::ordered(node).to_string())
}

/// The value `text` in the form that both engines share.
pub fn value(text: &str, context: Context<'_>) -> String {
    match parsed(text, context) {
        Some(node) => simplify::value(node, context).to_string(),
        None => tokens(text, context),
    }
}

/// The default of a column of this type: `1` of a boolean column is `true`.
pub fn default(text: &str, kind: &ColumnType, context: Context<'_>) -> String {
    let value = value(text, context);
    match (kind, value.as_str()) {
        (ColumnType::Boolean, "1" | "'t'" | "'true'") => "true".to_owned(),
        (ColumnType::Boolean, "0" | "'f'" | "'false'") => "false".to_owned(),
        _ => value,
    }
}

/// An expression in shared form as `engine` spells it.
pub fn spelt(shared: &str, engine: Engine) -> String {
    let names: &[(&str, &str)] = match engine {
        Engine::Postgres => {
            &[("instr(", "strpos("), ("json_type(", "jsonb_typeof("), ("json_array_length(", "jsonb_array_length(")]
        }
        Engine::Sqlite => &[(" ilike ", " like ")],
    };
    // What stands in quotes is no name. A quote within a text is written twice, which opens and closes nothing.
    let parts = shared.split('\'').enumerate().map(|(place, part)| match place % 2 {
        0 => names.iter().fold(part.to_owned(), |part, (shared, own)| renamed(&part, shared, own)),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("'")
}

/// Replaces whole words only.
fn renamed(text: &str, from: &str, to: &str) -> String {
    let mut spelt = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find(from) {
        let within = rest[..place].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        spelt.push_str(&rest[..place]);
        spelt.push_str(if within { from } else { to });
        rest = &rest[place + from.len()..];
    }
    spelt.push_str(rest);
    spelt
}

fn parsed(text: &str, context: Context<'_>) -> Option<Node> {
    let tokens = Tokenizer::new(context.dialect(), text).tokenize().ok()?;
    let mut parser = Parser::new(context.dialect()).with_tokens(without_defaults(tokens));
    let expression = parser.parse_expr().ok()?;
    // What is left over was not understood.
    matches!(parser.next_token().token, Token::EOF).then(|| read::node(&expression, context))
}

/// `TRIM(BOTH FROM x)`, as PostgreSQL prints it, is more than the parser knows: it says `trim(x)`.
fn without_defaults(tokens: Vec<Token>) -> Vec<Token> {
    let mut plain: Vec<Token> = Vec::with_capacity(tokens.len());
    let is = |token: Option<&Token>, word: &str| matches!(token, Some(Token::Word(found)) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word));
    let tokens = tokens.into_iter().filter(|token| !matches!(token, Token::Whitespace(_)));
    for token in tokens {
        let sides = [("both", "trim"), ("leading", "ltrim"), ("trailing", "rtrim")];
        let side = sides.iter().find(|(side, _)| is(plain.last(), side)).filter(|_| is(Some(&token), "from"));
        let called = plain.len().checked_sub(3).filter(|place| is(plain.get(*place), "trim"));
        if let (Some((_, name)), Some(place)) = (side, called) {
            plain.pop();
            plain[place] = Token::make_word(name, None);
        } else {
            plain.push(token);
        }
    }
    plain
}

/// The words and signs, blank space and the case of words aside.
fn tokens(text: &str, context: Context<'_>) -> String {
    let Ok(tokens) = Tokenizer::new(context.dialect(), text).tokenize() else { return text.to_owned() };
    let spelt = tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).map(|token| match token {
        Token::Word(word) if word.quote_style.is_none() => word.value.to_lowercase(),
        other => other.to_string(),
    });
    spelt.collect::<Vec<_>>().join(" ")
}
