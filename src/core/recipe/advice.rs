//! The recipes for activity failures with another cause.

use super::{
    Facts, NOTHING_SHOWN, Privilege, Step, run, run_on, run_on_tolerant, step, verify, verify_for_owner,
};

pub(super) fn disk_full(facts: &Facts) -> Vec<Step> {
    let space = facts.probe.as_ref().and_then(|probe| probe.space);
    let why = space.map_or_else(String::new, |space| {
        let inodes = space.inodes.map_or_else(|| "uncounted".into(), |n| n.to_string());
        format!("free for the user who asked: {} bytes, {inodes} inodes", space.bytes)
    });
    vec![
        Step {
            why,
            commands: vec![
                run_on_tolerant(&["df", "-h"], &existing(facts), NOTHING_SHOWN),
                run_on_tolerant(&["df", "-i"], &existing(facts), NOTHING_SHOWN),
            ],
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
        Step {
            otherwise: Some("nothing can be written there yet: make room first, then run this again".into()),
            ..verify(facts)
        },
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
        commands: vec![run_on_tolerant(&["ls", "-ldn"], &existing(facts), &[1, 2])],
        ..step("show-owner", "see whose it is; most often a build was once run with sudo")
    }];
    let there = probe.is_some_and(|probe| probe.probed.starts_with(&probe.directory));
    steps.push(match asker {
        Some((uid, gid)) if uid != 0 && there => Step {
            privilege: Privilege::Root,
            // `-h`: the target of a link in there may be anybody's.
            commands: vec![run_on(&["chown", "-hR", &format!("{uid}:{gid}")], &[facts.below("")])],
            ..step("give-back", "give it to the user who builds")
        },
        // What is above may be `/` or the home of another: it is not ours to give away.
        Some((uid, gid)) if uid != 0 => Step {
            privilege: Privilege::Root,
            commands: vec![run_on(
                &["install", "-d", "-m", "700", "-o", &uid.to_string(), "-g", &gid.to_string()],
                &[facts.below("")],
            )],
            ..step("give-back", "make it, for the user who builds")
        },
        _ => Step {
            why: "chown -hR USER:GROUP with the user who builds; a network filesystem may refuse root (root_squash): then on \
                  its server"
                .into(),
            privilege: Privilege::Root,
            by_hand: true,
            ..step("give-back", "give it to the user who builds")
        },
    });
    steps.push(match asker {
        Some((uid, _)) if uid != 0 => verify_for_owner(facts),
        _ => verify(facts),
    });
    steps
}

pub(super) fn not_permitted(facts: &Facts) -> Vec<Step> {
    // A directory above holds what is not ours to change.
    let there = facts.probe.as_ref().is_none_or(|probe| probe.probed.starts_with(&probe.directory));
    let chattr: &[&str] = if there { &["chattr", "-R", "-i", "-a"] } else { &["chattr", "-i", "-a"] };
    vec![
        Step {
            why: "an `i` or `a` among the attributes forbids changes to everybody; without one it is the filesystem \
                  (vfat, a network share that knows no owners): set BUILDX_CONFIG to a directory elsewhere"
                .into(),
            commands: vec![run_on_tolerant(&["lsattr", "-d"], &existing(facts), NOTHING_SHOWN)],
            ..step("show-attributes", "see whether the directory is immutable")
        },
        Step {
            why: "somebody set it on purpose; ask why first".into(),
            privilege: Privilege::Root,
            commands: vec![run_on(chattr, &existing(facts))],
            by_hand: true,
            ..step("allow", "take the attribute off")
        },
        Step {
            otherwise: Some("the attribute is still set: take it off first, then run this again".into()),
            ..verify(facts)
        },
    ]
}

/// What a command can look at: what the probe reached, else the state directory.
fn existing(facts: &Facts) -> [Vec<u8>; 1] {
    [facts.probe.as_ref().map_or_else(|| facts.below(""), |probe| probe.probed.clone())]
}
