//! What may be written behind the program's name.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::print;
use crate::app::App;

/// What the command line came to.
pub(super) enum Arguments {
    /// Work to do.
    Verb(Verb),
    /// It asked for help or the version, or was not understood; either was answered.
    Answered(ExitCode),
}

/// The name, version and examples are the app's, and are put in when it is read.
#[derive(Debug, Parser)]
struct Line {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Serve the app. This is what happens without a verb.
    Serve,
    /// Apply what is pending to the app's database and to those it comes after.
    Migrate(MigrateOptions),
    /// Load the seeds of the app's database and of those it comes after.
    Seed(SeedOptions),
    /// Show how the app's database and those it comes after stand.
    Status(StatusOptions),
    /// The same as `migrate`, under the name that SeaORM's tools have for it.
    Up(MigrateOptions),
    /// Take the newest migrations of the app's own database back.
    Down(DownOptions),
    /// Show or change the keys that access tokens are signed with.
    Keys(KeysLine),
    /// End the sessions of all people.
    Sessions(SessionsLine),
    /// Check the audit trail, or show its head.
    Audit(AuditLine),
    /// Make the first account that may administer the others.
    Admin(AdminLine),
    /// Refused.
    #[command(hide = true)]
    Fresh(Ignored),
    /// Refused.
    #[command(hide = true)]
    Refresh(Ignored),
    /// Refused.
    #[command(hide = true)]
    Reset(Ignored),
}

#[derive(Debug, Args)]
pub(super) struct MigrateOptions {
    /// Show what would run, and run nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Report as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct SeedOptions {
    /// Only the rows that every environment needs.
    #[arg(long, conflicts_with = "demo")]
    pub(super) reference: bool,
    /// Only the rows for development and tests; refused in production.
    #[arg(long)]
    pub(super) demo: bool,
    /// Compare files row by row that were loaded before and have not changed.
    #[arg(long)]
    pub(super) again: bool,
    /// Report as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct StatusOptions {
    /// Report as JSON.
    #[arg(long)]
    pub(super) json: bool,
    /// Exit with 1 unless every database is up to date; without it, only where there is no way to one.
    #[arg(long)]
    pub(super) check: bool,
}

