//! `unwedge run` where the kernel refuses, interrupts, stops and kills. Real processes, never timed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/fault.rs"]
mod fault;
#[path = "common/program.rs"]
mod program;
#[path = "common/skip.rs"]
mod skip;

use fault::Faults;
use program::{LINE, told, unwedge};
use rustix::{
    process::{Pid, Signal, kill_process},
    pty::OpenptFlags,
    termios::tcgetattr,
};
use skip::need;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read},
    os::{fd::OwnedFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

const WEDGE: &str = "corpus/wedge/A-bake-compose-actro-bx36_1.stderr";

/// A shell script; one attempt, where the options say no other number.
fn script(options: &[&str], script: &str) -> Command {
    let attempts: &[&str] = if options.contains(&"--attempts") { &[] } else { &["--attempts", "1"] };
    unwedge(
        &[&["run", "--mounts", "0", "--delay", "0"], attempts, options, &["--", "sh", "-c", script]].concat(),
    )
}

/// The same without the shim: what is done to us is not to be done to the command.
fn spared(options: &[&str], script: &str) -> Command {
    let inner = ["--", "env", "-u", "LD_PRELOAD", "sh", "-c", script];
    unwedge(&[&["run", "--mounts", "0"], options, &inner].concat())
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

/// The processes that have this among their variables: a command's and all that it left behind.
fn marked(mark: &str) -> Vec<String> {
    let of =
        |entry: fs::DirEntry| entry.file_name().into_string().ok().filter(|name| name.parse::<u32>().is_ok());
    let has = |pid: &String| {
        fs::read(format!("/proc/{pid}/environ"))
            .is_ok_and(|all| all.split(|b| *b == 0).any(|variable| variable == mark.as_bytes()))
    };
    fs::read_dir("/proc").unwrap().flatten().filter_map(of).filter(has).collect()
}

/// `sh -c SCRIPT` in front of the program with its variables, to set what a shell sets.
fn behind(shell: &str, command: &Command) -> Command {
    let mut outer = Command::new("sh");
    outer.args(["-c", shell, "sh"]).arg(command.get_program()).args(command.get_args());
    outer.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => outer.env(name, value),
            None => outer.env_remove(name),
        };
    }
    outer
}

#[test]
fn interrupted_and_short_reads_and_writes_change_no_byte() {
    let inner = "head -c 300000 /dev/zero; head -c 300000 /dev/zero | tr '\\0' x >&2; exit 7";
    let mut command = spared(&["-q", "--attempts", "1"], inner);
    let settings = [("SHORT", "3000"), ("INTR", "3"), ("AGAIN", "5")];
    let Some(faults) = need(Faults::put(&mut command, &settings)) else { return };
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(output.stdout == vec![0; 300_000] && output.stderr == vec![b'x'; 300_000], "bytes were changed");
    for what in ["short", "intr", "again"] {
        assert!(faults.count(what) > 10, "{what}");
    }
}

/// Runs with an error at byte `at` of our standard output; what came of it.
fn failing_at(at: usize, errno: rustix::io::Errno) -> Result<(Vec<u8>, Output), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let options = ["--attempts", "2", "--delay", "0", "-q"];
    let mut command = spared(&options, "printf 0123456789; sleep 0.01; printf x; exit 3");
    let (at, errno) = (at.to_string(), errno.raw_os_error().to_string());
    Faults::put(&mut command, &[("FD", "1"), ("WRITE_AT", &at), ("ERRNO", &errno)])?;
    command.stdout(File::create(&path).unwrap()).stderr(Stdio::piped());
    let output = command.spawn().unwrap().wait_with_output().unwrap();
    Ok((fs::read(&path).unwrap(), output))
}

