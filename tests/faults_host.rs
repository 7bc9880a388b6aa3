//! A host that has no room and no /proc, and what others put in the way of the report. Real mounts.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/host.rs"]
mod host;
#[path = "common/program.rs"]
mod program;
#[path = "common/skip.rs"]
mod skip;

use host::{Host, Outcome};
use program::LINE;
use skip::need;

const NOBODY: &str = "setpriv --reuid=65534 --regid=65534 --clear-groups ";

/// A host on which `$SCRATCH/log` is a large log that ends in a wedge, and `/mnt/full` has room for so many bytes.
fn host_with_room(room: &str) -> Result<Host, String> {
    let mut host = Host::new()?;
    host.set("LINE", LINE.trim_end());
    host.setup(
        "{ yes 'a line of a build' | head -c 300000; echo; printf '%s\\n' \"$LINE\"; } >$SCRATCH/log; mkdir /mnt/full",
    );
    host.setup(&format!("mount -t tmpfs -o size={room} none /mnt/full"));
    Ok(host)
}

fn lines(outcome: &Outcome) -> Vec<&str> {
    outcome.stdout.lines().collect()
}

#[test]
fn a_full_disk_takes_what_fits_and_the_rest_is_said() {
    let Some(host) = need(host_with_room("64k")) else { return };
    for (command, status) in [
        ("unwedge -q --mounts 0 <$SCRATCH/log", 2),
        ("unwedge run -q --mounts 0 -- cat $SCRATCH/log", 2),
        ("unwedge run -q --mounts 0 -- sh -c 'cat $SCRATCH/log >&2'", 2),
    ] {
        let stream = if command.contains(">&2") { "2" } else { "1" };
        let other = if stream == "2" { "" } else { "2>$SCRATCH/said" };
        let outcome = host.run(&format!(
            "rm -f /mnt/full/*; {command} {stream}>/mnt/full/out {other}; echo $?; wc -c </mnt/full/out; \
             cmp -n 65536 $SCRATCH/log /mnt/full/out && echo same"
        ));
        let size = lines(&outcome)[1];
        assert_eq!(lines(&outcome), [&status.to_string(), "65536", "same"], "{command}: {}", outcome.stderr);
        if stream == "1" {
            let said = std::fs::read_to_string(host.scratch().join("said")).unwrap();
            let expected = format!(
                "unwedge: cannot write standard output: No space left on device (os error 28) after {size} bytes; the copy is incomplete\n"
            );
            assert!(said.starts_with(&expected), "{said}");
            // The filter ends there, as what writes to it must not go on unseen; a command goes on, and is judged.
            assert_eq!(said.ends_with(": wedge: driver-state\n"), command.contains("run"), "{said}");
        }
    }
    for command in ["check --mounts 0 $SCRATCH/log", "preflight", "recipe --mounts 3"] {
        let outcome = host.run(&format!(
            "head -c 65536 /dev/zero >/mnt/full/fill; unwedge {command} >/mnt/full/out 2>$SCRATCH/said; echo $?; tail -n 1 $SCRATCH/said"
        ));
        let expected = "unwedge: cannot write standard output: No space left on device (os error 28)";
        assert_eq!(lines(&outcome), ["2", expected], "{command}");
    }
}

#[test]
fn a_report_that_does_not_fit_is_not_there() {
    // A page or none: not enough for the report.
    for (room, before) in
        [("4k", ""), ("4k", "echo old >/mnt/full/report"), ("8k", "echo old >/mnt/full/report")]
    {
        let Some(host) = need(host_with_room(room)) else { return };
        let outcome = host.run(&format!(
            "{before}\nunwedge run -q --mounts 0 --report /mnt/full/report -- sh -c 'cat $SCRATCH/log >&2; exit 3' 2>$SCRATCH/said\n\
             echo $?; tail -n 1 $SCRATCH/said; ls -A /mnt/full; cat /mnt/full/*"
        ));
        let said = "unwedge: cannot write /mnt/full/report: No space left on device (os error 28)";
        let mut expected = vec!["2", said];
        if before.is_empty() {
            assert_eq!(lines(&outcome), expected);
            continue;
        }
        expected.extend(["report", "old"]);
        assert_eq!(lines(&outcome), expected, "{room}: {}", outcome.stderr);
    }
}

