//! Conditions that leave no row out.

/// Whether a condition is true of every row: `true`, `1 = 1`, `id = id`, and what is put together from such.
pub(super) fn is_always(condition: &[&str]) -> bool {
    let condition = bare(condition);
    let either = parted(condition, "or");
    if either.len() > 1 {
        return either.into_iter().any(is_always);
    }
    // The AND of BETWEEN divides what is no condition, and so nothing that is always true.
    let both = parted(condition, "and");
    if both.len() > 1 {
        return both.into_iter().all(is_always);
    }
    match condition {
        [word] => word.eq_ignore_ascii_case("true") || *word == "1",
        [not, word] if not.eq_ignore_ascii_case("not") => word.eq_ignore_ascii_case("false") || *word == "0",
        _ => {
            let half = condition.len() / 2;
            let middle = condition.get(half) == Some(&"=") && condition.len() % 2 == 1;
            middle && condition[..half] == condition[half + 1..]
        }
    }
}

/// Without the parentheses around it all.
fn bare<'a, 't>(mut condition: &'a [&'t str]) -> &'a [&'t str] {
    while let [open, inner @ .., close] = condition {
        let mut depth = 0_i32;
        let closes_early = inner.iter().any(|token| {
            depth += step(token);
            depth < 0
        });
        if *open != "(" || *close != ")" || closes_early {
            break;
        }
        condition = inner;
    }
    condition
}

/// The parts between the places of a word outside of parentheses.
fn parted<'a, 't>(condition: &'a [&'t str], word: &str) -> Vec<&'a [&'t str]> {
    let mut depth = 0;
    let is_word = |token: &&str| {
        depth += step(token);
        depth == 0 && token.eq_ignore_ascii_case(word)
    };
    condition.split(is_word).collect()
}

fn step(token: &str) -> i32 {
    match token {
        "(" | "[" => 1,
        ")" | "]" => -1,
        _ => 0,
    }
}

/// A clause up to the parenthesis that closes around it.
pub(super) fn within<'a, 't>(tokens: &'a [&'t str]) -> &'a [&'t str] {
    let mut depth = 0;
    let end = tokens.iter().position(|token| {
        depth += step(token);
        depth < 0
    });
    &tokens[..end.unwrap_or(tokens.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_always_true_is_known() {
        let read = |text: &str| is_always(&text.split(' ').collect::<Vec<_>>());
        for always in [
            "TRUE",
            "( true )",
            "1 = 1",
            "1",
            "t . id = t . id",
            "not false",
            "a = 2 OR true",
            "1 = 1 and ( 'a' = 'a' )",
        ] {
            assert!(read(always), "{always}");
        }
        for bounded in [
            "a = true",
            "id = 1",
            "true and a = 1",
            "a = b",
            "1 < = 1",
            "not true",
            "a in ( true )",
            "( a ) = ( b )",
            "a between 1 and 1",
            "( a = 1 or b ) and ( c )",
            "is_true",
        ] {
            assert!(!read(bounded), "{bounded}");
        }
    }
}
