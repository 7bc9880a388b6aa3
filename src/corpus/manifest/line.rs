//! One line of the manifest.

use super::FOLDERS;
use crate::{
    core::{
        recipe::RecipeKind,
        verdict::{Link, NearMissKind},
    },
    corpus::words,
};
use serde::{Deserialize, Serialize};
use std::io;

/// What a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The stream shows the wedge.
    Wedge,
    /// It does not.
    Clear,
}

impl Label {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wedge => "wedge",
            Self::Clear => "clear",
        }
    }
}

/// Where the bytes of a case come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A real program printed them.
    Observed,
    /// Observed, then changed in a stated way.
    Derived,
    /// Made up.
    Synthetic,
}

impl Kind {
    /// All of them, the strongest evidence first.
    pub const ALL: [Self; 3] = [Self::Observed, Self::Derived, Self::Synthetic];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Derived => "derived",
            Self::Synthetic => "synthetic",
        }
    }
}

/// How the bytes came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Where they come from.
    pub kind: Kind,
    /// The program that printed them, with its version.
    pub tool: String,
    /// Its command line.
    pub command: String,
    /// How the condition was made.
    pub produced: String,
}

/// A case: a file, what the classifier must say of it, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique, the label in front: `wedge/crlf`.
    pub name: String,
    /// The path of its bytes below the folder of the corpus.
    pub file: String,
    /// What it is.
    pub label: Label,
    /// Of a wedge: how the sentinels are linked.
    #[serde(default, with = "words::link", skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Of a wedge: the line of the activity sentinel, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_line: Option<u64>,
    /// Of a wedge: the line of the EROFS sentinel, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erofs_line: Option<u64>,
    /// Of a clear case: the near misses, in the order of the stream, each once.
    #[serde(default, with = "words::near_misses", skip_serializing_if = "Option::is_none")]
    pub near_misses: Option<Vec<NearMissKind>>,
    /// Of a clear case: the line on which each of them is seen first, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_lines: Option<Vec<u64>>,
    /// The mount count that the case is decided with; none is an unknown one. The field is asked for, so
    /// that nobody leaves it out where they mean `null`.
    #[serde(deserialize_with = "Option::deserialize")]
    pub mounts: Option<u64>,
    /// The recipe that must follow, if one must. The field is asked for.
    #[serde(with = "words::recipe")]
    pub recipe: Option<RecipeKind>,
    /// Of a clear case: why it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The bytes cannot be told from the other label: the verdict must be wrong.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub known_limit: bool,
    /// The classifier is wrong, and this is what is known about it: the verdict must be wrong still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_failure: Option<String>,
    /// How the bytes came to be.
    pub provenance: Provenance,
}

impl Case {
    /// Whether the verdict is known to be wrong; then there is nothing to compare besides the label.
    #[must_use]
    pub fn is_flawed(&self) -> bool {
        self.known_limit || self.known_failure.is_some()
    }

    /// The near misses and the lines they stand on, as the label has them.
    #[must_use]
    pub fn near(&self) -> Vec<(NearMissKind, u64)> {
        let kinds = self.near_misses.iter().flatten().copied();
        kinds.zip(self.near_lines.iter().flatten().copied()).collect()
    }

    /// The case as a line of the manifest, with its newline.
    ///
    /// # Errors
    ///
    /// None is known: it is a struct of strings and numbers, written to memory.
    pub fn line(&self) -> io::Result<String> {
        let mut line = Vec::new();
        self.serialize(&mut serde_json::Serializer::with_formatter(&mut line, Spaced))?;
        line.push(b'\n');
        Ok(String::from_utf8_lossy(&line).into_owned())
    }
}

/// Whether a path stays below the folder: one of its subfolders and a name.
pub(super) fn is_inside(file: &str) -> bool {
    let Some((folder, name)) = file.split_once('/') else { return false };
    FOLDERS.contains(&folder)
        && !name.is_empty()
        && !name.contains(['/', '\0'])
        && name != "."
        && name != ".."
}

/// One line with a blank behind each comma and colon, as the lines that are there.
struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_as_it_was_read() {
        for line in [
            r#"{"name": "wedge/a", "file": "wedge/a.stderr", "label": "wedge", "link": "line", "activity_line": 1, "erofs_line": 2, "mounts": null, "recipe": null, "provenance": {"kind": "observed", "tool": "buildx", "command": "x", "produced": "y"}}"#,
            r#"{"name": "clear/a", "file": "limit/a", "label": "clear", "near_misses": ["mentioned", "activity-failure"], "near_lines": [3, 4], "mounts": 7, "recipe": "disk-full", "why": "z", "known_limit": true, "provenance": {"kind": "synthetic", "tool": "buildx", "command": "x", "produced": "y"}}"#,
        ] {
            let case: Case = serde_json::from_str(line).unwrap();
            assert_eq!(case.line().unwrap(), line.to_owned() + "\n");
        }
    }

    #[test]
    fn paths_stay_inside() {
        assert!(is_inside("wedge/a.stderr") && is_inside("limit/..a"));
        for file in
            ["a", "/wedge/a", "wedge/../a", "wedge/..", "wedge/", "mountinfo/a", "../clear/a", "clear/b/a"]
        {
            assert!(!is_inside(file), "{file}");
        }
    }
}
