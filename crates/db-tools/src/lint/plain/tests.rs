//! Whatever is plain is taken by the parser, and its linter has nothing to say of it.

use atriz_db::migrate::pieces;
use squawk_syntax::SourceFile;

use super::super::squawk::violations;
use super::is_plain;

const PLAIN: [&str; 12] = [
    "CREATE TABLE app.items (id bigint NOT NULL, code text NOT NULL DEFAULT 'a', CONSTRAINT pk_items PRIMARY KEY (id))",
    "CREATE TABLE t (a numeric(10, 2), b double precision[], c app.kind NOT NULL, d jsonb DEFAULT '{}'::jsonb)",
    "CREATE TABLE t (a uuid PRIMARY KEY DEFAULT gen_random_uuid(), b boolean NULL UNIQUE, at timestamptz DEFAULT now())",
    "CREATE TABLE t (a bigint GENERATED ALWAYS AS IDENTITY, b text CHECK (length(b) > 0 AND b <> 'x' OR b IS NULL))",
    "CREATE TABLE t (a bigint REFERENCES app.u (id) ON DELETE SET NULL ON UPDATE NO ACTION, UNIQUE (a, b), b date)",
    "CREATE TABLE t (a bigint, CONSTRAINT fk FOREIGN KEY (a) REFERENCES u (id) ON DELETE CASCADE, CHECK (a BETWEEN -1 AND 9))",
    "CREATE TABLE t (\"a\" text, CONSTRAINT ck CHECK (kind IN ('a', 'b') AND NOT (x >= 1.5 * y - 2)))",
    "CREATE TABLE t (value text, type text, name text, key bigint, CHECK (value = type || name AND key NOT IN (1, 2)))",
    "INSERT INTO app.items (id, code) VALUES (1, 'a'), (-2, upper('b')), (DEFAULT, NULL) ON CONFLICT (id) DO NOTHING",
    "INSERT INTO items VALUES (true, '2026-01-01'::timestamptz, (1 + 2) * 3, current_timestamp)",
    "ALTER TABLE app.items ADD COLUMN a text NOT NULL DEFAULT '', ADD b bigint",
    "ALTER TABLE ONLY items ADD CONSTRAINT fk FOREIGN KEY (a, b) REFERENCES u (c, d), ADD CHECK (a > b::bigint)",
];

/// What takes the place of a token, or is put before it.
const OTHERS: [&str; 74] = [
    "(",
    ")",
    ",",
    ".",
    ";",
    "=",
    "<",
    ">",
    "-",
    "+",
    "*",
    "/",
    "|",
    ":",
    "::",
    "~",
    "!",
    "[",
    "]",
    "1",
    "1.5",
    "'s'",
    "e's'",
    "\"q\"",
    "\"\"",
    "a",
    "b",
    "not",
    "null",
    "and",
    "or",
    "in",
    "is",
    "between",
    "default",
    "check",
    "primary",
    "key",
    "unique",
    "references",
    "constraint",
    "foreign",
    "on",
    "delete",
    "set",
    "cascade",
    "values",
    "generated",
    "always",
    "by",
    "identity",
    "text",
    "bigint",
    "serial",
    "varchar",
    "timestamp",
    "numeric",
    "true",
    "select",
    "like",
    "using",
    "value",
    "operator",
    "overlaps",
    "at",
    "row",
    "array",
    "exists",
    "interval",
    "escape",
    "over",
    "filter",
    "collate",
    "_x",
];

/// A sequence of numbers that looks like none, and is the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// Whether it is plain, and what the parser and its linter have against it then.
fn read(sql: &str) -> (bool, Option<String>) {
    let Ok(found) = pieces(sql) else { return (false, None) };
    let [piece] = found.as_slice() else { return (false, None) };
    if !is_plain(piece, true) {
        return (false, None);
    }
    let errors = SourceFile::parse(sql).errors();
    if !errors.is_empty() {
        return (true, Some(format!("{sql}\n{errors:?}")));
    }
    // Of a table that the batch made, other rules of ALTER are silent.
    let said = if piece.word(0) == "alter" { Vec::new() } else { violations(sql) };
    (true, (!said.is_empty()).then(|| format!("{sql}\n{said:?}")))
}

fn plain(sql: &str) -> bool {
    let (plain, against) = read(sql);
    assert_eq!(against, None);
    plain
}

#[test]
fn plain_statements_are_known() {
    for sql in PLAIN {
        // The one with a quoted column is left to the parser.
        assert_eq!(plain(sql), !sql.contains("\"a\""), "{sql}");
    }
}

#[test]
fn others_are_not_plain() {
    for sql in [
        "CREATE TABLE t (a serial)",
        "CREATE TABLE t (a int4)",
        "CREATE TABLE t (a varchar(3))",
        "CREATE TABLE t (a timestamp)",
        "CREATE TABLE t (a text, A text)",
        "CREATE TABLE t (a text) PARTITION BY RANGE (a)",
        "CREATE TABLE t (a text NOT)",
        "CREATE TABLE t (a text,)",
        "CREATE TABLE t (select text)",
        "CREATE TABLE t (a text CHECK (a = b = c))",
        "CREATE TABLE t (a text CHECK (a < = b))",
        "CREATE TABLE t (a text CHECK (a))  x",
        "CREATE TEMP TABLE t (a text)",
        "INSERT INTO t (a, a) VALUES (1, 2)",
        "INSERT INTO t SELECT 1",
        "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1, a = 2",
        "ALTER TABLE t DROP COLUMN a",
        "ALTER TABLE t ADD COLUMN a int",
    ] {
        assert!(!plain(sql), "{sql}");
    }
    let alter = pieces("ALTER TABLE t ADD COLUMN a text").unwrap();
    assert!(is_plain(&alter[0], true) && !is_plain(&alter[0], false));
}

#[test]
fn whatever_is_plain_the_parser_takes() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut taken, mut wrong) = (0, Vec::new());
    for _ in 0..40_000 {
        let sql = PLAIN[numbers.below(PLAIN.len())];
        let mut tokens: Vec<&str> = pieces(sql).unwrap()[0].tokens.clone();
        for _ in 0..=numbers.below(2) {
            let (at, other) = (numbers.below(tokens.len()), OTHERS[numbers.below(OTHERS.len())]);
            match numbers.below(4) {
                0 => drop(tokens.remove(at)),
                1 => tokens.insert(at, other),
                2 => tokens[at] = other,
                _ => {
                    let with = numbers.below(tokens.len());
                    tokens.swap(at, with);
                }
            }
        }
        // Signs of two characters are told apart by what stands between them.
        let between = if numbers.below(3) == 0 { "" } else { " " };
        let spaced = |token: &&str| if token.len() > 1 { format!(" {token} ") } else { format!("{token}{between}") };
        let (plain, against) = read(&tokens.iter().map(spaced).collect::<String>());
        taken += usize::from(plain);
        wrong.extend(against);
    }
    assert!(wrong.is_empty(), "{} of {taken}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(taken > 1_000, "{taken} of them were plain, too few to prove anything");
}
