//! What statements are said to do, and what a server says that they do.

mod proof;
mod says;
mod shop;
