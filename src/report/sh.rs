//! Recipes as POSIX sh.

use crate::core::recipe::{Command, Privilege, Recipe, Step};
use crate::report::sanitize;
use std::fmt::Write;

/// What every script begins with; `leaked` and `sweep` read the table anew each time.
const HEAD: &str = include_str!("head.sh");

/// What the script of the leaked mounts has besides.
const MOUNTS: &str = include_str!("mounts.sh");

/// Prints the leaked mounts of a table, and only those: a component of the mount point, the fifth
/// field, starts with the name. The C locale, because in another no `[^ ]` matches a stray byte.
const FIND: &str = "LC_ALL=C grep -aE '^([^ ]+ ){4}([^ ]*/)?buildkit-mount' /proc/self/mountinfo";

/// How many columns a comment fills.
const WIDTH: usize = 100;

/// A word that a POSIX shell reads as exactly `bytes`, in valid UTF-8 whatever they are.
///
/// Words of harmless characters stay bare; text is put in single quotes; controls but newline and
/// tab, and bytes that are not UTF-8, become `"$(printf '\ooo')"`. `bytes` holds no NUL. The
/// second of `::` and of `##` stands outside of the quotes: no CI system reads a command there.
#[must_use]
pub fn quote(bytes: &[u8]) -> String {
    let harmless = |b: &u8| b.is_ascii_alphanumeric() || b"@%_+:,./-".contains(b);
    if !bytes.is_empty() && bytes.iter().all(harmless) {
        return bytes.iter().map(|b| char::from(*b)).collect();
    }
    let mut word = String::new();
    let mut text = String::new();
    let mut odd = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            // The format characters would hide or reorder what stands beside them on a terminal.
            let plain = character == '\n'
                || character == '\t'
                || sanitize(character.to_string().as_bytes()).len() == character.len_utf8();
            if plain || character == '\\' {
                flush_odd(&mut word, &mut odd);
                text.push(character);
            } else {
                flush_text(&mut word, &mut text);
                let mut buffer = [0; 4];
                octal(&mut odd, character.encode_utf8(&mut buffer).as_bytes());
            }
        }
        if !chunk.invalid().is_empty() {
            flush_text(&mut word, &mut text);
            octal(&mut odd, chunk.invalid());
        }
    }
    flush_odd(&mut word, &mut odd);
    flush_text(&mut word, &mut text);
    if word.is_empty() { "''".into() } else { word }
}

fn octal(odd: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String cannot fail, here and below.
        let _ = write!(odd, "\\{byte:03o}");
    }
}

fn flush_odd(word: &mut String, odd: &mut String) {
    if !odd.is_empty() {
        let _ = write!(word, "\"$(printf '{odd}')\"");
        odd.clear();
    }
}

fn flush_text(word: &mut String, text: &mut String) {
    for (i, part) in text.split('\'').enumerate() {
        if i > 0 {
            word.push_str("\\'");
        }
        if !part.is_empty() {
            let _ = write!(word, "'{}'", part.replace("::", r":'\:'").replace("##", r"#'\#'"));
        }
    }
    text.clear();
}

/// The script for a host where there is nothing to do.
#[must_use]
pub fn idle() -> String {
    "#!/bin/sh\necho 'unwedge: nothing to do'\n".into()
}

/// A script that says why there is no recipe, and fails.
#[must_use]
pub fn failing(why: &str) -> String {
    let said = quote(sanitize(format!("unwedge: {why}").as_bytes()).as_bytes());
    format!("#!/bin/sh\nprintf '%s\\n' {said} >&2\nexit 1\n")
}

