//! Words that cannot be a name without quotes, or are more than one where they stand.

/// PostgreSQL's words that are reserved, or name a type or a function, in order; with some that begin a clause or an
/// operator where a name might stand.
#[rustfmt::skip]
const KEPT: [&str; 169] = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce", "collate",
    "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog", "current_date",
    "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec", "decimal", "default",
    "deferrable", "desc", "distinct", "do", "else", "end", "escape", "except", "exclude", "exists", "extract", "false",
    "fetch", "float", "for", "foreign", "freeze", "from", "full", "generated", "grant", "graph_table", "greatest",
    "group", "grouping", "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect",
    "interval", "into", "is", "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object",
    "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading",
    "least", "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar",
    "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "operator", "or",
    "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision", "primary", "real",
    "references", "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint", "some",
    "substring", "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing",
    "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when",
    "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces",
    "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
];

/// Types that a rule is about, besides those whose words are kept.
const REGRETTED: [&str; 10] =
    ["bigserial", "bpchar", "int2", "int4", "serial", "serial2", "serial4", "serial8", "smallserial", "varchar"];

/// The longest word of the lists.
const LONGEST: usize = 17;

/// Whether a token is a name that may stand wherever one may.
pub(super) fn is_name(token: &str) -> bool {
    if let Some(inner) = token.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return !inner.is_empty();
    }
    let starts = token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let goes_on = || token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    starts && goes_on() && !is_among(token, &KEPT)
}

/// Whether a rule is about the type of this name.
pub(super) fn is_regretted(token: &str) -> bool {
    is_among(token.trim_matches('"'), &REGRETTED)
}

fn is_among(token: &str, words: &[&str]) -> bool {
    let mut buffer = [0; LONGEST];
    let Some(lower) = buffer.get_mut(..token.len()) else { return false };
    lower.copy_from_slice(token.as_bytes());
    lower.make_ascii_lowercase();
    words.binary_search_by(|word| word.as_bytes().cmp(lower)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order_and_no_word_is_too_long() {
        for list in [&KEPT[..], &REGRETTED[..]] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|word| word.len() <= LONGEST));
        }
        assert!(is_name("Value") && is_name("\"select\"") && is_name("_1"));
        for none in ["SELECT", "1a", "a$", "ä", "\"\"", "'a'", "e'a'", "U&\"a\"", "(", "Current_Timestamp"] {
            assert!(!is_name(none), "{none}");
        }
        assert!(is_regretted("SERIAL") && is_regretted("\"int4\"") && !is_regretted("text"));
    }
}
