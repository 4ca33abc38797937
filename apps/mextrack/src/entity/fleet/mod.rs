//! Schema `fleet`: fleets, their vehicles and trackers, and the positions these report.

pub mod device_bindings;
pub mod devices;
pub mod drivers;
pub mod fleet_members;
pub mod fleets;
pub mod tracking_data;
pub mod vehicle_latest;
pub mod vehicles;
