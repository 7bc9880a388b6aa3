//! The state directory, and whether it can be written.

use super::{OwnTable, Variables};
use crate::core::{
    mountinfo::Entry,
    state::{Access, Held, Owner, Probe, Space},
};
use rustix::{fs::Access as Right, io::Errno};
use std::{
    fs,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

/// Where buildx keeps its files: `$BUILDX_CONFIG`, else `$DOCKER_CONFIG/buildx`, else
/// `$HOME/.docker/buildx` (without `HOME` that of the passwd entry). Absolute. None where nothing says.
///
/// Under `sudo` that is root's, as for a build under `sudo`, and not that of `$SUDO_USER`: which of the
/// two is wedged nobody can tell from here. A recipe that root asks for says so.
#[must_use]
pub fn directory(variables: Variables) -> Option<PathBuf> {
    let named = match variables("BUILDX_CONFIG") {
        Some(path) => PathBuf::from(path),
        None => docker_config(variables)?.join("buildx"),
    };
    std::path::absolute(named).ok()
}

/// `$DOCKER_CONFIG`, else `$HOME/.docker`.
pub(super) fn docker_config(variables: Variables) -> Option<PathBuf> {
    let home = || variables("HOME").map(PathBuf::from).or_else(std::env::home_dir);
    match variables("DOCKER_CONFIG") {
        Some(path) => Some(path.into()),
        None => home().filter(|home| !home.as_os_str().is_empty()).map(|home| home.join(".docker")),
    }
}

/// Looks whether buildx could write in a state directory, without writing: `access(2)` on its
/// `activity` and on itself, or on the nearest ancestor that exists; `statvfs(3)`; the mount table.
#[must_use]
pub fn probe(directory: &Path, own: &OwnTable) -> Probe {
    let mut asked: Vec<PathBuf> =
        [directory.join("activity"), directory.to_owned()].into_iter().filter(|path| exists(path)).collect();
    if asked.is_empty() {
        asked.extend(directory.ancestors().find(|path| exists(path)).map(Path::to_owned));
    }
    let blocked =
        asked.iter().map(|path| (path, access(path))).find(|(_, access)| *access != Access::Writable);
    let (probed, access) = match (blocked, asked.first()) {
        (Some((path, access)), _) => (path.clone(), access),
        (None, Some(path)) => (path.clone(), Access::Writable),
        (None, None) => (directory.to_owned(), Access::Failed("no ancestor of it exists".into())),
    };
    let metadata = fs::metadata(&probed).ok();
    Probe {
        directory: directory.as_os_str().as_bytes().to_vec(),
        held: held(&probed, directory, own),
        space: space(&probed),
        owner: metadata.map(|m| Owner { uid: m.uid(), gid: m.gid(), mode: m.mode() }),
        asker: (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw()),
        probed: probed.into_os_string().into_encoded_bytes(),
        access,
    }
}

/// Whether something is there. What we may not look at counts as not there: then the ancestor that
/// forbids it is asked, and says so.
fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn access(path: &Path) -> Access {
    // First, because no file can be entered, which looks as if it belonged to somebody else.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
        return Access::Failed("not a directory".into());
    }
    match rustix::fs::access(path, Right::WRITE_OK | Right::EXEC_OK) {
        Ok(()) if append_only(path) => Access::NotPermitted,
        Ok(()) if space(path).is_some_and(|space| space.is_full()) => Access::Full,
        Ok(()) => Access::Writable,
        Err(Errno::ROFS) => Access::ReadOnly,
        Err(Errno::ACCESS) => Access::Denied,
        Err(Errno::PERM) => Access::NotPermitted,
        Err(Errno::NOSPC | Errno::DQUOT) => Access::Full,
        Err(error) => Access::Failed(std::io::Error::from(error).to_string()),
    }
}

/// What is free for us: root can use the blocks that are kept for root. A filesystem without blocks
/// (`sysfs`) tells nothing.
fn space(path: &Path) -> Option<Space> {
    let stat = rustix::fs::statvfs(path).ok().filter(|stat| stat.f_blocks > 0)?;
    let (blocks, inodes) = if rustix::process::geteuid().is_root() {
        (stat.f_bfree, stat.f_ffree)
    } else {
        (stat.f_bavail, stat.f_favail)
    };
    Some(Space { bytes: blocks.saturating_mul(stat.f_frsize), inodes: (stat.f_files > 0).then_some(inodes) })
}

fn held(path: &Path, directory: &Path, own: &OwnTable) -> Option<Held> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (id, path) = (mount_id(path).map(|id| id.to_string()), real(path));
    let (mut by_id, mut by_path) = (None, None::<Entry>);
    own.each(|line, entry| {
        if id.as_ref().is_some_and(|id| starts_with_word(line, id.as_bytes())) {
            by_id = Some(entry);
        } else if entry.is_above(path.as_os_str().as_bytes())
            && by_path.as_ref().is_none_or(|best| best.mount_point.len() <= entry.mount_point.len())
        {
            by_path = Some(entry);
        }
    })
    .ok()?;
    // The kernel knows the mount; by path alone one that is hidden below a later one can come out.
    let mount = by_id.or(by_path)?;
    let directory = real(directory);
    let rest = mount.mount_point.strip_prefix(directory.as_os_str().as_bytes());
    let below = rest.is_some_and(|rest| rest.first() == Some(&b'/'));
    Some(Held { mount, below })
}

fn starts_with_word(line: &[u8], word: &[u8]) -> bool {
    line.strip_prefix(word).is_some_and(|rest| rest.first() == Some(&b' '))
}

/// Whether files can be made, but neither renamed nor removed (`chattr +a`): buildx makes its file under
/// another name, and `access(2)` says nothing of it.
#[cfg(target_os = "linux")]
fn append_only(path: &Path) -> bool {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    statx(CWD, path, AtFlags::empty(), StatxFlags::empty())
        .is_ok_and(|stat| stat.stx_attributes.contains(StatxAttributes::APPEND))
}

/// The id of the mount that holds a path, since Linux 5.8: the first field of its line.
#[cfg(target_os = "linux")]
fn mount_id(path: &Path) -> Option<u64> {
    use rustix::fs::{AtFlags, CWD, StatxFlags, statx};
    let stat = statx(CWD, path, AtFlags::empty(), StatxFlags::MNT_ID).ok()?;
    (stat.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(stat.stx_mnt_id)
}

#[cfg(not(target_os = "linux"))]
fn append_only(_: &Path) -> bool {
    false
}

#[cfg(not(target_os = "linux"))]
fn mount_id(_: &Path) -> Option<u64> {
    None
}
