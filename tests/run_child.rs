//! `unwedge run`: the supervised command. Real processes, which the tests wait for and never time.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/program.rs"]
mod program;

use program::{LINE, text, told, unwedge};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

const WEDGE: &str = "corpus/wedge/A-bake-compose-actro-bx36_1.stderr";

/// A shell script; one attempt, where the options say no other number.
fn script(options: &[&str], script: &str) -> Command {
    let attempts: &[&str] = if options.contains(&"--attempts") { &[] } else { &["--attempts", "1"] };
    unwedge(&[&["run", "--mounts", "0"], attempts, options, &["--", "sh", "-c", script]].concat())
}

/// A command that runs, all of whose streams are pipes.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out }
    }

    /// The next line of its standard output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn send(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Status, the rest of its standard output, standard error.
    fn end(mut self) -> (Option<i32>, String, String) {
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let (status, _, err) = told(&self.child.wait_with_output().unwrap());
        (status, rest, err)
    }
}

/// Waits until something holds, which it does soon.
#[track_caller]
fn eventually(mut holds: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never happened");
}

fn is_gone(pid: i32) -> bool {
    let zombie = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "));
    test_kill_process(Pid::from_raw(pid).unwrap()).is_err() || zombie()
}

#[test]
fn a_byte_comes_at_once() {
    for stream in ["1", "2"] {
        let mut command = script(&["-q"], &format!("printf x >&{stream}; read line; printf y >&{stream}"));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out: Box<dyn Read> = match stream {
            "1" => Box::new(child.stdout.take().unwrap()),
            _ => Box::new(child.stderr.take().unwrap()),
        };
        let mut byte = [0];
        out.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"x");
        child.stdin.take().unwrap().write_all(b"\n").unwrap();
        out.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"y");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

/// Captures of the corpus, in pieces with pauses between them.
#[test]
fn captures_come_through_byte_for_byte() {
    let replay =
        "for i in 0 1 2 3 4; do tail -c +$((i * $2 + 1)) \"$1\" | head -c $2 >&2; sleep 0.01; done; exit 1";
    let (mut wedges, mut others) = (0, 0);
    for (folder, step) in [("wedge", 16), ("clear", 40)] {
        let mut files: Vec<_> =
            fs::read_dir(format!("corpus/{folder}")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        for file in files.iter().step_by(step) {
            let bytes = fs::read(file).unwrap();
            let piece = (bytes.len() / 5 + 1).to_string();
            let mut command = script(&["-q", "--grace", "1h"], replay);
            let output = command.arg("sh").arg(file).arg(piece).output().unwrap();
            let wedge = folder == "wedge";
            assert!(output.stderr.starts_with(&bytes), "{} was changed", file.display());
            assert_eq!(output.status.code(), Some(if wedge { 10 } else { 1 }), "{}", file.display());
            if wedge { wedges += 1 } else { others += 1 }
        }
    }
    assert!(wedges > 4 && others > 8, "{wedges} {others}");
}

/// The most memory that a process held, in KiB (`VmHWM` of `proc_pid_status(5)`).
fn peak(pid: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", pid.as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_gib_on_both_pipes_at_once_takes_no_memory() {
    const GIB: u64 = 1 << 30;
    let writer = format!(
        "head -c {GIB} /dev/zero >&2 & yes 'a line of some length' | head -c {GIB}; wait; exec >&- 2>&-; read line"
    );
    let mut child = script(&["-q"], &writer)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let count = |mut from: Box<dyn Read + Send>| {
        std::thread::spawn(move || {
            let (mut buffer, mut total) = (vec![0; 1 << 20], 0);
            while total < GIB {
                total += from.read(&mut buffer).unwrap() as u64;
            }
            (total, from)
        })
    };
    let out = count(Box::new(child.stdout.take().unwrap()));
    let err = count(Box::new(child.stderr.take().unwrap()));
    let (out, err) = (out.join().unwrap(), err.join().unwrap());
    assert_eq!((out.0, err.0), (GIB, GIB));
    let peak = peak(Pid::from_child(&child));
    drop(child.stdin.take());
    child.wait().unwrap();
    assert!(peak < 20 * 1024, "{peak} KiB");
}

#[test]
fn a_stalled_stream_does_not_hold_up_the_other() {
    // Nobody reads standard error, more than a pipe holds; standard output has to come through.
    let mut command = script(&["-q"], "head -c 3000000 /dev/zero >&2 & head -c 3000000 /dev/zero; wait");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = vec![0; 3_000_000];
    child.stdout.as_mut().unwrap().read_exact(&mut out).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 3_000_000));
}

