//! The script of the leaked mounts, run for real: in namespaces of its own, with real mounts.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/host.rs"]
mod host;
#[path = "common/skip.rs"]
mod skip;

use host::{Host, Outcome, recipe};
use skip::need;
use std::fs;

const STOP: [&str; 2] = ["systemctl stop docker.socket", "systemctl stop docker.service"];
const KILL: [&str; 2] = ["pkill -9 -x buildkitd", "pkill -9 -x containerd-shim"];
const START: [&str; 2] =
    ["systemctl start docker.socket (leaked: 0)", "systemctl start docker.service (leaked: 0)"];
const BUILDER: [&str; 2] = ["docker buildx use default", "docker buildx inspect --bootstrap"];

/// Mount points as hostile as a file system takes them.
const HOSTILE: [&[u8]; 20] = [
    b"/var/lib/docker/tmp/buildkit-mount1",
    // Stacked.
    b"/var/lib/docker/tmp/buildkit-mount1",
    b"/var/lib/docker/tmp/buildkit-mount1",
    // Nested.
    b"/var/lib/docker/tmp/buildkit-mount2",
    b"/var/lib/docker/tmp/buildkit-mount2/inner",
    b"/var/lib/docker/tmp/buildkit-mount2/inner/buildkit-mount3",
    b"/var/lib/docker/tmp-old/buildkit-mount4",
    b"/var/lib/docker/tmp/buildkit-mount5/a b ",
    b"/var/lib/docker/tmp/buildkit-mount5/it's \"quoted\"",
    b"/var/lib/docker/tmp/buildkit-mount5/back\\slash\\",
    b"/var/lib/docker/tmp/buildkit-mount5/escaped\\040\\n\\0134",
    b"/var/lib/docker/tmp/buildkit-mount5/tab\tnew\nline",
    b"/var/lib/docker/tmp/buildkit-mount5/trailing\n\n",
    b"/var/lib/docker/tmp/buildkit-mount5/$(touch /var/lib/pwned)`touch /var/lib/pwned`;touch /var/lib/pwned",
    b"/var/lib/docker/tmp/buildkit-mount5/-rf",
    b"/var/lib/docker/tmp/buildkit-mount5/*?[a-z]#~",
    b"/var/lib/docker/tmp/buildkit-mount5/\xff\x81\x82\x88\xc3(\x01\x7f\r\x1b[31m",
    b"/var/lib/do ck\xe9r'\n/t\\mp/buildkit-mount6",
    "/var/lib/docker/tmp/buildkit-mount5/\u{101}\u{202e}\u{1f433}".as_bytes(),
    b"/var/lib/busy/buildkit-mount7",
];

/// Leaked mounts of every kind, a busy one among them, and mounts that are none.
fn leaking() -> Result<Host, String> {
    let mut host = Host::new()?;
    host.mount(&HOSTILE).setup(
        "cd /var/lib/docker/tmp; mkdir buildkit-mount8 buildkit-mount9 src; touch buildkit-mount8/file file
         mount --bind file buildkit-mount8/file
         mount --bind src buildkit-mount9; mount -o remount,bind,ro buildkit-mount9
         cd /
         (cd /var/lib/busy/buildkit-mount7 && exec sleep 600) &
         await '[ \"$(readlink /proc/$!/cwd)\" = /var/lib/busy/buildkit-mount7 ]'
         busy=$!
         mkdir -p /var/lib/docker/tmp/my-buildkit-mount1 /mnt/x /var/lib/docker/buildkit
         mount -t tmpfs none /var/lib/docker/tmp/my-buildkit-mount1
         mount -t tmpfs none /mnt/x
         mount -t tmpfs none /var/lib/docker/buildkit",
    );
    Ok(host)
}

/// How many leaked mounts [`leaking`] makes.
const LEAKED: usize = HOSTILE.len() + 2;

/// A host with one.
fn leaking_one() -> Result<Host, String> {
    let mut host = Host::new()?;
    host.mount(&[b"/var/lib/docker/tmp/buildkit-mount1"]);
    Ok(host)
}

/// What was called, in parts that follow each other.
type Calls<'c> = &'c [&'c [&'c str]];

