//! The command line: the only place where layers meet.

use crate::{
    core::{scanner::Scanner, verdict::Verdict},
    report,
    stream::{self, End, Failure},
};
use clap::{CommandFactory, Parser, Subcommand};
use std::{
    fs::File,
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Tells a wedged docker buildx from every other read-only error.
///
/// Without a command it is a filter: standard input goes to standard output byte for byte, and the
/// verdict follows on standard error.
#[derive(Debug, Parser)]
#[command(name = "unwedge", version, after_help = "Exit status: 0 clear, 2 usage or I/O error, 10 wedge")]
struct Arguments {
    /// Accept only a wedge whose two sentinels stand on one line
    #[arg(long, global = true)]
    require_same_line: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Classify files, or standard input; the report goes to standard output
    Check {
        /// The files; `-` or none: standard input
        files: Vec<PathBuf>,
    },
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing to report.
    Clear,
    /// A wedge was found.
    Wedge,
    /// Wrong usage, or something could not be read or written.
    Trouble,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clear => 0,
            Status::Wedge => 10,
            Status::Trouble => 2,
        })
    }
}

/// Parses the arguments of the process, runs, and says how it ended.
#[must_use]
pub fn run() -> Status {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let failed = error.print().is_err() || error.use_stderr();
            return if failed { Status::Trouble } else { Status::Clear };
        }
    };
    let scanner = || Scanner::new().require_same_line(arguments.require_same_line);
    match &arguments.command {
        Some(Command::Check { files }) => check(files, scanner),
        None if std::io::stdin().is_terminal() => {
            let help = Arguments::command().render_long_help().to_string();
            written(std::io::stdout().write_all(help.as_bytes()))
        }
        None => filter(scanner()),
    }
}

fn filter(mut scanner: Scanner) -> Status {
    let end = stream::copy(&mut std::io::stdin().lock(), &mut std::io::stdout().lock(), &mut scanner);
    let verdict = scanner.finish();
    let failed = match end {
        // The reader is gone and did not ask for more; only a wedge is worth a word.
        Ok(End::Reader) if matches!(verdict, Verdict::Clear(_)) => return Status::Clear,
        Ok(End::Input | End::Reader) => false,
        Err(failure) => {
            complain("standard input", &failure);
            true
        }
    };
    tell(&report::human("unwedge", &verdict));
    if failed { Status::Trouble } else { status(&verdict) }
}

fn check(files: &[PathBuf], scanner: impl Fn() -> Scanner) -> Status {
    let input = [PathBuf::from("-")];
    let mut worst = Status::Clear;
    for path in if files.is_empty() { &input } else { files } {
        let name = report::sanitize(path.as_os_str().as_encoded_bytes());
        let (name, source) =
            if path == Path::new("-") { ("standard input".into(), None) } else { (name, Some(path)) };
        match judge(source, scanner()) {
            Ok(verdict) => {
                let text = report::human(&name, &verdict);
                worst =
                    worst.max(status(&verdict)).max(written(std::io::stdout().write_all(text.as_bytes())));
            }
            Err(failure) => {
                complain(&name, &failure);
                worst = Status::Trouble;
            }
        }
    }
    worst.max(written(std::io::stdout().flush()))
}

fn judge(source: Option<&PathBuf>, mut scanner: Scanner) -> Result<Verdict, Failure> {
    let mut file;
    let mut stdin;
    let input: &mut dyn Read = if let Some(path) = source {
        file = File::open(path).map_err(Failure::Read)?;
        &mut file
    } else {
        stdin = std::io::stdin().lock();
        &mut stdin
    };
    let mut input = input;
    stream::scan(&mut input, &mut scanner)?;
    Ok(scanner.finish())
}

fn status(verdict: &Verdict) -> Status {
    match verdict {
        Verdict::Wedge(_) => Status::Wedge,
        Verdict::Clear(_) => Status::Clear,
    }
}

/// A broken pipe is an ordinary end: who reads `check` may stop after the first line.
fn written(result: std::io::Result<()>) -> Status {
    match result {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            tell(&format!("unwedge: cannot write standard output: {error}\n"));
            Status::Trouble
        }
        _ => Status::Clear,
    }
}

fn complain(name: &str, failure: &Failure) {
    tell(&match failure {
        Failure::Read(error) => format!("unwedge: cannot read {name}: {error}\n"),
        Failure::Write(error, bytes) => {
            format!(
                "unwedge: cannot write standard output after {bytes} bytes: {error}; the copy is incomplete\n"
            )
        }
    });
}

/// To standard error. Where even that cannot be written there is nobody left to tell.
fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
