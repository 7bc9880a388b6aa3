//! Attempts on the commands of a recipe: no byte of a stream reaches one, and what the environment and the mount
//! table hold stays one word.

use super::{
    WHOLE, assert_none, attempts,
    common::said::filled,
    injection::HOSTILE,
    judged,
    program::{fed, unwedge},
};
use proptest::prelude::*;
use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt};
use unwedge::{
    core::{
        decision,
        mountinfo::MountCount,
        recipe::{Facts, Recipe},
        state::{Access, Probe},
    },
    report::sh,
};

/// Lines of the client's, each of which leads to a recipe or to advice, with a place for a path.
const LINES: [&str; 7] = [
    "ERROR: $A: open PATH/activity/.tmp-d1: $E",
    "ERROR: $A: write PATH/activity/.tmp-d1: no space left on device",
    "ERROR: $A: open PATH/activity/.tmp-d1: permission denied",
    "ERROR: $A: chmod PATH/activity/.tmp-d1: operation not permitted",
    "ERROR: $A: open PATH/activity/.tmp-d1: input/output error",
    "ERROR: mkdir PATH/.docker/buildx: $E",
    "touch: PATH: $E",
];

/// What a stream leads to on hosts of several kinds: scripts, and each command as it is typed.
fn commands(stream: &[u8]) -> Vec<String> {
    let verdict = judged(stream, &WHOLE);
    let directory = b"/home/dev/.docker/buildx".to_vec();
    let probe = |access| Probe {
        directory: directory.clone(),
        probed: directory.clone(),
        access,
        held: None,
        space: None,
        owner: None,
        asker: (1000, 1000),
    };
    let counts = [MountCount::Known(0), MountCount::Known(7), MountCount::Unknown("remote".into())];
    let mut all = Vec::new();
    for count in counts {
        for access in [Access::Writable, Access::ReadOnly] {
            let facts = Facts {
                probe: Some(probe(access)),
                state_directory: Some(directory.clone()),
                leaked: vec![b"/x/buildkit-mount1".to_vec()],
                ..Facts::default()
            };
            let decision = decision::after(&verdict, &count, facts.probe.as_ref());
            let Some(recipe) = decision.recipe().map(|kind| Recipe::new(kind, &facts)) else {
                all.push("none".into());
                continue;
            };
            all.push(sh::script(&recipe));
            let steps = recipe.steps.iter().chain([&recipe.around]);
            all.extend(steps.flat_map(|step| step.commands.iter().chain(&step.verify)).flat_map(sh::typed));
        }
    }
    all
}

/// A path as an attacker would have it: no blank in front of what could be a cause, and no line's end.
fn path() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        prop::collection::vec(any::<u8>().prop_filter("a line's end", |b| !b"\n\r: ".contains(b)), 0..20),
        prop::sample::select(&HOSTILE[..]).prop_map(|(_, hostile)| hostile.to_vec()),
    ];
    prop::collection::vec(part, 1..4).prop_map(|parts| [b"/", &parts.join(&b'/')[..]].concat())
}

fn with_path(line: &str, path: &[u8]) -> Vec<u8> {
    let line = filled(line);
    let (before, behind) = line.split_once("PATH").unwrap();
    [before.as_bytes(), path, behind.as_bytes(), b"\n"].concat()
}

proptest! {
    #![proptest_config(super::common::streams::config(400))]

    /// The commands are those of a stream with a harmless path, wherever both lead to the same recipe; and no
    /// stream leads to a command that no harmless stream leads to.
    #[test]
    fn no_path_of_a_stream_reaches_a_command(which in 0..LINES.len(), path in path()) {
        let hostile = commands(&with_path(LINES[which], &path));
        let harmless: Vec<Vec<String>> = LINES.iter().map(|line| commands(&with_path(line, b"/home/dev"))).collect();
        prop_assert!(harmless.contains(&hostile), "{}", String::from_utf8_lossy(&path));
    }
}

