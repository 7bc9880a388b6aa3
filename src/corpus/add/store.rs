//! A file and a line, both or neither.

use super::Refusal;
use crate::corpus::manifest::{Case, Corpus, MANIFEST};
use rustix::fs::FlockOperation;
use std::{
    fs::{self, File, Permissions},
    io::{self, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};
use tempfile::NamedTempFile;

/// Waits for the corpus, so that of two who add at once none loses a line.
pub(super) fn lock(root: &Path) -> io::Result<File> {
    let folder = File::open(root)?;
    rustix::fs::flock(&folder, FlockOperation::LockExclusive)?;
    Ok(folder)
}

/// The file comes first, and where the line cannot be written it goes again. Only a kill between the two
/// leaves it behind, and every command names it then.
pub(super) fn store(root: &Path, case: &Case, bytes: &[u8]) -> Result<(), Refusal> {
    let path = root.join(&case.file);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let temporary = filled(root, bytes, 0o666)?;
    temporary.persist_noclobber(&path).map_err(|error| error.error)?;
    let added = append(root, case);
    if added.is_err() {
        let _ = fs::remove_file(&path);
    }
    added
}

fn append(root: &Path, case: &Case) -> Result<(), Refusal> {
    let path = root.join(MANIFEST);
    let mut text = fs::read_to_string(&path)?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&case.line()?);
    Corpus::of(root, text.as_bytes()).map_err(Refusal::Broken)?;
    let mode = fs::metadata(&path)?.permissions().mode() & 0o777;
    let temporary = filled(root, text.as_bytes(), 0o600)?;
    temporary.as_file().set_permissions(Permissions::from_mode(mode))?;
    temporary.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// In the folder itself, where nobody looks for cases, and on the filesystem of what it becomes.
fn filled(root: &Path, bytes: &[u8], mode: u32) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(".unwedge-")
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(root)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}
