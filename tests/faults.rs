//! What the kernel may do to any read and write: the filter loses, adds and reorders no byte, and all that could
//! not be read or written is said.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/fault.rs"]
mod fault;
#[path = "common/program.rs"]
mod program;
#[path = "common/skip.rs"]
mod skip;

use fault::Faults;
use program::{LINE, fed, text, told, unwedge};
use rustix::fs::OFlags;
use skip::need;
use std::{
    fs::{self, File},
    io::{Read, Write},
    os::fd::{AsFd, OwnedFd},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What the filter says of such a stream, quietly, of a host without leaked mounts.
const SAID: &str = "unwedge: standard input: wedge: driver-state\n";

/// Bytes without order, in lines of all lengths, with what buildx says at the end.
fn stream(length: usize) -> Vec<u8> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut bytes: Vec<u8> = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .flatten()
    .take(length)
    .collect();
    bytes.push(b'\n');
    bytes.extend(LINE.as_bytes());
    bytes
}

/// The same as a file.
struct Stored {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl Stored {
    fn new(bytes: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("stream"), &bytes).unwrap();
        Self { folder, bytes }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("stream")
    }

    fn open(&self) -> File {
        File::open(self.path()).unwrap()
    }
}

fn make_impatient(fd: impl AsFd) {
    let flags = rustix::fs::fcntl_getfl(&fd).unwrap();
    rustix::fs::fcntl_setfl(&fd, flags | OFlags::NONBLOCK).unwrap();
}

/// A pipe that holds a page.
fn narrow_pipe() -> (OwnedFd, OwnedFd) {
    let (read, write) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
    rustix::pipe::fcntl_setpipe_size(&write, 4096).unwrap();
    (read, write)
}

#[test]
fn interrupted_short_and_postponed_reads_and_writes_change_no_byte() {
    let bytes = stream(3_000_000);
    for (short, interrupted, again) in [("1000", "3", "5"), ("70000", "2", "3"), ("7", "97", "89")] {
        let mut command = unwedge(&["-q", "--mounts", "0"]);
        let settings = [("SHORT", short), ("INTR", interrupted), ("AGAIN", again)];
        let Some(faults) = need(Faults::put(&mut command, &settings)) else { return };
        let sent = if short == "7" { &bytes[bytes.len() - 100_000..] } else { &bytes[..] };
        let output = fed(command, sent);
        assert!(output.stdout == sent, "bytes were changed");
        let (_, _, err) = told(&std::process::Output { stdout: Vec::new(), ..output.clone() });
        assert_eq!((output.status.code(), err.as_str()), (Some(10), SAID));
        for what in ["short", "intr", "again"] {
            assert!(faults.count(what) > 10, "{what}");
        }
    }
}

#[test]
fn a_check_sees_the_same_through_interrupted_and_short_reads() {
    let stored = Stored::new(stream(3_000_000));
    let path = stored.path();
    let path = path.to_str().unwrap();
    let expected = program::run(&["check", "--mounts", "0", "--threads", "1", path]);
    assert_eq!(expected.0, Some(10));
    for threads in ["1", "4"] {
        let mut command = unwedge(&["check", "--mounts", "0", "--threads", threads, path]);
        let settings = [("SHORT", "5000"), ("INTR", "3")];
        let Some(faults) = need(Faults::put(&mut command, &settings)) else { return };
        assert_eq!(told(&command.output().unwrap()), expected);
        assert!(faults.count("short") > 10 && faults.count("intr") > 10);
    }
    let mut command = unwedge(&["check", "-q", "--mounts", "0"]);
    let settings = [("SHORT", "5000"), ("INTR", "3"), ("AGAIN", "7")];
    let Some(faults) = need(Faults::put(&mut command, &settings)) else { return };
    assert_eq!(fed(command, &stored.bytes).status.code(), Some(10));
    assert!(faults.count("again") > 10);
}

/// Real ones: whoever shares our standard streams can make them non-blocking.
#[test]
fn streams_that_do_not_wait_lose_nothing() {
    let bytes = stream(2_000_000);
    let (input, feed) = narrow_pipe();
    let (take, output) = narrow_pipe();
    make_impatient(&input);
    make_impatient(&output);
    let mut command = unwedge(&["-q", "--mounts", "0"]);
    command.stdin(input).stdout(output).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(command);
    let sent = bytes.clone();
    let feeder = std::thread::spawn(move || {
        let mut feed = File::from(feed);
        for piece in sent.chunks(100_000) {
            feed.write_all(piece).unwrap();
            // Now and then there is nothing to read.
            std::thread::yield_now();
        }
    });
    let mut received = Vec::new();
    File::from(take).read_to_end(&mut received).unwrap();
    feeder.join().unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(received == bytes, "bytes were changed");
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(10), SAID));
}

