//! The program `pshop-api`.

use std::process::ExitCode;

fn main() -> ExitCode {
    atriz_app::run(&pshop_api::APP)
}
