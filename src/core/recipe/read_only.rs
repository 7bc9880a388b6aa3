//! The recipe for a state directory on a read-only mount.

use super::{Command, Facts, NOTHING_SHOWN, Privilege, Step, run_on, run_on_tolerant, step, verify};
use crate::core::state::Held;

/// Besides target, source and type: the options of the mount, and those of the filesystem below it.
const SHOW_MOUNT: &[&str] = &["findmnt", "-o", "TARGET,SOURCE,FSTYPE,VFS-OPTIONS,FS-OPTIONS", "-T"];

pub(super) fn steps(facts: &Facts) -> Vec<Step> {
    let held = facts.probe.as_ref().and_then(|probe| probe.held.as_ref());
    let mut steps = vec![
        Step {
            why: why(held),
            commands: vec![run_on_tolerant(SHOW_MOUNT, &[probed(facts)], NOTHING_SHOWN)],
            ..step("show-mount", "see which mount is read-only, and whether that is meant")
        },
        Step {
            why: format!(
                "put it where the builds are started: the unit file, the CI variables, the shell profile; builders made by \
                 hand are not seen there; /var/tmp may be cleaned of what no build has used for a month{}",
                facts.asked_by_root()
            ),
            commands: vec![Command::NewStateDirectory],
            otherwise: Some("set TMPDIR to a directory that can be written, and repeat".into()),
            ..step("point-elsewhere", "point BUILDX_CONFIG at a writable directory, permanently")
        },
    ];
    let held = held.filter(|held| held.mount.read_only_mount() || held.mount.read_only_filesystem());
    if held.is_some_and(|held| held.below) {
        let directory = facts.below("");
        let aside = [&directory[..], b".aside"].concat();
        steps.push(Step {
            why: "only a directory below it is the mount, so it can be renamed; buildx makes it anew, and builders \
                  made by hand can be copied back from `instances`"
                .into(),
            // `-T`: into a directory of that name that is there already nothing is moved.
            commands: vec![run_on(&["mv", "-T"], &[directory, aside])],
            by_hand: true,
            ..step("rename", "or rename the state directory")
        });
    }
    if let Some(held) = held {
        let point = [held.mount.mount_point.clone()];
        let unmount = if held.mount.mount_point == b"/" { "" } else { ", or unmount it (umount)" };
        steps.push(Step {
            why: format!(
                "only where the mount was not meant to be read-only{unmount}; after errors of the disk look at the disk \
                 before anything else (dmesg)"
            ),
            privilege: Privilege::Root,
            commands: vec![run_on(&["mount", "-o", "remount,rw"], &point)],
            by_hand: true,
            ..step("remount", "or make the mount writable")
        });
    }
    steps.push(Step {
        why: "that is, after the mount was made writable or the directory renamed; with BUILDX_CONFIG set, that \
              directory counts, and the step that made it has written there"
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
         container's own root; look from where the builds run: a unit, a sandbox or a container sees other mounts than a \
         shell on the host"
    )
}
