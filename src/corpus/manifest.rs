//! A folder of cases: `cases.jsonl` with a line for each file below `wedge/`, `clear/` and `limit/`.
//!
//! corpus/README.md describes the fields.

mod line;
mod rules;

pub use line::{Case, Kind, Label, Provenance};

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// The manifest's name in its folder.
pub const MANIFEST: &str = "cases.jsonl";

/// The folders that hold the files.
pub const FOLDERS: [&str; 3] = ["wedge", "clear", "limit"];

/// A folder of cases that agrees with itself: every line is understood, every name and every file is
/// there once, no file is without a line.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// The folder.
    pub root: PathBuf,
    /// The cases, in the order of the manifest.
    pub cases: Vec<Case>,
}

/// Why a folder is no corpus: everything that is wrong with it, at least one thing, each with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(Vec<String>);

impl Broken {
    /// What is wrong, one line each.
    #[must_use]
    pub fn slips(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        to.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Broken {}

impl Corpus {
    /// Reads the manifest of a folder and holds it against the files that are there; of the files it
    /// reads nothing.
    ///
    /// # Errors
    ///
    /// The folder, its manifest or its subfolders cannot be read, a line breaks the format or a rule of
    /// it, files and lines do not match.
    pub fn open(root: &Path) -> Result<Self, Broken> {
        let path = root.join(MANIFEST);
        let text = fs::read(&path)
            .map_err(|error| Broken(vec![format!("cannot read {}: {error}", path.display())]))?;
        Self::of(root, &text)
    }

    /// The corpus that the folder would be with this manifest.
    pub(crate) fn of(root: &Path, manifest: &[u8]) -> Result<Self, Broken> {
        let (cases, mut slips) = read(manifest);
        slips.extend(unmatched(root, &cases.iter().map(|case| case.file.clone()).collect()));
        if slips.is_empty() { Ok(Self { root: root.to_owned(), cases }) } else { Err(Broken(slips)) }
    }

    /// The bytes of a case.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn bytes(&self, case: &Case) -> io::Result<Vec<u8>> {
        fs::read(self.root.join(&case.file))
    }

    /// The bytes of some cases, in their order.
    ///
    /// # Errors
    ///
    /// Some cannot be read; all of those are named.
    pub fn read<'c>(&self, cases: impl IntoIterator<Item = &'c Case>) -> Result<Vec<Vec<u8>>, Broken> {
        let mut slips = Vec::new();
        let mut all = Vec::new();
        for case in cases {
            match self.bytes(case) {
                Ok(bytes) => all.push(bytes),
                Err(error) => {
                    slips.push(format!("cannot read {}: {error}", self.root.join(&case.file).display()));
                }
            }
        }
        if slips.is_empty() { Ok(all) } else { Err(Broken(slips)) }
    }
}

/// The cases of a manifest, in its order, whatever files there are. Linear.
///
/// # Errors
///
/// Some lines break the format or a rule of it; each is named by its number.
pub fn cases(manifest: &[u8]) -> Result<Vec<Case>, Broken> {
    let (cases, slips) = read(manifest);
    if slips.is_empty() { Ok(cases) } else { Err(Broken(slips)) }
}

/// The cases of the lines that are understood, and what is wrong with any line.
fn read(manifest: &[u8]) -> (Vec<Case>, Vec<String>) {
    let mut slips = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    let mut names = BTreeMap::new();
    let mut files = BTreeMap::new();
    for (number, line) in (1..).zip(manifest.split_inclusive(|byte| *byte == b'\n')) {
        let mut slip = |what: String| slips.push(format!("{MANIFEST} line {number}: {what}"));
        let case: Case = match serde_json::from_slice(line.strip_suffix(b"\n").unwrap_or(line)) {
            Ok(case) => case,
            Err(error) => {
                slip(complaint(&error));
                continue;
            }
        };
        rules::slips(&case).into_iter().for_each(&mut slip);
        if let Some(first) = names.insert(case.name.clone(), number) {
            slip(format!("the name {} stands on line {first} already", case.name));
        }
        if let Some(first) = files.insert(case.file.clone(), number) {
            slip(format!("the file {} stands on line {first} already", case.file));
        }
        cases.push(case);
    }
    (cases, slips)
}

/// What is wrong with a line, without the line that serde counts: to it each is the first.
fn complaint(error: &serde_json::Error) -> String {
    let (said, column) = (error.to_string(), error.column());
    match said.strip_suffix(&format!(" at line {} column {column}", error.line())) {
        Some(what) => format!("{what}, at column {column}"),
        None => said,
    }
}

/// Lines without a file, files without a line, and what is no file at all.
fn unmatched(root: &Path, listed: &BTreeSet<String>) -> Vec<String> {
    let mut slips = Vec::new();
    let mut found = BTreeSet::new();
    for folder in FOLDERS {
        let entries = match fs::read_dir(root.join(folder)) {
            Ok(entries) => entries,
            // A corpus need not have a case of every kind.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                slips.push(format!("cannot read {}: {error}", root.join(folder).display()));
                continue;
            }
        };
        for entry in entries.flatten() {
            let file = format!("{folder}/{}", entry.file_name().to_string_lossy());
            // Not followed: a link could name a file outside the folder.
            if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
                slips.push(format!("{file}: no regular file"));
            } else if !listed.contains(&file) {
                slips.push(format!("{file}: a file without a line in {MANIFEST}"));
            }
            found.insert(file);
        }
    }
    let lost = listed.iter().filter(|file| line::is_inside(file) && !found.contains(*file));
    slips.extend(lost.map(|file| format!("{file}: a line in {MANIFEST} without a file")));
    slips
}