fn calls(parts: Calls) -> Vec<String> {
    parts.concat().into_iter().map(str::to_owned).collect()
}

#[track_caller]
fn stopped_at(outcome: &Outcome, step: &str, parts: Calls) {
    assert_ne!(outcome.status, 0, "{step}: {}", outcome.stdout);
    let named = format!("step {step}");
    assert!(outcome.stderr.contains(&named), "{step}: {}", outcome.stderr);
    assert!(outcome.stdout.trim_end().ends_with(&named), "went on after {step}: {}", outcome.stdout);
    assert_eq!(outcome.calls, calls(parts), "{step}");
}

#[test]
fn every_leaked_mount_is_gone_before_docker_starts() {
    let Some(host) = need(leaking()) else { return };
    let before = host.run("cp /proc/self/mountinfo $SCRATCH/before");
    assert_eq!(before.status, 0, "{}", before.stderr);
    let table = fs::read(host.scratch().join("before")).unwrap();
    let leaked = unwedge::core::mountinfo::MountTable::parse(&table).unwrap().leaked().count();
    assert_eq!(leaked, LEAKED, "the test's own host");

    let outcome = host.run(&format!(
        "{}\nstatus=$?; kill -0 $busy && echo the busy process lives
         cp /proc/self/mountinfo $SCRATCH/after; ls -A $HOME/.docker/buildx/activity >$SCRATCH/left
         [ ! -e /var/lib/pwned ] || echo PWNED; exit $status",
        recipe("leaked-mounts")
    ));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]));
    let table = fs::read(host.scratch().join("after")).unwrap();
    let table = unwedge::core::mountinfo::MountTable::parse(&table).unwrap();
    assert_eq!(table.leaked().count(), 0);
    for kept in ["/var/lib/docker/tmp/my-buildkit-mount1", "/mnt/x", "/var/lib/docker/buildkit"] {
        let stays = table.entries().iter().any(|entry| entry.mount_point == kept.as_bytes());
        assert!(stays, "{kept} was unmounted");
    }
    assert_eq!(fs::read(host.scratch().join("left")).unwrap(), b"", "activity was not made anew");
    assert!(outcome.stdout.contains("the busy process lives") && !outcome.stdout.contains("PWNED"));
    for said in ["verified: no leaked mount is left", "verified: a file can be created", "unwedge: done"] {
        assert!(outcome.stdout.contains(said), "{said}: {}", outcome.stdout);
    }
    for seen in &outcome.docker {
        assert_eq!(seen[..4], [&b"/var/lib/home/.docker/buildx"[..], b"default", b"", b""]);
    }
}

#[test]
fn they_are_unmounted_last_mounted_first_and_once() {
    let Some(mut host) = need(leaking()) else { return };
    host.stand_in(
        "umount",
        "#!/bin/sh\nprintf '%s\\0' \"$@\" >>$SCRATCH/umounts\nPATH=${PATH#*:}\nexec umount \"$@\"\n",
    );
    let outcome = host.run(&format!("cp /proc/self/mountinfo $SCRATCH/before; {}", recipe("leaked-mounts")));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    let table = fs::read(host.scratch().join("before")).unwrap();
    let table = unwedge::core::mountinfo::MountTable::parse(&table).unwrap();
    let expected: Vec<u8> =
        table.leaked().rev().flat_map(|entry| [b"-l\0", &entry.mount_point[..], b"\0"].concat()).collect();
    let called = fs::read(host.scratch().join("umounts")).unwrap();
    assert_eq!(called.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[test]
fn other_shells_and_tools_unmount_the_same() {
    let shells = ["bash --posix", "busybox sh", "busybox ash"];
    for shell in shells {
        let name = shell.split(' ').next().unwrap();
        if need(skip::program(name, if name == "bash" { &["-c", ":"] } else { &["sh", "-c", ":"] })).is_none()
        {
            continue;
        }
        let Some(mut host) = need(leaking()) else { return };
        host.set("RECIPE_SHELL", shell);
        let outcome = host.run(&recipe("leaked-mounts"));
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{shell}: {}", outcome.stdout);
        assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]), "{shell}");
    }
    for (tool, call) in
        [("awk", "mawk"), ("awk", "gawk"), ("awk", "busybox awk"), ("umount", "busybox umount")]
    {
        let (program, arguments) = match call.split_once(' ') {
            Some((program, _)) => (program, &["true"][..]),
            None => (call, &["BEGIN { exit }"][..]),
        };
        if need(skip::program(program, arguments)).is_none() {
            continue;
        }
        let Some(mut host) = need(leaking()) else { return };
        host.stand_in(tool, &format!("#!/bin/sh\nexec {call} \"$@\"\n"));
        let outcome = host.run(&recipe("leaked-mounts"));
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{call}: {}", outcome.stdout);
        assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]), "{call}");
    }
}