#[test]
fn without_proc_all_but_the_count_works() {
    for proc in ["mount -t tmpfs none /proc", "while umount -l /proc; do :; done 2>/dev/null"] {
        let Some(mut host) = need(host_with_room("64k")) else { return };
        host.setup(&format!("cp $SCRATCH/bin/unwedge /mnt/own; {proc}"));
        for (command, status, said) in [
            ("/mnt/own -q --mounts 0 <$SCRATCH/log >/dev/null", 10, "wedge: driver-state"),
            ("/mnt/own <$SCRATCH/log >/dev/null", 10, "to count, on the host"),
            ("/mnt/own check $SCRATCH/log 2>&1", 10, "leaked mounts: unknown, /proc/self/mountinfo: "),
            ("/mnt/own preflight 2>&1", 0, "leaked mounts: unknown, /proc/self/mountinfo: "),
            ("/mnt/own run -q --mounts 0 -- cat $SCRATCH/log >/dev/null", 10, "wedge: driver-state"),
            (
                "cd /mnt; ./own run --delay 0 --preflight always -- sh -c 'exit 7'",
                7,
                "attempt 3 ended with status 7",
            ),
            ("PATH=/mnt:$PATH; own run --delay 0 -- sh -c 'kill -9 $$'", 137, "was ended by SIGKILL"),
        ] {
            let outcome = host.run(&format!("{command}; exit $?"));
            assert_eq!(outcome.status, status, "{proc}, {command}: {}", outcome.stderr);
            let all = outcome.stdout + &outcome.stderr;
            assert!(all.contains(said), "{proc}, {command}: {said} is not in {all}");
        }
    }
}

/// Whoever sees nothing of other users' processes still runs a command, and counts in the own table.
#[test]
fn hidden_processes_change_nothing_but_the_source_of_the_count() {
    let Some(mut host) = need(Host::with_users()) else { return };
    host.setup(
        "cp \"$(command -v sleep)\" /mnt/dockerd; unshare -m /mnt/dockerd 600 & daemon=$!
         await '[ \"$(cat /proc/$daemon/comm)\" = dockerd ]'
         echo $daemon >/run/docker.pid; mount -t proc -o hidepid=2 proc /proc",
    );
    let outcome = host.run(&format!(
        "{NOBODY}unwedge run --delay 0 -- sh -c 'echo through; exit 9' 2>&1; echo $?; {NOBODY}unwedge preflight; kill $daemon"
    ));
    let shown = outcome.stdout;
    assert!(shown.contains("through\n") && shown.contains("attempt 3 ended with status 9"), "{shown}");
    assert!(
        shown.contains("\n9\n") && shown.contains("leaked mounts: 0 (/proc/self/mountinfo (not /proc/"),
        "{shown}"
    );
}

/// In a directory that everybody can write to, somebody has put a link where the report goes, and where its
/// folder is.
#[test]
fn a_report_follows_no_link_that_others_made() {
    for mode in ["777", "1777"] {
        let Some(mut host) = need(Host::with_users()) else { return };
        // The kernel's own protection is another one, and may be off.
        host.setup(&format!(
            "chmod 755 /mnt; mkdir /mnt/open /mnt/victim; chmod {mode} /mnt/open; echo precious >/mnt/victim/report; umask 022
             {NOBODY}ln -s /mnt/victim/report /mnt/open/report; {NOBODY}ln -s /mnt/victim /mnt/open/folder
             ln -s /mnt/open/folder /mnt/mine"
        ));
        let outcome = host.run(
            "for path in /mnt/open/folder/report /mnt/mine/report /mnt/open/report; do
                 unwedge run -q --report $path -- true; echo $?
             done
             cat /mnt/victim/report; ls -A /mnt/victim /mnt/open; head -c 12 /mnt/open/report; stat -c %F /mnt/open/report",
        );
        let shown = lines(&outcome);
        // The last is a report in the place of the link; it is not the victim that was written.
        assert_eq!(shown[..4], ["2", "2", "0", "precious"], "{} {}", outcome.stdout, outcome.stderr);
        assert_eq!(
            shown[4..10],
            ["/mnt/open:", "folder", "report", "", "/mnt/victim:", "report"],
            "{shown:?}"
        );
        assert_eq!(shown[10], "{\"version\":1regular file");
        let said = "folder is a symbolic link in a directory that everybody can write to\n";
        assert_eq!(outcome.stderr.matches(said).count(), 2, "{}", outcome.stderr);
    }
}
