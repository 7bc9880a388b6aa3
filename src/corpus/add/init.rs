//! A new corpus.

use super::made_up;
use crate::{
    core::verdict::{Link, NearMissKind},
    corpus::manifest::{Case, Label, MANIFEST},
};
use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::Path,
};

/// What buildx prints when it is wedged.
const WEDGE: &str = "ERROR: failed to build: failed to update builder last activity time: open \
/home/dev/.docker/buildx/activity/.tmp-default1: read-only file system\n";

/// What a step prints whose own filesystem is read-only.
const CLEAR: &str = "#6 [3/3] RUN make install\n#6 0.150 /bin/sh: can't create /usr/share/x: Read-only file system\n\
#6 ERROR: process \"/bin/sh -c make install\" did not complete successfully: exit code: 1\n";

const README: &str = "\
# A corpus of unwedge

Labelled stderr. `unwedge corpus check .` holds the classifier against it, `unwedge corpus add` adds a case,
`unwedge corpus list` lists them. `cases.jsonl` has a line for each file below `wedge/`, `clear/` and `limit/`; its
fields are described in corpus/README.md of unwedge.

The first two cases are made up. They see to it that every transform has a case to go through: keep them until cases of
your own do.
";

/// Makes a corpus of two cases in a folder that does not exist yet, or is empty. It is there at once and
/// whole, or not at all.
///
/// # Errors
///
/// The folder is there and not empty, or something could not be written.
pub fn init(folder: &Path) -> io::Result<()> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let made = tempfile::Builder::new()
        .prefix(".unwedge-")
        .permissions(Permissions::from_mode(0o777))
        .tempdir_in(parent)?;
    let write = |file: &str, text: &str| fs::write(made.path().join(file), text);
    for (case, bytes) in [(wedge(), WEDGE), (clear(), CLEAR)] {
        fs::create_dir(made.path().join(case.label.word()))?;
        write(&case.file, bytes)?;
    }
    let lines = [wedge().line()?, clear().line()?].concat();
    write(MANIFEST, &lines)?;
    write("README.md", README)?;
    write(".gitattributes", "wedge/* -text\nclear/* -text\nlimit/* -text\n")?;
    // Takes the place of an empty folder, and of nothing else.
    fs::rename(made.path(), folder)?;
    // What is left to clean up has moved.
    let _ = made.keep();
    Ok(())
}

fn wedge() -> Case {
    Case {
        name: "wedge/first".into(),
        file: "wedge/first.stderr".into(),
        label: Label::Wedge,
        link: Some(Link::Line),
        activity_line: Some(1),
        erofs_line: Some(1),
        near_misses: None,
        near_lines: None,
        mounts: None,
        recipe: None,
        why: None,
        known_limit: false,
        known_failure: None,
        provenance: made_up("the line that buildx prints when it is wedged"),
    }
}

fn clear() -> Case {
    Case {
        name: "clear/first".into(),
        file: "clear/first.stderr".into(),
        label: Label::Clear,
        link: None,
        activity_line: None,
        erofs_line: None,
        near_misses: Some(vec![NearMissKind::ReadOnlyElsewhere]),
        near_lines: Some(vec![2]),
        why: Some("a build step's own filesystem is read-only".into()),
        provenance: made_up("a step that writes to a read-only filesystem"),
        ..wedge()
    }
}
