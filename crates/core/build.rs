//! A release build embeds the migrations and seeds, and has to notice a file that was added. A debug build reads the
//! folders at run time, and so has nothing to notice.

fn main() {
    let release = std::env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    if release {
        println!("cargo::rerun-if-changed=../../migrations/core");
        println!("cargo::rerun-if-changed=../../seeds/core");
    } else {
        println!("cargo::rerun-if-changed=build.rs");
    }
}
