//! A release binary embeds the migrations and seeds of this app; cargo has to notice when a file is added to them. A debug
//! build reads them from disk while it runs, and need not be built again.

fn main() {
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../../migrations/mextrack");
        println!("cargo::rerun-if-changed=../../seeds/mextrack");
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
}
