//! A folder by its path, for files that must not land where somebody else wants them.

use rustix::{
    fs::{CWD, FileType, Mode, OFlags},
    io::Errno,
};
use std::{
    ffi::{OsStr, OsString},
    io::{Error, Result},
    os::{fd::OwnedFd, unix::ffi::OsStringExt},
    path::{Component, Path},
};

/// How many symbolic links are followed, as many as the kernel would.
const LINKS_MAX: usize = 40;

/// Opens the folder of an absolute path, and follows no symbolic link that lies in a directory in which everybody
/// can make one: the kernel's `protected_symlinks` may be off, and says nothing of directories that are not sticky.
pub(super) fn open(path: &Path) -> Result<OwnedFd> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let next = |at: &OwnedFd, name: &OsStr| rustix::fs::openat(at, name, flags, Mode::empty());
    let root = || rustix::fs::openat(CWD, "/", flags, Mode::empty());
    let mut at = root()?;
    let mut links = 0;
    // What is left of the path, the next name last.
    let mut left = names(path);
    while let Some(name) = left.pop() {
        let error = match next(&at, &name) {
            Ok(folder) => {
                at = folder;
                continue;
            }
            Err(error) => error,
        };
        let is_link = error == Errno::NOTDIR
            && rustix::fs::statat(&at, &name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)
                .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::Symlink);
        if !is_link {
            return Err(error.into());
        }
        if Mode::from_raw_mode(rustix::fs::fstat(&at)?.st_mode).contains(Mode::WOTH) {
            let name = crate::report::sanitize(name.as_encoded_bytes());
            return Err(Error::other(format!(
                "{name} is a symbolic link in a directory that everybody can write to"
            )));
        }
        links += 1;
        if links > LINKS_MAX {
            return Err(Errno::LOOP.into());
        }
        let target = OsString::from_vec(rustix::fs::readlinkat(&at, &name, Vec::new())?.into_bytes());
        if Path::new(&target).is_absolute() {
            at = root()?;
        }
        left.extend(names(Path::new(&target)));
    }
    Ok(at)
}

/// The names of a path, the first last.
fn names(path: &Path) -> Vec<OsString> {
    let name = |part: Component| match part {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        Component::RootDir | Component::CurDir | Component::Prefix(_) => None,
    };
    path.components().rev().filter_map(name).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    };

    #[test]
    fn links_are_followed_where_only_their_owner_can_make_them() {
        let scratch = tempfile::tempdir().unwrap();
        let path = |name: &str| scratch.path().join(name);
        fs::create_dir_all(path("own/deep")).unwrap();
        fs::create_dir(path("open")).unwrap();
        for mode in [0o777, 0o1777] {
            fs::set_permissions(path("open"), Permissions::from_mode(mode)).unwrap();
            for (link, target) in [
                ("own/absolute", path("own/deep")),
                ("own/relative", "deep".into()),
                ("own/up", "../own/./deep".into()),
                ("own/chain", "relative".into()),
                ("own/through", "../open/absolute".into()),
                ("own/loop", "loop".into()),
                ("own/nowhere", "missing".into()),
                ("open/absolute", path("own/deep")),
                ("open/relative", "../own/deep".into()),
            ] {
                let _ = fs::remove_file(path(link));
                symlink(target, path(link)).unwrap();
            }
            let deep = fs::metadata(path("own/deep")).unwrap().ino();
            for good in
                ["own/deep", "own/absolute", "own/relative", "own/up", "own/chain", "open/../own/deep"]
            {
                let stat = rustix::fs::fstat(open(&path(good)).unwrap()).unwrap();
                assert_eq!(stat.st_ino, deep, "{good}");
            }
            for bad in ["own/through", "open/absolute", "open/relative", "open/relative/x"] {
                let error = open(&path(bad)).unwrap_err().to_string();
                assert!(error.contains("is a symbolic link in a directory that everybody"), "{bad}: {error}");
            }
            for (none, errno) in
                [("own/loop", Errno::LOOP), ("own/nowhere", Errno::NOENT), ("own/deep/x", Errno::NOENT)]
            {
                assert_eq!(
                    open(&path(none)).unwrap_err().raw_os_error(),
                    Some(errno.raw_os_error()),
                    "{none}"
                );
            }
        }
    }
}
