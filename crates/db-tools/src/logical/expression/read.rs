//! Reads the parser's syntax tree.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident, ObjectName,
    TrimWhereField, UnaryOperator, Value,
};

use super::Context;
use super::node::Node;

pub(super) fn node(expression: &Expr, context: Context<'_>) -> Node {
    let of = |expression: &Expr| node(expression, context);
    let boxed = |expression: &Expr| Box::new(node(expression, context));
    match expression {
        Expr::Nested(inner) => of(inner),
        Expr::Identifier(name) => identifier(name),
        // Whose column it is says nothing new within one table.
        Expr::CompoundIdentifier(names) => names.last().map_or_else(|| other(expression), identifier),
        Expr::Value(value) => literal(&value.value),
        Expr::TypedString(typed) => literal(&typed.value.value),
        Expr::Prefixed { value, .. } => of(value),
        Expr::IsNull(inner) | Expr::IsUnknown(inner) => Node::Is(boxed(inner), "null"),
        Expr::IsNotNull(inner) | Expr::IsNotUnknown(inner) => Node::Is(boxed(inner), "not null"),
        Expr::IsTrue(inner) => Node::Is(boxed(inner), "true"),
        Expr::IsNotTrue(inner) => Node::Is(boxed(inner), "not true"),
        Expr::IsFalse(inner) => Node::Is(boxed(inner), "false"),
        Expr::IsNotFalse(inner) => Node::Is(boxed(inner), "not false"),
        Expr::IsDistinctFrom(left, right) => Node::binary("is distinct from", of(left), of(right)),
        Expr::IsNotDistinctFrom(left, right) => Node::binary("is not distinct from", of(left), of(right)),
        Expr::InList { expr, list, negated } => Node::In(boxed(expr), list.iter().map(of).collect(), *negated),
        Expr::Between { expr, negated, low, high } => between(of(expr), of(low), of(high), *negated),
        Expr::BinaryOp { left, op, right } => binary(op, of(left), of(right)),
        Expr::AnyOp { left, compare_op, right, .. } => many(expression, left, compare_op, right, false, context),
        Expr::AllOp { left, compare_op, right } => many(expression, left, compare_op, right, true, context),
        Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
            like("like", of(expr), of(pattern), *negated)
        }
        Expr::ILike { negated, any: false, expr, pattern, escape_char: None } => {
            like("ilike", of(expr), of(pattern), *negated)
        }
        Expr::UnaryOp { op, expr } => unary(*op, of(expr), expression),
        Expr::Cast { expr, data_type, .. } => Node::Cast(boxed(expr), data_type.to_string().to_lowercase()),
        Expr::Position { expr, r#in } => Node::call("instr", vec![of(r#in), of(expr)]),
        Expr::Substring { expr, substring_from: Some(from), substring_for, .. } => Node::call(
            "substr",
            [Some(expr), Some(from), substring_for.as_ref()].into_iter().flatten().map(|one| of(one)).collect(),
        ),
        Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
            let what = trim_what.iter().map(|one| of(one)).chain(trim_characters.iter().flatten().map(of));
            Node::call(trim_name(*trim_where), std::iter::once(of(expr)).chain(what).collect())
        }
        Expr::Function(function) => call(function, context).unwrap_or_else(|| other(expression)),
        Expr::Case { operand, conditions, else_result, .. } => Node::Case {
            operand: operand.as_deref().map(boxed),
            branches: conditions.iter().map(|when| (of(&when.condition), of(&when.result))).collect(),
            otherwise: else_result.as_deref().map(boxed),
        },
        Expr::Tuple(parts) => Node::Row(parts.iter().map(of).collect()),
        Expr::Collate { expr, collation } => Node::Collate(boxed(expr), last(collation)),
        Expr::CompoundFieldAccess { root, access_chain } => access(root, access_chain, expression, context),
        _ => other(expression),
    }
}

fn other(expression: &Expr) -> Node {
    Node::Other(expression.to_string())
}

/// Both engines read a bare name without its case.
fn identifier(name: &Ident) -> Node {
    let plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !text.starts_with(|first: char| first.is_ascii_digit())
    };
    let lower = if name.quote_style.is_none() { name.value.to_lowercase() } else { name.value.clone() };
    match lower.as_str() {
        "current_timestamp" if name.quote_style.is_none() => Node::call("current_timestamp", Vec::new()),
        text if plain(text) => Node::Column(lower),
        text => Node::Column(format!("\"{}\"", text.replace('"', "\"\""))),
    }
}

