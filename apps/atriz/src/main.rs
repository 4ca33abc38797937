//! The program `atriz-api`.

use std::process::ExitCode;

fn main() -> ExitCode {
    atriz_app::run(&atriz_api::APP)
}