/// A command as a person would type it, on one line or several.
#[must_use]
pub fn typed(command: &Command) -> Vec<String> {
    match command {
        Command::Run { argv, .. } => vec![words(argv)],
        Command::UnmountLeaked { known, others } => {
            let find = format!("umount -l MOUNT  # each that this prints, last first: {FIND}");
            let rest = (known.is_empty() || *others > 0).then_some(find);
            known.iter().map(|point| format!("umount -l {}", quote(point))).chain(rest).collect()
        }
        Command::ExpectNoLeaked => vec![format!("! {FIND}")],
        Command::CreateFileIn(directory) => {
            let directory = quote(directory);
            vec![format!(
                "mkdir -p {directory} && t=$(mktemp {directory}/.tmp-unwedge.XXXXXX) && echo >\"$t\" && rm \"$t\""
            )]
        }
        Command::NewStateDirectory => vec![
            "BUILDX_CONFIG=$(mktemp -d \"${TMPDIR:-/var/tmp}/buildx-state.XXXXXX\") && export BUILDX_CONFIG"
                .into(),
        ],
    }
}

fn words(argv: &[Vec<u8>]) -> String {
    argv.iter()
        .enumerate()
        .map(|(i, word)| if i == 0 { quote(word) } else { argument(word) })
        .collect::<Vec<_>>()
        .join(" ")
}

/// As [`quote`], but `--option=value` and `NAME=value` stay bare where both sides can: behind a
/// command an equals sign means nothing.
fn argument(bytes: &[u8]) -> String {
    let named = |name: &[u8]| {
        !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-' || *b == b'_')
    };
    if let Some(at) = bytes.iter().position(|b| *b == b'=') {
        let value = quote(&bytes[at + 1..]);
        if named(&bytes[..at]) && !value.starts_with(['\'', '"', '\\']) {
            return format!("{}{value}", String::from_utf8_lossy(&bytes[..=at]));
        }
    }
    quote(bytes)
}

/// The whole recipe as a POSIX script: it stops at the first step that fails, names it, and a
/// second run does no harm. Steps that a person has to decide are named and not run.
#[must_use]
pub fn script(recipe: &Recipe) -> String {
    let mut text = String::from("#!/bin/sh\n");
    comment(&mut text, &format!("unwedge, recipe {}: {}.", recipe.kind.slug(), recipe.kind.title()));
    comment(
        &mut text,
        &format!("Runs as {}.", if recipe.needs_root() { "root" } else { "the user who builds" }),
    );
    comment(&mut text, &format!("To {}:", recipe.around.title));
    for line in recipe.around.commands.iter().flat_map(typed) {
        let _ = writeln!(text, "#     {line}");
    }
    text.push_str(HEAD);
    text.push_str(&user(recipe));
    if recipe.steps.iter().any(|step| commands(step).any(|c| matches!(c, Command::UnmountLeaked { .. }))) {
        text.push_str(MOUNTS);
    }
    // A function: the shell has read all of it before anything runs, so that a script that arrives
    // by a pipe is neither run by half nor eaten by a command that reads its standard input.
    text.push_str("\nmain() {\n");
    for (step, number) in recipe.steps.iter().zip(1..) {
        one(&mut text, step, number);
        text.push('\n');
    }
    text.push_str(TAIL);
    text
}

/// Ends a script: one that did nothing says so.
const TAIL: &str = r#"finished=yes
[ "$left_over" -eq 0 ] || say "steps to be decided by hand, not run: $left_over"
[ "$changed" = yes ] || say 'nothing was changed'
say 'done'
}
main </dev/null
"#;

/// Ends a script that somebody else runs. Root must not run what the user who builds has to: the
/// files that it makes lock that user out.
fn user(recipe: &Recipe) -> String {
    let wanted = match (recipe.needs_root(), recipe.user) {
        (true, _) => 0,
        (false, Some(user)) => user,
        (false, None) => return String::new(),
    };
    let who =
        if wanted == 0 { "root".into() } else { format!("user {wanted}, who builds: sudo -u '#{wanted}'") };
    let complaint = quote(format!("unwedge: this script has to be run as {who}").as_bytes());
    format!("\nif [ \"$(id -u)\" != {wanted} ]; then\n    echo {complaint} >&2\n    exit 1\nfi\n")
}