#[test]
fn a_report_onto_a_stream_that_does_not_wait_is_whole() {
    for (arguments, stdout) in [
        (&["--mountinfo", "corpus/mountinfo/leak-many.txt"][..], false),
        (&["check", "--mountinfo", "corpus/mountinfo/leak-many.txt"], true),
        (&["recipe", "--for", "leaked-mounts"], true),
        (&["recipe", "--for", "leaked-mounts", "--format", "sh"], true),
        (&["completions", "bash"], true),
    ] {
        let stored = Stored::new(LINE.into());
        let start = |out: Stdio| {
            let mut command = unwedge(arguments);
            command.stdin(stored.open());
            let (stdout, stderr) = if stdout { (out, Stdio::null()) } else { (Stdio::null(), out) };
            command.stdout(stdout).stderr(stderr).spawn().unwrap()
        };
        let read = |read: OwnedFd| {
            let mut bytes = Vec::new();
            File::from(read).read_to_end(&mut bytes).unwrap();
            bytes
        };
        let (take, give) = narrow_pipe();
        let mut child = start(give.into());
        let expected = read(take);
        let status = child.wait().unwrap().code();
        let (take, give) = narrow_pipe();
        make_impatient(&give);
        let mut child = start(give.into());
        assert!(read(take) == expected, "{arguments:?}");
        assert_eq!(child.wait().unwrap().code(), status, "{arguments:?}");
        assert!(expected.len() > 4096, "{arguments:?}: it did not have to wait");
    }
}

/// Runs with an error at byte `at` of a standard stream, into a file; what was written to it, and how it ended.
fn failing_at(
    arguments: &[&str],
    input: &Path,
    fd: u8,
    at: usize,
    errno: rustix::io::Errno,
) -> Result<(Vec<u8>, Option<i32>, String), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let mut command = unwedge(arguments);
    command.stdin(File::open(input).unwrap());
    let out = File::create(&path).unwrap();
    if fd == 1 {
        command.stdout(out).stderr(Stdio::piped());
    } else {
        command.stderr(out).stdout(Stdio::null());
    }
    let (fd, at, errno) = (fd.to_string(), at.to_string(), errno.raw_os_error().to_string());
    Faults::put(&mut command, &[("FD", &fd), ("WRITE_AT", &at), ("ERRNO", &errno)])?;
    let output = command.output().unwrap();
    Ok((fs::read(&path).unwrap(), output.status.code(), text(&output.stderr)))
}

#[test]
fn a_reader_that_goes_away_at_any_byte_changes_no_status() {
    let mut bytes = b"#1 building\n".to_vec();
    bytes.extend(LINE.as_bytes());
    let stored = Stored::new(bytes.clone());
    for (arguments, fd, whole) in [
        (&["-q", "--mounts", "0"][..], 1, &bytes[..]),
        (&["-q", "--mounts", "0"], 2, SAID.as_bytes()),
        (&["check", "-q", "--mounts", "0"], 1, SAID.as_bytes()),
    ] {
        for at in 0..=whole.len() {
            let gone = failing_at(arguments, &stored.path(), fd, at, rustix::io::Errno::PIPE);
            let Some((written, status, err)) = need(gone) else { return };
            assert!(written == whole[..at], "{arguments:?}, byte {at} of {fd}: {}", text(&written));
            assert_eq!(status, Some(10), "{arguments:?}, byte {at} of {fd}");
            let expected = if fd == 1 && arguments[0] == "-q" { SAID } else { "" };
            assert_eq!(err, expected, "{arguments:?}, byte {at} of {fd}");
        }
    }
}

#[test]
fn a_disk_that_gets_full_at_any_byte_is_said_with_what_fitted() {
    let mut bytes = b"#1 building\n".to_vec();
    bytes.extend(LINE.as_bytes());
    let stored = Stored::new(bytes.clone());
    for at in 0..bytes.len() {
        let full = failing_at(&["-q", "--mounts", "0"], &stored.path(), 1, at, rustix::io::Errno::NOSPC);
        let Some((written, status, err)) = need(full) else { return };
        assert!(written == bytes[..at], "byte {at}");
        assert_eq!(status, Some(2));
        assert_eq!(
            err,
            format!(
                "unwedge: cannot write standard output: No space left on device (os error 28) after {at} bytes; \
                 the copy is incomplete\n{SAID}"
            )
        );
    }
}

/// The kernel's own: memory that is not mapped reads as EIO.
#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_judged() {
    let stored = Stored::new(LINE.into());
    let path = stored.path();
    let (status, out, err) =
        program::run(&["check", "--mounts", "0", "-q", "/proc/self/mem", path.to_str().unwrap()]);
    assert_eq!(status, Some(2));
    assert_eq!(err, "unwedge: cannot read /proc/self/mem: Input/output error (os error 5)\n");
    assert!(out.ends_with("stream: wedge: driver-state\n"), "{out}");
    let mut filter = unwedge(&["-q", "--mounts", "0"]);
    filter.stdin(File::open("/proc/self/mem").unwrap());
    let (status, out, err) = told(&filter.output().unwrap());
    assert_eq!((status, out.as_str()), (Some(2), ""));
    assert_eq!(err, "unwedge: cannot read standard input: Input/output error (os error 5)\n");
}

