//! What a file says, before anything of it is kept.

use super::content::{check_content, check_transaction_control, mode_of};
use super::directive::{Directives, undecided};
use super::folder::Mode;
use super::folder_error::FolderError;
use super::piece::Piece;
use super::split::{check_comments, pieces};
use crate::Engine;

/// A text as the executor would run it, with its statements as they stand in it.
#[derive(Clone, Debug)]
pub struct Reading<'a> {
    /// What it says of itself.
    pub directives: Directives,
    /// How it runs.
    pub mode: Mode,
    /// Its statements.
    pub statements: Vec<Piece<'a>>,
}

impl<'a> Reading<'a> {
    /// Reads a text of a folder of another layout. `said` is what that layout says of it in its own words; directives of
    /// ours in the text are added. Other than one of our own files it may hold no statement.
    ///
    /// # Errors
    ///
    /// The first thing wrong with it.
    pub fn of_text(path: &str, text: &'a str, said: &Directives, engine: Engine) -> Result<Self, FolderError> {
        let mut reading = Self::parse(path, text, engine)?;
        let directives = &mut reading.directives;
        directives.no_transaction |= said.no_transaction;
        directives.rebuild |= said.rebuild;
        directives.irreversible = directives.irreversible.take().or_else(|| said.irreversible.clone());
        check_transaction_control(path, &reading.statements)?;
        reading.know_mode(engine);
        Ok(reading)
    }

    /// Reads one of our own files.
    pub(super) fn of_file(path: &str, text: &'a str, engine: Engine) -> Result<Self, FolderError> {
        let mut reading = Self::parse(path, text, engine)?;
        check_content(path, &reading.directives, &reading.statements, engine)?;
        reading.know_mode(engine);
        Ok(reading)
    }

    fn know_mode(&mut self, engine: Engine) {
        let tokens = self.statements.iter().map(|statement| statement.tokens.as_slice());
        self.mode = mode_of(&self.directives, tokens, engine);
    }

    fn parse(path: &str, text: &'a str, engine: Engine) -> Result<Self, FolderError> {
        if let Some((before, _)) = text.split_once('\0') {
            return Err(FolderError::Nul { path: path.to_owned(), line: before.lines().count().max(1) });
        }
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some((line, what)) = undecided(text) {
            return Err(FolderError::Undecided { path: path.to_owned(), line, what });
        }
        let directives =
            Directives::read(text).map_err(|directive| FolderError::Directive { path: path.to_owned(), directive })?;
        let split = |source| FolderError::Split { path: path.to_owned(), source };
        if engine == Engine::Sqlite {
            check_comments(text).map_err(split)?;
        }
        let statements = pieces(text).map_err(split)?;
        Ok(Self { directives, mode: Mode::Transaction, statements })
    }
}