#[test]
fn what_a_person_would_type_unmounts_the_same() {
    let Some(mut host) = need(leaking()) else { return };
    // A person's shell has a locale, in which stray bytes are no characters.
    host.set("LC_ALL", "C.UTF-8");
    host.mount(&[b"/var/lib/stray\xff/buildkit-mount1"]);
    // The commands of the JSON report, each as a person would paste it.
    let outcome = host.run("unwedge recipe --for leaked-mounts --format json");
    let report: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
    let step =
        report["recipe"]["steps"].as_array().unwrap().iter().find(|step| step["id"] == "unmount").unwrap();
    let lines = |value: &serde_json::Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    let commands = lines(&step["commands"]);
    let verify = lines(&step["verify"]);
    assert_eq!((commands.len(), verify.len()), (LEAKED + 1, 1));
    let outcome = host.run(&format!(
        "{verify} >/dev/null && exit 97\n{}\n{verify}",
        commands.join(" || exit 96\n") + " || exit 96",
        verify = verify[0],
    ));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert_eq!(outcome.stdout, "");
    // One such mount alone is found.
    let mut host = Host::new().unwrap();
    host.set("LC_ALL", "C.UTF-8");
    host.mount(&[b"/var/lib/stray\xff/buildkit-mount1", b"/var/lib/my-buildkit-mount2"]);
    let outcome = host.run(&format!("{} >$SCRATCH/found && exit 97; grep -c . $SCRATCH/found", verify[0]));
    assert_eq!((outcome.status, outcome.stdout.as_str()), (0, "1\n"));
}

#[test]
fn the_first_failing_step_is_named_and_nothing_runs_after_it() {
    let still = "docker is still stopped";
    let perhaps = "docker may be stopped";
    let table: [(&str, u8, &str, Calls, &str); 8] = [
        (STOP[0], 1, "1 (stop-docker)", &[&STOP[..1]], perhaps),
        (STOP[1], 1, "1 (stop-docker)", &[&STOP], perhaps),
        // A daemon that systemd does not run is not stopped by it.
        (STOP[1], 5, "1 (stop-docker)", &[&STOP], perhaps),
        (KILL[0], 2, "2 (kill-holders)", &[&STOP, &KILL[..1]], still),
        (KILL[1], 127, "2 (kill-holders)", &[&STOP, &KILL], still),
        ("systemctl start docker.service", 1, "5 (start-docker)", &[&STOP, &KILL, &START], still),
        (BUILDER[0], 1, "6 (select-builder)", &[&STOP, &KILL, &START, &BUILDER[..1]], ""),
        (BUILDER[1], 1, "6 (select-builder)", &[&STOP, &KILL, &START, &BUILDER], ""),
    ];
    for (call, status, step, expected, said) in table {
        let Some(mut host) = need(leaking_one()) else { return };
        host.fail(call, status);
        let outcome = host.run(&recipe("leaked-mounts"));
        stopped_at(&outcome, step, expected);
        assert_eq!(outcome.status, i32::from(status), "{call}");
        assert!(outcome.stderr.contains(said), "{call}: {}", outcome.stderr);
        assert_eq!(said.is_empty(), !outcome.stderr.contains("stopped"), "{call}: {}", outcome.stderr);
    }
}

