//! The `unwedge` program: parse, run, exit.

fn main() -> std::process::ExitCode {
    unwedge::cli::run().into()
}
