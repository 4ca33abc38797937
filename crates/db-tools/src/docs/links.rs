//! Where a heading can be reached.

use std::collections::{BTreeMap, HashMap};

use crate::introspect::Name;

/// The anchors of the tables on one page, as GitHub and GitLab make them of headings.
pub(super) struct Anchors(BTreeMap<Name, String>);

impl Anchors {
    /// Of tables whose headings stand in this order. Two headings may come to the same letters: the later get a number.
    pub(super) fn of<'a>(tables: impl Iterator<Item = &'a Name>) -> Self {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let anchor = |name: &Name| {
            let slug = slug(&name.to_string());
            let count = seen.entry(slug.clone()).or_insert(0);
            *count += 1;
            let anchor = if *count == 1 { slug } else { format!("{slug}-{}", *count - 1) };
            (name.clone(), anchor)
        };
        Self(tables.map(anchor).collect())
    }

    /// A link to the table on the same page, or its name alone where it has no heading.
    pub(super) fn link(&self, name: &Name, shown: &str) -> String {
        match self.0.get(name) {
            Some(anchor) => format!("[{shown}](#{anchor})"),
            None => shown.to_owned(),
        }
    }
}

/// Lower case, without punctuation, blanks as hyphens.
pub(super) fn slug(heading: &str) -> String {
    let kept = heading.chars().filter_map(|character| match character {
        ' ' => Some('-'),
        '-' | '_' => Some(character),
        other => Some(other).filter(|other| other.is_alphanumeric()),
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_tell_headings_apart() {
        let names = [Name::new("auth", "users"), Name::new("authus", "ers"), Name::new("app", "Größe, cm")];
        let anchors = Anchors::of(names.iter());
        assert_eq!(anchors.link(&names[0], "u"), "[u](#authusers)");
        assert_eq!(anchors.link(&names[1], "u"), "[u](#authusers-1)");
        assert_eq!(anchors.link(&names[2], "g"), "[g](#appgröße-cm)");
        assert_eq!(anchors.link(&Name::bare("none"), "n"), "n");
    }
}
