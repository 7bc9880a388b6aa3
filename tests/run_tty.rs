//! `unwedge run` on a terminal: a real one, a pseudo-terminal, from both sides.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "common/program.rs"]
mod program;
#[path = "common/skip.rs"]
mod skip;

use program::{LINE, told, unwedge};
use rustix::{
    process::{Pid, test_kill_process},
    pty::OpenptFlags,
    termios::{Winsize, tcgetattr, tcsetwinsize},
};
use std::{
    fs::File,
    io::{Read, Write},
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A terminal, as its user sees it.
struct Terminal {
    keys: File,
    side: File,
    /// All that was shown.
    shown: Vec<u8>,
    /// How much of it was looked at.
    seen: usize,
}

const fn size(rows: u16, columns: u16) -> Winsize {
    Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 }
}

impl Terminal {
    fn new() -> Self {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let ours: OwnedFd = rustix::pty::openpt(flags).unwrap();
        rustix::pty::unlockpt(&ours).unwrap();
        let side = rustix::pty::ioctl_tiocgptpeer(&ours, flags).unwrap();
        tcsetwinsize(&ours, size(33, 101)).unwrap();
        Self { keys: ours.into(), side: side.into(), shown: Vec::new(), seen: 0 }
    }

    fn side(&self) -> Stdio {
        self.side.try_clone().unwrap().into()
    }

    /// Starts a command that this terminal controls, all of whose streams are it. (This program itself knows
    /// how to make a session.)
    fn start(&self, command: &Command) -> Child {
        self.start_with(command, self.side(), self.side())
    }

    fn start_with(&self, command: &Command, stdin: Stdio, stdout: Stdio) -> Child {
        let mut session = unwedge(&["__exec", &std::process::id().to_string(), "session"]);
        session.arg(command.get_program()).args(command.get_args());
        session.stdin(stdin).stdout(stdout).stderr(self.side()).spawn().unwrap()
    }