fn literal(value: &Value) -> Node {
    match value {
        Value::Number(number, _) => Node::Literal(number.clone()),
        Value::Boolean(value) => Node::Literal(value.to_string()),
        Value::Null => Node::Literal("null".to_owned()),
        Value::SingleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::UnicodeStringLiteral(text)
        | Value::NationalStringLiteral(text) => Node::text(text),
        Value::DollarQuotedString(text) => Node::text(&text.value),
        // SQLite takes a text in double quotes for a name first.
        Value::DoubleQuotedString(text) => identifier(&Ident::with_quote('"', text)),
        other => Node::Other(other.to_string()),
    }
}

fn between(node: Node, low: Node, high: Node, negated: bool) -> Node {
    if negated {
        return Node::Any(vec![Node::binary("<", node.clone(), low), Node::binary(">", node, high)]);
    }
    Node::All(vec![Node::binary(">=", node.clone(), low), Node::binary("<=", node, high)])
}

fn binary(operator: &BinaryOperator, left: Node, right: Node) -> Node {
    match operator {
        BinaryOperator::And => Node::All(vec![left, right]),
        BinaryOperator::Or => Node::Any(vec![left, right]),
        BinaryOperator::PGLikeMatch => like("like", left, right, false),
        BinaryOperator::PGNotLikeMatch => like("like", left, right, true),
        BinaryOperator::PGILikeMatch => like("ilike", left, right, false),
        BinaryOperator::PGNotILikeMatch => like("ilike", left, right, true),
        BinaryOperator::PGCustomBinaryOperator(names) => {
            Node::binary(names.last().map_or("", String::as_str), left, right)
        }
        other => {
            let spelt = other.to_string().to_lowercase();
            Node::binary(if spelt == "==" { "=" } else { &spelt }, left, right)
        }
    }
}

fn like(word: &str, left: Node, right: Node, negated: bool) -> Node {
    let node = Node::binary(word, left, right);
    if negated { Node::Not(Box::new(node)) } else { node }
}

/// `= ANY (ARRAY[…])` is IN, `<> ALL (ARRAY[…])` NOT IN; other uses of arrays are PostgreSQL's alone.
fn many(whole: &Expr, left: &Expr, operator: &BinaryOperator, right: &Expr, all: bool, context: Context<'_>) -> Node {
    let negated = match (operator, all) {
        (BinaryOperator::Eq, false) => false,
        (BinaryOperator::NotEq, true) => true,
        _ => return other(whole),
    };
    let mut array = right;
    while let Expr::Nested(inner) | Expr::Cast { expr: inner, .. } = array {
        array = inner;
    }
    let Expr::Array(array) = array else { return other(whole) };
    let values = array.elem.iter().map(|value| node(value, context)).collect();
    Node::In(Box::new(node(left, context)), values, negated)
}

fn unary(operator: UnaryOperator, inner: Node, whole: &Expr) -> Node {
    match (operator, inner) {
        (UnaryOperator::Not, inner) => Node::Not(Box::new(inner)),
        (UnaryOperator::Plus, inner) => inner,
        (UnaryOperator::Minus, Node::Literal(number)) => Node::Literal(match number.strip_prefix('-') {
            Some(positive) => positive.to_owned(),
            None => format!("-{number}"),
        }),
        (UnaryOperator::Minus, inner) => Node::binary("-", Node::Literal("0".to_owned()), inner),
        _ => other(whole),
    }
}

fn trim_name(place: Option<TrimWhereField>) -> &'static str {
    match place {
        Some(TrimWhereField::Leading) => "ltrim",
        Some(TrimWhereField::Trailing) => "rtrim",
        Some(TrimWhereField::Both) | None => "trim",
    }
}

fn last(name: &ObjectName) -> String {
    name.0.last().and_then(|part| part.as_ident()).map_or_else(|| name.to_string(), |name| name.value.to_lowercase())
}

/// A call of plain arguments.
fn call(function: &Function, context: Context<'_>) -> Option<Node> {
    if function.filter.is_some() || function.over.is_some() || !function.within_group.is_empty() {
        return None;
    }
    let arguments = match &function.args {
        FunctionArguments::None => Vec::new(),
        FunctionArguments::Subquery(_) => return None,
        FunctionArguments::List(list) if list.duplicate_treatment.is_some() || !list.clauses.is_empty() => return None,
        FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(node(value, context)),
                _ => None,
            })
            .collect::<Option<_>>()?,
    };
    Some(Node::Call(last(&function.name), arguments))
}

/// `a.b.c` where the parser takes it for a field of something.
fn access(root: &Expr, chain: &[AccessExpr], whole: &Expr, context: Context<'_>) -> Node {
    match chain {
        [] => node(root, context),
        [.., AccessExpr::Dot(field)] => node(field, context),
        _ => other(whole),
    }
}