#[derive(Debug, Args)]
pub(super) struct DownOptions {
    /// How many migrations.
    #[arg(short = 'n', long = "count", value_name = "N", default_value_t = 1)]
    pub(super) count: usize,
    /// Agree to lose the rows of the tables that go.
    #[arg(long)]
    pub(super) yes: bool,
    /// Agree to lose rows in production, by the name of the database.
    #[arg(long, value_name = "DATABASE")]
    pub(super) confirm: Option<String>,
    /// Report as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct KeysLine {
    #[command(subcommand)]
    pub(super) verb: KeysVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysVerb {
    /// List the keys: which one signs, which ones come and which ones go.
    List {
        /// Report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make the next key sign, and publish one behind it.
    Rotate {
        /// The key that signs was stolen: drop it at once. Every access token is refused from then on, and clients ask
        /// for new ones.
        #[arg(long)]
        emergency: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct SessionsLine {
    #[command(subcommand)]
    pub(super) verb: SessionsVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum SessionsVerb {
    /// Sign everybody out of every app, within two seconds: cookies or a copy of the database got into wrong hands.
    /// Passwords and API keys stay, links of mails that are on their way do not.
    End {
        /// Agree to sign out all people.
        #[arg(long, required = true)]
        everybody: bool,
    },
}

#[derive(Debug, Args)]
pub(super) struct AuditLine {
    #[command(subcommand)]
    pub(super) verb: AuditVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditVerb {
    /// Compute the chain of hashes again, and say where it breaks.
    Verify {
        /// A head that was kept elsewhere, as an earlier run printed it: nothing up to it may be missing.
        #[arg(long, value_name = "SEQ:HASH")]
        head: Option<String>,
        /// Report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show the number and the hash of the newest entry, to be kept elsewhere.
    Head(HeadOptions),
}

#[derive(Debug, Args)]
pub(super) struct HeadOptions {
    /// Add the time and the head as a line to this file, which is best kept where nobody who can write to the database
    /// can write.
    #[arg(long, value_name = "FILE")]
    pub(super) append: Option<PathBuf>,
    /// Report as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct AdminLine {
    #[command(subcommand)]
    pub(super) verb: AdminVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum AdminVerb {
    /// Make the first administrator. Refused where there is one; they invite the others.
    Create {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// How the person is called.
        #[arg(long)]
        name: String,
        /// Read the password from standard input instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Whatever comes behind a verb that is refused.
#[derive(Debug, Args)]
pub(super) struct Ignored {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _rest: Vec<OsString>,
}

impl Verb {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Serve => "serve",
            Self::Migrate(_) => "migrate",
            Self::Seed(_) => "seed",
            Self::Status(_) => "status",
            Self::Up(_) => "up",
            Self::Down(_) => "down",
            Self::Keys(_) => "keys",
            Self::Sessions(_) => "sessions",
            Self::Audit(_) => "audit",
            Self::Admin(_) => "admin",
            Self::Fresh(_) => "fresh",
            Self::Refresh(_) => "refresh",
            Self::Reset(_) => "reset",
        }
    }
}

/// An example for each verb; the program's name goes in front.
const EXAMPLES: [(&str, &str); 10] = [
    ("serve", "PORT=4000 {} serve"),
    ("migrate", "{} migrate --dry-run"),
    ("seed", "{} seed --reference"),
    ("status", "{} status --check && {} serve"),
    ("up", "{} up"),
    ("down", "{} down -n 2 --yes"),
    ("keys", "{} keys rotate"),
    ("sessions", "{} sessions end --everybody"),
    ("audit", "{} audit verify\n  {} audit head --append /mnt/elsewhere/audit-heads"),
    ("admin", "{} admin create --email ann@example.com --name Ann"),
];

/// The command line in the app's own name.
fn command(app: &App) -> clap::Command {
    let example = |text: &str| format!("Example:\n  {}", text.replace("{}", app.package));
    let command = Line::command().name(app.package).version(app.version).about(app.description);
    let command = command.after_help(example("{} migrate && {} serve"));
    EXAMPLES
        .iter()
        .fold(command, |command, (verb, text)| command.mut_subcommand(verb, |verb| verb.after_help(example(text))))
}

/// Reads the command line.
pub(super) fn parse(app: &App, line: impl IntoIterator<Item = OsString>) -> Arguments {
    let read = command(app).try_get_matches_from(line).and_then(|matches| Line::from_arg_matches(&matches));
    match read {
        Ok(line) => Arguments::Verb(line.verb.unwrap_or(Verb::Serve)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            print::answer(&error.render().ansi().to_string());
            Arguments::Answered(ExitCode::SUCCESS)
        }
        Err(error) => Arguments::Answered(print::usage(&error.render().to_string(), app.package)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::tests::SHOP;

    fn read(line: &str) -> Arguments {
        parse(&SHOP, line.split(' ').map(OsString::from))
    }

    #[test]
    fn serving_is_what_happens_without_a_verb() {
        assert!(matches!(read("shop-api"), Arguments::Verb(Verb::Serve)));
        assert!(matches!(read("shop-api serve"), Arguments::Verb(Verb::Serve)));
    }

    #[test]
    fn seaorms_words_are_understood() {
        assert!(matches!(read("shop-api up"), Arguments::Verb(Verb::Up(_))));
        let Arguments::Verb(Verb::Down(down)) = read("shop-api down -n 3 --yes") else { panic!("no `down`") };
        assert_eq!((down.count, down.yes), (3, true));
        assert!(matches!(read("shop-api fresh --force -x"), Arguments::Verb(Verb::Fresh(_))));
    }

    #[test]
    fn every_verb_that_is_shown_has_an_example() {
        for verb in command(&SHOP).get_subcommands().filter(|verb| !verb.is_hide_set()) {
            let example = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(example.starts_with("Example:\n  ") && example.contains("shop-api"), "{}", verb.get_name());
        }
        command(&SHOP).debug_assert();
    }
}
