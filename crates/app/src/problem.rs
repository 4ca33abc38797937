//! What the caller is told when a database fails. This is the one place where that is decided.

use std::time::Duration;

use atriz_db::Failure;
use atriz_web::Problem;
use sea_orm::DbErr;

/// When a caller may well try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The problem that a database error becomes: 503 where trying again may help, else 500. Either way the error goes to
/// the log and not to the caller.
pub fn database_problem(error: &DbErr) -> Problem {
    if Failure::of(error).is_passing() { Problem::unavailable(error, RETRY_AFTER) } else { Problem::internal(error) }
}

/// Turns a database error into its [`Problem`], for `?` in a handler.
pub trait OrProblem<T> {
    /// The value, or [`database_problem`].
    ///
    /// # Errors
    ///
    /// The problem.
    fn or_problem(self) -> Result<T, Problem>;
}

impl<T> OrProblem<T> for Result<T, DbErr> {
    fn or_problem(self) -> Result<T, Problem> {
        self.map_err(|error| database_problem(&error))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::RuntimeErr;

    use super::*;

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let lost = DbErr::Conn(RuntimeErr::Internal("connection reset".to_owned()));
        assert_eq!(database_problem(&lost).status(), 503);
        let wrong = DbErr::Type("items.status: no such variant".to_owned());
        assert_eq!(database_problem(&wrong).status(), 500);
        let answer: Result<(), DbErr> = Err(wrong);
        assert_eq!(answer.or_problem().unwrap_err().code(), "internal");
    }
}
