//! Schema `sales`: tills, shifts, sales and payments.

pub mod payments;
pub mod registers;
pub mod sale_lines;
#[expect(clippy::module_inception, reason = "the schema is named after its main table")]
pub mod sales;
pub mod shifts;
