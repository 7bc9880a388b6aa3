//! The recipes of DESIGN.md, step by step, as data: who runs what, what it destroys, and what tells that it
//! worked. That the commands do what they say is shown by `recipe_script` and `recipe_state`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use unwedge::core::{
    mountinfo::Entry,
    recipe::{Command, Facts, Privilege, Recipe, RecipeKind, Step},
    state::{Access, Held, Owner, Probe, Space},
};

/// A command in few words, with the statuses that are no failure in brackets.
fn command(command: &Command) -> String {
    let path = |path: &[u8]| String::from_utf8_lossy(path).into_owned();
    match command {
        Command::Run { argv, tolerated } => {
            let words: Vec<String> = argv.iter().map(|word| path(word)).collect();
            let tolerated = if tolerated.is_empty() { String::new() } else { format!(" {tolerated:?}") };
            words.join(" ") + &tolerated
        }
        Command::UnmountLeaked { known, others } => {
            let others = if *others > 0 { format!(" and {others} others") } else { String::new() };
            format!("unmount {}{others}", known.iter().map(|point| path(point)).collect::<Vec<_>>().join(" "))
        }
        Command::ExpectNoLeaked => "expect no leaked mount".into(),
        Command::CreateFileIn(directory) => format!("create a file in {}", path(directory)),
        Command::NewStateDirectory => "new state directory".into(),
    }
}

/// A step in few words: `root` where it needs root, `!` where it destroys something, `by hand`, `why` and
/// `else` where it says why, and what to do where it fails; the commands; what verifies it.
fn told(step: &Step) -> String {
    let flags = [
        (step.privilege == Privilege::Root, " root"),
        (step.destroys.is_some(), " !"),
        (step.by_hand, " by hand"),
        (!step.why.is_empty(), " why"),
        (step.otherwise.is_some(), " else"),
    ];
    let flags: String = flags.iter().filter(|(holds, _)| *holds).map(|(_, flag)| *flag).collect();
    let commands: Vec<String> = step.commands.iter().map(command).collect();
    let verify = step.verify.as_ref().map_or(String::new(), |verify| format!(" => {}", command(verify)));
    format!("{}{flags}: {}{verify}", step.id, commands.join("; "))
}

fn probe(access: Access) -> Probe {
    Probe {
        directory: b"/s".to_vec(),
        probed: b"/s/activity".to_vec(),
        access,
        held: None,
        space: None,
        owner: Some(Owner { uid: 1000, gid: 100, mode: 0o40_755 }),
        asker: (1000, 100),
    }
}

fn facts(probe: Probe) -> Facts {
    Facts { state_directory: Some(b"/s".to_vec()), probe: Some(probe), ..Facts::default() }
}

/// Root asks, for a directory that belongs to a user.
fn by_root(probe: Probe) -> Probe {
    Probe { asker: (0, 0), ..probe }
}

/// Root asks, for a directory of its own.
fn of_root(probe: Probe) -> Probe {
    Probe { owner: Some(Owner { uid: 0, gid: 0, mode: 0o700 }), ..by_root(probe) }
}

/// The state directory itself, or what is above it, cannot be written.
fn at(probed: &[u8], probe: Probe) -> Probe {
    Probe { probed: probed.to_vec(), ..probe }
}

fn held(mount_point: &[u8], mount_options: &[u8], super_options: &[u8], below: bool) -> Probe {
    let mount = Entry {
        mount_point: mount_point.to_vec(),
        mount_options: mount_options.to_vec(),
        filesystem: b"ext4".to_vec(),
        source: b"/dev/sda1".to_vec(),
        super_options: super_options.to_vec(),
    };
    Probe { held: Some(Held { mount, below }), ..probe(Access::ReadOnly) }
}

#[track_caller]
fn steps(kind: RecipeKind, facts: &Facts, demanded: &[&str]) {
    let recipe = Recipe::new(kind, facts);
    let steps: Vec<String> = recipe.steps.iter().map(told).collect();
    assert_eq!(steps, demanded, "\n{}", steps.join("\n"));
}

