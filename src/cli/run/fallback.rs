//! The state directory of the fallback.

use std::{
    fs::{self, DirBuilder},
    io::{Error, ErrorKind, Result},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};

/// How many names are tried.
const NAMES: u32 = 100;

/// Makes a private directory of a new name, in `$TMPDIR` or else in `/var/tmp`, where it outlives a restart.
pub(super) fn fresh(chance: &mut impl FnMut() -> u64) -> Result<PathBuf> {
    let parent = std::env::var_os("TMPDIR").filter(|dir| !dir.is_empty());
    let parent = std::path::absolute(parent.map_or_else(|| PathBuf::from("/var/tmp"), PathBuf::from))?;
    for _ in 1..NAMES {
        let path = parent.join(format!("buildx-state.{:012x}", chance() & 0xffff_ffff_ffff));
        match DirBuilder::new().mode(0o700).create(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return made.map(|()| path),
        }
    }
    Err(Error::other("every name is taken"))
}

/// A named directory, made with mode 0700 where it is not there. One that is there has to be private: ours,
/// with nobody else allowed to write, no symbolic link.
pub(super) fn named(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path)?;
    match fs::symlink_metadata(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            DirBuilder::new().mode(0o700).recursive(true).create(&path)?;
        }
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.is_dir() => return Err(Error::other("it is not a directory")),
        Ok(metadata) if metadata.uid() != rustix::process::geteuid().as_raw() => {
            return Err(Error::other("it belongs to somebody else"));
        }
        Ok(metadata) if metadata.mode() & 0o022 != 0 => {
            return Err(Error::other("others may write to it"));
        }
        Ok(_) => {}
    }
    Ok(path)
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_named_directory_has_to_be_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b");
        assert_eq!(named(&path).unwrap(), path);
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o700);
        assert_eq!(named(&path).unwrap(), path);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(named(&path).unwrap_err().to_string().contains("others may write"));
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(named(&folder.path().join("file")).is_err());
        symlink(folder.path().join("a"), folder.path().join("link")).unwrap();
        assert!(named(&folder.path().join("link")).is_err());
    }
}
