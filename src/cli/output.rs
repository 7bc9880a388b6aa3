//! What is written where, and what becomes of a failure to write it.

use super::{
    Status,
    options::{Color, Format, Options},
};
use crate::{
    report::{self, Judged, Report, github, human, json, sh},
    stream::{Failure, Patient},
};
use anstream::{AutoStream, ColorChoice};
use std::{
    ffi::OsString,
    io::{self, BufWriter, IsTerminal, Write},
};

#[derive(Clone, Copy)]
pub(super) enum Target {
    Stdout,
    Stderr,
}

/// What there is to say of the verdict on one stream before all of them are known: something to a person.
pub(super) fn verdict(label: &str, judged: &Judged, options: &Options) -> String {
    if options.format != Format::Human || options.quiet {
        return String::new();
    }
    human::verdict(label, &judged.verdict)
}

/// Writes what was decided. The verdicts of the human report were written before.
pub(super) fn show(report: &Report, options: &Options, to: Target) -> Status {
    let text = match options.format {
        Format::Human if options.quiet => human::brief(report),
        Format::Human if report.run.is_some() => report::concluded(report),
        Format::Human => human::decision(report),
        Format::Json => return write(to, |out| json::write(report, out)),
        Format::Github => github::commands(report),
        Format::Sh => match (report.recipe(), human::unchosen(&report.decision)) {
            (Some(recipe), _) => sh::script(&recipe),
            (None, Some(why)) => sh::failing(&why),
            (None, None) => sh::idle(),
        },
        // Refused before anything ran.
        Format::Junit => String::new(),
    };
    say(options, to, &text)
}

/// What there is to write where nothing was to be decided.
pub(super) fn idle(options: &Options, to: Target) -> Status {
    match options.format {
        Format::Sh => say(options, to, &sh::idle()),
        Format::Human | Format::Json | Format::Github | Format::Junit => Status::Clear,
    }
}

/// Writes a text with its colours, or without.
pub(super) fn say(options: &Options, to: Target, text: &str) -> Status {
    if text.is_empty() {
        return Status::Clear;
    }
    let choice = match to {
        Target::Stdout => AutoStream::choice(&io::stdout()),
        Target::Stderr => AutoStream::choice(&io::stderr()),
    };
    let coloured = match options.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => choice != ColorChoice::Never,
    };
    // Only the report for a person has colours; nothing may be taken from the others.
    let text = if coloured || options.format != Format::Human {
        text.to_owned()
    } else {
        anstream::adapter::strip_str(text).to_string()
    };
    if matches!(to, Target::Stderr) {
        calm();
    }
    write(to, |out| out.write_all(text.as_bytes()))
}

/// To standard output.
pub(super) fn print(bytes: &[u8]) -> Status {
    write(Target::Stdout, |out| out.write_all(bytes))
}

/// A broken pipe is an ordinary end: who reads `check` may stop after the first line. Where standard error cannot
/// be written there is nobody left to tell.
fn write(to: Target, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Status {
    let whole = |out: &mut dyn Write| {
        let mut out = BufWriter::new(out);
        content(&mut out)?;
        out.flush()
    };
    let written = match to {
        Target::Stdout => Patient::stdout().and_then(|mut out| whole(&mut out)),
        Target::Stderr => {
            let _ = whole(&mut Patient(io::stderr()));
            Ok(())
        }
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            tell(&format!("unwedge: cannot write standard output: {error}\n"));
            Status::Trouble
        }
        _ => Status::Clear,
    }
}

/// Says on standard error what could not be read or written.
pub(super) fn complain(label: &str, failure: &Failure) {
    let what = match failure {
        Failure::Read(_) => format!("cannot read {label}"),
        Failure::Write(..) => "cannot write standard output".into(),
    };
    tell(&format!("unwedge: {what}: {}\n", report::sanitize(reason(failure).as_bytes())));
}

/// Prints what clap has to say: help, or what is wrong about the arguments. Those can be names of files that
/// somebody else chose; where one would act on a terminal, all is said without colours and escaped.
pub(super) fn explain(error: &clap::Error, words: &[OsString]) -> Status {
    let acts = |word: &OsString| {
        let bytes = word.as_encoded_bytes();
        report::sanitize(bytes).as_bytes() != bytes
    };
    if !error.use_stderr() {
        return if error.print().is_err() { Status::Trouble } else { Status::Clear };
    }
    if words.iter().any(acts) {
        for line in error.to_string().lines() {
            tell(&format!("{}\n", report::sanitize(line.as_bytes())));
        }
    } else {
        // Where even that cannot be written there is nobody left to tell.
        let _ = error.print();
    }
    Status::Trouble
}

/// Says what was wrong about the command line.
pub(super) fn misused(what: &str) -> Status {
    tell(&format!("unwedge: {what}\n"));
    Status::Trouble
}

/// Why something could not be read or written.
pub(super) fn reason(failure: &Failure) -> String {
    match failure {
        Failure::Read(error) if error.kind() == io::ErrorKind::IsADirectory => {
            format!("{error}; the files in it are judged by: find DIR -type f -exec unwedge check {{}} +")
        }
        Failure::Read(error) => error.to_string(),
        Failure::Write(error, bytes) => format!("{error} after {bytes} bytes; the copy is incomplete"),
    }
}

/// Ends what a stream that went through may have left open on our terminal, and what would swallow or hide our
/// words: a control string (ST), colours (SGR 0), another character set (of ASCII, in G0).
const CALM: &str = "\x1b\\\x1b[0m\x1b(B\x0f";

pub(super) fn calm() {
    if std::io::stderr().is_terminal() {
        tell(CALM);
    }
}

/// To standard error.
pub(super) fn tell(text: &str) {
    write(Target::Stderr, |out| out.write_all(text.as_bytes()));
}
