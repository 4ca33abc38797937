//! Takes passwords out of text that strangers may read: `user:secret@` in addresses and `password=secret`.

use serde_json::Value;

const HIDDEN: &str = "***";

/// The text with its passwords hidden.
pub(super) fn text(text: &str) -> String {
    hide_pairs(&hide_credentials(text))
}

/// The same for every string inside a value.
pub(super) fn value(value: &mut Value) {
    match value {
        Value::String(string) => *string = text(string),
        Value::Array(items) => items.iter_mut().for_each(self::value),
        Value::Object(members) => members.values_mut().for_each(self::value),
        _ => {}
    }
}

/// `scheme://user:secret@host` becomes `scheme://***@host`. The last `@` before the host's end counts, because a
/// password may hold one too.
fn hide_credentials(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("://");
        let end = part.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '"' | '\'')).unwrap_or(part.len());
        match part[..end].rfind('@') {
            Some(at) => {
                out.push_str(HIDDEN);
                out.push_str(&part[at..]);
            }
            None => out.push_str(part),
        }
    }
    out
}

/// `password=secret` becomes `password=***`, up to the next space, `&` or `;`.
fn hide_pairs(text: &str) -> String {
    const NAME: &str = "password=";
    let (mut out, mut rest) = (String::new(), text);
    // ASCII lower case keeps every byte where it is, so an index into one string fits the other.
    while let Some(at) = rest.to_ascii_lowercase().find(NAME) {
        let (start, secret) = rest.split_at(at + NAME.len());
        out.push_str(start);
        out.push_str(HIDDEN);
        let end = secret.find(|c: char| c.is_whitespace() || matches!(c, '&' | ';' | ',')).unwrap_or(secret.len());
        rest = &secret[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn passwords_are_hidden() {
        let said = "cannot reach postgres://ana:p@ss@db.local/core?sslmode=require, then sqlite://data/core.db";
        let shown = "cannot reach postgres://***@db.local/core?sslmode=require, then sqlite://data/core.db";
        assert_eq!(super::text(said), shown);
        assert_eq!(super::text("host=db Password=hunter2 port=5432"), "host=db Password=*** port=5432");
    }

    #[test]
    fn plain_text_stays() {
        let text = "3 pending migrations; écrire à ops@example.org";
        assert_eq!(super::text(text), text);
    }

    #[test]
    fn values_are_searched_to_the_bottom() {
        let mut value = json!({ "urls": ["postgres://a:b@c"], "pending": 3 });
        super::value(&mut value);
        assert_eq!(value, json!({ "urls": ["postgres://***@c"], "pending": 3 }));
    }
}