#[test]
fn a_stream_that_closes_early_ends_nothing() {
    let (status, out, err) =
        told(&script(&["-q"], "exec >&-; sleep 0.05; printf late >&2; exit 4").output().unwrap());
    assert_eq!((status, out.as_str(), err.as_str()), (Some(4), "", "late"));
    let (status, out, _) = told(&script(&["-q"], "exec 2>&-; sleep 0.05; printf late").output().unwrap());
    assert_eq!((status, out.as_str()), (Some(0), "late"));
}

#[test]
fn what_is_left_behind_does_not_hold_us() {
    // Out of the process group, so that nothing of ours could end it either.
    let leave = "setsid sleep 600 & echo $!; head -c 3000000 /dev/zero; exit 6";
    let mut command = script(&["--grace", "1ms"], leave);
    let output = command.output().unwrap();
    let line = output.stdout.split(|b| *b == b'\n').next().unwrap();
    let pid: i32 = text(line).parse().unwrap();
    assert!(!is_gone(pid), "it may go on");
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    assert_eq!(output.status.code(), Some(6));
    // Nothing of what the command wrote is lost.
    assert_eq!(output.stdout.len(), line.len() + 1 + 3_000_000);
}

#[test]
fn what_is_left_behind_is_read_until_it_ends() {
    let (status, out, _) =
        told(&script(&["--grace", "1h"], "(sleep 0.1; echo late) & exit 6").output().unwrap());
    assert_eq!((status, out.as_str()), (Some(6), "late\n"));
}

#[test]
fn each_signal_reaches_the_group_once() {
    for (signal, name) in
        [(Signal::INT, "INT"), (Signal::TERM, "TERM"), (Signal::HUP, "HUP"), (Signal::QUIT, "QUIT")]
    {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("go");
        let inner = format!(
            "trap 'echo got {name}' {name}; \
             sh -c 'trap \"echo child got {name}; exit\" {name}; echo ready; while :; do sleep 0.02; done'; \
             until [ -e '{}' ]; do sleep 0.02; done; echo end; exit 9",
            file.display()
        );
        // More than one attempt, to see that none follows.
        let mut running =
            Running::start(script(&["--attempts", "3", "--delay", "0", "--kill-after", "1h"], &inner));
        assert_eq!(running.line(), "ready");
        running.send(signal);
        let mut got = [running.line(), running.line()];
        got.sort();
        assert_eq!(got, [format!("child got {name}"), format!("got {name}")]);
        File::create(&file).unwrap();
        let (status, rest, err) = running.end();
        assert_eq!((status, rest.as_str()), (Some(9), "end\n"), "{name}: {err}");
        assert!(err.contains(": interrupted\n") && !err.contains("attempt 2"), "{err}");
    }
}

#[test]
fn a_second_interrupt_kills() {
    let inner = "trap 'echo got' INT; echo ready; while :; do sleep 0.02; done";
    let mut running = Running::start(script(&[], inner));
    assert_eq!(running.line(), "ready");
    running.send(Signal::INT);
    assert_eq!(running.line(), "got");
    running.send(Signal::INT);
    let (status, rest, err) = running.end();
    assert_eq!((status, rest.as_str()), (Some(137), ""), "{err}");
    assert!(err.contains("was ended by SIGKILL"), "{err}");
}

