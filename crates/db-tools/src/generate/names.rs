//! Names in SQL: quoted where they must be, made by one rule, never longer than PostgreSQL takes.

/// The longest name that PostgreSQL keeps, in bytes.
pub(super) const LONGEST: usize = 63;

/// Words that either engine keeps for itself.
const RESERVED: &str = " abort action add all alter always analyse analyze and any array as asc asymmetric attach authorization \
    autoincrement begin between binary both by cascade case cast check collate collation column commit concurrently conflict \
    constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp \
    current_user database default deferrable deferred delete desc detach distinct do drop each else end escape except \
    exclusive exists explain fail false fetch for foreign freeze from full glob grant group having if ignore ilike immediate \
    in index indexed initially inner insert instead intersect into is isnull join key lateral leading left like limit \
    localtime localtimestamp match natural no not nothing notnull null of offset on only or order outer overlaps placing \
    plan pragma primary query raise recursive references regexp reindex release rename replace restrict returning right \
    rollback row savepoint select session_user set similar some symmetric system_user table tablesample temp temporary then \
    to trailing transaction trigger true union unique update user using vacuum values variadic verbose view virtual when \
    where window with without ";

/// A name as SQL of both engines takes it: bare where it can be.
pub(super) fn quoted(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let bare = !name.is_empty() && name.bytes().all(plain) && !name.starts_with(|first: char| first.is_ascii_digit());
    if bare && !RESERVED.contains(&format!(" {name} ")) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Names, joined by commas.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    names.into_iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

/// `schema.table`, or the bare name where there is no schema.
pub(super) fn qualified(schema: &str, name: &str) -> String {
    if schema.is_empty() { quoted(name) } else { format!("{}.{}", quoted(schema), quoted(name)) }
}

/// `prefix_table_what`, cut where PostgreSQL would cut it, with a hash of the whole instead of the rest: the same for
/// the same parts, another for others.
pub(super) fn made(prefix: &str, parts: &[&str]) -> String {
    let whole = format!("{prefix}_{}", parts.join("_"));
    if whole.len() <= LONGEST { whole } else { with_hash(&whole, &whole) }
}

/// As [`made`], for a name whose last part has to stay: `_type`.
pub(super) fn made_ending(prefix: &str, parts: &[&str], end: &str) -> String {
    let whole = format!("{prefix}_{}_{end}", parts.join("_"));
    if whole.len() <= LONGEST { whole } else { format!("{}_{end}", cut(&whole, &whole, LONGEST - end.len() - 1)) }
}

/// As [`made`]; where the name is taken by something else, with a hash too.
pub(super) fn made_free(prefix: &str, parts: &[&str], is_taken: impl Fn(&str) -> bool) -> String {
    let name = made(prefix, parts);
    if !is_taken(&name) {
        return name;
    }
    // `a_b` + `c` and `a` + `b_c` spell the same; their parts do not.
    let others = (0..100).map(|round| with_hash(&name, &format!("{}\0{round}", parts.join("\0"))));
    let free = others.filter(|name| !is_taken(name)).take(1).next();
    free.unwrap_or(name)
}

fn with_hash(name: &str, of: &str) -> String {
    cut(name, of, LONGEST)
}

/// The name cut to `longest` bytes, with a hash at its end.
fn cut(name: &str, of: &str, longest: usize) -> String {
    let mut end = name.len().min(longest - 9);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{:08x}", &name[..end], hash(of))
}

/// FNV-1a: small, and the same on every machine and in every version.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// What belongs behind each other in one line, or in two where one is too long.
pub(super) fn in_lines(one: String, other: &str) -> String {
    let gap = if one.len() + other.len() > 114 { "\n        " } else { " " };
    one + gap + other
}

/// A text between single quotes.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_quoted_where_they_must_be() {
        for (name, written) in [
            ("things", "things"),
            ("order", "\"order\""),
            ("Mixed", "\"Mixed\""),
            ("größe", "\"größe\""),
            ("a\"b", "\"a\"\"b\""),
            ("1st", "\"1st\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(name), written);
        }
        assert_eq!(qualified("app", "user"), "app.\"user\"");
        assert_eq!(qualified("", "things"), "things");
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let (one, two) = ("ö".repeat(30), format!("{}x", "ö".repeat(30)));
        let names = [made("idx", &[&one, "a"]), made("idx", &[&one, "b"]), made("idx", &[&two, "a"])];
        assert!(names.iter().all(|name| name.len() <= LONGEST), "{names:?}");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(names[0], made("idx", &[&one, "a"]));
        assert_eq!(made("idx", &["things", "code"]), "idx_things_code");
        let check = made_ending("ck", &[&one, "a"], "type");
        assert!(check.ends_with("_type") && check.len() <= LONGEST, "{check}");
    }

    #[test]
    fn a_name_that_is_taken_gets_a_hash() {
        let taken = |name: &str| name == "idx_a_b_c";
        let (one, other) = (made_free("idx", &["a_b", "c"], taken), made_free("idx", &["a", "b_c"], taken));
        assert_ne!(one, other);
        assert!(one.starts_with("idx_a_b_c_"), "{one}");
        assert_eq!(made_free("idx", &["a", "b"], taken), "idx_a_b");
    }
}
