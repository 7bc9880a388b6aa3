//! The two recipes that rebuild what docker and buildx keep.

use super::{Command, Facts, Privilege, Step, run, run_on, run_tolerant, step, verify};

/// `systemctl` says 5 for a unit that is not there: no `docker.socket` on this host.
const NO_SUCH_UNIT: &[u8] = &[5];
/// `pkill` says 1 where no process matched.
const NO_PROCESS: &[u8] = &[1];

pub(super) fn leaked_mounts(facts: &Facts) -> Vec<Step> {
    let root = |step: Step| Step { privilege: Privilege::Root, ..step };
    let mut steps = vec![
        Step {
            why: "the socket too, or it starts the daemon again; a build that is running holds such mounts as \
                  well: let it end first"
                .into(),
            destroys: Some("every running build is aborted"),
            commands: vec![
                run_tolerant(&["systemctl", "stop", "docker.socket"], NO_SUCH_UNIT),
                run_tolerant(&["systemctl", "stop", "docker.service"], NO_SUCH_UNIT),
            ],
            ..step("stop-docker", "stop docker")
        },
        Step {
            why: "a stopped daemon leaves its children behind, and they hold the mounts; `containerd-shim` is \
                  what the kernel keeps of `containerd-shim-runc-v2`"
                .into(),
            destroys: Some("every container on this host is stopped, those that docker did not start included"),
            commands: vec![
                run_tolerant(&["pkill", "-9", "-x", "buildkitd"], NO_PROCESS),
                run_tolerant(&["pkill", "-9", "-x", "containerd-shim"], NO_PROCESS),
            ],
            ..step("kill-holders", "kill what still holds the mounts")
        },
        Step {
            why: "detached (`-l`), because a process may still stand in one; none may be left before docker \
                  starts, or the daemon renames its temporary directory, the mounts go along, and through a \
                  writable one it deletes what is below"
                .into(),
            commands: vec![Command::UnmountLeaked { known: facts.leaked.iter().rev().cloned().collect() }],
            verify: Some(Command::ExpectNoLeaked),
            otherwise: Some(
                "see which are left: grep buildkit-mount /proc/self/mountinfo; do not start docker before".into(),
            ),
            ..step("unmount", "unmount every leaked mount, last mounted first")
        },
        Step {
            why: "buildx makes it anew".into(),
            destroys: Some("when each builder was last used"),
            commands: vec![run_on(&["rm", "-rf"], &[facts.below("activity")])],
            otherwise: Some(
                "the directory itself is on a read-only mount: unmounting BuildKit's mounts alone will not do; see \
                 unwedge recipe --for read-only-state"
                    .into(),
            ),
            ..step("remove-activity", "remove the activity directory")
        },
        Step {
            commands: vec![
                run_tolerant(&["systemctl", "start", "docker.socket"], NO_SUCH_UNIT),
                run(&["systemctl", "start", "docker.service"]),
            ],
            ..step("start-docker", "start docker")
        },
        builder(facts),
    ];
    steps = steps.into_iter().map(root).collect();
    if let Some(owner) = owner(facts) {
        steps.push(root(Step {
            why: "root ran docker on them".into(),
            commands: vec![run_on(&["chown", "-R", &owner], &[facts.below("")])],
            ..step("give-back", "give the files of the state directory back to their owner")
        }));
    }
    steps.push(root(Step { verify: Some(Command::ExpectNoLeaked), ..verify(facts) }));
    if let Some(owner) = owner(facts) {
        if let Some(last) = steps.last_mut() {
            last.commands.push(run_on(&["chown", &owner], &[facts.below("activity")]));
        }
    }
    steps
}

pub(super) fn driver_state(facts: &Facts) -> Vec<Step> {
    let aside = "move the whole state directory aside (`mv`) and repeat: nothing is lost, builders made by hand \
                 can be copied back from its `instances`; or make a builder under a free name: docker buildx \
                 create --use --name rebuilt (`default` is reserved)";
    vec![
        Step {
            why: "as the user who builds, not as root; buildx makes both anew".into(),
            destroys: Some("when each builder was last used; nothing else: `default` keeps no builder there"),
            commands: vec![run_on(
                &["rm", "-rf"],
                &[facts.below("activity"), facts.below("instances/default")],
            )],
            otherwise: Some(aside.into()),
            ..step("remove-state", "remove the state of the default builder")
        },
        Step { otherwise: Some(aside.into()), ..builder(facts) },
        Step { otherwise: Some(aside.into()), ..verify(facts) },
    ]
}

/// Selects and starts the default builder. `docker buildx create --name default` fails in every
/// version: the name is reserved (`builder/builder.go`).
fn builder(facts: &Facts) -> Step {
    let config = [b"BUILDX_CONFIG=".as_slice(), &facts.below("")].concat();
    let docker = |words: &[&str]| {
        let mut argv = vec![b"env".to_vec(), b"-u".to_vec(), b"DOCKER_CONTEXT".to_vec(), config.clone()];
        argv.extend(words.iter().map(|word| word.as_bytes().to_vec()));
        Command::Run { argv, tolerated: &[] }
    };
    let mut commands = Vec::new();
    if facts.context.is_some() {
        commands.push(docker(&["docker", "context", "use", "default"]));
    }
    commands.push(docker(&["docker", "buildx", "use", "default"]));
    commands.push(docker(&["docker", "buildx", "inspect", "--bootstrap"]));
    Step {
        why: match &facts.context {
            Some(_) => "`docker buildx use default` fails in another docker context".into(),
            None => String::new(),
        },
        destroys: facts.context.as_ref().map(|_| "the choice of another docker context"),
        commands,
        ..step("select-builder", "select the default builder and start it")
    }
}

/// `1000:1000`, where the state directory is not root's.
fn owner(facts: &Facts) -> Option<String> {
    let owner = facts.probe.as_ref()?.owner?;
    (owner.uid != 0).then(|| format!("{}:{}", owner.uid, owner.gid))
}