#[test]
fn leaked_mounts() {
    let begin = [
        "stop-docker root ! why else: systemctl stop docker.socket [5]; systemctl stop docker.service",
        "kill-holders root ! why: pkill -9 -x buildkitd [1]; pkill -9 -x containerd-shim [1]",
    ];
    let start =
        "start-docker root why else: systemctl start docker.socket [5]; systemctl start docker.service";
    // The docker of this host, whatever the shell of root says; the state directory that the recipe is for.
    let builder =
        "env -u DOCKER_HOST -u BUILDX_BUILDER DOCKER_CONTEXT=default BUILDX_CONFIG=/s docker buildx";
    let builder = |flags: &str| {
        format!("select-builder root{flags}: {builder} use default; {builder} inspect --bootstrap")
    };
    let to_the_owner =
        "chown -hR 1000:100 /s; setpriv --reuid=1000 --regid=100 --init-groups test -w /s/activity [127]";
    let leaked = vec![b"/m1".to_vec(), b"/m2".to_vec()];
    steps(
        RecipeKind::LeakedMounts,
        &Facts { leaked, ..facts(probe(Access::Writable)) },
        &[
            begin[0],
            begin[1],
            "unmount root why else: unmount /m2 /m1 => expect no leaked mount",
            "remove-activity root ! why else: rm -rf /s/activity => test ! -e /s/activity",
            start,
            &builder(""),
            &format!(
                "verify root why else: create a file in /s/activity; {to_the_owner} => expect no leaked mount"
            ),
        ],
    );
    // The directory is on a read-only mount besides, and another docker context is in force.
    let context = Some("remote".to_owned());
    steps(
        RecipeKind::LeakedMounts,
        &Facts { context, ..facts(by_root(at(b"/s", probe(Access::ReadOnly)))) },
        &[
            begin[0],
            begin[1],
            "unmount root why else: unmount  => expect no leaked mount",
            "remove-activity root ! by hand why else: rm -rf /s/activity => test ! -e /s/activity",
            start,
            &builder(" why"),
            &format!(
                "verify root why else: create a file in /s/activity; create a file in /s; {to_the_owner} \
                 => expect no leaked mount"
            ),
        ],
    );
    // What is root's is given to nobody.
    steps(
        RecipeKind::LeakedMounts,
        &facts(of_root(probe(Access::Writable))),
        &[
            begin[0],
            begin[1],
            "unmount root why else: unmount  => expect no leaked mount",
            "remove-activity root ! why else: rm -rf /s/activity => test ! -e /s/activity",
            start,
            &builder(""),
            "verify root why else: create a file in /s/activity => expect no leaked mount",
        ],
    );
}

#[test]
fn driver_state() {
    let remove = "remove-state ! why else: rm -rf /s/activity /s/instances/default => test ! -e /s/activity";
    let docker = "env -u DOCKER_CONTEXT -u BUILDX_BUILDER BUILDX_CONFIG=/s docker";
    let builder = format!("{docker} buildx use default; {docker} buildx inspect --bootstrap");
    let verify = "verify why else: create a file in /s/activity";
    steps(
        RecipeKind::DriverState,
        &facts(probe(Access::Writable)),
        &[remove, &format!("select-builder else: {builder}"), verify],
    );
    steps(
        RecipeKind::DriverState,
        &Facts { context: Some("remote".into()), ..facts(of_root(probe(Access::Writable))) },
        &[remove, &format!("select-builder ! why else: {docker} context use default; {builder}"), verify],
    );
}

#[test]
fn read_only_state() {
    let show =
        "show-mount why: findmnt -o TARGET,SOURCE,FSTYPE,VFS-OPTIONS,FS-OPTIONS -T /s/activity [1, 127]";
    let elsewhere = "point-elsewhere why else: new state directory";
    let verify = "verify by hand why: create a file in /s/activity";
    let below = held(b"/s/activity", b"ro,relatime", b"rw", true);
    let demand = |probe, demanded: &[&str]| steps(RecipeKind::ReadOnlyState, &facts(probe), demanded);
    demand(probe(Access::ReadOnly), &[show, elsewhere, verify]);
    demand(
        below,
        &[
            show,
            elsewhere,
            "rename by hand why: mv -T /s /s.aside",
            "remount root by hand why: mount -o remount,rw /s/activity",
            verify,
        ],
    );
    let root = "remount root by hand why: mount -o remount,rw /";
    demand(held(b"/", b"rw,relatime", b"ro", false), &[show, elsewhere, root, verify]);
    demand(held(b"/", b"ro,relatime", b"rw", false), &[show, elsewhere, root, verify]);
    // Nothing shows that the mount is what stands in the way.
    demand(held(b"/", b"rw,relatime", b"rw", true), &[show, elsewhere, verify]);
}

#[test]
fn disk_full() {
    steps(
        RecipeKind::DiskFull,
        &facts(Probe { space: Some(Space { bytes: 0, inodes: None }), ..probe(Access::Full) }),
        &[
            "show-space why: df -h /s/activity [1, 127]; df -i /s/activity [1, 127]",
            "make-room ! by hand why: docker builder prune",
            "verify why else: create a file in /s/activity",
        ],
    );
}

