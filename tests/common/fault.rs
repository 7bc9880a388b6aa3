//! Faults on demand: `tests/faults/shim.c` in front of the C library of the real binary.

#![allow(dead_code, reason = "not every test file uses all of it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// The shim, compiled once in a process.
///
/// # Errors
///
/// There is no C compiler.
fn shim() -> Result<&'static Path, String> {
    static SHIM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let made = SHIM.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (own, shared) =
            (folder.join(format!("shim-{}.so", std::process::id())), folder.join("fault-shim.so"));
        let output = Command::new("cc")
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(&own)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.c"))
            .output()
            .map_err(|error| format!("cc: {error}"))?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // Another test binary may load it at this moment.
        fs::rename(&own, &shared).map_err(|error| error.to_string())?;
        Ok(shared)
    });
    made.as_deref().map_err(Clone::clone)
}

/// What was done to a process.
pub(crate) struct Faults {
    folder: tempfile::TempDir,
}

impl Faults {
    /// Puts the shim in front of a command, with these settings (without `FAULT_`).
    ///
    /// # Errors
    ///
    /// There is no C compiler.
    pub(crate) fn put(command: &mut Command, settings: &[(&str, &str)]) -> Result<Self, String> {
        let folder = tempfile::tempdir().unwrap();
        command.env("LD_PRELOAD", shim()?).env("FAULT_LOG", folder.path().join("log"));
        for (name, value) in settings {
            command.env(format!("FAULT_{name}"), value);
        }
        Ok(Self { folder })
    }

    /// How often a fault happened, in all processes that had the shim: without it a test shows nothing.
    pub(crate) fn count(&self, what: &str) -> u64 {
        let log = fs::read_to_string(self.folder.path().join("log")).expect("no process had the shim");
        let words: Vec<&str> = log.split_whitespace().collect();
        words.chunks(2).filter(|pair| pair[0] == what).map(|pair| pair[1].parse::<u64>().unwrap()).sum()
    }
}
