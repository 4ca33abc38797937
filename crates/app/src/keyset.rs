//! Where a page goes on: behind the last row of the one before.
//!
//! One comparison of whole rows, `(a, b) > (x, y)`, is what both engines turn into a seek in an index. SeaORM's own
//! `cursor_by` over two columns writes `(a = x AND b > y) OR a > x`, which PostgreSQL runs as a filter from the start
//! of the index: a page costs as much as all the pages before it. SQLite does the same with whole rows whose first column
//! another condition of the statement pins to a value or to some: leave that column out.

use sea_orm::sea_query::{Expr, IntoColumnRef};
use sea_orm::{ExprTrait, Value};

/// Rows behind `key` in ascending order of `columns`.
pub fn after<C: IntoColumnRef, const N: usize>(columns: [C; N], key: [Value; N]) -> Expr {
    let (row, key) = rows(columns, key);
    row.gt(key)
}

/// Rows behind `key` in descending order of `columns`.
pub fn before<C: IntoColumnRef, const N: usize>(columns: [C; N], key: [Value; N]) -> Expr {
    let (row, key) = rows(columns, key);
    row.lt(key)
}

fn rows<C: IntoColumnRef, const N: usize>(columns: [C; N], key: [Value; N]) -> (Expr, Expr) {
    (Expr::tuple(columns.map(Expr::col)), Expr::tuple(key.map(Expr::val)))
}
