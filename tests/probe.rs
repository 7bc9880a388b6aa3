//! What is read from a machine, on real mounts: `unwedge preflight` on broken hosts.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/host.rs"]
mod host;
#[path = "common/skip.rs"]
mod skip;

use host::Host;
use serde_json::{Value, json};
use skip::need;

const NOBODY: &str = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

/// The status and the JSON report of a preflight by `who`.
fn preflight(host: &Host, who: &str) -> (i32, Value) {
    let outcome = host.run(&format!("{who}unwedge preflight --format json"));
    assert_eq!(outcome.stderr, "");
    (outcome.status, serde_json::from_str(&outcome.stdout).unwrap())
}

/// The report of a preflight that refuses with this recipe, and of the script that it names.
#[track_caller]
fn refused(host: &Host, who: &str, recipe: &str) -> Value {
    let (status, report) = preflight(host, who);
    assert_eq!((status, &report["decision"]["kind"]), (11, &json!("refuse")), "{report}");
    assert_eq!(report["recipe"]["kind"], recipe, "{}", report["probe"]);
    report["probe"].clone()
}

fn broken(setup: &str) -> Result<Host, String> {
    let mut host = Host::new()?;
    host.setup("d=$HOME/.docker/buildx").setup(setup);
    Ok(host)
}

#[test]
fn a_sound_host_is_fit() {
    for setup in ["", "rm -r $d", "rm -r $HOME/.docker", "rm -r $d/activity; chmod 700 $d"] {
        let Some(host) = need(broken(setup)) else { return };
        let (status, report) = preflight(&host, "");
        assert_eq!(
            (status, &report["probe"]["access"], &report["mounts"]["count"]),
            (0, &json!("writable"), &json!(0))
        );
        assert_eq!(report["decision"]["kind"], "nothing");
    }
}

#[test]
fn a_read_only_mount_is_named_with_what_it_is() {
    let bind = |what: &str| format!("mount --bind {what} {what}; mount -o remount,bind,ro {what}");
    let state = "/var/lib/home/.docker/buildx";
    for (setup, mount_point, mount, filesystem, below) in [
        (bind("$d/activity"), "/var/lib/home/.docker/buildx/activity", true, false, true),
        (bind("$d"), state, true, false, false),
        (bind("$HOME"), "/var/lib/home", true, false, false),
        (bind("/var/lib"), "/var/lib", true, false, false),
        // The directory is not there yet, and cannot be made.
        (format!("rm -r $HOME/.docker; {}", bind("$HOME")), "/var/lib/home", true, false, false),
        ("mount -t tmpfs -o ro none $d".into(), state, true, true, false),
        // The filesystem is, the mount is not.
        (
            "mount -t tmpfs none $d; mount -o remount,ro $d; mount -o remount,bind,rw $d".into(),
            state,
            false,
            true,
            false,
        ),
        // A read-only mount that is hidden below a writable one, and the reverse.
        (
            format!("{}; mount -t tmpfs none /var/lib; mkdir -p $d; {}", bind("$d"), bind("/var/lib")),
            "/var/lib",
            true,
            false,
            false,
        ),
        // By way of a link, and with blanks.
        (
            format!(
                "mkdir -p '/mnt/a b'; {}; rmdir $d/activity; ln -s '/mnt/a b' $d/activity",
                bind("'/mnt/a b'")
            )
            .replace("rmdir", "rm -r"),
            "/mnt/a b",
            true,
            false,
            false,
        ),
    ] {
        let Some(mut host) = need(Host::with_users()) else { return };
        host.setup("d=$HOME/.docker/buildx").setup(&setup);
        let probe = refused(&host, "", "read-only-state");
        assert_eq!(probe["access"], "read-only");
        let held = &probe["mount"];
        assert_eq!(
            (&held["mount_point"], &held["read_only_mount"], &held["read_only_filesystem"]),
            (&json!(mount_point), &json!(mount), &json!(filesystem)),
            "{setup}"
        );
        assert_eq!(held["below_state_directory"], below, "{setup}");
    }
}

