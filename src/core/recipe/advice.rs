//! The recipes for activity failures with another cause.

use super::{Facts, Privilege, Step, run, run_on, step, verify};

pub(super) fn disk_full(facts: &Facts) -> Vec<Step> {
    let space = facts.probe.as_ref().and_then(|probe| probe.space);
    let why = space.map_or_else(String::new, |space| {
        let inodes = space.inodes.map_or_else(|| "uncounted".into(), |n| n.to_string());
        format!("free for those who are not root: {} bytes, {inodes} inodes", space.bytes)
    });
    vec![
        Step {
            why,
            commands: vec![run_on(&["df", "-h"], &existing(facts)), run_on(&["df", "-i"], &existing(facts))],
            ..step("show-space", "see what is full: blocks, inodes, or a quota (quota -s)")
        },
        Step {
            why:
                "helps where docker's data is on the same filesystem; where it is not, remove something there"
                    .into(),
            destroys: Some("build cache that no build uses"),
            commands: vec![run(&["docker", "builder", "prune"])],
            by_hand: true,
            ..step("make-room", "make room")
        },
        verify(facts),
    ]
}

pub(super) fn ownership(facts: &Facts) -> Vec<Step> {
    let probe = facts.probe.as_ref();
    let why = probe.and_then(|probe| probe.owner).map_or_else(String::new, |owner| {
        format!("it belongs to user {}, group {}, mode {:04o}", owner.uid, owner.gid, owner.mode & 0o7777)
    });
    let asker = probe.map(|probe| probe.asker);
    let mut steps = vec![Step {
        why,
        commands: vec![run_on(&["ls", "-ldn"], &existing(facts))],
        ..step("show-owner", "see whose it is; most often a build was once run with sudo")
    }];
    steps.push(match asker {
        Some((uid, gid)) if uid != 0 => Step {
            privilege: Privilege::Root,
            commands: vec![run_on(&["chown", "-R", &format!("{uid}:{gid}")], &[facts.below("")])],
            ..step("give-back", "give it to the user who builds")
        },
        _ => Step {
            why: "as root: chown -R USER:GROUP with the user who builds".into(),
            privilege: Privilege::Root,
            by_hand: true,
            ..step("give-back", "give it to the user who builds")
        },
    });
    steps.push(verify(facts));
    steps
}

pub(super) fn not_permitted(facts: &Facts) -> Vec<Step> {
    vec![
        Step {
            why: "an `i` or `a` among the attributes forbids changes to everybody; without one it is the filesystem \
                  (vfat, a network share that knows no owners): set BUILDX_CONFIG to a directory elsewhere"
                .into(),
            commands: vec![run_on(&["lsattr", "-d"], &existing(facts))],
            ..step("show-attributes", "see whether the directory is immutable")
        },
        Step {
            why: "somebody set it on purpose; ask why first".into(),
            privilege: Privilege::Root,
            commands: vec![run_on(&["chattr", "-R", "-i", "-a"], &[facts.below("")])],
            by_hand: true,
            ..step("allow", "take the attribute off")
        },
        verify(facts),
    ]
}

/// What a command can look at: what the probe reached, else the state directory.
fn existing(facts: &Facts) -> [Vec<u8>; 1] {
    [facts.probe.as_ref().map_or_else(|| facts.below(""), |probe| probe.probed.clone())]
}