#[test]
fn ownership() {
    let show = "show-owner why: ls -ldn /s/activity [1, 2]";
    let verify = "verify root why else: create a file in /s/activity; chown -hR 1000:100 /s; \
                  setpriv --reuid=1000 --regid=100 --init-groups test -w /s/activity [127]";
    let demand = |probe, demanded: &[&str]| steps(RecipeKind::Ownership, &facts(probe), demanded);
    demand(probe(Access::Denied), &[show, "give-back root: chown -hR 1000:100 /s", verify]);
    // A directory above is not ours to give away.
    demand(
        at(b"/", probe(Access::Denied)),
        &["show-owner why: ls -ldn / [1, 2]", "give-back root: install -d -m 700 -o 1000 -g 100 /s", verify],
    );
    // Nor can anybody tell whom root means.
    let by_hand = "give-back root by hand why: ";
    demand(by_root(probe(Access::Denied)), &[show, by_hand, "verify why: create a file in /s/activity"]);
}

#[test]
fn not_permitted() {
    let demand = |probe, demanded: &[&str]| steps(RecipeKind::NotPermitted, &facts(probe), demanded);
    demand(
        at(b"/s", probe(Access::NotPermitted)),
        &[
            "show-attributes why: lsattr -d /s [1, 127]",
            "allow root by hand why: chattr -R -i -a /s",
            "verify why else: create a file in /s/activity; create a file in /s",
        ],
    );
    // What else is in a directory above is not ours to change.
    demand(
        at(b"/", probe(Access::NotPermitted)),
        &[
            "show-attributes why: lsattr -d / [1, 127]",
            "allow root by hand why: chattr -i -a /",
            "verify why else: create a file in /s/activity",
        ],
    );
}

/// Where nobody could tell the state directory, nothing that changes it is run on a guess.
#[test]
fn nothing_is_changed_on_a_guess() {
    let guess = "/root/.docker/buildx";
    for directory in [None, Some(""), Some("/"), Some("//"), Some("relative/buildx")] {
        let facts = Facts { state_directory: directory.map(Into::into), ..Facts::default() };
        for kind in RecipeKind::ALL {
            for step in Recipe::new(kind, &facts).steps {
                let guessed = told(&step).contains(guess);
                assert_eq!(step.why.contains("could not be told"), guessed, "{kind:?} {}", told(&step));
                assert!(step.by_hand || !guessed, "{kind:?} {}", told(&step));
                // What the step had to say all the same is not lost.
                if step.id == "remove-activity" {
                    assert!(step.why.starts_with("buildx makes it anew; "), "{}", step.why);
                }
                // Some run anything but what is shown to the user, and are not held up.
                let harmless = ["stop-docker", "kill-holders", "unmount", "start-docker", "point-elsewhere"];
                assert!(!harmless.contains(&step.id) || !step.by_hand, "{kind:?} {}", told(&step));
            }
        }
    }
    for directory in ["/s", "/s/", "//s"] {
        let facts = Facts { state_directory: Some(directory.into()), ..Facts::default() };
        let recipe = Recipe::new(RecipeKind::DriverState, &facts);
        assert!(told(&recipe.steps[0]).contains(&format!("rm -rf {directory}/activity ")), "{directory}");
    }
    let unknown = Recipe::new(RecipeKind::ReadOnlyState, &Facts::default());
    assert!(told(&unknown.steps[0]).contains(&format!("-T {guess} ")), "{}", told(&unknown.steps[0]));
    let unknown = Recipe::new(RecipeKind::NotPermitted, &Facts::default());
    assert!(told(&unknown.steps[1]).ends_with(&format!("-R -i -a {guess}")), "{}", told(&unknown.steps[1]));
}

