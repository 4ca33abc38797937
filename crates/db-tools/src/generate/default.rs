//! Defaults, written for each engine.

use atriz_db::Engine;

use crate::logical::ColumnType;

/// A default as `engine` takes it.
pub(super) fn written(engine: Engine, kind: &ColumnType, default: &str) -> String {
    let bare = bare(default);
    let yes = ["1", "true", "'t'", "'true'"].iter().any(|word| bare.eq_ignore_ascii_case(word));
    let no = ["0", "false", "'f'", "'false'"].iter().any(|word| bare.eq_ignore_ascii_case(word));
    match (kind, engine) {
        (ColumnType::Boolean, Engine::Postgres) if yes || no => yes.to_string(),
        (ColumnType::Boolean, Engine::Sqlite) if yes || no => u8::from(yes).to_string(),
        _ if is_literal(&bare) => bare,
        _ => format!("({bare})"),
    }
}

/// Whether a default says the same on every row and every engine.
pub(super) fn is_literal(text: &str) -> bool {
    let quoted = text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
    let inner = text.trim_matches('\'');
    (quoted && !inner.replace("''", "").contains('\'')) || text.parse::<f64>().is_ok() || is_word(text)
}

fn is_word(text: &str) -> bool {
    ["true", "false", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Without parentheses around it, and without the casts that PostgreSQL adds behind it.
fn bare(text: &str) -> String {
    let mut text = text.trim();
    loop {
        let before = text;
        let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
        text = inner.filter(|inner| balanced(inner)).map_or(text, str::trim);
        if let Some(at) = text.rfind("::") {
            let (head, kind) = text.split_at(at);
            let word = |character: char| character.is_alphanumeric() || " _\"()[],.".contains(character);
            if head.matches('\'').count() % 2 == 0 && balanced(head) && kind[2..].chars().all(word) && balanced(kind) {
                text = head.trim();
            }
        }
        if text == before {
            return text.to_owned();
        }
    }
}

fn balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    let mut inside = false;
    for character in text.chars() {
        match character {
            '\'' => inside = !inside,
            '(' if !inside => depth += 1,
            ')' if !inside => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_writes_its_own() {
        assert_eq!(written(Engine::Postgres, &ColumnType::Boolean, "1"), "true");
        assert_eq!(written(Engine::Sqlite, &ColumnType::Boolean, "true"), "1");
        assert_eq!(written(Engine::Sqlite, &ColumnType::Text, "it's"), "(it's)");
        assert_eq!(written(Engine::Sqlite, &ColumnType::Text, "'it''s'"), "'it''s'");
    }
}
