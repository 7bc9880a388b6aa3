//! The two recipes that rebuild what docker and buildx keep.

use super::{Command, Facts, Privilege, Step, run, run_on, run_tolerant, step, verify, verify_for_owner};
use crate::core::state::Access;

/// `systemctl` says 5 for a unit that is not there: no `docker.socket` on this host.
const NO_SUCH_UNIT: &[u8] = &[5];
/// `pkill` says 1 where no process matched.
const NO_PROCESS: &[u8] = &[1];

pub(super) fn leaked_mounts(facts: &Facts) -> Vec<Step> {
    let steps = vec![
        Step {
            why: "the socket too, or it starts the daemon again; a build that is running holds such mounts as \
                  well: let it end first, and count again"
                .into(),
            destroys: Some(
                "every running build is aborted, and docker stops its containers (but for live-restore); those without a \
                 restart policy stay down afterwards",
            ),
            commands: vec![
                run_tolerant(&["systemctl", "stop", "docker.socket"], NO_SUCH_UNIT),
                run(&["systemctl", "stop", "docker.service"]),
            ],
            otherwise: Some(
                "the steps after it are no use while docker runs: where systemd does not run it as docker.service (snap, \
                 OpenRC, rootless), stop it the way it was started, then go on by hand"
                    .into(),
            ),
            ..step("stop-docker", "stop docker")
        },
        Step {
            why: "a stopped daemon leaves its children behind, and they hold the mounts; `containerd-shim` is \
                  what the kernel keeps of `containerd-shim-runc-v2`"
                .into(),
            destroys: Some(
                "every container on this host is stopped, those that docker did not start included (Kubernetes, nerdctl, \
                 builders made by hand)",
            ),
            commands: vec![
                run_tolerant(&["pkill", "-9", "-x", "buildkitd"], NO_PROCESS),
                run_tolerant(&["pkill", "-9", "-x", "containerd-shim"], NO_PROCESS),
            ],
            ..step("kill-holders", "kill what still holds the mounts")
        },
        Step {
            why: "detached (`-l`), because a process may still stand in one; none may be left before docker \
                  starts, or the daemon renames its temporary directory, the mounts go along, and through a \
                  writable one it deletes what is below; those that only a daemon with a mount namespace of its own \
                  had are gone with it, so that umount does not find them"
                .into(),
            commands: vec![Command::UnmountLeaked {
                known: facts.leaked.iter().rev().cloned().collect(),
                others: facts.others,
            }],
            verify: Some(Command::ExpectNoLeaked),
            otherwise: Some(
                "see which are left: grep buildkit-mount /proc/self/mountinfo; do not start docker before".into(),
            ),
            ..step("unmount", "unmount every leaked mount, last mounted first")
        },
        remove_activity(facts),
        Step {
            why: "containers with a restart policy come back; start the others by hand".into(),
            commands: vec![
                run_tolerant(&["systemctl", "start", "docker.socket"], NO_SUCH_UNIT),
                run(&["systemctl", "start", "docker.service"]),
            ],
            otherwise: Some("see why: journalctl -u docker.service -n 50".into()),
            ..step("start-docker", "start docker")
        },
        builder(facts, Privilege::Root),
        Step {
            verify: Some(Command::ExpectNoLeaked),
            otherwise: Some(
                "mounts: a build that was started meanwhile holds such as well; the file: unwedge preflight, as the user \
                 who builds, names what is in the way (unmounting BuildKit's mounts alone does not make a read-only state \
                 directory writable)"
                    .into(),
            ),
            ..verify_for_owner(facts)
        },
    ];
    steps.into_iter().map(|step| Step { privilege: Privilege::Root, ..step }).collect()
}

/// On a read-only mount it cannot be removed, and a script that tried would end there, with docker
/// stopped.
fn remove_activity(facts: &Facts) -> Step {
    let read_only = facts.probe.as_ref().is_some_and(|probe| probe.access == Access::ReadOnly);
    let activity = facts.below("activity");
    let besides = "it is on a read-only mount: unmounting BuildKit's mounts alone will not do; see unwedge recipe \
                   --for read-only-state";
    let why = if read_only { besides } else { "buildx makes it anew" };
    Step {
        why: format!("{why}{}", facts.asked_by_root()),
        destroys: Some("when each builder was last used"),
        commands: vec![run_on(&["rm", "-rf"], std::slice::from_ref(&activity))],
        verify: Some(run_on(&["test", "!", "-e"], &[activity])),
        otherwise: Some(
            "if the directory itself is on a read-only mount, or is a mount point, unmounting BuildKit's mounts alone \
             will not do; see unwedge recipe --for read-only-state"
                .into(),
        ),
        by_hand: read_only,
        ..step("remove-activity", "remove the activity directory")
    }
}

pub(super) fn driver_state(facts: &Facts) -> Vec<Step> {
    let paths = [facts.below("activity"), facts.below("instances/default")];
    let mut steps = vec![
        Step {
            why: format!("as the user who builds; buildx makes both anew{}", facts.asked_by_root()),
            destroys: Some("when each builder was last used; nothing else: `default` keeps no builder there"),
            commands: vec![run_on(&["rm", "-rf"], &paths)],
            verify: Some(run_on(&["test", "!", "-e"], &paths[..1])),
            ..step("remove-state", "remove the state of the default builder")
        },
        builder(facts, Privilege::User),
        verify(facts),
    ];
    let aside = "move the whole state directory aside (`mv`) and repeat: nothing is lost, builders made by hand \
                 can be copied back from its `instances`; or make a builder under a free name: docker buildx \
                 create --use --name rebuilt (`default` is reserved)";
    for step in &mut steps {
        step.otherwise = Some(aside.into());
    }
    steps
}

/// Selects and starts the default builder. `docker buildx create --name default` fails in every
/// version: the name is reserved (`builder/builder.go`).
///
/// The state directory is the one that the recipe is for, whatever the shell that runs it has in
/// `BUILDX_CONFIG`, and a builder that it has in `BUILDX_BUILDER` is not asked instead. Root takes the
/// docker of this host without touching anybody's choice of a context.
fn builder(facts: &Facts, who: Privilege) -> Step {
    let config = [b"BUILDX_CONFIG=".as_slice(), &facts.below("")].concat();
    let environment: &[&str] = match who {
        Privilege::Root => &["env", "-u", "DOCKER_HOST", "-u", "BUILDX_BUILDER", "DOCKER_CONTEXT=default"],
        Privilege::User => &["env", "-u", "DOCKER_CONTEXT", "-u", "BUILDX_BUILDER"],
    };
    let docker = |arguments: &[&str]| Command::Run {
        argv: [words(environment), vec![config.clone()], words(arguments)].concat(),
        tolerated: &[],
    };
    let mut commands = Vec::new();
    let leaves = facts.context.is_some() && who == Privilege::User;
    if leaves {
        commands.push(docker(&["docker", "context", "use", "default"]));
    }
    commands.push(docker(&["docker", "buildx", "use", "default"]));
    commands.push(docker(&["docker", "buildx", "inspect", "--bootstrap"]));
    let why = match (&facts.context, who) {
        (None, _) => "",
        (Some(_), Privilege::User) => "`docker buildx use default` fails in another docker context",
        (Some(_), Privilege::Root) => {
            "another docker context is in force for the user who builds: to build with the docker of this host, that \
             user runs docker context use default"
        }
    };
    Step {
        why: why.into(),
        destroys: leaves.then_some("the choice of another docker context"),
        commands,
        ..step("select-builder", "select the default builder and start it")
    }
}

fn words(words: &[&str]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}
