//! The scripts of the other recipes, run for real on state directories that are broken as they say.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/host.rs"]
mod host;
#[path = "common/skip.rs"]
mod skip;

use host::{Host, Outcome, recipe};
use skip::need;

const NOBODY: &str = "setpriv --reuid=65534 --regid=65534 --clear-groups";
const BUILDER: [&str; 2] = ["docker buildx use default", "docker buildx inspect --bootstrap"];
/// A directory name as hostile as a file system takes it.
const HOSTILE: &[u8] = b"/var/lib/it's a \"state\"\n$(touch /var/lib/pwned)\\\xff\x81\r/-rf *";

#[track_caller]
fn done(outcome: &Outcome) {
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert!(outcome.stdout.ends_with("unwedge: done\n"), "{}", outcome.stdout);
}

#[track_caller]
fn stopped_at(outcome: &Outcome, step: &str) {
    assert_ne!(outcome.status, 0, "{}", outcome.stdout);
    assert!(outcome.stderr.contains(&format!("unwedge: step {step} failed")), "{}", outcome.stderr);
    assert!(!outcome.stdout.contains("unwedge: done"), "{}", outcome.stdout);
}

/// A host whose `BUILDX_CONFIG` is [`HOSTILE`], with everything in it that buildx keeps, and beside it
/// what a path that was cut or split would hit.
fn hostile() -> Result<Host, String> {
    let mut host = Host::new()?;
    host.path(HOSTILE).setup(
        "export BUILDX_CONFIG=\"$p\"
         mkdir -p \"$p/activity/deep\" \"$p/instances/mine\"; echo 1 >\"$p/activity/default\"; echo 2 >\"$p/instances/default\"
         for near in \"/var/lib/it's a\" /var/lib/it /var/lib/activity; do mkdir -p \"$near/activity\"; done",
    );
    Ok(host)
}

