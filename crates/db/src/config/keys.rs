//! The names of all variables, and the spellings that mean the same.

/// A variable that Atriz reads, apart from the `<NAME>_…` ones of each database.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// The variable it is another spelling of.
    pub alias_of: Option<&'static str>,
    /// What it is for, in one line.
    pub about: &'static str,
}

const fn variable(name: &'static str, about: &'static str) -> Variable {
    Variable { name, alias_of: None, about }
}

const fn alias(name: &'static str, of: &'static str) -> Variable {
    Variable { name, alias_of: Some(of), about: "another spelling" }
}

/// Every variable of fixed name.
pub const VARIABLES: &[Variable] = &[
    variable("APP_ENV", "development (default), test or production"),
    variable("DATA_DIR", "where SQLite files, secrets and messages of development stand"),
    variable("PGHOST", "host or socket directory of the server that databases are made on"),
    variable("PGPORT", "its port, 5432 by default"),
    variable("PGUSER", "the user that creates, drops, owns and migrates"),
    variable("PGPASSWORD", "that user's password"),
    variable("PGSSLMODE", "disable, allow, prefer, require, verify-ca or verify-full"),
    variable("PGSSLROOTCERT", "the file of the certificate authority for verify-ca and verify-full"),
    alias("DB_HOST", "PGHOST"),
    alias("DB_PORT", "PGPORT"),
    alias("DB_USER", "PGUSER"),
    alias("DB_PASSWORD", "PGPASSWORD"),
    alias("DB_SSL", "PGSSLMODE"),
    variable("DB_POOL_SIZE", "most connections of one pool, 10 by default"),
    variable("SLOW_QUERY_MS", "a query that takes longer is logged as a warning, 200 by default"),
    variable("LOG_FILTER", "which log lines are written, such as info,sqlx=warn"),
    variable("LOG_FORMAT", "text (default in development) or json"),
    variable("BIND_ADDRESS", "the address an app listens on, 127.0.0.1 by default"),
    variable("AUTH_MODE", "issuer or verifier: whether the process owns sign-in, or checks what another one issued"),
    variable("AUTH_ISSUER_URL", "where a verifier reaches the issuer"),
    variable("AUTH_PUBLIC_URL", "the issuer's public address, which is in every token and every mailed link"),
    variable("AUTH_KEYS", "the issuer's master keys, id:base64url of 32 bytes each, the current one first"),
    variable("AUTH_KEYS_FILE", "a file that holds them"),
    variable("AUTH_PEPPERS", "the peppers of passwords, written like the master keys"),
    variable("AUTH_PEPPERS_FILE", "a file that holds them"),
    variable("AUTH_CLIENT_ID", "the app as which a verifier speaks to the issuer; its own by default"),
    variable("AUTH_CLIENT_SECRET", "with what it proves that"),
    variable(
        "AUTH_REDIRECT_URL",
        "the public address of a verifier's /auth/callback, as it is registered at the issuer",
    ),
    variable("AUTH_HASH_PERMITS", "how many passwords are hashed at once, one per core by default"),
    variable("SMTP_URL", "the server that sends mail"),
    variable("MAIL_FROM", "whom mail is from"),
    variable("SMS_COUNTRIES", "the country calling codes that text messages go to, such as 49,43"),
    variable("TRUSTED_PROXIES", "networks of proxies whose word about a client's address is taken"),
    variable("PORT", "the port one app listens on, in its own .env or environment"),
    variable("DATABASE_URL", "one app's own URL, in its own .env or environment"),
    variable("DB_NAME", "the name of one app's own database, in its own .env or environment"),
];

/// Variables that stand for one app alone, and so mean nothing in the root `.env`.
pub(super) const OWNER_ONLY: &[&str] = &["DATABASE_URL", "DB_NAME", "PORT"];

/// What a database's own variables end in, behind `<NAME>`.
pub(super) const SUFFIXES: &[&str] = &["_DATABASE_URL", "_MIGRATE_URL", "_PORT"];
