//! Schema `app`: what people put on the site.

pub mod item_images;
pub mod items;
pub mod user_profiles;
