//! Reports for a person, in colour; strip the escapes where it is not wanted.

use super::{Report, sanitize, sh, slug};
use crate::core::{
    decision::Decision,
    mountinfo::MountCount,
    recipe::{Command, Privilege, Recipe, RecipeKind, Step},
    state::{Access, Probe},
    verdict::{Link, NearMiss, NearMissKind, Quote, Verdict},
};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use textwrap::WordSplitter;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const BOLD: Style = Style::new().bold();

/// How many columns running text fills. Commands and quoted lines are never broken.
const WIDTH: usize = 100;

/// How many commands of a step are shown; a script has them all.
const SHOWN_MAX: usize = 12;

/// `LABEL: wedge …` or `LABEL: clear`, then the line it stands on, or two lines for each near miss. No
/// byte of the stream that a terminal would act on is left in it.
#[must_use]
pub fn verdict(label: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Wedge(wedge) => {
            let link = match wedge.link {
                Link::Line => format!("both sentinels on line {}", wedge.activity.line),
                Link::Stream => format!(
                    "the activity sentinel on line {}, the EROFS sentinel on line {}",
                    wedge.activity.line, wedge.erofs.line
                ),
            };
            format!("{label}: {BAD}wedge{BAD:#} ({link})\n    {}\n", shown(&wedge.quote))
        }
        Verdict::Clear(near) => {
            near.iter().fold(format!("{label}: {GOOD}clear{GOOD:#}\n"), |mut text, miss| {
                // Writing to a String cannot fail, here and below.
                let _ = writeln!(text, "  near miss on line {}: {}", miss.sighting.line, reason(miss));
                let _ = writeln!(text, "    {}", shown(&miss.quote));
                text
            })
        }
    }
}

fn reason(miss: &NearMiss) -> String {
    let why = match (miss.kind, &miss.cause) {
        (NearMissKind::ActivityFailure, Some(cause)) => {
            format!("the activity file failed with another cause, {}", sanitize(&cause.text))
        }
        (NearMissKind::ActivityFailure, None) => "the activity file failed, with no cause named".into(),
        (NearMissKind::StateDirUnwritable, _) => "the state directory is read-only".into(),
        (NearMissKind::ContainerOutput, _) => "a container printed the phrases, not the client".into(),
        (NearMissKind::Mentioned, _) => "the phrases are quoted, not stated".into(),
        (NearMissKind::ReadOnlyElsewhere, _) => "something else is read-only".into(),
    };
    format!("{} ({why})", slug(miss.kind))
}

fn shown(quote: &Quote) -> String {
    format!("{}{}", sanitize(&quote.bytes), if quote.cut { "…" } else { "" })
}

/// What was decided, on what ground, and the recipe. Empty where there is nothing to do; a preflight
/// that passed says so.
#[must_use]
pub fn decision(report: &Report) -> String {
    let mut text = String::new();
    match &report.decision {
        Decision::Nothing if report.command == "preflight" => {
            let _ = writeln!(text, "unwedge: {GOOD}this host is fit to build on{GOOD:#}");
        }
        Decision::Nothing => return text,
        Decision::Refuse { .. } => {
            let _ = writeln!(text, "unwedge: {BAD}refused{BAD:#}, this host is not fit to build on");
        }
        Decision::Recover { .. } | Decision::Uncounted { .. } | Decision::Advise { .. } => {
            if !report.verdicts.is_empty() {
                text.push('\n');
            }
        }
    }
    text.push_str(&ground(report));
    match &report.decision {
        Decision::Refuse { read_only_besides: true, .. }
        | Decision::Recover { read_only_besides: true, .. } => {
            let _ = writeln!(
                text,
                "{WARN}the state directory is on a read-only mount{WARN:#}: unmounting alone will not do, take the way \
                 around first;\n  then see: unwedge recipe --for {}",
                RecipeKind::ReadOnlyState.slug()
            );
        }
        Decision::Uncounted { why } => {
            let _ = writeln!(
                text,
                "{BOLD}no recipe is chosen{BOLD:#}, because the mounts could not be counted: {}\n  \
                 to count, on the host of the daemon: grep -c buildkit-mount /proc/self/mountinfo\n  \
                 more than 0: unwedge recipe --for {}\n  \
                 0: unwedge recipe --for {}, or {} where the state directory is read-only",
                clean(why),
                RecipeKind::LeakedMounts.slug(),
                RecipeKind::DriverState.slug(),
                RecipeKind::ReadOnlyState.slug(),
            );
        }
        Decision::Advise { cause, .. } => {
            let _ = writeln!(text, "not a wedge: the activity file failed with {}", sanitize(&cause.text));
        }
        Decision::Nothing | Decision::Refuse { .. } | Decision::Recover { .. } => {}
    }
    if let Some(made) = report.recipe() {
        recipe(&mut text, &made);
    }
    text
}

/// Why there is no recipe although there is something to do.
#[must_use]
pub fn unchosen(decision: &Decision) -> Option<String> {
    match decision {
        Decision::Uncounted { why } => Some(format!(
            "no recipe is chosen, because the mounts could not be counted: {why}; give --mounts N, or unwedge recipe --for \
             RECIPE"
        )),
        Decision::Refuse { recipe: None, .. } => {
            Some("there is no recipe for what is in the way of the state directory".into())
        }
        Decision::Advise { cause, recipe: None } => {
            Some(format!("there is no recipe for this cause: {}", sanitize(&cause.text)))
        }
        Decision::Nothing | Decision::Refuse { .. } | Decision::Recover { .. } | Decision::Advise { .. } => {
            None
        }
    }
}