#[test]
fn an_output_that_fails_at_any_byte() {
    for at in 0..=22 {
        let Some((written, output)) = need(failing_at(at, rustix::io::Errno::NOSPC)) else { return };
        let whole = b"0123456789x0123456789x";
        let (status, _, err) = told(&output);
        assert_eq!(written, whole[..at], "{at}");
        let expected = if at < 22 { Some(2) } else { Some(3) };
        assert_eq!(status, expected, "{at}: {err}");
        let said = format!(
            "unwedge: cannot write standard output: No space left on device (os error 28) after {} bytes",
            at % 11
        );
        assert_eq!(err.contains(&said), at < 22, "{at}: {err}");
        // No attempt follows one whose output was lost.
        let (written, output) = failing_at(at, rustix::io::Errno::PIPE).unwrap();
        assert_eq!(written, whole[..at], "{at}");
        // SIGPIPE, or its own status where it had written all by then.
        assert!(matches!(output.status.code(), Some(3 | 141)), "{at}: {:?}", output.status);
    }
}

#[test]
fn clocks_that_jump_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.json");
    let options =
        ["--attempts", "3", "--delay", "30m", "--max-delay", "1h", "--report", report.to_str().unwrap()];
    let inner = "sleep 0.05; echo out; echo err >&2; exit 5";
    let mut command = spared(&options, inner);
    let Some(faults) = need(Faults::put(&mut command, &[("CLOCK", "1")])) else { return };
    let (status, out, err) = told(&command.output().unwrap());
    assert_eq!((status, out.as_str()), (Some(5), "out\nout\nout\n"), "{err}");
    // The delays end early, as an hour passes with each look.
    assert!(
        err.contains("attempt 1 ended with status 5") && err.ends_with(": no attempts are left\n"),
        "{err}"
    );
    assert!(faults.count("jump") > 10);
    let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(&report).unwrap()).unwrap();
    assert_eq!(report["run"]["attempts"].as_array().unwrap().len(), 3);
    // And what is due comes: after a wedge the command has its time, then it is ended.
    let inner = format!("cat {WEDGE} >&2; exec sleep 600");
    let mut command = spared(&["-q", "--grace", "1ms", "--kill-after", "1ms"], &inner);
    let Some(faults) = need(Faults::put(&mut command, &[("CLOCK", "1")])) else { return };
    let (status, _, err) = told(&command.output().unwrap());
    assert_eq!(status, Some(10), "{err}");
    assert!(faults.count("jump") > 2);
}

#[test]
fn a_command_that_is_stopped_goes_on_or_is_ended() {
    let stopped = |pid: &str| fs::read_to_string(format!("/proc/{pid}/stat")).unwrap().contains(") T ");
    let pid = |text: &str| Pid::from_raw(text.parse().unwrap()).unwrap();
    for (signal, status) in [(Signal::CONT, 4), (Signal::KILL, 137)] {
        let mut child = script(&["-q"], "echo $$; kill -STOP $$; echo on; exit 4")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        eventually(|| stopped(line.trim()));
        kill_process(pid(line.trim()), signal).unwrap();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(
            (child.wait().unwrap().code(), rest.as_str()),
            (Some(status), if status == 4 { "on\n" } else { "" })
        );
    }
    // A wedge ends it all the same.
    let inner = format!("cat {WEDGE} >&2; kill -STOP $$; sleep 600");
    let (status, _, err) = told(&script(&["--grace", "1ms", "--kill-after", "1h"], &inner).output().unwrap());
    assert_eq!(status, Some(10), "{err}");
    assert!(err.contains("was ended by SIGTERM"), "{err}");
}

#[test]
fn when_we_are_stopped_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let inner = format!(
        "echo ready; until [ -e '{0}/go' ]; do sleep 0.01; done; head -c 60000 /dev/zero; head -c 60000 /dev/zero >&2; touch '{0}/done'",
        folder.path().display()
    );
    let mut child = script(&["-q"], &inner).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    kill_process(Pid::from_child(&child), Signal::STOP).unwrap();
    fs::write(path("go"), "").unwrap();
    // Less than a pipe holds, so that it ends while we stand still.
    eventually(|| path("done").exists());
    kill_process(Pid::from_child(&child), Signal::CONT).unwrap();
    let mut rest = Vec::new();
    out.read_to_end(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), rest.len(), output.stderr.len()), (Some(0), 60_000, 60_000));
}