/// What a person is told besides: the numbers that the probe found, and what is easily got wrong.
#[test]
fn steps_say_what_was_found() {
    let space = |inodes| facts(Probe { space: Some(Space { bytes: 4096, inodes }), ..probe(Access::Full) });
    for (kind, facts, id, demanded, without) in [
        (RecipeKind::DiskFull, space(Some(7)), "show-space", "4096 bytes, 7 inodes", "uncounted"),
        (RecipeKind::DiskFull, space(None), "show-space", "4096 bytes, uncounted inodes", "7"),
        (
            RecipeKind::Ownership,
            facts(probe(Access::Denied)),
            "show-owner",
            "user 1000, group 100, mode 0755",
            "root",
        ),
        (
            RecipeKind::LeakedMounts,
            facts(by_root(probe(Access::Writable))),
            "remove-activity",
            "root asked",
            "read-only mount",
        ),
        (
            RecipeKind::LeakedMounts,
            facts(by_root(probe(Access::ReadOnly))),
            "remove-activity",
            "it is on a read-only mount",
            "anew",
        ),
        (RecipeKind::LeakedMounts, facts(probe(Access::Writable)), "remove-activity", "anew", "root asked"),
        (
            RecipeKind::DriverState,
            facts(of_root(probe(Access::Writable))),
            "remove-state",
            "root asked",
            "sudo",
        ),
        (
            RecipeKind::ReadOnlyState,
            facts(by_root(probe(Access::ReadOnly))),
            "point-elsewhere",
            "root asked",
            "sudo",
        ),
        (
            RecipeKind::ReadOnlyState,
            facts(probe(Access::ReadOnly)),
            "point-elsewhere",
            "the unit file",
            "root asked",
        ),
        // Which mount, and whether the kernel may have meant it.
        (
            RecipeKind::ReadOnlyState,
            facts(held(b"/", b"ro", b"ro", false)),
            "show-mount",
            "the filesystem itself",
            "is not;",
        ),
        (
            RecipeKind::ReadOnlyState,
            facts(held(b"/", b"ro", b"rw", false)),
            "show-mount",
            "the filesystem below is not",
            "itself",
        ),
        (
            RecipeKind::ReadOnlyState,
            facts(held(b"/", b"rw", b"rw", false)),
            "show-mount",
            "it may be meant",
            "the mount is",
        ),
        (
            RecipeKind::ReadOnlyState,
            facts(held(b"/h", b"ro", b"rw", false)),
            "remount",
            "unmount it",
            "root asked",
        ),
        (RecipeKind::ReadOnlyState, facts(held(b"/", b"ro", b"rw", false)), "remount", "dmesg", "unmount it"),
        (
            RecipeKind::ReadOnlyState,
            facts(probe(Access::ReadOnly)),
            "verify",
            "that directory counts",
            "prove nothing",
        ),
        (
            RecipeKind::NotPermitted,
            facts(probe(Access::NotPermitted)),
            "verify",
            "prove nothing",
            "root asked",
        ),
    ] {
        let recipe = Recipe::new(kind, &facts);
        let step = recipe.steps.iter().find(|step| step.id == id).expect(id);
        assert!(step.why.contains(demanded), "{kind:?} {id}: {}", step.why);
        assert!(!step.why.contains(without), "{kind:?} {id}: {}", step.why);
    }
}

#[test]
fn steps_say_what_to_do_where_they_fail() {
    let otherwise = |kind, probe, id| {
        let recipe = Recipe::new(kind, &facts(probe));
        recipe.steps.into_iter().find(|step| step.id == id).and_then(|step| step.otherwise).expect(id)
    };
    let leaked = RecipeKind::LeakedMounts;
    assert!(otherwise(leaked, of_root(probe(Access::Writable)), "verify").contains("unwedge preflight"));
    assert!(otherwise(RecipeKind::Ownership, probe(Access::Denied), "verify").contains("namei"));
    assert!(otherwise(RecipeKind::DriverState, probe(Access::Writable), "verify").contains("aside"));
}

#[test]
fn who_can_run_it() {
    let demand = |kind, probe: Probe, root| {
        let recipe = Recipe::new(kind, &facts(probe));
        assert_eq!((recipe.needs_root(), recipe.user), (root, Some(1000)), "{kind:?}");
    };
    demand(RecipeKind::LeakedMounts, probe(Access::Writable), true);
    demand(RecipeKind::DriverState, probe(Access::Writable), false);
    // What is root's is left to a person.
    demand(RecipeKind::ReadOnlyState, held(b"/", b"ro", b"rw", false), false);
    demand(RecipeKind::NotPermitted, probe(Access::NotPermitted), false);
    demand(RecipeKind::Ownership, probe(Access::Denied), true);
    assert_eq!(Recipe::new(RecipeKind::DriverState, &Facts::default()).user, None);
}

#[test]
fn the_way_around_is_for_everybody() {
    for kind in RecipeKind::ALL {
        let around = Recipe::new(kind, &Facts::default()).around;
        assert_eq!(told(&around), "way-around why: new state directory");
    }
}

#[test]
fn recipes_have_names_and_titles_of_their_own() {
    for name in [RecipeKind::slug, RecipeKind::title] {
        let mut names = RecipeKind::ALL.map(name);
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]) && !names[0].is_empty(), "{names:?}");
    }
}
