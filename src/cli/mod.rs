//! The command line: the only place where layers meet.

mod options;

use crate::{
    core::{
        decision::{self, Decision},
        mountinfo::MountCount,
        recipe::{Facts, Recipe, RecipeKind},
        scanner::Scanner,
        verdict::Verdict,
    },
    host::{self, Mounts},
    report::{self, Report, github, human, json, sh},
    stream::{self, End, Failure},
};
use clap::{CommandFactory, Parser};
use options::{Arguments, Color, Command, Format, MountsFrom, Options};
use std::{
    fmt::Write as _,
    fs::File,
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing to report.
    Clear,
    /// A wedge was found.
    Wedge,
    /// The preflight refused to start.
    Refused,
    /// Wrong usage, or something could not be read or written.
    Trouble,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Clear => 0,
            Status::Wedge => 10,
            Status::Refused => 11,
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
    let options = &arguments.options;
    match &arguments.command {
        Some(Command::Check { files }) => check(files, options),
        Some(Command::Preflight) => preflight(options),
        Some(Command::Recipe { kind }) => recipe(*kind, options),
        None if std::io::stdin().is_terminal() => {
            let help = Arguments::command().render_long_help().to_string();
            written(std::io::stdout().write_all(help.as_bytes()))
        }
        None => filter(options),
    }
}

fn filter(options: &Options) -> Status {
    let mut scanner = scanner(options);
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
    let name = "unwedge".to_owned();
    if options.format == Format::Human && !options.quiet {
        say(options, Target::Stderr, &report::verdict(&name, &verdict));
    }
    let status = conclude("filter", vec![(name, verdict)], options, Target::Stderr);
    if failed { Status::Trouble } else { status }
}

fn check(files: &[PathBuf], options: &Options) -> Status {
    let input = [PathBuf::from("-")];
    let mut worst = Status::Clear;
    let mut verdicts = Vec::new();
    for path in if files.is_empty() { &input } else { files } {
        let name = report::sanitize(path.as_os_str().as_encoded_bytes());
        let (name, source) =
            if path == Path::new("-") { ("standard input".into(), None) } else { (name, Some(path)) };
        match judge(source, scanner(options)) {
            Ok(verdict) => {
                if options.format == Format::Human && !options.quiet {
                    worst = worst.max(say(options, Target::Stdout, &report::verdict(&name, &verdict)));
                }
                verdicts.push((name, verdict));
            }
            Err(failure) => {
                complain(&name, &failure);
                worst = Status::Trouble;
            }
        }
    }
    worst.max(conclude("check", verdicts, options, Target::Stdout))
}

fn preflight(options: &Options) -> Status {
    let Some((mounts, facts)) = look(options) else { return Status::Trouble };
    let decision = decision::before(&mounts.count, options.refuse_at, facts.probe.as_ref());
    let status = if decision == Decision::Nothing { Status::Clear } else { Status::Refused };
    let report = Report { command: "preflight", verdicts: Vec::new(), mounts, facts, decision };
    if status == Status::Clear && options.format == Format::Human && !options.quiet {
        let text = format!("unwedge: this host is fit to build on\n{}", human::ground(&report));
        return say(options, Target::Stdout, &text);
    }
    status.max(show(&report, options, Target::Stdout))
}

fn recipe(kind: Option<RecipeKind>, options: &Options) -> Status {
    let Some((mounts, facts)) = look(options) else { return Status::Trouble };
    let decision = match kind {
        Some(recipe) => Decision::Recover { recipe, read_only_besides: false },
        None => decision::wedged(&mounts.count, told(options, &facts)),
    };
    if let (Decision::Uncounted { why }, Format::Sh) = (&decision, options.format) {
        let why = report::sanitize(why.as_bytes());
        tell(&format!("unwedge: no recipe is chosen: {why}; give --mounts N or --for RECIPE\n"));
        return Status::Trouble;
    }
    show(
        &Report { command: "recipe", verdicts: Vec::new(), mounts, facts, decision },
        options,
        Target::Stdout,
    )
}