/// Under a limit of open files it runs the command, or says what is missing.
#[test]
fn out_of_descriptors() {
    let mut worked = 0;
    for limit in 3..64 {
        let command = script(&["-q"], "echo through");
        let (status, out, err) =
            told(&behind(&format!("ulimit -n {limit}; exec \"$@\""), &command).output().unwrap());
        if status == Some(0) {
            assert_eq!((out.as_str(), err.as_str()), ("through\n", ""), "{limit}");
            worked += 1;
        } else {
            // The loader of a program needs one as well.
            let loader = err.contains("error while loading shared libraries");
            assert!(
                loader || status == Some(2) && err.contains("Too many open files"),
                "{limit}: {status:?} {err}"
            );
        }
    }
    assert!((10..60).contains(&worked), "{worked}");
}

/// A user of this test alone, that can start so many processes and threads, and a copy of the program that it
/// can reach.
struct Limited {
    folder: tempfile::TempDir,
    user: u32,
}

impl Limited {
    fn new() -> Result<Self, String> {
        skip::program("setpriv", &["--reuid=65534", "--regid=65534", "--clear-groups", "true"])?;
        skip::program("prlimit", &["--version"])?;
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let copied =
            Command::new("cp").arg(env!("CARGO_BIN_EXE_unwedge")).arg(folder.path()).status().unwrap();
        assert!(copied.success());
        Ok(Self { folder, user: 1_000_000 + std::process::id() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, limit: u32, arguments: &[&str]) -> (Option<i32>, String, String) {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={}", self.user)).args(["--regid=65534", "--clear-groups", "prlimit"]);
        command.arg(format!("--nproc={limit}")).arg(self.path("unwedge")).args(arguments);
        command.current_dir("/").env("HOME", "/tmp").env_remove("DOCKER_HOST").stdin(Stdio::null());
        told(&command.output().unwrap())
    }

    /// The processes of the user.
    fn processes(&self) -> usize {
        let mine = |entry: &fs::DirEntry| {
            let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            let owner = status.lines().find_map(|line| line.strip_prefix("Uid:"));
            owner.is_some_and(|ids| ids.split_whitespace().next() == Some(&self.user.to_string()))
        };
        fs::read_dir("/proc").unwrap().flatten().filter(mine).count()
    }
}

#[test]
fn no_process_and_no_thread_to_be_had() {
    let Some(limited) = need(Limited::new()) else { return };
    // 1 is this program itself.
    let mut worked = 0;
    for limit in 1..8 {
        let (status, out, err) = limited.run(limit, &["run", "--mounts", "0", "-q", "--", "echo", "through"]);
        if status == Some(0) {
            assert_eq!((out.as_str(), err.as_str()), ("through\n", ""), "{limit}");
            worked += 1;
        } else {
            assert_eq!((status, worked), (Some(2), 0), "{limit}: {err}");
            assert!(
                err.contains("unwedge: cannot run the command: Resource temporarily unavailable"),
                "{limit}: {err}"
            );
        }
        eventually(|| limited.processes() == 0);
    }
    assert!((1..7).contains(&worked), "{worked}");
    // What is faster with threads works without.
    let mut large = vec![b'\n'; 3_000_000];
    large.extend(LINE.as_bytes());
    fs::write(limited.path("large"), large).unwrap();
    let file = limited.path("large").to_str().unwrap().to_owned();
    for limit in 1..6 {
        for files in [vec![file.as_str()], vec![&file; 5]] {
            let check = [&["check", "-q", "--mounts", "0", "--threads", "4"], &files[..]].concat();
            let (status, _, err) = limited.run(limit, &check);
            assert_eq!((status, err.as_str()), (Some(10), ""), "{limit}, {} files", files.len());
        }
    }
    let corpus = limited.path("corpus");
    let copied = Command::new("cp").args(["-r", "corpus"]).arg(&corpus).status().unwrap();
    assert!(copied.success());
    let check = ["corpus", "check", corpus.to_str().unwrap(), "--transform", "as-is"];
    let (status, out, err) = limited.run(1, &check);
    assert_eq!(status, Some(0), "{out}{err}");
}

/// A terminal, of which all is read that is shown.
struct Terminal {
    side: File,
    _reader: std::thread::JoinHandle<()>,
}

impl Terminal {
    fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours: OwnedFd = rustix::pty::openpt(flags).unwrap();
        rustix::pty::unlockpt(&ours).unwrap();
        let side = rustix::pty::ioctl_tiocgptpeer(&ours, flags).unwrap();
        let mut ours = File::from(ours);
        let reader = std::thread::spawn(move || while matches!(ours.read(&mut [0; 4096]), Ok(1..)) {});
        Self { side: side.into(), _reader: reader }
    }

    /// Starts a command whose streams it is, and which it controls.
    fn start(&self, command: &Command) -> Child {
        let mut session = unwedge(&["__exec", &std::process::id().to_string(), "session"]);
        session.arg(command.get_program()).args(command.get_args());
        session.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let side = || Stdio::from(self.side.try_clone().unwrap());
        session.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap()
    }

    fn settings(&self) -> String {
        format!("{:?}", tcgetattr(&self.side).unwrap())
    }
}

/// No temporary file, and the report whole or not there.
fn look_at_the_report(folder: &Path) -> bool {
    let names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| name == "report.json"), "{names:?}");
    let Ok(text) = fs::read_to_string(folder.join("report.json")) else { return false };
    let report: serde_json::Value = serde_json::from_str(&text).expect("half a report");
    assert_eq!(report["command"], "run");
    true
}

