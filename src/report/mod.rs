//! Renderers: a [`Report`] in, text out.

pub mod github;
pub mod human;
pub mod json;
pub mod sh;

use crate::{
    core::{
        decision::Decision,
        recipe::{Facts, Recipe},
        verdict::{Link, NearMiss, NearMissKind, Quote, Verdict},
    },
    host::Mounts,
};
use std::fmt::Write;

/// All that a command found out and decided.
#[derive(Clone, Debug)]
pub struct Report {
    /// The command: `filter`, `check`, `preflight`, `recipe`.
    pub command: &'static str,
    /// What was judged, by name, in order; empty where nothing was.
    pub verdicts: Vec<(String, Verdict)>,
    /// The mount count.
    pub mounts: Mounts,
    /// What else was found out about this host.
    pub facts: Facts,
    /// What to do now. Of several streams that of the first wedge, else of the first that has any.
    pub decision: Decision,
}

impl Report {
    /// The recipe of the decision.
    #[must_use]
    pub fn recipe(&self) -> Option<Recipe> {
        self.decision.recipe().map(|kind| Recipe::new(kind, &self.facts))
    }
}

const RED: anstyle::Style = anstyle::AnsiColor::Red.on_default().bold();
const GREEN: anstyle::Style = anstyle::AnsiColor::Green.on_default();

/// The verdict for a person, in colour: `NAME: wedge …` or `NAME: clear`, then the line it stands on or a line
/// for each near miss. No byte of the stream that a terminal would act on is left in it.
#[must_use]
pub fn verdict(name: &str, verdict: &Verdict) -> String {
    match verdict {
        Verdict::Wedge(wedge) => {
            let link = match wedge.link {
                Link::Line => format!("both sentinels on line {}", wedge.activity.line),
                Link::Stream => format!(
                    "the activity sentinel on line {}, the EROFS sentinel on line {}",
                    wedge.activity.line, wedge.erofs.line
                ),
            };
            format!("{name}: {RED}wedge{RED:#} ({link})\n    {}\n", shown(&wedge.quote))
        }
        Verdict::Clear(near) => {
            near.iter().fold(format!("{name}: {GREEN}clear{GREEN:#}\n"), |mut text, miss| {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "  near miss on line {}: {}", miss.sighting.line, reason(miss));
                let _ = writeln!(text, "    {}", shown(&miss.quote));
                text
            })
        }
    }
}

/// The name of a near miss in every report.
#[must_use]
pub const fn slug(kind: NearMissKind) -> &'static str {
    match kind {
        NearMissKind::ActivityFailure => "activity-failure",
        NearMissKind::StateDirUnwritable => "state-dir-unwritable",
        NearMissKind::ContainerOutput => "container-output",
        NearMissKind::Mentioned => "mentioned",
        NearMissKind::ReadOnlyElsewhere => "read-only-elsewhere",
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

/// Text for a terminal: valid UTF-8 as it is, every control and every invalid byte escaped.
#[must_use]
pub fn sanitize(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || is_format(character) {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            text.extend(byte.escape_ascii().map(char::from));
        }
    }
    text
}

/// Characters that print nothing and reorder or hide what is beside them.
fn is_format(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn no_control_survives() {
        assert_eq!(sanitize(b"a\x1b[31m\r\xff\xc3\xa9\x07"), "a\\u{1b}[31m\\r\\xffé\\u{7}");
        assert_eq!(sanitize("\u{202e}\u{9b}x".as_bytes()), "\\u{202e}\\u{9b}x");
    }
}
