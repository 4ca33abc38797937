//! The toolkit's hints in the words of an app's program, which may run where there is no workspace.

use std::path::Path;

use atriz_db::migrate::MigrationError;
use atriz_db::{ConnectError, Error, IdentityError};

/// How the commands of the workspace begin.
const WORKSPACE: &str = "cargo xtask ";

/// What to do about an error, for somebody who has `package`.
pub(crate) fn of(error: &Error, package: &str) -> String {
    match error {
        Error::In { source, .. } => of(source, package),
        Error::Pending { .. } | Error::Behind { .. } | Error::Identity(IdentityError::Unmarked { .. }) => {
            format!("`{package} migrate` applies what is pending")
        }
        // A database on a server is made by an administrator; a file, which is told by its path, by this program.
        Error::Connect(ConnectError::Missing { place }) if Path::new(place).is_absolute() => {
            format!("`{package} migrate` makes the file and what belongs into it")
        }
        Error::Migration(MigrationError::Unknown { .. }) => {
            format!("migrate with the newer program that has it; this one may go on with `{package} serve`")
        }
        other => in_words_of(package, &other.hint()),
    }
}

/// A hint with the program's own verbs in place of the workspace's, and a word about those that it does not have.
pub(crate) fn in_words_of(package: &str, hint: &str) -> String {
    let mut foreign = false;
    let parts = hint.split('`').enumerate().map(|(index, part)| {
        // Commands stand between backquotes, so every other part is one.
        let Some(command) = part.strip_prefix(WORKSPACE).filter(|_| index % 2 == 1) else { return part.to_owned() };
        if let ["db", verb @ ("migrate" | "seed" | "status"), ..] = command.split(' ').collect::<Vec<_>>()[..] {
            return format!("{package} {verb}");
        }
        foreign = true;
        part.to_owned()
    });
    let words = parts.collect::<Vec<_>>().join("`");
    if foreign { format!("{words} (`cargo xtask` needs the source tree; docs/operations.md)") } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(hint: &str) -> String {
        in_words_of("shop-api", hint)
    }

    #[test]
    fn verbs_that_the_program_has_are_its_own() {
        assert_eq!(words("`cargo xtask db status shop` lists them"), "`shop-api status` lists them");
        assert_eq!(words("run `cargo xtask db migrate` first"), "run `shop-api migrate` first");
        assert_eq!(words("correct `PGUSER`, or cargo xtask"), "correct `PGUSER`, or cargo xtask");
    }

    #[test]
    fn verbs_that_it_does_not_have_are_told_as_such() {
        let told = words("`cargo xtask db create` makes it");
        assert_eq!(told, "`cargo xtask db create` makes it (`cargo xtask` needs the source tree; docs/operations.md)");
    }

    #[test]
    fn errors_are_told_in_the_programs_own_words() {
        let within = |source: Error| Error::In { database: "core".to_owned(), source: Box::new(source) };
        let pending = within(Error::Pending { database: "core".to_owned(), pending: 2 });
        assert_eq!(of(&pending, "shop-api"), "`shop-api migrate` applies what is pending");
        let missing = |place: &str| within(ConnectError::Missing { place: place.to_owned() }.into());
        let file = of(&missing("/srv/data/shop.db"), "shop-api");
        assert_eq!(file, "`shop-api migrate` makes the file and what belongs into it");
        assert!(
            of(&missing("shop_db on localhost:5432"), "shop-api").starts_with("`cargo xtask db create` makes it (")
        );
        let unknown = MigrationError::Unknown { database: "core".to_owned(), version: "2030_a".to_owned() };
        assert!(of(&within(unknown.into()), "shop-api").contains("`shop-api serve`"));
    }
}
