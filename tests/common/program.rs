//! Runs the real binary.

#![allow(dead_code, reason = "not every test file uses all of it")]

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

/// What buildx prints when it is wedged.
pub(crate) const LINE: &str = "ERROR: failed to update builder last activity time: open /root/.docker/buildx/activity/.tmp-default1: read-only file system\n";

/// The program at the root of the repository, away from the docker of this machine: an empty state
/// directory, no daemon elsewhere, no colours.
pub(crate) fn unwedge(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unwedge"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for variable in [
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "CLICOLOR_FORCE",
        "NO_COLOR",
        "GITHUB_ACTIONS",
        "GITHUB_STEP_SUMMARY",
    ] {
        command.env_remove(variable);
    }
    command.env("DOCKER_CONFIG", env!("CARGO_TARGET_TMPDIR"));
    command.env("BUILDX_CONFIG", concat!(env!("CARGO_TARGET_TMPDIR"), "/state"));
    command
}

/// Runs a command to its end on this standard input.
pub(crate) fn fed(mut command: Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        // It may stop reading before the end.
        let _ = pipe.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Exit status, standard output, standard error.
pub(crate) fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    told(&unwedge(arguments).output().unwrap())
}

/// Exit status, standard output, standard error, of output that is UTF-8.
pub(crate) fn told(output: &Output) -> (Option<i32>, String, String) {
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
