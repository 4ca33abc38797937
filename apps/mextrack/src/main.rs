//! The program `mextrack-api`.

use std::process::ExitCode;

fn main() -> ExitCode {
    atriz_app::run(&mextrack_api::APP)
}