/// A small table is kept for all who ask, one of more than 64 KiB is read by each.
#[test]
fn a_table_of_any_size_is_counted_and_searched() {
    for doubled in [2, 10] {
        // Each recursive bind mount of a tree into itself doubles it.
        let setup = format!(
            "t=/var/lib/docker/tmp/buildkit-mount1; mkdir -p $t; mount -t tmpfs none $t
            for i in $(seq {doubled}); do mkdir $t/$i; mount --rbind $t $t/$i; done
            mount --bind $d $d; mount -o remount,bind,ro $d"
        );
        let Some(host) = need(broken(&setup)) else { return };
        assert_eq!(
            host.run("[ $(wc -c </proc/self/mountinfo) -gt 65536 ]").status,
            i32::from(doubled == 2),
            "the sizes that this is about"
        );
        let (status, report) = preflight(&host, "");
        assert_eq!((status, &report["mounts"]["count"]), (11, &json!(1 << doubled)));
        assert_eq!(report["probe"]["mount"]["mount_point"], "/var/lib/home/.docker/buildx");
    }
}

#[test]
fn a_read_only_mount_of_something_else_does_not_matter() {
    let setup = "mount -t tmpfs -o ro none /mnt; mkdir $d/refs.d; mount -t tmpfs -o ro none $d/refs.d";
    let Some(host) = need(broken(setup)) else { return };
    assert_eq!(preflight(&host, "").0, 0);
}

#[test]
fn a_full_filesystem_tells_of_what_there_is_none() {
    let blocks = "mount -t tmpfs -o size=64k none $d; head -c 99999 /dev/zero >$d/fill 2>/dev/null || :";
    let inodes =
        "mount -t tmpfs -o nr_inodes=8 none $d; i=0; while : >$d/$((i += 1)); do :; done 2>/dev/null || :";
    for (setup, empty, left) in [(blocks, "free_bytes", "free_inodes"), (inodes, "free_inodes", "free_bytes")]
    {
        // In a shell that survives the failing redirection.
        let Some(host) = need(broken(&format!("sh -c '{setup}' || :").replace("$d", "'$d'"))) else { return };
        let probe = refused(&host, "", "disk-full");
        assert_eq!((&probe["access"], &probe[empty]), (&json!("full"), &json!(0)), "{probe}");
        assert_ne!(probe[left], 0, "{probe}");
    }
}

#[test]
fn what_is_kept_for_root_counts_for_root_alone() {
    let setup = "truncate -s 8M /mnt/disk; mkfs.ext4 -q -m 50 /mnt/disk; mount -o loop /mnt/disk $d
                 mkdir $d/activity; chown -R 65534:65534 $d $HOME
                 setpriv --reuid=65534 --regid=65534 --clear-groups sh -c \"cd $d
                 cat /dev/zero >fill; i=0; while echo >\\$i; do i=\\$((i + 1)); done\" 2>/dev/null || :";
    let Some(mut host) = need(Host::with_users()) else { return };
    host.setup("d=$HOME/.docker/buildx").setup(setup);
    if host.run(":").status != 0 {
        need::<()>(Err(format!("no loop devices: {}", host.run(":").stderr.trim())));
        return;
    }
    assert_eq!(refused(&host, NOBODY, "disk-full")["free_bytes"], 0);
    let (status, report) = preflight(&host, "");
    assert_eq!((status, &report["probe"]["access"]), (0, &json!("writable")), "root can write there");
}