#[test]
fn a_mount_that_stays_keeps_docker_stopped() {
    let Some(mut host) = need(leaking()) else { return };
    host.stand_in(
        "umount",
        "#!/bin/sh\nPATH=${PATH#*:}\ncase $2 in */buildkit-mount4) exit 32 ;; esac\nexec umount \"$@\"\n",
    );
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "3 (unmount)", &[&STOP, &KILL]);
    // One that fails does not keep the others.
    assert!(outcome.stderr.contains("unwedge: 1 leaked mounts are left"), "{}", outcome.stderr);
    // Where nothing goes at all, all are left.
    host.stand_in("umount", "#!/bin/sh\nexit 32\n");
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "3 (unmount)", &[&STOP, &KILL]);
    assert!(outcome.stderr.contains(&format!("{LEAKED} leaked mounts are left")), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("docker is still stopped"));
}

#[test]
fn a_mount_that_an_older_one_hides_is_found_at_the_second_look() {
    let Some(mut host) = need(Host::new()) else { return };
    host.mount(&[b"/mnt/older", b"/var/lib/buildkit-mount1/buildkit-mount2"])
        .setup("mount --move /mnt/older /var/lib/buildkit-mount1");
    let outcome = host.run(&recipe("leaked-mounts"));
    assert_eq!(outcome.status, 0, "{}{}", outcome.stdout, outcome.stderr);
    assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]));
}

#[test]
fn an_activity_directory_that_stays_is_said() {
    let Some(mut host) = need(leaking_one()) else { return };
    host.setup("mount --bind $HOME/.docker/buildx/activity $HOME/.docker/buildx/activity");
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "4 (remove-activity)", &[&STOP, &KILL]);
    assert!(outcome.stderr.contains("docker is still stopped"), "{}", outcome.stderr);

    // An rm that lies.
    let Some(mut host) = need(leaking_one()) else { return };
    host.stand_in("rm", "#!/bin/sh\nexit 0\n");
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "4 (remove-activity)", &[&STOP, &KILL]);
}

#[test]
fn on_a_read_only_state_directory_docker_is_not_left_stopped() {
    let Some(mut host) = need(leaking_one()) else { return };
    host.setup("d=$HOME/.docker/buildx/activity; mount --bind $d $d; mount -o remount,bind,ro $d");
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "7 (verify)", &[&STOP, &KILL, &START, &BUILDER]);
    assert!(outcome.stdout.contains("by hand: remove the activity directory"), "{}", outcome.stdout);
    assert!(outcome.stderr.contains("Read-only file system") && !outcome.stderr.contains("still stopped"));
}

#[test]
fn a_directory_in_which_no_file_can_be_made_is_no_success() {
    let Some(mut host) = need(leaking_one()) else { return };
    host.stand_in("mktemp", "#!/bin/sh\necho 'mktemp: Read-only file system' >&2\nexit 1\n");
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "7 (verify)", &[&STOP, &KILL, &START, &BUILDER]);
}

#[test]
fn on_a_host_that_leaks_nothing_nothing_is_stopped_or_killed() {
    let Some(mut host) = need(leaking()) else { return };
    let twice = format!("{recipe}\n: >$SCRATCH/calls; {recipe}", recipe = recipe("leaked-mounts"));
    let outcome = host.run(&twice);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    assert_eq!(outcome.calls, calls(&[&START, &BUILDER]));
    assert!(outcome.stdout.contains("no leaked mounts: docker is not stopped, nothing is killed"));
    // Neither by the script that was made while it leaked, run a second time.
    host.setup("");
    let same = format!("{}\n: >$SCRATCH/calls; sh $SCRATCH/recipe.sh", recipe("leaked-mounts"));
    let outcome = host.run(&same);
    assert_eq!((outcome.status, outcome.calls), (0, calls(&[&START, &BUILDER])));
}

#[test]
fn a_host_without_docker_socket_is_no_failure() {
    for call in [STOP[0], "systemctl start docker.socket"] {
        let Some(mut host) = need(leaking_one()) else { return };
        host.fail(call, 5);
        let outcome = host.run(&recipe("leaked-mounts"));
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{call}");
        assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]));
    }
    // `pkill` says 1 where nothing runs by that name.
    for call in KILL {
        let Some(mut host) = need(leaking_one()) else { return };
        host.fail(call, 1);
        assert_eq!(host.run(&recipe("leaked-mounts")).status, 0, "{call}");
    }
}