#[test]
fn no_attempt_reaches_a_command() {
    let harmless: Vec<Vec<String>> =
        LINES.iter().map(|line| commands(&with_path(line, b"/home/dev"))).collect();
    let reached = attempts().into_iter().filter(|attempt| !harmless.contains(&commands(&attempt.stream)));
    assert_none(&reached.map(|attempt| attempt.name).collect::<Vec<_>>());
}

#[test]
fn the_script_is_one_of_a_harmless_stream() {
    for mounts in ["0", "7"] {
        let script = |stream: &[u8]| -> Vec<String> {
            let output = fed(unwedge(&["check", "--mounts", mounts, "--format", "sh"]), stream);
            // How much is free may change from one to the next.
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().filter(|line| !line.contains("free for the user")).map(str::to_owned).collect()
        };
        let harmless: Vec<_> = LINES.iter().map(|line| script(&with_path(line, b"/home/dev"))).collect();
        assert!(harmless.iter().filter(|script| script.len() > 20).count() >= 4, "{harmless:?}");
        for line in LINES {
            for (name, hostile) in HOSTILE {
                let script = script(&with_path(line, &[b"/", hostile].concat()));
                assert!(harmless.contains(&script), "{name}: {line}: {script:?}");
            }
        }
    }
}

/// The stand-in for docker says what it was called with.
const DOCKER: &str = "#!/bin/sh\nprintf '%s\\0' \"$BUILDX_CONFIG\" >>\"$SEEN\"\n";

#[test]
fn a_state_directory_of_any_name_is_one_word_to_the_script() {
    use std::os::unix::fs::PermissionsExt;
    let names = HOSTILE.iter().map(|(_, hostile)| hostile.to_vec());
    let more: [&[u8]; 8] = [b"-rf", b"--help", b" a b ", b"*", b"~", b"$HOME", b"a\nb\n", b"%s%n\\101"];
    for name in names.chain(more.map(<[u8]>::to_vec)) {
        let shown = String::from_utf8_lossy(&name).into_owned();
        let folder = tempfile::tempdir().unwrap();
        let path = |part: &str| folder.path().join(part);
        let docker = path("bin/docker");
        fs::create_dir(path("bin")).unwrap();
        fs::write(&docker, DOCKER).unwrap();
        fs::set_permissions(&docker, fs::Permissions::from_mode(0o755)).unwrap();
        let directory = folder.path().join(OsStr::from_bytes(&name));
        fs::create_dir_all(directory.join("activity")).unwrap();
        fs::create_dir_all(directory.join("instances/default")).unwrap();
        // What a word that falls apart would take along.
        fs::write(directory.join("activity/x"), "").unwrap();
        fs::write(path("precious"), "").unwrap();
        fs::write(directory.join("precious"), "").unwrap();
        let mut made = unwedge(&["recipe", "--for", "driver-state", "--format", "sh"]);
        let script =
            made.env("BUILDX_CONFIG", &directory).env("HOME", folder.path()).output().unwrap().stdout;
        fs::write(path("script"), script).unwrap();
        let mut run = std::process::Command::new("sh");
        run.arg(path("script")).current_dir(folder.path()).env("SEEN", path("seen"));
        run.env("PATH", format!("{}:{}", path("bin").display(), std::env::var("PATH").unwrap()));
        let output = run.output().unwrap();
        assert!(output.status.success(), "{shown}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(path("precious").exists() && directory.join("precious").exists(), "{shown}");
        assert!(
            !directory.join("activity/x").exists() && !directory.join("instances/default").exists(),
            "{shown}"
        );
        assert!(!path("pwned").exists() && !directory.join("pwned").exists(), "{shown}");
        let seen = fs::read(path("seen")).unwrap();
        let expected = [directory.as_os_str().as_bytes(), b"\0"].concat().repeat(2);
        assert!(seen == expected, "{shown}: {}", String::from_utf8_lossy(&seen));
    }
}