#[test]
fn what_belongs_to_another_is_denied() {
    for (setup, probed, mode) in [
        ("chown 65534 $d; chmod 755 $d/activity", "/var/lib/home/.docker/buildx/activity", "0755"),
        ("chown 65534 $d/activity; chmod 755 $d", "/var/lib/home/.docker/buildx", "0755"),
        // What cannot be looked into is not there for us: what shuts us out is named.
        ("chown -R 65534 $d; chmod 700 $HOME", "/var/lib/home", "0700"),
        ("chown -R 65534 $d; chmod 700 /var/lib", "/var/lib", "0700"),
    ] {
        let Some(mut host) = need(Host::with_users()) else { return };
        host.setup("d=$HOME/.docker/buildx").setup(setup);
        let probe = refused(&host, NOBODY, "ownership");
        assert_eq!((&probe["access"], &probe["probed"]), (&json!("denied"), &json!(probed)), "{setup}");
        assert_eq!(probe["owner"], json!({ "uid": 0, "gid": 0, "mode": mode }), "{setup}");
        // Root can write everywhere.
        assert_eq!(preflight(&host, "").0, 0);
    }
}

#[test]
fn an_attribute_that_forbids_changes_is_told_apart() {
    for attribute in ["i", "a"] {
        for what in ["$d/activity", "$d"] {
            let Some(host) = need(Host::new()) else { return };
            let outcome = host.run(&format!("touch $HOME/x && chattr +{attribute} $HOME/x"));
            if outcome.status != 0 {
                need::<()>(Err(format!("no chattr +{attribute}: {}", outcome.stderr.trim())));
                return;
            }
            let Some(host) = need(broken(&format!("chattr +{attribute} {what}"))) else { return };
            let probe = refused(&host, "", "not-permitted");
            assert_eq!(probe["access"], "not-permitted", "+{attribute} {what}");
        }
    }
}

#[test]
fn what_is_no_directory_is_refused_without_a_recipe() {
    for setup in ["rm -r $d; : >$d", "rm -r $d; ln -s nowhere $d", "rm -r $d/activity; : >$d/activity"] {
        let Some(host) = need(broken(setup)) else { return };
        let (status, report) = preflight(&host, "");
        assert_eq!(
            (status, &report["probe"]["access"], &report["recipe"]),
            (11, &json!("failed"), &Value::Null),
            "{setup}"
        );
    }
}

#[test]
fn the_state_directory_is_the_one_in_force() {
    for (variables, expected) in [
        ("BUILDX_CONFIG=/mnt/b DOCKER_CONFIG=/mnt/c", json!("/mnt/b")),
        ("BUILDX_CONFIG= DOCKER_CONFIG=/mnt/c", json!("/mnt/c/buildx")),
        ("DOCKER_CONFIG=", json!("/var/lib/home/.docker/buildx")),
        ("HOME=/mnt/h", json!("/mnt/h/.docker/buildx")),
        // Without HOME that of the passwd entry.
        ("-u HOME", json!("/root/.docker/buildx")),
        ("BUILDX_CONFIG=relative", json!("/mnt/relative")),
        // Not UTF-8.
        ("BUILDX_CONFIG=$(printf '/mnt/\\377')", json!({ "base64": "L21udC//" })),
    ] {
        let Some(host) = need(Host::new()) else { return };
        let (_, report) = preflight(&host, &format!("cd /mnt; env {variables} "));
        assert_eq!(report["state_directory"], expected, "{variables}");
    }
}

/// A process by the name of `dockerd` with two leaked mounts in a mount namespace of its own, and one in
/// ours.
fn daemon(name: &str) -> Result<Host, String> {
    let mut host = Host::with_users()?;
    host.mount(&[b"/var/lib/docker/tmp/buildkit-mount1"]).setup(&format!(
        "cp \"$(command -v sleep)\" /mnt/{name}
         unshare -m --propagation private sh -c '
            umount /var/lib/docker/tmp/buildkit-mount1
            for i in 2 3; do mkdir /var/lib/docker/tmp/buildkit-mount$i; mount -t tmpfs none /var/lib/docker/tmp/buildkit-mount$i; done
            exec /mnt/{name} 600' &
         daemon=$!
         await '[ \"$(cat /proc/$daemon/comm)\" = {name} ]'
         echo $daemon >/run/docker.pid"
    ));
    Ok(host)
}

