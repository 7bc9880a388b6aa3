//! The recipe for a state directory on a read-only mount.

use super::{Command, Facts, Privilege, Step, run_on, step, verify};
use crate::core::state::Held;

pub(super) fn steps(facts: &Facts) -> Vec<Step> {
    let held = facts.probe.as_ref().and_then(|probe| probe.held.as_ref());
    let mut steps = vec![
        Step {
            why: why(held),
            commands: vec![run_on(&["findmnt", "-T"], &[probed(facts)])],
            ..step("show-mount", "see which mount is read-only, and whether that is meant")
        },
        Step {
            why: "put it where the builds are started: the unit file, the CI variables, the shell profile; \
                  builders made by hand are not seen there"
                .into(),
            commands: vec![Command::NewStateDirectory],
            otherwise: Some("set TMPDIR to a directory that can be written, and repeat".into()),
            ..step("point-elsewhere", "point BUILDX_CONFIG at a writable directory, permanently")
        },
    ];
    match held {
        Some(held) if held.below => {
            let directory = facts.below("");
            let aside = [&directory[..], b".aside"].concat();
            steps.push(Step {
                why:
                    "only a directory below it is the mount, so it can be renamed; buildx makes it anew, and \
                      builders made by hand can be copied back from `instances`"
                        .into(),
                commands: vec![run_on(&["mv"], &[directory, aside])],
                by_hand: true,
                ..step("rename", "or rename the state directory")
            });
        }
        Some(held) => {
            let point = [held.mount.mount_point.clone()];
            steps.push(Step {
                why: "only where the mount was not meant to be read-only; after errors of the disk look at the disk \
                      before anything else (dmesg)"
                    .into(),
                privilege: Privilege::Root,
                commands: vec![run_on(&["mount", "-o", "remount,rw"], &point)],
                by_hand: true,
                ..step("remount", "or make the mount writable")
            });
        }
        None => {}
    }
    steps.push(Step {
        why: "that is, after the mount was made writable or the directory renamed; with BUILDX_CONFIG set, that \
              directory counts"
            .into(),
        by_hand: true,
        ..verify(facts)
    });
    steps
}

fn probed(facts: &Facts) -> Vec<u8> {
    facts.probe.as_ref().map_or_else(|| facts.below(""), |probe| probe.probed.clone())
}

fn why(held: Option<&Held>) -> String {
    let what = match held {
        Some(held) if held.mount.read_only_filesystem() => {
            "the filesystem itself is read-only, which the kernel does after errors of the disk: then look at the \
             disk before anything else (dmesg); "
        }
        Some(held) if held.mount.read_only_mount() => "the mount is read-only, the filesystem below is not; ",
        Some(_) | None => "",
    };
    format!(
        "{what}it may be meant: systemd ProtectHome=, a Kubernetes secret mounted over ~/.docker, a sandbox, a \
         container's own root"
    )
}
