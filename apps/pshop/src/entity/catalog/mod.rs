//! Schema `catalog`: stores, their members, and what they sell.

pub mod product_barcodes;
pub mod products;
pub mod store_members;
pub mod stores;
pub mod tax_rates;