#[test]
fn an_error_amid_a_stream_costs_no_byte_before_it() {
    let mut bytes = LINE.as_bytes().to_vec();
    bytes.extend(stream(2_000_000));
    let stored = Stored::new(bytes);
    let path = stored.path();
    for (at, status_of_check) in [(0, 2), (10, 2), (1_000_000, 10)] {
        let number = at.to_string();
        let mut command = unwedge(&["-q", "--mounts", "0"]);
        let Some(faults) = need(Faults::put(&mut command, &[("EIO_AT", &number)])) else { return };
        let output = command.stdin(stored.open()).output().unwrap();
        assert!(output.stdout == stored.bytes[..at], "{at}");
        let said = text(&output.stderr);
        let error = "unwedge: cannot read standard input: Input/output error (os error 5)\n";
        let wedge = if at > LINE.len() { SAID } else { "" };
        assert_eq!((output.status.code(), said), (Some(2), format!("{error}{wedge}")));
        assert_eq!(faults.count("error"), 1);
        // What is certain before the error is certain.
        for threads in ["1", "4"] {
            let mut command =
                unwedge(&["check", "-q", "--mounts", "0", "--threads", threads, path.to_str().unwrap()]);
            let Some(_faults) = need(Faults::put(&mut command, &[("EIO_AT", &number)])) else { return };
            let (status, out, err) = told(&command.output().unwrap());
            assert_eq!(status, Some(status_of_check), "{at}, {threads} threads: {out}{err}");
        }
    }
}

/// At every read of it a file is cut, emptied, added to, or replaced. It ends where a read finds its end, and
/// what was opened is judged, whatever stands under its name by then.
#[test]
fn a_file_that_changes_while_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let clear = vec![b'\n'; 1_200_000];
    let mut wedge = clear.clone();
    wedge.extend(LINE.as_bytes());
    fs::write(path("clear"), &clear).unwrap();
    fs::write(path("wedge"), &wedge).unwrap();
    // What may come out, first what must come out at some read.
    for (first, command, statuses) in [
        ("wedge", "truncate -s 1200010 file", &[0, 10][..]),
        ("wedge", "truncate -s 0 file", &[0, 10]),
        ("wedge", "truncate -s 0 file; cat clear clear >file", &[0, 10]),
        ("wedge", "cp clear other; mv other file", &[10]),
        ("wedge", "rm file", &[10]),
        ("wedge", "cat clear wedge >>file", &[10]),
        ("clear", "cat wedge >>file", &[10, 0]),
        ("clear", "cp wedge other; mv other file", &[0]),
    ] {
        let mut seen = std::collections::BTreeSet::new();
        for threads in ["1", "4"] {
            for at in 1.. {
                fs::copy(path(first), path("file")).unwrap();
                let mut check =
                    unwedge(&["check", "-q", "--mounts", "0", "--threads", threads, &path("file")]);
                let change = format!("cd '{}' && {{ {command}; }}", folder.path().display());
                let settings = [("DO", change.as_str()), ("DO_AT", &at.to_string())];
                let Some(faults) = need(Faults::put(&mut check, &settings)) else { return };
                let (status, _, err) = told(&check.output().unwrap());
                if faults.count("do") == 0 {
                    break;
                }
                let status = status.expect("it was killed");
                assert!(
                    statuses.contains(&status),
                    "{command}, read {at}, {threads} threads: {status} {err}"
                );
                assert_eq!(err, "");
                seen.insert(status);
            }
        }
        assert!(seen.contains(&statuses[0]), "{command}: {seen:?}");
    }
}

/// Under a limit of open files each command works, or says what is missing.
#[test]
fn out_of_descriptors() {
    let stored = Stored::new(LINE.into());
    let path = stored.path();
    let program = env!("CARGO_BIN_EXE_unwedge");
    for (arguments, status, least) in [
        ("-q --mounts 0".to_owned(), 10, 4),
        ("check -q --mounts 0".into(), 10, 4),
        (format!("check -q --mounts 0 --threads 4 {0} {0} {0}", path.display()), 10, 7),
        ("preflight".into(), 0, 5),
    ] {
        for limit in 3..12 {
            let script = format!("ulimit -n {limit}; exec '{program}' {arguments}");
            let mut shell = Command::new("sh");
            let variables: Vec<_> =
                unwedge(&[]).get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
            for (name, value) in variables {
                match value {
                    Some(value) => shell.env(name, value),
                    None => shell.env_remove(name),
                };
            }
            let output = shell.args(["-c", &script]).stdin(stored.open()).output().unwrap();
            let (code, out, err) = told(&output);
            if limit >= least || code == Some(status) {
                assert_eq!(code, Some(status), "{script}: {err}");
                assert!(!err.contains("Too many open files"), "{err}");
            } else {
                // The loader of a program needs one as well.
                let loader = err.contains("error while loading shared libraries");
                assert!(
                    loader || code == Some(2) && err.contains("Too many open files"),
                    "{script}: {out}{err}"
                );
            }
        }
    }
}
