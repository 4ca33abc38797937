//! What the body of a trigger function of PostgreSQL does.
//!
//! The whole body is read, word by word, and held against the few forms that are known to do what they should. One that
//! merely has the right words somewhere may do nothing at all.

/// What a trigger does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It writes into a column of the row.
    Fills(String),
    /// It stops the statement.
    Refuses {
        /// Whatever the row holds.
        always: bool,
    },
}

/// What a function does, by the statement that makes it; nothing where its form is not known.
pub(super) fn effect(definition: &str) -> Option<Effect> {
    let body = words(body(definition)?);
    let body: Vec<&str> = body.iter().map(String::as_str).collect();
    if refuses_always(&body) {
        return Some(Effect::Refuses { always: true });
    }
    if may_refuse(&body) {
        return Some(Effect::Refuses { always: false });
    }
    filled(&body).map(Effect::Fills)
}

/// What stands between the dollar quotes behind AS. A setting before it may hold a dollar too.
fn body(definition: &str) -> Option<&str> {
    let quoted =
        definition.match_indices('$').find(|(at, _)| definition[..*at].trim_end().to_ascii_lowercase().ends_with("as"));
    let (at, _) = quoted?;
    let (tag, rest) = definition[at + 1..].split_once('$')?;
    rest.rsplit_once(&format!("${tag}$")).map(|(body, _)| body)
}

/// Names in lower case, strings as they are, signs one by one; comments are left out.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = if rest.starts_with("--") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(":=") {
            2
        } else if first == '\'' || first == '"' {
            rest[1..].find(first).map_or(rest.len(), |end| end + 2)
        } else if is_of_name(first) {
            rest.find(|character| !is_of_name(character)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (word, behind) = rest.split_at(end);
        if !word.starts_with("--") && !word.starts_with("/*") {
            let name = if first == '"' { word.trim_matches('"').to_owned() } else { word.to_lowercase() };
            words.push(if first == '\'' { word.to_owned() } else { name });
        }
        rest = behind.trim_start();
    }
    words
}

fn is_of_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// `BEGIN RAISE EXCEPTION …; END`, with nothing but a RETURN behind it.
fn refuses_always(body: &[&str]) -> bool {
    let ["begin", "raise", "exception", message, rest @ ..] = body else { return false };
    let Some(end) = rest.iter().position(|word| *word == ";") else { return false };
    let behind = &rest[end + 1..];
    let returned = match behind {
        ["return", "new" | "old" | "null", ";", tail @ ..] => Some(tail),
        _ => None,
    };
    let tail = returned.unwrap_or(behind);
    message.starts_with('\'') && is_end(tail)
}

/// An exception within an IF, with no RETURN in its way and nobody who catches it.
fn may_refuse(body: &[&str]) -> bool {
    let caught = body.windows(2).any(|pair| pair == ["exception", "when"]);
    let never = body.windows(3).any(|words| matches!(words, ["if" | "elsif", "false" | "null", "then"]));
    let mut left = vec![false];
    let (mut raised, mut before) = (false, "");
    for (place, word) in body.iter().enumerate() {
        let last = left.len() - 1;
        match *word {
            "if" if before != "end" => left.push(false),
            "if" if last > 0 => drop(left.pop()),
            "else" | "elsif" => left[last] = false,
            "return" => left[last] = true,
            "raise" if body.get(place + 1) == Some(&"exception") => {
                if last == 0 || left.contains(&true) {
                    return false;
                }
                raised = true;
            }
            _ => {}
        }
        before = word;
    }
    raised && !caught && !never
}

/// The column that a body sets, in the one form or the other:
///
/// ```text
/// BEGIN NEW.c := …; RETURN NEW; END
/// BEGIN OLD.x := NULL; IF NEW.c IS NOT DISTINCT FROM OLD.c AND NEW IS DISTINCT FROM OLD THEN NEW.c := …; END IF; RETURN NEW; END
/// ```
fn filled(body: &[&str]) -> Option<String> {
    let mut rest = body.strip_prefix(&["begin"])?;
    // What is taken out of the comparison of the rows.
    while let ["old", ".", _, ":=" | "=", "null", ";", behind @ ..] = rest {
        rest = behind;
    }
    let mut condition: &[&str] = &[];
    if let ["if", behind @ ..] = rest {
        let then = behind.iter().position(|word| *word == "then")?;
        (condition, rest) = (&behind[..then], &behind[then + 1..]);
    }
    let ["new", ".", column, ":=" | "=", behind @ ..] = rest else { return None };
    let end = behind.iter().position(|word| *word == ";")?;
    let (value, mut rest) = (&behind[..end], &behind[end + 1..]);
    if !condition.is_empty() {
        rest = rest.strip_prefix(&["end", "if", ";"])?;
    }
    let tail = rest.strip_prefix(&["return", "new", ";"])?;
    let good = is_end(tail) && is_value(column, value) && (condition.is_empty() || is_change(column, condition));
    good.then(|| (*column).to_owned())
}

