//! The syntax tree in the words of both engines.

use std::fmt;

/// One part of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// All of them, none of them an `All`.
    All(Vec<Node>),
    /// One of them, none of them an `Any`.
    Any(Vec<Node>),
    Not(Box<Node>),
    /// Two operands; the operator in lower case.
    Binary(String, Box<Node>, Box<Node>),
    /// One of a list; whether it is none of them.
    In(Box<Node>, Vec<Node>, bool),
    /// `is null`, `is true` and the like.
    Is(Box<Node>, &'static str),
    Call(String, Vec<Node>),
    Cast(Box<Node>, String),
    Case {
        operand: Option<Box<Node>>,
        branches: Vec<(Node, Node)>,
        otherwise: Option<Box<Node>>,
    },
    Row(Vec<Node>),
    Collate(Box<Node>, String),
    Column(String),
    /// A number, a text in quotes, `true`, `false` or `null`.
    Literal(String),
    /// What is not understood, as the parser spells it.
    Other(String),
}

impl Node {
    pub(super) fn binary(operator: &str, left: Self, right: Self) -> Self {
        Self::Binary(operator.to_owned(), Box::new(left), Box::new(right))
    }

    pub(super) fn call(name: &str, arguments: Vec<Self>) -> Self {
        Self::Call(name.to_owned(), arguments)
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Literal(format!("'{}'", text.replace('\'', "''")))
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }

    /// How tightly it holds together: what stands inside something that holds as tightly gets parentheses.
    fn strength(&self) -> u8 {
        match self {
            Self::Any(_) => 1,
            Self::All(_) => 2,
            Self::Not(_) => 3,
            Self::Binary(operator, ..) if is_comparison(operator) => 4,
            Self::In(..) | Self::Is(..) => 4,
            Self::Binary(..) | Self::Collate(..) | Self::Other(_) => 5,
            _ => 9,
        }
    }

    fn within(&self, strength: u8) -> String {
        if self.strength() > strength { self.to_string() } else { format!("({self})") }
    }
}

fn is_comparison(operator: &str) -> bool {
    matches!(operator, "=" | "<>" | "<" | "<=" | ">" | ">=")
        || operator.ends_with("like")
        || operator.ends_with("glob")
        || operator.contains('~')
        || operator.starts_with("is ")
}

fn list(nodes: &[Node]) -> String {
    nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn joined(nodes: &[Node], word: &str, strength: u8) -> String {
    nodes.iter().map(|node| node.within(strength)).collect::<Vec<_>>().join(word)
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(nodes) => formatter.write_str(&joined(nodes, " and ", 2)),
            Self::Any(nodes) => formatter.write_str(&joined(nodes, " or ", 1)),
            Self::Not(node) => write!(formatter, "not {}", node.within(3)),
            Self::Binary(operator, left, right) => {
                let strength = self.strength();
                write!(formatter, "{} {operator} {}", left.within(strength), right.within(strength))
            }
            Self::In(node, values, negated) => {
                let word = if *negated { "not in" } else { "in" };
                write!(formatter, "{} {word} ({})", node.within(4), list(values))
            }
            Self::Is(node, what) => write!(formatter, "{} is {what}", node.within(4)),
            Self::Call(name, arguments) if arguments.is_empty() && name == "current_timestamp" => {
                formatter.write_str(name)
            }
            Self::Call(name, arguments) => write!(formatter, "{name}({})", list(arguments)),
            Self::Cast(node, kind) => write!(formatter, "cast({node} as {kind})"),
            Self::Case { operand, branches, otherwise } => {
                formatter.write_str("case")?;
                if let Some(operand) = operand {
                    write!(formatter, " {}", operand.within(5))?;
                }
                for (condition, result) in branches {
                    write!(formatter, " when {condition} then {result}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(formatter, " else {otherwise}")?;
                }
                formatter.write_str(" end")
            }
            Self::Row(nodes) => write!(formatter, "({})", list(nodes)),
            Self::Collate(node, collation) => write!(formatter, "{} collate {collation}", node.within(5)),
            Self::Column(text) | Self::Literal(text) | Self::Other(text) => formatter.write_str(text),
        }
    }
}