#[test]
fn driver_state_removes_two_things_in_the_directory_in_force() {
    let Some(host) = need(hostile()) else { return };
    // Run in another shell than the one that made it, from another directory.
    let outcome = host.run(
        "unwedge recipe --for driver-state --format sh >$SCRATCH/recipe.sh || exit 98
         cd /mnt; env -u HOME BUILDX_CONFIG=/nowhere DOCKER_CONTEXT=other BUILDX_BUILDER=b sh $SCRATCH/recipe.sh || exit
         [ -z \"$(ls -A \"$p/activity\")\" ] && [ ! -e \"$p/instances/default\" ] && [ -d \"$p/instances/mine\" ] || exit 97
         for near in \"/var/lib/it's a\" /var/lib/it /var/lib/activity; do [ -d \"$near/activity\" ] || exit 96; done
         [ ! -e /var/lib/pwned ] || exit 95",
    );
    done(&outcome);
    assert_eq!(outcome.calls, BUILDER);
    for seen in &outcome.docker {
        assert_eq!(seen[..4], [HOSTILE, b"", b"", b""]);
    }
    assert!(outcome.stdout.contains("verified: a file can be created and written"));
}

#[test]
fn driver_state_leaves_another_context_first() {
    for (variable, config) in [("DOCKER_CONTEXT", "{}"), ("NOTHING", r#"{"currentContext":"elsewhere"}"#)] {
        let Some(mut host) = need(hostile()) else { return };
        host.set(variable, "elsewhere");
        host.setup(&format!("echo '{config}' >$HOME/.docker/config.json"));
        let outcome = host.run(&recipe("driver-state"));
        done(&outcome);
        assert_eq!(outcome.calls, ["docker context use default", BUILDER[0], BUILDER[1]]);
        assert!(outcome.docker.iter().all(|seen| seen[1].is_empty()), "DOCKER_CONTEXT is in force still");
    }
}

#[test]
fn driver_state_says_what_was_not_there() {
    let Some(mut host) = need(Host::new()) else { return };
    host.setup("rm -r $HOME/.docker/buildx/activity");
    let outcome = host.run(&recipe("driver-state"));
    done(&outcome);
    for name in ["activity", "default"] {
        let said = format!("nothing to remove: {name} is not there");
        assert!(outcome.stdout.contains(&said), "{}", outcome.stdout);
    }
}

#[test]
fn driver_state_stops_at_the_first_failure_and_says_what_then() {
    for (call, step, calls) in
        [(BUILDER[0], "2 (select-builder)", &BUILDER[..1]), (BUILDER[1], "2 (select-builder)", &BUILDER)]
    {
        let Some(mut host) = need(hostile()) else { return };
        host.fail(call, 1);
        let outcome = host.run(&recipe("driver-state"));
        stopped_at(&outcome, step);
        assert_eq!(outcome.calls, calls);
        assert!(outcome.stderr.contains("move the whole state directory aside"), "{}", outcome.stderr);
    }
    // A mount point cannot be removed.
    let Some(mut host) = need(hostile()) else { return };
    host.setup("mount --bind \"$p/activity\" \"$p/activity\"");
    let outcome = host.run(&recipe("driver-state"));
    stopped_at(&outcome, "1 (remove-state)");
    assert!(outcome.calls.is_empty());
    // The builder answers, and the directory is as wedged as before.
    let Some(mut host) = need(hostile()) else { return };
    host.hook(
        BUILDER[1],
        "mkdir -p \"$BUILDX_CONFIG/activity\"; mount -t tmpfs -o ro none \"$BUILDX_CONFIG/activity\"",
    );
    let outcome = host.run(&recipe("driver-state"));
    stopped_at(&outcome, "3 (verify)");
}

#[test]
fn a_path_that_came_to_nothing_is_not_removed() {
    for wrong in ["''", "/", "//", ".docker"] {
        let Some(host) = need(Host::new()) else { return };
        let outcome = host.run(&format!(
            "unwedge recipe --for driver-state --format sh | sed \"s,^remove .*,remove {wrong},\" >$SCRATCH/recipe.sh
             cd $HOME; sh $SCRATCH/recipe.sh; status=$?; [ -d $HOME/.docker ] || exit 0; exit $status"
        ));
        stopped_at(&outcome, "1 (remove-state)");
        assert!(outcome.stderr.contains("not a path to remove"), "{wrong}: {}", outcome.stderr);
    }
}

#[test]
fn driver_state_is_for_the_user_who_asked() {
    let Some(mut host) = need(Host::with_users()) else { return };
    host.setup("chown -R 65534:65534 /var/lib/home");
    let made = format!("{NOBODY} unwedge recipe --for driver-state --format sh >$SCRATCH/recipe.sh; ");
    let outcome = host.run(&format!(
        "{made}{NOBODY} sh $SCRATCH/recipe.sh || exit; stat -c %u $HOME/.docker/buildx/activity >&2"
    ));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, "65534\n"), "{}", outcome.stdout);
    assert!(outcome.docker.iter().all(|seen| seen[4] == b"65534"));
    // Root would leave files that lock the user out.
    let outcome = host.run(&format!("{made}sh $SCRATCH/recipe.sh"));
    assert_eq!((outcome.status, outcome.calls.len()), (1, 0));
    assert!(outcome.stderr.contains("sudo -u '#65534'"), "{}", outcome.stderr);
}