fn is_end(words: &[&str]) -> bool {
    matches!(words, ["end"] | ["end", ";"])
}

/// The time for `updated_at`; for others anything that is not what stood there.
fn is_value(column: &str, value: &[&str]) -> bool {
    if column != "updated_at" {
        return !value.is_empty() && !value.contains(&"old") && value != ["new", ".", column];
    }
    let bare = value.strip_prefix(&["pg_catalog", "."]).unwrap_or(value);
    match bare {
        ["current_timestamp"] => true,
        [name, "(", ")"] => {
            matches!(*name, "now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp")
        }
        _ => false,
    }
}

/// Whether a condition says that the row was changed and the column left as it was, or one of the two.
pub(super) fn is_change(column: &str, condition: &[&str]) -> bool {
    let plain: Vec<&str> = condition.iter().copied().filter(|word| !matches!(*word, "(" | ")")).collect();
    let (new, old) = (format!("new . {column}"), format!("old . {column}"));
    plain.split(|word| *word == "and").all(|part| {
        let part = part.join(" ").replace(" . *", "");
        [(&new, &old), (&old, &new)].iter().any(|(one, other)| {
            part == format!("{one} is not distinct from {other}")
                || part == format!("not {one} is distinct from {other}")
        }) || part == "new is distinct from old"
            || part == "old is distinct from new"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Option<Effect> {
        effect(&format!("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $function$\n{body}\n$function$"))
    }

    #[test]
    fn a_body_of_a_known_form_is_what_it_looks_like() {
        let fills = Some(Effect::Fills("updated_at".to_owned()));
        assert_eq!(of("BEGIN NEW.updated_at := now(); RETURN NEW; END"), fills);
        assert_eq!(of("begin\n -- why\n new.\"updated_at\" = CURRENT_TIMESTAMP; return new; end;"), fills);
        let checked = "IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW.* IS DISTINCT FROM OLD.* THEN";
        assert_eq!(
            of(&format!(
                "BEGIN OLD.search := NULL; {checked} NEW.updated_at := pg_catalog.now(); END IF; RETURN NEW; END;"
            )),
            fills
        );
        // A setting in front of the body may hold a dollar.
        let set = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SET search_path TO '$user', 'public'\n\
            AS $function$BEGIN NEW.updated_at := now(); RETURN NEW; END$function$";
        assert_eq!(effect(set), fills);
        let always = Some(Effect::Refuses { always: true });
        assert_eq!(of("BEGIN RAISE EXCEPTION 'no; %', TG_NAME USING ERRCODE = 'x'; RETURN OLD; END;"), always);
        let sometimes = Some(Effect::Refuses { always: false });
        assert_eq!(of("BEGIN PERFORM 1; IF NEW.a > 1 THEN RAISE EXCEPTION 'no'; END IF; RETURN NULL; END"), sometimes);
    }

    #[test]
    fn a_body_that_only_has_the_words_is_nothing() {
        for body in [
            "BEGIN NEW.updated_at := OLD.updated_at; RETURN NEW; END",
            "BEGIN IF false THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
            "BEGIN IF NEW.updated_at IS DISTINCT FROM OLD.updated_at THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
            "BEGIN NEW.updated_at := now(); RETURN OLD; END",
            "BEGIN RETURN NEW; NEW.updated_at := now(); END",
            "BEGIN /* NEW.updated_at := now(); */ RETURN NEW; END",
            "BEGIN NEW.updated_at := now() - interval '1 year'; RETURN NEW; END",
            "BEGIN RETURN OLD; RAISE EXCEPTION 'no'; END",
            "BEGIN RAISE NOTICE 'no'; RETURN OLD; END",
            "BEGIN RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN RETURN OLD; END",
            "BEGIN IF false THEN RAISE EXCEPTION 'no'; END IF; RETURN OLD; END",
            "BEGIN IF NEW.a > 1 THEN RETURN NEW; RAISE EXCEPTION 'no'; END IF; RETURN OLD; END",
            "BEGIN PERFORM 'RAISE EXCEPTION'; RETURN OLD; END",
        ] {
            assert_eq!(of(body), None, "{body}");
        }
    }
}