#[test]
fn who_ignores_term_is_killed() {
    for signal in [Signal::TERM, Signal::HUP] {
        let inner = "trap '' TERM HUP; echo ready; while :; do sleep 0.02; done";
        let mut running = Running::start(script(&["--kill-after", "1ms"], inner));
        assert_eq!(running.line(), "ready");
        running.send(signal);
        assert_eq!(running.end().0, Some(137));
    }
    // And what a command leaves behind that heeds it.
    let inner = "(trap '' TERM; echo $(exec sh -c 'echo $PPID'); exec >/dev/null 2>&1; while :; do sleep 0.02; done) & \
                 wait $!";
    let mut running = Running::start(script(&["--kill-after", "10ms"], inner));
    let pid: i32 = running.line().parse().unwrap();
    running.send(Signal::TERM);
    let (status, _, err) = running.end();
    assert_eq!(status, Some(143), "{err}");
    eventually(|| is_gone(pid));
}

#[test]
fn a_stopped_command_heeds_term() {
    let mut running = Running::start(script(&["--kill-after", "1h"], "echo $$; kill -STOP $$; sleep 600"));
    let pid = running.line();
    eventually(|| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") T "));
    running.send(Signal::TERM);
    assert_eq!(running.end().0, Some(143));
}

#[test]
fn a_wedge_ends_what_goes_on() {
    for (trap, status) in [("", "SIGTERM"), ("trap '' TERM;", "SIGKILL"), ("trap 'exit 5' TERM;", "status 5")]
    {
        let inner = format!("{trap} cat {WEDGE} >&2; while :; do sleep 0.02; done");
        let (code, _, err) =
            told(&script(&["--grace", "1ms", "--kill-after", "100ms"], &inner).output().unwrap());
        assert_eq!(code, Some(10), "{err}");
        assert!(err.contains(status), "{status} is not in {err}");
    }
}

#[test]
fn nothing_is_lost_after_a_wedge() {
    let inner = format!("cat {WEDGE} >&2; head -c 2000000 /dev/zero >&2; head -c 2000000 /dev/zero; exit 1");
    let output = script(&["-q", "--grace", "1h"], &inner).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(10), 2_000_000));
    let report = b"\nunwedge: standard error: wedge: driver-state\n".len();
    assert_eq!(output.stderr.len(), fs::read(WEDGE).unwrap().len() + 2_000_000 + report);
}

#[test]
fn no_orphan_stays_when_we_are_killed() {
    for (trap, tty, signal) in [
        ("", "never", Signal::KILL),
        ("", "always", Signal::KILL),
        ("trap '' TERM HUP;", "never", Signal::KILL),
        ("trap '' TERM HUP;", "always", Signal::KILL),
        ("", "never", Signal::ABORT),
    ] {
        let inner =
            format!("{trap} echo $$; sleep 600 & echo $!; sh -c 'echo $$; while :; do sleep 0.02; done'");
        let mut running = Running::start(script(&["--tty", tty, "--kill-after", "50ms"], &inner));
        let pids: Vec<i32> = (0..3).map(|_| running.line().parse().unwrap()).collect();
        assert!(pids.iter().all(|pid| !is_gone(*pid)));
        running.send(signal);
        let _ = running.child.wait();
        for pid in pids {
            eventually(|| is_gone(pid));
        }
    }
}

#[test]
fn no_guard_stays_either() {
    let guards = |pid: i32| {
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        children.split_whitespace().map(|pid| pid.parse().unwrap()).collect::<Vec<i32>>()
    };
    let mut running = Running::start(script(&[], "echo ready; read line"));
    assert_eq!(running.line(), "ready");
    let pid = running.pid().as_raw_nonzero().get();
    eventually(|| guards(pid).len() == 2);
    let children = guards(pid);
    drop(running.child.stdin.take());
    running.end();
    assert!(children.into_iter().all(is_gone));
}

