//! Tests that need what a machine may lack: namespaces, a linter, another shell.
//!
//! A test that cannot run says so past the test harness, which swallows what a passing test prints,
//! and passes. With `UNWEDGE_NO_SKIP=1`, as in CI, it fails instead.

#![allow(dead_code, reason = "not every test binary needs all of it")]

use std::{
    io::Write,
    process::{Command, Stdio},
};

/// The value, or none and a visible word about it.
///
/// # Panics
///
/// Under `UNWEDGE_NO_SKIP=1`, where there is none.
#[track_caller]
pub(crate) fn need<T>(what: Result<T, String>) -> Option<T> {
    match what {
        Ok(value) => Some(value),
        Err(reason) => {
            skipped(&reason);
            None
        }
    }
}

#[track_caller]
fn skipped(reason: &str) {
    let place = std::panic::Location::caller();
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test").to_owned();
    assert!(
        std::env::var_os("UNWEDGE_NO_SKIP").is_none_or(|value| value != "1"),
        "UNWEDGE_NO_SKIP=1, but {test} cannot run: {reason}"
    );
    // `eprintln!` is captured; the stream itself is not.
    let line = format!("SKIPPED {test} ({}:{}): {reason}\n", place.file(), place.line());
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// A program on `PATH`, which has to run with these arguments and succeed.
///
/// # Errors
///
/// It does not.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new(name)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map_err(|error| format!("{name}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{name} {}: {status}", arguments.join(" "))) }
}