#[test]
fn read_only_state_makes_a_directory_and_leaves_the_rest_to_a_person() {
    let Some(mut host) = need(Host::with_users()) else { return };
    host.setup(
        "d=$HOME/.docker/buildx; mount --bind $d/activity $d/activity; mount -o remount,bind,ro $d/activity
         mkdir '/mnt/t m p'; export TMPDIR='/mnt/t m p'",
    );
    let outcome = host.run(&recipe("read-only-state"));
    done(&outcome);
    let said = |what: &str| assert!(outcome.stdout.contains(what), "{what}: {}", outcome.stdout);
    said("/var/lib/home/.docker/buildx/activity"); // by findmnt
    said("BUILDX_CONFIG=/mnt/t m p/buildx-state.");
    said("by hand:     mv -T /var/lib/home/.docker/buildx /var/lib/home/.docker/buildx.aside");
    said("by hand:     mount -o remount,rw /var/lib/home/.docker/buildx/activity");
    said("steps to be decided by hand, not run: 3");
    assert!(outcome.calls.is_empty());
    // Each way that it leaves to a person does work.
    for (by_hand, way) in [("mv", "rename"), ("mount", "remount")] {
        let outcome = host.run(&format!(
            "{} >$SCRATCH/said; line=$(sed -n 's/^unwedge: by hand:     //p' $SCRATCH/said | grep '^{by_hand} ')
             unwedge preflight >/dev/null; [ $? = 11 ] || exit 97
             eval \"$line\" && unwedge preflight >/dev/null && mkdir -p $d/activity && : >$d/activity/x",
            recipe("read-only-state")
        ));
        assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{way}");
    }
}

#[test]
fn read_only_state_says_which_of_the_two_is_read_only() {
    let bind = "mount --bind $d $d; mount -o remount,bind,ro $d";
    let filesystem = "mount -t tmpfs -o ro none $d";
    for (broken, told) in
        [(bind, "the mount is read-only"), (filesystem, "the filesystem itself is read-only")]
    {
        let Some(mut host) = need(Host::with_users()) else { return };
        host.setup(&format!("d=$HOME/.docker/buildx; {broken}"));
        let outcome = host.run(&format!("unwedge preflight; {}", recipe("read-only-state")));
        done(&outcome);
        assert!(outcome.stdout.contains(told), "{}", outcome.stdout);
        assert!(!outcome.stdout.contains("mv -T"), "a mount point cannot be renamed: {}", outcome.stdout);
        let outcome = host.run(&format!(
            "{} >$SCRATCH/said; line=$(sed -n 's/^unwedge: by hand:     //p' $SCRATCH/said | grep '^mount ')
             eval \"$line\" && unwedge preflight >/dev/null",
            recipe("read-only-state")
        ));
        assert_eq!(outcome.status, 0, "remounting does not help: {}{}", outcome.stdout, outcome.stderr);
    }
}

#[test]
fn on_a_sound_host_no_mount_is_to_be_changed() {
    let Some(host) = need(Host::new()) else { return };
    let outcome = host.run(&recipe("read-only-state"));
    done(&outcome);
    assert!(!outcome.stdout.contains("remount") && !outcome.stdout.contains("mv -T"), "{}", outcome.stdout);
}

#[test]
fn read_only_state_does_without_findmnt_but_not_without_a_place() {
    let Some(mut host) = need(Host::new()) else { return };
    host.stand_in("findmnt", "#!/bin/sh\nexit 127\n");
    done(&host.run(&recipe("read-only-state")));
    let Some(mut host) = need(Host::new()) else { return };
    host.setup("mount -t tmpfs -o ro none /mnt; export TMPDIR=/mnt");
    let outcome = host.run(&recipe("read-only-state"));
    stopped_at(&outcome, "2 (point-elsewhere)");
    assert!(outcome.stderr.contains("set TMPDIR to a directory that can be written"), "{}", outcome.stderr);
}

#[test]
fn disk_full_is_no_success_while_the_disk_is_full() {
    let Some(mut host) = need(Host::new()) else { return };
    // Blocks are gone, inodes are not: an empty file can be created.
    host.setup(
        "d=$HOME/.docker/buildx; mount -t tmpfs -o size=64k none $d; mkdir $d/activity
         head -c 99999 /dev/zero >$d/fill 2>/dev/null || :",
    );
    let outcome = host.run(&format!("{}\nstatus=$?; ls -A $d/activity; exit $status", recipe("disk-full")));
    stopped_at(&outcome, "3 (verify)");
    assert!(outcome.stdout.contains("by hand:     docker builder prune") && outcome.calls.is_empty());
    assert!(!outcome.stdout.contains(".tmp-unwedge"), "the trial file stays");
    done(&host.run(&format!("rm $d/fill; {}", recipe("disk-full"))));
}

