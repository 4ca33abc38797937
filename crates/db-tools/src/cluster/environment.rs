//! The only place where the throwaway cluster looks at the environment.

/// A variable of the environment. An empty one counts as not set, and so does one that is not UTF-8.
#[expect(clippy::disallowed_methods, reason = "tests find their server before any configuration is read")]
pub(crate) fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