/// A line for each wedge, for a refusal, for a recipe by itself; nothing where there is nothing to do.
#[must_use]
pub fn brief(report: &Report) -> String {
    let recipe = report.decision.recipe().map_or("no recipe", RecipeKind::slug);
    match &report.decision {
        Decision::Refuse { .. } => format!("unwedge: refused: {recipe}\n"),
        Decision::Recover { .. } | Decision::Uncounted { .. } if report.command == "recipe" => {
            format!("unwedge: {recipe}\n")
        }
        Decision::Nothing
        | Decision::Recover { .. }
        | Decision::Uncounted { .. }
        | Decision::Advise { .. } => {
            let wedges = report.verdicts.iter().filter(|judged| judged.is_wedge());
            wedges.fold(String::new(), |mut text, judged| {
                let _ = writeln!(text, "unwedge: {}: wedge: {recipe}", judged.label());
                text
            })
        }
    }
}

/// Mount count and state directory, a line each.
#[must_use]
pub fn ground(report: &Report) -> String {
    let source = sanitize(&report.mounts.source);
    let mut text = match &report.mounts.count {
        MountCount::Known(n) if *n > 0 && !report.mounts.points.is_empty() => {
            format!("leaked mounts: {n} ({source}; a build that is running holds such mounts as well)\n")
        }
        MountCount::Known(n) => format!("leaked mounts: {n} ({source})\n"),
        MountCount::Unknown(why) => format!("leaked mounts: unknown, {}\n", clean(why)),
    };
    if let Some(directory) = &report.facts.state_directory {
        let state = report.facts.probe.as_ref().map_or(String::new(), |probe| format!(", {}", state(probe)));
        let _ = writeln!(text, "state directory: {}{state}", sanitize(directory));
    }
    text
}

fn state(probe: &Probe) -> String {
    let access = match &probe.access {
        Access::Writable => "writable".into(),
        Access::ReadOnly => "read-only".into(),
        Access::Full => "on a full filesystem".into(),
        Access::Denied => "permission denied".into(),
        Access::NotPermitted => "operation not permitted".into(),
        Access::Failed(why) => clean(why),
    };
    let asked = if probe.probed == probe.directory {
        String::new()
    } else if probe.directory.starts_with(&probe.probed) {
        format!(" (not there yet; asked of {})", sanitize(&probe.probed))
    } else {
        format!(" (asked of {})", sanitize(&probe.probed))
    };
    let held = match &probe.held {
        Some(held) if probe.access == Access::ReadOnly => {
            let what = match (held.mount.read_only_mount(), held.mount.read_only_filesystem()) {
                (_, true) => "the filesystem is read-only",
                (true, false) => "the mount is read-only, its filesystem is not",
                (false, false) => "neither the mount nor its filesystem says read-only",
            };
            format!(", mount {}: {what}", sanitize(&held.mount.mount_point))
        }
        _ => String::new(),
    };
    format!("{access}{asked}{held}")
}

/// A whole recipe.
fn recipe(text: &mut String, recipe: &Recipe) {
    let kind = recipe.kind;
    let _ = writeln!(text, "\n{BOLD}recipe {}{BOLD:#}: {}", kind.slug(), kind.title());
    step(text, "at once:", &recipe.around);
    for (one, number) in recipe.steps.iter().zip(1..) {
        step(text, &format!("{number}."), one);
    }
    // Rendered by the user who builds, whose state directory it is; only the script runs as root.
    let shell = if recipe.needs_root() { "sudo sh" } else { "sh" };
    let _ = writeln!(text, "\nas a script: unwedge recipe --for {} --format sh | {shell}", kind.slug());
}

fn step(text: &mut String, number: &str, step: &Step) {
    let privilege = match step.privilege {
        Privilege::User => "no root needed",
        Privilege::Root => "root",
    };
    let by_hand = if step.by_hand { ", decide by hand" } else { "" };
    let _ = writeln!(text, "\n  {BOLD}{number} {}{BOLD:#} [{privilege}{by_hand}]", step.title);
    if !step.why.is_empty() {
        prose(text, &clean(&step.why));
    }
    if let Some(destroys) = step.destroys {
        prose(text, &format!("{WARN}destroys{WARN:#}: {destroys}"));
    }
    let lines: Vec<String> = step.commands.iter().flat_map(sh::typed).collect();
    // Of very many mounts one line stands for all that are not named.
    let others: u64 = step.commands.iter().map(unnamed).sum();
    for line in lines.iter().take(SHOWN_MAX) {
        let _ = writeln!(text, "         {line}");
    }
    if lines.len() > SHOWN_MAX {
        let more = (lines.len() - SHOWN_MAX) as u64 + others.saturating_sub(1);
        let _ = writeln!(text, "         … and {more} more, all of them in the script");
    }
    for line in step.verify.iter().flat_map(sh::typed) {
        let _ = writeln!(text, "     verify: {line}");
    }
    if let Some(otherwise) = &step.otherwise {
        prose(text, &format!("if it fails: {}", clean(otherwise)));
    }
}

fn unnamed(command: &Command) -> u64 {
    if let Command::UnmountLeaked { others, .. } = command { *others } else { 0 }
}

fn prose(text: &mut String, said: &str) {
    let indent = " ".repeat(5);
    let options = textwrap::Options::new(WIDTH).initial_indent(&indent).subsequent_indent(&indent);
    text.push_str(&textwrap::fill(
        said,
        options.break_words(false).word_splitter(WordSplitter::NoHyphenation),
    ));
    text.push('\n');
}

fn clean(text: &str) -> String {
    sanitize(text.as_bytes())
}
