//! The command line: the only place where layers meet.

mod check;
mod corpus;
mod filter;
mod ground;
mod options;
mod output;
mod preflight;
mod recipe;
mod run;

use crate::stream;
use clap::{CommandFactory, Parser};
use options::{Arguments, Command, Format};
use std::{ffi::OsString, io::IsTerminal, process::ExitCode};

/// How the program ends, from the best to the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing to report.
    Clear,
    /// A case of a corpus failed.
    Failed,
    /// A wedge was found.
    Wedge,
    /// The preflight refused to start.
    Refused,
    /// Wrong usage, or something could not be read or written.
    Trouble,
    /// What the command of `run` ended with.
    Command(u8),
}

impl Status {
    /// The exit status of the process. 10 and 11 collide with none that buildx (1, 100, 102, 130), docker
    /// (125 to 127) or timeout (124 to 127, 137) use.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Clear => 0,
            Self::Failed => 1,
            Self::Wedge => 10,
            Self::Refused => 11,
            Self::Trouble => 2,
            Self::Command(status) => status,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        status.code().into()
    }
}

/// Parses the arguments of the process, runs, and says how it ended.
#[must_use]
pub fn run() -> Status {
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    if let Some(status) = stream::hidden(&words) {
        return Status::Command(status);
    }
    let arguments = match Arguments::plain(words) {
        Ok(arguments) => arguments,
        Err(words) => match Arguments::try_parse() {
            Ok(arguments) => arguments,
            Err(error) => return output::explain(&error, &words),
        },
    };
    let options = &arguments.options;
    if options.format == Format::Junit && !matches!(arguments.command, Some(Command::Corpus { .. })) {
        return output::misused("--format junit is for `unwedge corpus check`");
    }
    match &arguments.command {
        Some(Command::Check { files, threads }) => check::run(files, *threads, options),
        Some(Command::Corpus { command }) => corpus::run(command.as_ref(), options),
        Some(Command::Run(own)) => run::run(own, options),
        Some(Command::Preflight) => preflight::run(options),
        Some(Command::Recipe { kind }) => recipe::run(*kind, options),
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "unwedge", &mut text);
            output::print(&text)
        }
        Some(Command::Man) => {
            let mut text = Vec::new();
            // A vector takes all that is written to it.
            let _ = clap_mangen::Man::new(Arguments::command()).render(&mut text);
            output::print(&text)
        }
        None if std::io::stdin().is_terminal() => {
            let help = Arguments::command().render_long_help().to_string();
            output::print(help.as_bytes())
        }
        None => filter::run(options),
    }
}