#[test]
fn an_interrupted_script_says_that_docker_is_stopped() {
    for (signal, status) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let Some(mut host) = need(leaking_one()) else { return };
        host.hook(KILL[0], &format!("kill -{signal} $PPID"));
        // Under nohup, or in the background of a script, they are ignored from the start.
        host.set("RECIPE_SHELL", "env --default-signal=HUP,INT,TERM sh");
        let outcome = host.run(&recipe("leaked-mounts"));
        stopped_at(&outcome, "2 (kill-holders)", &[&STOP, &KILL[..1]]);
        assert_eq!(outcome.status, status);
        assert!(outcome.stderr.contains("docker is still stopped"), "{signal}: {}", outcome.stderr);
    }
}

#[test]
fn a_reader_that_goes_away_does_not_leave_docker_stopped() {
    let Some(host) = need(leaking_one()) else { return };
    let outcome = host.run(
        "unwedge recipe --for leaked-mounts --format sh >$SCRATCH/recipe.sh
         { sh $SCRATCH/recipe.sh; echo $? >$SCRATCH/status; } 2>/dev/null | true",
    );
    assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]));
    assert_eq!(fs::read_to_string(host.scratch().join("status")).unwrap(), "0\n");
}

#[test]
fn a_script_that_arrives_by_a_pipe_is_run_whole_or_not_at_all() {
    let Some(mut host) = need(leaking_one()) else { return };
    // A command that reads its standard input.
    host.hook(STOP[0], "cat >/dev/null");
    let outcome = host.run("unwedge recipe --for leaked-mounts --format sh | sh");
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]));
    // A script whose end is missing.
    let outcome =
        host.run("unwedge recipe --for leaked-mounts --format sh | sed '/start docker.service/,$d' | sh");
    assert_ne!(outcome.status, 0);
    assert!(outcome.calls.is_empty(), "{:?}", outcome.calls);
}

#[test]
fn a_table_that_cannot_be_read_is_no_count_of_0() {
    // An awk that fails, one that says nothing, and one that finds an empty table.
    for broken in ["exit 2", "exit 0", "PATH=${PATH#*:}; exec awk \"$1\" \"$2\" \"$3\" /dev/null"] {
        let Some(mut host) = need(leaking_one()) else { return };
        host.stand_in("awk", &format!("#!/bin/sh\n{broken}\n"));
        let outcome = host.run(&recipe("leaked-mounts"));
        assert_ne!(outcome.status, 0, "{broken}: {}", outcome.stdout);
        assert!(outcome.calls.is_empty(), "{:?}", outcome.calls);
        assert!(outcome.stderr.contains("step before the first step failed"), "{}", outcome.stderr);
    }
}

/// Makes a process whose name is `dockerd`, with these commands run before in a mount namespace of its
/// own, and its id in docker's file.
fn daemon(host: &mut Host, before: &str) {
    host.setup(&format!(
        "cp \"$(command -v sleep)\" /mnt/dockerd
         unshare -m --propagation private sh -c '{before}; echo $$ >/run/docker.pid; exec /mnt/dockerd 600' &
         await '[ \"$(cat /proc/$!/comm)\" = dockerd ]'
         daemon=$!"
    ));
}

#[test]
fn mounts_of_a_daemon_with_its_own_table_are_counted_and_go_with_it() {
    let Some(mut host) = need(Host::new()) else { return };
    daemon(
        &mut host,
        "mkdir -p /var/lib/docker/tmp/buildkit-mount1; mount -t tmpfs none /var/lib/docker/tmp/buildkit-mount1",
    );
    host.hook(
        STOP[1],
        "kill $(cat /run/docker.pid); while kill -0 $(cat /run/docker.pid) 2>/dev/null; do sleep 0.1; done",
    );
    let outcome = host.run(&format!(
        "unwedge preflight --refuse-at 1 >/dev/null; echo preflight $?\n{}",
        recipe("leaked-mounts")
    ));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert_eq!(outcome.calls, calls(&[&STOP, &KILL, &START, &BUILDER]));
    assert!(outcome.stdout.contains("preflight 11"), "{}", outcome.stdout);
}

