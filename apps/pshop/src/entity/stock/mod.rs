//! Schema `stock`: how much of each product is there, and how it came and went.

pub mod inventory;
pub mod stock_movements;
