//! Reports for a person, in colour; strip the escapes where it is not wanted.

use super::{Report, sanitize, sh};
use crate::core::{
    decision::Decision,
    mountinfo::MountCount,
    recipe::{Command, Privilege, Recipe, Step},
    state::{Access, Probe},
};
use std::fmt::Write;

const BOLD: anstyle::Style = anstyle::Style::new().bold();
const WARN: anstyle::Style = anstyle::AnsiColor::Yellow.on_default().bold();

/// How many commands of a step are shown; a script has them all.
const SHOWN_MAX: usize = 12;

/// What was decided, on what ground, and the recipe. Empty where there is nothing to do.
#[must_use]
pub fn decision(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail, here and below.
    match &report.decision {
        Decision::Nothing => return text,
        Decision::Refuse { .. } => text.push_str("unwedge: this host is not fit to build on: refused\n"),
        Decision::Recover { .. } | Decision::Uncounted { .. } | Decision::Advise { .. } => {}
    }
    text.push_str(&ground(report));
    match &report.decision {
        Decision::Refuse { read_only_besides: true, .. }
        | Decision::Recover { read_only_besides: true, .. } => {
            let _ = writeln!(
                text,
                "{WARN}the state directory is on a read-only mount{WARN:#}: unmounting alone will not do, take the way around \
                 first; then see unwedge recipe --for read-only-state"
            );
        }
        Decision::Uncounted { why } => {
            let _ = writeln!(
                text,
                "no recipe is chosen, because the mounts could not be counted: {}",
                clean(why)
            );
            text.push_str(
                "  to count, on the host of the daemon: grep -c buildkit-mount /proc/self/mountinfo\n  \
                 more than 0: unwedge recipe --for leaked-mounts\n  \
                 0: unwedge recipe --for driver-state, or read-only-state where the state directory is read-only\n",
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

/// Mount count and state directory, a line each.
#[must_use]
pub fn ground(report: &Report) -> String {
    let mut text = match &report.mounts.count {
        MountCount::Known(n) => format!(
            "leaked mounts: {n}, counted in {}{}\n",
            clean(&report.mounts.source),
            if *n > 0 { " (a build that is running holds such mounts as well)" } else { "" }
        ),
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
    } else {
        format!(" ({})", sanitize(&probe.probed))
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
pub fn recipe(text: &mut String, recipe: &Recipe) {
    let kind = recipe.kind;
    let _ = writeln!(text, "\n{BOLD}recipe {}{BOLD:#}: {}", kind.slug(), kind.title());
    step(text, "now", &recipe.around);
    for (one, number) in recipe.steps.iter().zip(1..) {
        step(text, &format!("{number}."), one);
    }
    let root = if recipe.needs_root() { " (run it as root)" } else { "" };
    let _ = writeln!(text, "\nas a script{root}: unwedge recipe --for {} --format sh", kind.slug());
}

fn step(text: &mut String, number: &str, step: &Step) {
    let privilege = match step.privilege {
        Privilege::User => "no root needed",
        Privilege::Root => "root",
    };
    let by_hand = if step.by_hand { ", by hand" } else { "" };
    let _ = writeln!(text, "\n  {number} {} [{privilege}{by_hand}]", step.title);
    if !step.why.is_empty() {
        let _ = writeln!(text, "     {}", clean(&step.why));
    }
    if let Some(destroys) = step.destroys {
        let _ = writeln!(text, "     {WARN}destroys{WARN:#}: {destroys}");
    }
    let lines: Vec<String> = step.commands.iter().flat_map(shown).collect();
    for line in lines.iter().take(SHOWN_MAX) {
        let _ = writeln!(text, "       {line}");
    }
    if lines.len() > SHOWN_MAX {
        let _ = writeln!(text, "       … and {} more", lines.len() - SHOWN_MAX);
    }
    for line in step.verify.iter().flat_map(shown) {
        let _ = writeln!(text, "     verify: {line}");
    }
    if let Some(otherwise) = &step.otherwise {
        let _ = writeln!(text, "     if it fails: {}", clean(otherwise));
    }
}

fn shown(command: &Command) -> Vec<String> {
    sh::typed(command)
}

fn clean(text: &str) -> String {
    sanitize(text.as_bytes())
}