fn commands(step: &Step) -> impl Iterator<Item = &Command> {
    step.commands.iter().chain(&step.verify)
}

fn one(text: &mut String, step: &Step, number: usize) {
    comment(text, &format!("{number}. {}", step.title));
    if !step.why.is_empty() {
        comment(text, &format!("   {}", step.why));
    }
    if let Some(destroys) = step.destroys {
        comment(text, &format!("   DESTROYS: {destroys}"));
    }
    let otherwise = step.otherwise.as_deref().unwrap_or_default();
    let _ = writeln!(text, "begin {number} {} {}", step.id, quote(sanitize(otherwise.as_bytes()).as_bytes()));
    if step.by_hand {
        let root = if step.privilege == Privilege::Root { ", as root" } else { "" };
        let _ = write!(
            text,
            "by_hand {}",
            quote(sanitize(format!("{}{root}", step.title).as_bytes()).as_bytes())
        );
        for line in commands(step).flat_map(typed) {
            let _ = write!(text, " {}", quote(line.as_bytes()));
        }
        text.push('\n');
        return;
    }
    // On a host where nothing leaks, nothing needs to be stopped for it.
    let guarded = matches!(step.id, "stop-docker" | "kill-holders" | "unmount");
    let mut lines: Vec<String> = commands(step).map(executed).collect();
    match step.id {
        "stop-docker" => {
            lines.insert(0, "stopped=perhaps".into());
            lines.extend(["expect_stopped".into(), "stopped=yes".into()]);
        }
        "start-docker" => lines.push("stopped=no".into()),
        _ => {}
    }
    if !step.id.starts_with("show-") && !step.commands.iter().all(tells_itself) {
        lines.push("changed=yes".into());
    }
    if guarded {
        text.push_str("if [ \"$leaks\" -gt 0 ]; then\n");
    }
    for line in lines {
        let _ = writeln!(text, "{}{line}", if guarded { "    " } else { "" });
    }
    if guarded {
        text.push_str("fi\n");
    }
}

/// Whether the function that runs a command keeps account of what it changed, or changes nothing.
fn tells_itself(command: &Command) -> bool {
    match command {
        Command::Run { .. } => removed(command).is_some(),
        Command::UnmountLeaked { .. } => false,
        Command::ExpectNoLeaked | Command::CreateFileIn(_) | Command::NewStateDirectory => true,
    }
}

/// The paths that a command removes, if it is one that removes.
fn removed(command: &Command) -> Option<&[Vec<u8>]> {
    match command {
        Command::Run { argv, tolerated: [] } => match argv.as_slice() {
            [rm, rf, paths @ ..] if rm == b"rm" && rf == b"-rf" => Some(paths),
            _ => None,
        },
        _ => None,
    }
}

fn executed(command: &Command) -> String {
    if let Some(paths) = removed(command) {
        return format!("remove {}", words(paths));
    }
    match command {
        Command::Run { argv, tolerated: [] } => words(argv),
        Command::Run { argv, tolerated } => {
            let allowed: Vec<String> = tolerated.iter().map(u8::to_string).collect();
            format!("tolerate {} {}", quote(allowed.join(" ").as_bytes()), words(argv))
        }
        Command::UnmountLeaked { .. } => "unmount_leaked".into(),
        Command::ExpectNoLeaked => "expect_no_leaked".into(),
        Command::CreateFileIn(directory) => format!("create_file_in {}", quote(directory)),
        Command::NewStateDirectory => "new_state_directory".into(),
    }
}

/// A comment, wrapped. Control characters cannot end it.
fn comment(text: &mut String, said: &str) {
    let said = sanitize(said.as_bytes());
    let indent = said.len() - said.trim_start().len();
    let mut line = format!("#{:indent$}", "");
    for word in said.split_whitespace() {
        if line.len() + word.len() >= WIDTH && line.trim() != "#" {
            let _ = writeln!(text, "{line}");
            line = format!("#{:indent$}", "");
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(text, "{line}");
}