/// Decides on what was judged and reports it.
fn conclude(
    command: &'static str,
    verdicts: Vec<(String, Verdict)>,
    options: &Options,
    to: Target,
) -> Status {
    let Some((mounts, facts)) = look(options) else { return Status::Trouble };
    let decide = |verdict| decision::after(verdict, &mounts.count, told(options, &facts));
    let worst = verdicts
        .iter()
        .find(|(_, verdict)| matches!(verdict, Verdict::Wedge(_)))
        .map(|(_, verdict)| decide(verdict))
        .or_else(|| verdicts.iter().map(|(_, v)| decide(v)).find(|decision| *decision != Decision::Nothing));
    let status = verdicts.iter().map(|(_, verdict)| status(verdict)).max().unwrap_or(Status::Clear);
    let decision = worst.unwrap_or(Decision::Nothing);
    status.max(show(&Report { command, verdicts, mounts, facts, decision }, options, to))
}

/// Counts and probes. None, and said, where the file of `--mountinfo` is no mount table.
fn look(options: &Options) -> Option<(Mounts, Facts)> {
    let variables = &host::variables;
    let mounts = match (&options.mountinfo, options.mounts) {
        (Some(path), _) => match host::from_file(path) {
            Ok(mounts) => mounts,
            Err(error) => {
                let path = report::sanitize(path.as_os_str().as_encoded_bytes());
                tell(&format!("unwedge: cannot count mounts in {path}: {error}\n"));
                return None;
            }
        },
        (None, MountsFrom::Host) => host::count(variables),
        (None, MountsFrom::Given(n)) => Mounts::given(MountCount::Known(n)),
        (None, MountsFrom::Unknown) => Mounts::given(MountCount::Unknown("--mounts unknown".into())),
    };
    let directory = host::directory(variables);
    let facts = Facts {
        probe: directory.as_deref().map(host::probe),
        state_directory: directory.map(|path| path.into_os_string().into_encoded_bytes()),
        leaked: mounts.points.clone(),
        context: host::context(variables),
    };
    Some((mounts, facts))
}

/// The probe, unless a count from the command line silences it.
fn told<'f>(options: &Options, facts: &'f Facts) -> Option<&'f crate::core::state::Probe> {
    facts.probe.as_ref().filter(|_| !matches!(options.mounts, MountsFrom::Given(_)))
}

/// Writes what was decided. The verdicts of the human report were written before.
fn show(report: &Report, options: &Options, to: Target) -> Status {
    let text = match options.format {
        Format::Human if options.quiet => brief(report),
        Format::Human => human::decision(report),
        Format::Json => json::document(report),
        Format::Github => github::commands(report),
        Format::Sh => report.recipe().map_or_else(
            || "#!/bin/sh\n# unwedge: nothing to do.\n".into(),
            |recipe: Recipe| sh::script(&recipe),
        ),
    };
    say(options, to, &text)
}

/// A line for each wedge, or for a refusal.
fn brief(report: &Report) -> String {
    let recipe = report.decision.recipe().map_or("no recipe", RecipeKind::slug);
    let mut text = String::new();
    for (name, verdict) in &report.verdicts {
        if matches!(verdict, Verdict::Wedge(_)) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}: wedge, {recipe}");
        }
    }
    if matches!(report.decision, Decision::Refuse { .. }) || report.command == "recipe" {
        text = format!("unwedge: {}: {recipe}\n", report.command);
    }
    text
}

fn scanner(options: &Options) -> Scanner {
    Scanner::new().require_same_line(options.require_same_line)
}

#[derive(Clone, Copy)]
enum Target {
    Stdout,
    Stderr,
}

/// Writes a text with its colours, or without.
fn say(options: &Options, to: Target, text: &str) -> Status {
    let coloured = match (options.color, to) {
        (Color::Always, _) => true,
        (Color::Never, _) => false,
        (Color::Auto, Target::Stdout) => {
            anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
        }
        (Color::Auto, Target::Stderr) => {
            anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never
        }
    };
    // A script has no colours, and nothing may be taken from it.
    let text = if coloured || options.format != Format::Human {
        text.to_owned()
    } else {
        anstream::adapter::strip_str(text).to_string()
    };
    match to {
        Target::Stderr => {
            tell(&text);
            Status::Clear
        }
        Target::Stdout => {
            let mut out = std::io::stdout().lock();
            written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
        }
    }
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