#[test]
fn a_signal_ends_the_delay() {
    let mut command = script(&["--attempts", "3", "--delay", "9h", "--max-delay", "9h"], "exit 1");
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("another attempt in ") {
        line.clear();
        assert!(err.read_line(&mut line).unwrap() > 0);
    }
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn nohup_stays_nohup() {
    let program = env!("CARGO_BIN_EXE_unwedge");
    let inner = "grep SigIgn /proc/self/status; echo $$; read line; echo end";
    let outer = format!("trap '' HUP; exec '{program}' run --attempts 1 -- sh -c '{inner}'");
    let mut command = Command::new("sh");
    command.args(["-c", &outer]);
    let mut running = Running::start(command);
    let mask = u64::from_str_radix(running.line().split_whitespace().nth(1).unwrap(), 16).unwrap();
    assert_eq!(mask & 1, 1, "HUP is the first");
    running.line();
    running.send(Signal::HUP);
    running.child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let (status, rest, _) = running.end();
    assert_eq!((status, rest.as_str()), (Some(0), "end\n"));
}

#[test]
fn a_reader_that_goes_away_is_an_ordinary_end() {
    for (stream, redirection) in [("out", ""), ("err", ">&2")] {
        let mut command = script(&["--attempts", "3", "--delay", "0"], &format!("exec yes {redirection}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = child.stderr.take();
        if stream == "out" {
            drop(child.stdout.take());
        } else {
            drop(err.take());
        }
        // SIGPIPE, as without us, and no further attempt.
        assert_eq!(child.wait().unwrap().code(), Some(141), "{stream}");
        if let Some(mut err) = err {
            let mut said = String::new();
            err.read_to_string(&mut said).unwrap();
            assert!(said.contains("ended by SIGPIPE") && !said.contains("attempt 2"), "{said}");
        }
    }
}

#[test]
fn a_full_disk_behind_our_output_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("done");
    let inner = format!("echo lost; echo more; touch '{}'; exit 1", file.display());
    let mut command = script(&["--attempts", "3"], &inner);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).output().unwrap();
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("unwedge: cannot write standard output: No space left on device"), "{err}");
    assert!(!err.contains("attempt 2"), "{err}");
    assert!(file.exists(), "the command goes on");
}

#[test]
fn an_output_that_does_not_wait_loses_nothing() {
    let (read, write) = rustix::pipe::pipe().unwrap();
    let flags = rustix::fs::fcntl_getfl(&write).unwrap();
    rustix::fs::fcntl_setfl(&write, flags | rustix::fs::OFlags::NONBLOCK).unwrap();
    let mut command = script(&["-q"], "head -c 3000000 /dev/zero");
    let mut child = command.stdout(write).spawn().unwrap();
    drop(command);
    let mut bytes = Vec::new();
    File::from(read).read_to_end(&mut bytes).unwrap();
    assert_eq!((child.wait().unwrap().code(), bytes.len()), (Some(0), 3_000_000));
}

#[test]
fn the_command_is_started_as_without_us() {
    let probe = "ls -l /proc/self/fd | sed -n 's/.* \\([0-9]*\\) -> .*/\\1/p' | tr '\\n' ' '; pwd; echo \"$0 $MARK\"; \
                 grep -E 'Sig(Blk|Ign|Cgt)' /proc/self/status";
    let of = |mut command: Command| {
        let output = command.env("MARK", "m\u{e9}").stdin(Stdio::null()).output().unwrap();
        text(&output.stdout)
    };
    let mut direct = Command::new("sh");
    direct.args(["-c", probe]).current_dir(env!("CARGO_MANIFEST_DIR"));
    assert_eq!(of(script(&["-q"], probe)), of(direct));
}

#[test]
fn a_wedge_without_a_newline_at_the_end() {
    let line = LINE.trim_end();
    let (status, _, err) = told(&script(&["-q"], &format!("printf '%s' '{line}' >&2")).output().unwrap());
    assert_eq!((status, err), (Some(10), format!("{line}\nunwedge: standard error: wedge: driver-state\n")));
}

#[test]
fn the_hidden_commands_take_no_nonsense() {
    for arguments in [
        &["__exec"][..],
        &["__exec", "1", "group"],
        &["__guard"],
        &["__guard", "-1", "0"],
        &["__guard", "1", "0"],
    ] {
        let output = unwedge(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
    // Whose parent is gone already starts nothing.
    let output = unwedge(&["__exec", "1", "group", "echo", "started"]).output().unwrap();
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(143), ""));
    assert!(Path::new("/proc/self/exe").exists());
}
