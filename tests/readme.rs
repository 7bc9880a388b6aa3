//! The sessions of the README are real: each command prints what stands below it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{fs, path::Path, process::Command};

/// The commands of a text (`    $ …`), each with the lines that stand below it in its block.
fn sessions(text: &str) -> Vec<(String, String)> {
    let mut sessions: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(code) if code.starts_with("$ ") => {
                sessions.push((code[2..].to_owned(), String::new()));
                open = true;
            }
            Some(code) if open => {
                let (_, output) = sessions.last_mut().unwrap();
                output.push_str(code);
                output.push('\n');
            }
            // A blank line inside a block stands without its indent.
            None if line.is_empty() && open => sessions.last_mut().unwrap().1.push('\n'),
            Some(_) | None => open = false,
        }
    }
    sessions
}

#[test]
fn every_session_prints_what_it_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = Path::new(env!("CARGO_BIN_EXE_unwedge")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let text = fs::read_to_string(root.join("README.md")).unwrap();
    let sessions = sessions(&text);
    assert!(sessions.len() >= 4, "{sessions:?}");
    let mut wrong = Vec::new();
    for (command, expected) in sessions {
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {command}\n}} 2>&1")])
            .current_dir(root)
            .env("PATH", &path)
            .env("BUILDX_CONFIG", "/tmp/unwedge/buildx")
            .env("DOCKER_CONFIG", "/tmp/unwedge/buildx")
            .env_remove("DOCKER_HOST")
            .env_remove("DOCKER_CONTEXT")
            .env_remove("GITHUB_ACTIONS")
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        if printed.trim_end() != expected.trim_end() {
            wrong.push(format!("$ {command}\n{printed}"));
        }
    }
    assert!(wrong.is_empty(), "the README shows something else than:\n\n{}", wrong.join("\n"));
}
