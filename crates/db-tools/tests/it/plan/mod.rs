//! What statements are said to do, what a server says that they do, and the plan of real databases.

mod databases;
mod proof;
mod rebuild;
mod says;
mod shop;
