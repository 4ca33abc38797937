//! Values that people write, parsed once at the edge of core: addresses, telephone numbers and names.

mod email;
mod end;
mod name;
mod phone;

pub use email::{Email, EmailError};
pub use phone::{Phone, PhoneError};

pub(crate) use end::{check_end, last_moment};
pub(crate) use name::parse_name;