#[test]
fn mounts_are_counted_where_dockerd_looks() {
    let Some(host) = need(daemon("dockerd")) else { return };
    for who in ["", NOBODY] {
        let mounts = &preflight(&host, who).1["mounts"];
        let source = mounts["source"].as_str().unwrap();
        assert_eq!(mounts["count"], 2);
        assert!(source.starts_with("/proc/") && source.ends_with("/mountinfo, that of dockerd"), "{source}");
        assert_eq!(
            mounts["leaked"],
            json!(["/var/lib/docker/tmp/buildkit-mount2", "/var/lib/docker/tmp/buildkit-mount3"])
        );
    }
}

#[test]
fn a_process_file_that_is_stale_is_passed_over() {
    let Some(host) = need(daemon("sleepd")) else { return };
    let mounts = &preflight(&host, "").1["mounts"];
    assert_eq!((&mounts["count"], &mounts["source"]), (&json!(1), &json!("/proc/self/mountinfo")));
    for content in ["", "0", "-1", "99999", "99999999999999999999", "../self", "1 2"] {
        let mut host = daemon("dockerd").unwrap();
        host.setup(&format!("echo '{content}' >/run/docker.pid"));
        let mounts = &preflight(&host, "").1["mounts"];
        assert_eq!(
            (&mounts["count"], &mounts["source"]),
            (&json!(1), &json!("/proc/self/mountinfo")),
            "{content}"
        );
    }
}

#[test]
fn a_daemons_table_that_cannot_be_read_is_said() {
    // No table; a table that others may not read; a daemon that others may not see.
    for (setup, who, said) in [
        (
            "echo no >/mnt/no; mount --bind /mnt/no /proc/$daemon/mountinfo",
            "",
            "that of dockerd: not a mount table",
        ),
        (
            "cp /proc/self/mountinfo /mnt/no; chmod 600 /mnt/no; mount --bind /mnt/no /proc/$daemon/mountinfo",
            NOBODY,
            "that of dockerd: Permission denied",
        ),
        ("mount -t proc -o hidepid=2 proc /proc", NOBODY, "perhaps that of dockerd: No such file"),
    ] {
        let Some(mut host) = need(daemon("dockerd")) else { return };
        host.setup(setup);
        if host.run(":").status != 0 {
            // Since Linux 6.12 nothing can be mounted on the files of a process.
            need::<()>(Err(format!("{setup}: {}", host.run(":").stderr.trim())));
            continue;
        }
        let mounts = &preflight(&host, who).1["mounts"];
        let source = mounts["source"].as_str().unwrap();
        assert_eq!(mounts["count"], 1, "{source}");
        assert!(source.starts_with("/proc/self/mountinfo (not /proc/") && source.contains(said), "{source}");
    }
}

#[test]
fn without_any_table_the_count_is_unknown() {
    let Some(host) = need(broken("mount -t tmpfs none /proc")) else { return };
    let mounts = &preflight(&host, "").1["mounts"];
    assert_eq!(mounts["count"], Value::Null);
    assert!(mounts["unknown"].as_str().unwrap().contains("/proc/self/mountinfo"), "{mounts}");
    for (variables, said) in [
        ("DOCKER_HOST=tcp://elsewhere:2375", "DOCKER_HOST is tcp://elsewhere:2375"),
        ("DOCKER_HOST=ssh://elsewhere", "DOCKER_HOST is ssh://elsewhere"),
        ("DOCKER_CONTEXT=other", "the docker context is other"),
    ] {
        let Some(host) = need(daemon("dockerd")) else { return };
        let mounts = &preflight(&host, &format!("env {variables} ")).1["mounts"];
        assert_eq!(mounts["count"], Value::Null, "{variables}");
        assert!(mounts["unknown"].as_str().unwrap().contains(said), "{mounts}");
    }
    let Some(host) = need(daemon("dockerd")) else { return };
    for variables in ["DOCKER_HOST=unix:///run/docker.sock", "DOCKER_HOST=", "DOCKER_CONTEXT=default"] {
        assert_eq!(preflight(&host, &format!("env {variables} ")).1["mounts"]["count"], 2, "{variables}");
    }
}
