//! Says in one way what may be said in several.

use atriz_db::Engine;

use super::node::Node;
use super::{ColumnType, Context, read};

/// As a condition: `is_open = 1` of a boolean column is `is_open`.
pub(super) fn condition(node: Node, context: Context<'_>) -> Node {
    match value(node, context) {
        Node::Literal(text) if text == "1" => Node::Literal("true".to_owned()),
        Node::Literal(text) if text == "0" => Node::Literal("false".to_owned()),
        node => node,
    }
}

/// From the leaves to the root.
pub(super) fn value(node: Node, context: Context<'_>) -> Node {
    let of = |node: Node| value(node, context);
    let boxed = |node: Box<Node>| Box::new(value(*node, context));
    match node {
        Node::All(nodes) => flat(nodes.into_iter().map(|node| condition(node, context)), true),
        Node::Any(nodes) => flat(nodes.into_iter().map(|node| condition(node, context)), false),
        Node::Not(inner) => not(condition(*inner, context)),
        Node::Binary(operator, left, right) => binary(&operator, of(*left), of(*right), context),
        Node::In(inner, values, negated) => within(of(*inner), values.into_iter().map(of).collect(), negated),
        Node::Is(inner, what) => Node::Is(boxed(inner), what),
        Node::Call(name, arguments) => call(&name, arguments.into_iter().map(of).collect(), context),
        Node::Cast(inner, kind) => cast(of(*inner), kind, context),
        Node::Case { operand, branches, otherwise } => Node::Case {
            branches: branches.into_iter().map(|(when, then)| (of(when), of(then))).collect(),
            operand: operand.map(boxed),
            otherwise: otherwise.map(boxed),
        },
        Node::Row(nodes) => Node::Row(nodes.into_iter().map(of).collect()),
        Node::Collate(inner, collation) => Node::Collate(boxed(inner), collation),
        Node::Column(name) => Node::Column(column(name, context)),
        leaf => leaf,
    }
}

/// With what may stand in any order in the order of its words.
pub(super) fn ordered(node: Node) -> Node {
    let boxed = |node: Box<Node>| Box::new(ordered(*node));
    match node {
        Node::All(nodes) => sorted(nodes, true),
        Node::Any(nodes) => sorted(nodes, false),
        Node::Not(inner) => Node::Not(boxed(inner)),
        Node::Is(inner, what) => Node::Is(boxed(inner), what),
        Node::Binary(operator, left, right) => {
            let (left, right) = (boxed(left), boxed(right));
            match mirrored(&operator).filter(|_| left.to_string() > right.to_string()) {
                Some(mirrored) => Node::Binary(mirrored.to_owned(), right, left),
                None => Node::Binary(operator, left, right),
            }
        }
        other => other,
    }
}

fn sorted(nodes: Vec<Node>, all: bool) -> Node {
    let flat = flat(nodes.into_iter().map(ordered), all);
    let (Node::All(mut nodes) | Node::Any(mut nodes)) = flat else { return flat };
    nodes.sort_by_key(ToString::to_string);
    nodes.dedup();
    if all { Node::All(nodes) } else { Node::Any(nodes) }
}

/// SQLite finds a column whatever the case of its letters.
fn column(name: String, context: Context<'_>) -> String {
    if context.engine == Engine::Postgres || context.columns.contains_key(name.trim_matches('"')) {
        return name;
    }
    let bare = name.trim_matches('"');
    match context.columns.keys().find(|column| column.eq_ignore_ascii_case(bare)) {
        Some(column) => read::name(column),
        None => name,
    }
}

/// An AND within an AND is one AND; so with OR.
fn flat(nodes: impl Iterator<Item = Node>, all: bool) -> Node {
    let mut flat = Vec::new();
    for node in nodes {
        match node {
            Node::All(inner) if all => flat.extend(inner),
            Node::Any(inner) if !all => flat.extend(inner),
            node => flat.push(node),
        }
    }
    if all { Node::All(flat) } else { Node::Any(flat) }
}

fn not(node: Node) -> Node {
    match node {
        Node::Not(inner) => *inner,
        Node::In(inner, values, negated) => Node::In(inner, values, !negated),
        Node::Is(inner, what) => Node::Is(inner, opposite_state(what)),
        Node::Literal(text) if text == "true" => Node::Literal("false".to_owned()),
        Node::Literal(text) if text == "false" => Node::Literal("true".to_owned()),
        Node::Binary(operator, left, right) => match opposite(&operator) {
            Some(opposite) => Node::Binary(opposite.to_owned(), left, right),
            None => Node::Not(Box::new(Node::Binary(operator, left, right))),
        },
        node => Node::Not(Box::new(node)),
    }
}

fn opposite_state(what: &str) -> &'static str {
    match what {
        "null" => "not null",
        "not null" => "null",
        "true" => "not true",
        "not true" => "true",
        "false" => "not false",
        _ => "false",
    }
}

fn opposite(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "=" => "<>",
        "<>" => "=",
        "<" => ">=",
        ">=" => "<",
        ">" => "<=",
        "<=" => ">",
        "is distinct from" => "is not distinct from",
        "is not distinct from" => "is distinct from",
        "like" => "not like",
        "ilike" => "not ilike",
        "glob" => "not glob",
        _ => return None,
    })
}