/// TERM at random moments, so often as `UNWEDGE_TERMS` says (`tests/load/terms` says 1,000 times): nothing is
/// left running, no report is half written, the terminal is as it was.
#[test]
fn term_at_any_moment() {
    let times = std::env::var("UNWEDGE_TERMS").map_or(60, |times| times.parse::<u64>().unwrap());
    let mut state = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut chance = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    // Two that end by themselves, soon after the last moment; one with children, one that heeds nothing.
    let scripts = [
        format!("sleep 600 & cat {WEDGE} >&2; sleep 0.01; kill $!; exit 1"),
        "echo out; sleep 0.005; exit 1".to_owned(),
        "sh -c 'sleep 600' & sleep 600".to_owned(),
        "trap '' TERM; sleep 600 & sleep 600; sleep 600".to_owned(),
    ];
    let (mut reports, mut killed, mut asked, mut ended) = (0, 0, 0, 0);
    for round in 0..times {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.json");
        let options = [
            "--attempts",
            "3",
            "--grace",
            "5ms",
            "--kill-after",
            "20ms",
            "--report",
            report.to_str().unwrap(),
        ];
        let mut command = script(&options, &scripts[usize::try_from(round % 4).unwrap()]);
        let mark = format!("UNWEDGE_MARK={}-{round}", std::process::id());
        command.env("UNWEDGE_MARK", &mark["UNWEDGE_MARK=".len()..]);
        let terminal = (round % 8 < 4).then(Terminal::new);
        let before = terminal.as_ref().map(Terminal::settings);
        let mut child = match &terminal {
            Some(terminal) => terminal.start(&command),
            None => command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(),
        };
        std::thread::sleep(Duration::from_micros(chance(60_000)));
        // It may have ended; until it is waited for, its number stays its own.
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let status = child.wait().unwrap();
        match status.code() {
            None => killed += 1,
            Some(143) => asked += 1,
            Some(1 | 10 | 137) => ended += 1,
            Some(other) => panic!("round {round}: {other}"),
        }
        assert_eq!(terminal.as_ref().map(Terminal::settings), before, "round {round}");
        reports += u64::from(look_at_the_report(folder.path()));
        eventually(|| marked(&mark).is_empty());
    }
    println!(
        "{times} times TERM: {killed} before anything was started, {asked} ended with 143, {ended} with the command's \
         status; {reports} whole reports, none by half, nothing left running, terminals as before"
    );
    assert!(asked > 0 && reports > 0, "{asked} {reports}");
}