#[test]
fn a_daemon_that_does_not_stop_ends_the_script() {
    let Some(mut host) = need(leaking_one()) else { return };
    daemon(&mut host, ":");
    let outcome = host.run(&recipe("leaked-mounts"));
    stopped_at(&outcome, "1 (stop-docker)", &[&STOP]);
    assert!(outcome.stderr.contains("dockerd still runs, as process"), "{}", outcome.stderr);
}

#[test]
fn a_stale_process_file_is_not_believed() {
    for content in ["1", "999999", "", "1; touch /var/lib/pwned", "../self"] {
        let Some(mut host) = need(leaking_one()) else { return };
        host.setup(&format!("echo '{content}' >/run/docker.pid"));
        let outcome =
            host.run(&format!("{}\n[ $? = 0 ] && [ ! -e /var/lib/pwned ]", recipe("leaked-mounts")));
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{content:?}");
    }
}

#[test]
fn mounts_of_the_hosts_own_namespace_are_not_forgotten_in_another() {
    let Some(host) = need(leaking_one()) else { return };
    // The script runs in a namespace that has a copy of the mount: unmounting that one is not enough.
    let outcome = host.run(
        "unwedge recipe --for leaked-mounts --format sh >$SCRATCH/recipe.sh
         unshare -m --propagation private sh $SCRATCH/recipe.sh",
    );
    stopped_at(&outcome, "3 (unmount)", &[&STOP, &KILL]);
    assert!(outcome.stderr.contains("mount namespace of process 1"), "{}", outcome.stderr);
}

#[test]
fn copies_in_other_namespaces_are_mentioned() {
    let Some(mut host) = need(leaking_one()) else { return };
    host.setup(
        "unshare -m --propagation private sh -c 'sleep 601 & sleep 602 & exec sleep 603' &
         await '[ \"$(cat /proc/$!/comm)\" = sleep ]'",
    );
    let outcome = host.run(&recipe("leaked-mounts"));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert!(
        outcome.stdout.contains("note: 1 in the mount namespace of another process"),
        "{}",
        outcome.stdout
    );
}

#[test]
fn only_root_runs_it() {
    let Some(host) = need(Host::with_users()) else { return };
    let outcome = host.run(
        "unwedge recipe --for leaked-mounts --format sh >$SCRATCH/recipe.sh
         setpriv --reuid=65534 --regid=65534 --clear-groups sh $SCRATCH/recipe.sh",
    );
    assert_eq!((outcome.status, outcome.calls.len()), (1, 0));
    assert!(outcome.stderr.contains("has to be run as root"), "{}", outcome.stderr);
}

#[test]
fn what_root_made_goes_back_to_the_user_who_asked() {
    let Some(mut host) = need(Host::with_users()) else { return };
    host.mount(&[b"/var/lib/docker/tmp/buildkit-mount1"]).setup(
        "chown -R 65534:65534 /var/lib/home; touch /var/lib/precious; ln -s /var/lib/precious $HOME/.docker/buildx/link",
    );
    host.hook(BUILDER[0], "touch $BUILDX_CONFIG/current");
    let outcome = host.run(
        "setpriv --reuid=65534 --regid=65534 --clear-groups unwedge recipe --for leaked-mounts --format sh >$SCRATCH/recipe.sh
         env DOCKER_HOST=tcp://elsewhere BUILDX_CONFIG=/nowhere HOME=/root DOCKER_CONTEXT=x BUILDX_BUILDER=b sh $SCRATCH/recipe.sh || exit
         cd $HOME/.docker/buildx; stat -c '%u %n' . activity current /var/lib/precious",
    );
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert!(
        outcome.stdout.ends_with("65534 .\n65534 activity\n65534 current\n0 /var/lib/precious\n"),
        "{}",
        outcome.stdout
    );
    for seen in &outcome.docker {
        assert_eq!(seen[..5], [&b"/var/lib/home/.docker/buildx"[..], b"default", b"", b"", b"0"]);
    }
}