/// The operator when left and right change places.
fn mirrored(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "=" => "=",
        "<>" => "<>",
        "<" => ">",
        ">=" => "<=",
        ">" => "<",
        "<=" => ">=",
        _ => return None,
    })
}

fn binary(operator: &str, left: Node, right: Node, context: Context<'_>) -> Node {
    if left.is_literal()
        && !right.is_literal()
        && let Some(mirrored) = mirrored(operator)
    {
        return binary(mirrored, right, left, context);
    }
    let operator = like(operator, &right, context);
    if let (Node::Literal(text), true) = (&right, is_boolean(&left, context)) {
        match (operator, text.as_str()) {
            ("=", "true" | "1") | ("<>", "false" | "0") => return left,
            ("=", "false" | "0") | ("<>", "true" | "1") => return not(left),
            _ => {}
        }
    }
    if let Some(moment) = moment(operator, &left, &right) {
        return moment;
    }
    Node::binary(operator, left, right)
}

/// LIKE of SQLite takes `a` and `A` for the same, as ILIKE of PostgreSQL does; without letters there is nothing to tell.
fn like<'a>(operator: &'a str, pattern: &Node, context: Context<'_>) -> &'a str {
    let letters = match pattern {
        Node::Literal(text) => text.chars().any(char::is_alphabetic),
        _ => true,
    };
    match (operator, letters) {
        ("like", true) if context.engine == Engine::Sqlite => "ilike",
        ("ilike", false) => "like",
        (operator, _) => operator,
    }
}

/// The clock of SQLite, in the form that chrono writes: `strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'`.
fn moment(operator: &str, left: &Node, right: &Node) -> Option<Node> {
    let now = operator == "||"
        && *right == Node::text("000+00:00")
        && *left == Node::call("strftime", vec![Node::text("%Y-%m-%dT%H:%M:%f"), Node::text("now")]);
    now.then(|| Node::call("current_timestamp", Vec::new()))
}

fn kind<'a>(node: &Node, context: Context<'a>) -> Option<&'a ColumnType> {
    match node {
        Node::Column(name) => context.columns.get(name.trim_matches('"')),
        _ => None,
    }
}

fn is_boolean(node: &Node, context: Context<'_>) -> bool {
    matches!(kind(node, context), Some(ColumnType::Boolean))
}

/// A list says the same in any order. One of one value is that value.
fn within(node: Node, mut values: Vec<Node>, negated: bool) -> Node {
    values.sort_by_key(ToString::to_string);
    values.dedup();
    match <[Node; 1]>::try_from(values) {
        Ok([value]) => Node::binary(if negated { "<>" } else { "=" }, node, value),
        Err(values) => Node::In(Box::new(node), values, negated),
    }
}

fn call(name: &str, arguments: Vec<Node>, context: Context<'_>) -> Node {
    let is_bytes = || matches!(arguments.first().and_then(|first| kind(first, context)), Some(ColumnType::Bytes));
    let name = match name {
        "char_length" | "character_length" => "length",
        "octet_length" if is_bytes() => "length",
        "substring" => "substr",
        "btrim" => "trim",
        "ifnull" => "coalesce",
        "now" | "transaction_timestamp" => "current_timestamp",
        "jsonb_typeof" | "json_typeof" => "json_type",
        "jsonb_array_length" => "json_array_length",
        "strpos" => "instr",
        "pow" => "power",
        name => name,
    };
    // Blanks are what is trimmed by default, on both engines.
    let mut arguments = arguments;
    if name.ends_with("trim") && arguments.get(1) == Some(&Node::text(" ")) {
        arguments.truncate(1);
    }
    Node::call(name, arguments)
}

fn cast(inner: Node, kind_name: String, context: Context<'_>) -> Node {
    let numeric = ["int", "bigint", "smallint", "numeric", "decimal", "real", "double", "float"];
    let numeric = numeric.iter().any(|word| kind_name.starts_with(word));
    let text =
        ["text", "varchar", "character", "bpchar", "char", "name"].iter().any(|word| kind_name.starts_with(word));
    let column = kind(&inner, context);
    match &inner {
        // PostgreSQL writes -1 as '-1'::integer.
        Node::Literal(literal) if numeric => Node::Literal(literal.trim_matches('\'').to_owned()),
        Node::Literal(literal) if kind_name.starts_with("bool") => Node::Literal(match literal.as_str() {
            "'t'" | "'true'" | "1" => "true".to_owned(),
            "'f'" | "'false'" | "0" => "false".to_owned(),
            other => other.to_owned(),
        }),
        Node::Literal(_) => inner,
        Node::Column(_) if text && column.is_some_and(ColumnType::is_text) => inner,
        Node::Column(_) if numeric && column.is_some_and(is_whole_number) => inner,
        // What PostgreSQL widens by itself.
        Node::Call(..) | Node::Binary(..) if matches!(kind_name.as_str(), "bigint" | "numeric" | "text") => inner,
        _ => Node::Cast(Box::new(inner), kind_name),
    }
}

fn is_whole_number(kind: &ColumnType) -> bool {
    use ColumnType::{AnyInteger, BigInteger, Integer, SmallInteger};
    matches!(kind, SmallInteger | Integer | BigInteger | AnyInteger)
}
