//! `X-api admin`.

use std::io::Read;

use atriz_db::Fleet;
use console::Term;
use secrecy::{ExposeSecret, SecretString};

use super::arguments::AdminVerb;
use super::issuer::with_issuer;
use super::print;
use crate::app::App;
use crate::error::AppError;
use crate::terminal::is_interactive;

/// `X-api admin create`. There is no default password: whoever runs it chooses one.
pub(super) async fn run(app: &App, fleet: &Fleet, verb: &AdminVerb) -> Result<(), AppError> {
    let AdminVerb::Create { email, name, password_stdin } = verb;
    let password = if *password_stdin { piped()? } else { typed()? };
    let id = with_issuer(app, fleet, "admin", async |issuer| {
        Ok(issuer.accounts().create_first_admin(email, name, &password).await?)
    })
    .await?;
    print::answer(&format!("{email} administers the platform now (account {})", id.0));
    Ok(())
}

/// More than any password may have.
const LONGEST: u64 = 4096;

fn piped() -> Result<SecretString, AppError> {
    let mut text = String::new();
    let read = std::io::stdin().take(LONGEST).read_to_string(&mut text);
    read.map_err(|_| AppError::Password("the password cannot be read from standard input"))?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(SecretString::from(line.strip_suffix('\r').unwrap_or(line)))
}

fn typed() -> Result<SecretString, AppError> {
    if !is_interactive() {
        return Err(AppError::Password("there is no terminal to ask for a password"));
    }
    let (first, second) = (hidden("Password: ")?, hidden("Once more: ")?);
    if first.expose_secret() != second.expose_secret() {
        return Err(AppError::Password("the two passwords differ"));
    }
    Ok(first)
}

/// Asks for a line that the terminal does not show. `console` makes it so: it is in the tree for the progress bars of
/// `cargo xtask`, needs no other program, and puts the terminal back whatever comes of the reading.
fn hidden(question: &str) -> Result<SecretString, AppError> {
    const FAILED: AppError = AppError::Password("the terminal cannot be made to hide what is typed");
    let terminal = Term::stderr();
    terminal.write_str(question).map_err(|_| FAILED)?;
    terminal.read_secure_line().map(SecretString::from).map_err(|_| FAILED)
}