    fn type_in(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Reads until this was shown, behind what was waited for before.
    #[track_caller]
    fn wait_for(&mut self, text: &str) {
        let mut buffer = [0; 4096];
        loop {
            let rest = &self.shown[self.seen..];
            if let Some(at) = rest.windows(text.len()).position(|part| part == text.as_bytes()) {
                self.seen += at + text.len();
                return;
            }
            match self.keys.read(&mut buffer) {
                Ok(n @ 1..) => self.shown.extend_from_slice(&buffer[..n]),
                _ => panic!("{text:?} is not in {:?}", String::from_utf8_lossy(&self.shown)),
            }
        }
    }

    /// Waits for the end of a command; its status, and all that was shown.
    fn end(mut self, mut child: Child) -> (Option<i32>, String) {
        // Now only the command holds it.
        drop(self.side);
        // EIO: nobody does any more.
        let mut buffer = [0; 4096];
        while let Ok(n @ 1..) = self.keys.read(&mut buffer) {
            self.shown.extend_from_slice(&buffer[..n]);
        }
        (child.wait().unwrap().code(), String::from_utf8_lossy(&self.shown).into_owned())
    }
}

/// A shell script; one attempt, where the options say no other number.
fn script(options: &[&str], script: &str) -> Command {
    let attempts: &[&str] = if options.contains(&"--attempts") { &[] } else { &["--attempts", "1"] };
    unwedge(
        &[&["run", "--mounts", "0", "--delay", "0"], attempts, options, &["--", "sh", "-c", script]].concat(),
    )
}

const STREAMS: &str = "for fd in 0 1 2; do if [ -t $fd ]; then printf y; else printf n; fi; done; echo";

#[test]
fn the_command_gets_a_terminal_of_the_right_size() {
    let terminal = Terminal::new();
    let child = terminal.start(&script(&["-q"], &format!("{STREAMS}; stty size; tty </dev/tty; tty")));
    let (status, shown) = terminal.end(child);
    let lines: Vec<&str> = shown.split("\r\n").collect();
    assert_eq!((status, &lines[..2]), (Some(0), &["yyy", "33 101"][..]), "{shown}");
    assert!(lines[2].starts_with("/dev/") && lines[3].starts_with("/dev/pts/"), "{shown}");
}

#[test]
fn window_changes_reach_it() {
    let mut terminal = Terminal::new();
    let child = terminal
        .start(&script(&["-q"], "trap 'stty size; exit 5' WINCH; echo ready; while :; do sleep 0.02; done"));
    terminal.wait_for("ready");
    tcsetwinsize(&terminal.keys, size(44, 120)).unwrap();
    let (status, shown) = terminal.end(child);
    assert_eq!((status, shown.as_str()), (Some(5), "ready\r\n44 120\r\n"));
}

#[test]
fn bytes_and_colours_are_kept() {
    let terminal = Terminal::new();
    let printed = "\x1b[31mred\x1b[0m\x1b[2K\x1b[1A\ttab\x07";
    let mut command = script(&["-q"], "printf '%s\\n' \"$1\" >&2; stty -a | grep -o -e '-*opost'");
    command.arg("sh").arg(printed);
    let child = terminal.start(&command);
    let (status, shown) = terminal.end(child);
    assert_eq!((status, shown), (Some(0), format!("{printed}\r\nopost\r\n")));
}

#[test]
fn prompts_work_and_the_terminal_is_as_before() {
    for tty in ["auto", "never"] {
        let mut terminal = Terminal::new();
        let before = format!("{:?}", tcgetattr(&terminal.side).unwrap());
        let inner = "printf 'name? ' >&2; read name; echo \"you are $name\"; read more || echo end";
        let child = terminal.start(&script(&["-q", "--tty", tty], inner));
        terminal.wait_for("name? ");
        terminal.type_in("bob\r");
        terminal.wait_for("you are bob");
        terminal.type_in("\x04");
        terminal.wait_for("end");
        let side = terminal.side.try_clone().unwrap();
        let mut child = child;
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert_eq!(format!("{:?}", tcgetattr(&side).unwrap()), before);
    }
}

#[test]
fn the_interrupt_key_reaches_it_and_no_attempt_follows() {
    let mut terminal = Terminal::new();
    let inner = "trap 'echo got; exit 7' INT; echo ready; while :; do sleep 0.02; done";
    let child = terminal.start(&script(&["--attempts", "3"], inner));
    terminal.wait_for("ready");
    terminal.type_in("\x03");
    let (status, shown) = terminal.end(child);
    assert_eq!(status, Some(7), "{shown}");
    assert_eq!(shown.matches("got").count(), 1, "{shown}");
    assert!(shown.contains(": interrupted") && !shown.contains("attempt 2"), "{shown}");
}

#[test]
fn a_second_interrupt_key_kills() {
    let mut terminal = Terminal::new();
    let inner = "trap 'echo got' INT; echo ready; while :; do sleep 0.02; done";
    let child = terminal.start(&script(&[], inner));
    terminal.wait_for("ready");
    terminal.type_in("\x03");
    terminal.wait_for("got");
    terminal.type_in("\x03");
    let (status, shown) = terminal.end(child);
    assert_eq!(status, Some(137), "{shown}");
}

#[test]
fn a_key_that_the_command_reads_itself_is_no_interrupt() {
    let mut terminal = Terminal::new();
    let inner = "stty raw -echo; echo ready; dd bs=1 count=2 2>/dev/null | od -An -tx1; stty sane; exit 1";
    let child = terminal.start(&script(&["--attempts", "2"], inner));
    for _ in 0..2 {
        terminal.wait_for("ready");
        terminal.type_in("\x03\x03");
        terminal.wait_for("03 03");
    }
    let (status, shown) = terminal.end(child);
    assert_eq!(status, Some(1));
    assert!(shown.contains("no attempts are left"), "{shown}");
}

#[test]
fn without_a_terminal_to_type_into() {
    // Standard output and standard input are none.
    let mut terminal = Terminal::new();
    let mut child = terminal.start_with(&script(&["-q"], STREAMS), Stdio::null(), Stdio::piped());
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!(out, "nny\n");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    // A terminal that controls nobody.
    let mut direct = script(&["-q"], "read line; echo \"read $line\"");
    let mut child =
        direct.stdin(terminal.side()).stdout(terminal.side()).stderr(terminal.side()).spawn().unwrap();
    drop(direct);
    terminal.type_in("this\r");
    terminal.wait_for("read this");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn always_and_never() {
    for (tty, expected) in [("always", "nyy\n24 80\n"), ("never", "nnn\n"), ("auto", "nnn\n")] {
        let inner = format!("{STREAMS}; stty size <&2 2>/dev/null; printf err >&2");
        let output = script(&["-q", "--tty", tty], &inner).output().unwrap();
        assert_eq!(told(&output), (Some(0), expected.into(), "err".into()), "{tty}");
    }
    let terminal = Terminal::new();
    let child = terminal.start(&script(&["-q", "--tty", "never"], STREAMS));
    assert_eq!(terminal.end(child), (Some(0), "nnn\r\n".into()));
}

#[test]
fn a_terminal_that_nobody_sees_changes_no_byte() {
    let text = "line\nno newline at the end \x1b[1mbold\t";
    for redirection in ["", ">&2"] {
        let mut command = script(&["-q", "--tty", "always"], &format!("printf %s \"$1\" {redirection}"));
        let (status, out, err) = told(&command.arg("sh").arg(text).output().unwrap());
        assert_eq!((status, out + &err), (Some(0), text.into()));
    }
}

/// In the background it may neither read the terminal nor set it; a shell that brings it to the foreground
/// sends no signal.
#[test]
fn from_the_background_to_the_foreground() {
    if skip::need(skip::program("bash", &["-c", "true"])).is_none() {
        return;
    }
    let mut terminal = Terminal::new();
    let mut bash = Command::new("env");
    bash.args(["PS1=prompt> ", "bash", "--norc", "--noediting", "-i"]);
    let child = terminal.start(&bash);
    let run = env!("CARGO_BIN_EXE_unwedge");
    terminal.type_in(&format!(
        "'{run}' run -q --attempts 1 -- sh -c 'printf nam; echo e; read x; echo got $x; exit 3' &\r"
    ));
    terminal.wait_for("name");
    terminal.type_in("fg\r");
    terminal.type_in("bob\r");
    terminal.wait_for("got bob");
    // What is typed before it has ended is typed to it.
    terminal.wait_for("prompt> ");
    terminal.type_in("echo status $?; exit\r");
    terminal.wait_for("status 3");
    assert_eq!(terminal.end(child).0, Some(0));
}

#[test]
fn a_reader_that_goes_away_ends_a_command_on_a_terminal() {
    for redirection in ["", ">&2"] {
        let mut command =
            script(&["-q", "--tty", "always", "--attempts", "3"], &format!("exec yes {redirection}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // One reader goes, the other stays.
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let stays: Box<dyn Read> = if redirection.is_empty() {
            drop(out);
            Box::new(err.unwrap())
        } else {
            drop(err);
            Box::new(out.unwrap())
        };
        assert!(!child.wait().unwrap().success());
        drop(stays);
    }
}

#[test]
fn a_wedge_is_seen_on_a_terminal() {
    let terminal = Terminal::new();
    let mut command = script(&["--attempts", "3"], "printf '%s' \"$1\" >&2; exit 1");
    command.arg("sh").arg(LINE);
    let child = terminal.start(&command);
    let (status, shown) = terminal.end(child);
    assert_eq!(status, Some(10), "{shown}");
    assert!(shown.contains("terminal of attempt 1, its last lines"), "{shown}");
    assert!(shown.contains("driver-state"), "{shown}");
}

/// A string that would swallow our words, colours that hide them, another character set: each is ended before.
#[test]
fn what_a_stream_left_open_does_not_swallow_the_verdict() {
    const CALM: &str = "\x1b\\\x1b[0m\x1b(B\x0f";
    for left_open in ["\x1b]0;", "\x1bP", "\x1b[", "\x1b[8m", "\x0e\x1b(0", "x\x1b_"] {
        let terminal = Terminal::new();
        let mut command = script(&[], "printf '%s' \"$1\" >&2; exit 1");
        command.arg("sh").arg(format!("{LINE}{left_open}"));
        let child = terminal.start(&command);
        let (status, shown) = terminal.end(child);
        let (_, behind) = shown.split_once(&format!("system\r\n{left_open}")).expect(&shown);
        assert_eq!(status, Some(10), "{shown}");
        assert!(behind.starts_with(CALM), "{shown:?}");
        // The filter: our standard error is the terminal, and what passes through goes there as well.
        let terminal = Terminal::new();
        let mut command = Command::new("sh");
        let filter = "printf '%s' \"$1\" | \"$0\" --mounts 0";
        command.args(["-c", filter, env!("CARGO_BIN_EXE_unwedge"), &format!("{LINE}{left_open}")]);
        let child = terminal.start(&command);
        let (status, shown) = terminal.end(child);
        assert_eq!(status, Some(10), "{shown}");
        assert!(shown.contains(&format!("{left_open}{CALM}unwedge: ")), "{shown:?}");
    }
    // Nothing is said, and nothing is ended.
    let terminal = Terminal::new();
    let child = terminal.start(&script(&["-q"], "printf '\\033]0;x'"));
    assert_eq!(terminal.end(child), (Some(0), "\x1b]0;x".to_owned()));
}

#[test]
fn when_the_terminal_goes_all_of_it_goes() {
    let mut terminal = Terminal::new();
    let child = terminal.start(&script(
        &["--kill-after", "50ms"],
        "trap '' HUP TERM; echo pid $$ .; while :; do sleep 0.02; done",
    ));
    terminal.wait_for("pid ");
    terminal.wait_for(" .");
    let shown = String::from_utf8_lossy(&terminal.shown).into_owned();
    let pid: i32 =
        shown.split_whitespace().skip_while(|word| *word != "pid").nth(1).unwrap().parse().unwrap();
    drop(terminal);
    let mut child = child;
    child.wait().unwrap();
    for _ in 0..3000 {
        if test_kill_process(Pid::from_raw(pid).unwrap()).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it goes on");
}