#[test]
fn ownership_is_given_back() {
    let Some(mut host) = need(Host::with_users()) else { return };
    host.setup(
        "d=$HOME/.docker/buildx; chown 65534:65534 $HOME $HOME/.docker; chmod 700 $d
         touch /var/lib/precious; ln -s /var/lib/precious $d/link",
    );
    let made = format!("{NOBODY} unwedge recipe --for ownership --format sh >$SCRATCH/recipe.sh; ");
    let outcome = host.run(&format!(
        "{NOBODY} unwedge preflight >/dev/null; [ $? = 11 ] || exit 97
         {made} sh $SCRATCH/recipe.sh || exit
         {NOBODY} unwedge preflight >/dev/null || exit 96; stat -c '%u %n' $d/activity /var/lib/precious"
    ));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert!(outcome.stdout.ends_with("65534 /var/lib/home/.docker/buildx/activity\n0 /var/lib/precious\n"));
    // Where a directory above is shut, root's success proves nothing.
    host.setup("chown 0:0 $HOME; chmod 700 $HOME");
    let outcome = host.run(&format!("{made} sh $SCRATCH/recipe.sh"));
    stopped_at(&outcome, "3 (verify)");
    assert!(outcome.stderr.contains("pass a directory above"), "{}", outcome.stderr);
    let outcome = host.run("stat -c %u $HOME");
    assert_eq!(outcome.stdout, "0\n", "a directory above was given away");
}

#[test]
fn a_directory_that_is_not_there_is_made_for_the_user() {
    let Some(mut host) = need(Host::with_users()) else { return };
    host.setup("d=$HOME/.docker/buildx; rm -r $d");
    let outcome = host.run(&format!(
        "{NOBODY} unwedge recipe --for ownership --format sh >$SCRATCH/recipe.sh; sh $SCRATCH/recipe.sh || exit
         stat -c %u $d $HOME/.docker"
    ));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    assert!(outcome.stdout.ends_with("65534\n0\n"), "{}", outcome.stdout);
}

#[test]
fn not_permitted_is_no_success_while_the_attribute_stands() {
    for broken in ["$d/activity", "$d"] {
        let Some(mut host) = need(immutable()) else { return };
        host.setup(&format!("d=$HOME/.docker/buildx; chattr +i {broken}"));
        let outcome = host.run(&recipe("not-permitted"));
        stopped_at(&outcome, "3 (verify)");
        // What it leaves to a person does work.
        let outcome = host.run(&format!(
            "unwedge preflight >/dev/null; [ $? = 11 ] || exit 97
             {} >$SCRATCH/said 2>&1; eval \"$(sed -n 's/^unwedge: by hand:     //p' $SCRATCH/said)\" && sh $SCRATCH/recipe.sh",
            recipe("not-permitted")
        ));
        done(&outcome);
        assert!(outcome.calls.is_empty());
    }
}

/// A host where `chattr +i` works.
fn immutable() -> Result<Host, String> {
    let host = Host::new()?;
    let outcome = host.run("touch $HOME/x && chattr +i $HOME/x");
    if outcome.status == 0 { Ok(host) } else { Err(format!("no chattr +i: {}", outcome.stderr.trim())) }
}

#[test]
fn what_changed_nothing_says_so() {
    let Some(host) = need(Host::new()) else { return };
    for kind in ["disk-full", "not-permitted", "ownership"] {
        let outcome = host.run(&recipe(kind));
        done(&outcome);
        assert!(outcome.stdout.contains("nothing was changed"), "{kind}: {}", outcome.stdout);
    }
    for kind in ["driver-state", "read-only-state", "leaked-mounts"] {
        let outcome = host.run(&recipe(kind));
        done(&outcome);
        assert!(!outcome.stdout.contains("nothing was changed"), "{kind}: {}", outcome.stdout);
    }
}
