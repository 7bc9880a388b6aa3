//! `tests/load/flow.c`: streams, and how much memory a process held.

use std::{fs, path::PathBuf, process::Command, sync::OnceLock};

/// It, compiled once in a process.
fn flow() -> Result<&'static PathBuf, String> {
    static FLOW: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = FLOW.get_or_init(|| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("flow-{}", std::process::id()));
        let output = Command::new("cc")
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(&path)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/flow.c"))
            .output()
            .map_err(|error| format!("cc: {error}"))?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(path)
    });
    made.as_ref().map_err(Clone::clone)
}

/// Runs a command; its exit status, and the most memory that it held, in KiB.
///
/// # Errors
///
/// There is no C compiler.
pub(crate) fn peak(command: &Command) -> Result<(i32, u64), String> {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("peak");
    let mut outer = Command::new(flow()?);
    outer.arg("peak").arg(&told).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    let output = outer.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(told).unwrap();
    let (kib, status) = text.trim().split_once(' ').unwrap();
    Ok((status.parse().unwrap(), kib.parse().unwrap()))
}
