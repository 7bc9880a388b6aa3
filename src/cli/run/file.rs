//! The report as a file, and the job summary.

use super::folder;
use rustix::{
    fs::{AtFlags, Mode, OFlags},
    io::Errno,
};
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{BufWriter, Error, Result, Write},
    path::{Path, PathBuf},
};

/// A file that will be written: whole or not at all, by way of another name beside it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    folder: PathBuf,
    name: OsString,
}

impl Target {
    /// Looks whether a file could be written there, before a long command is run for it.
    ///
    /// A symbolic link will be replaced and not followed; nor is one on the way there that everybody could have
    /// made. What is no file (a device, a pipe, a directory)
    /// is refused, also behind a link, and so is all below `/dev` and `/proc`: a rename would replace it.
    pub(super) fn new(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path)?;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(Error::other("it is a directory"));
        };
        let at = folder::open(folder)?;
        let real = fs::canonicalize(folder)?;
        let regular = fs::metadata(&path).map_or(true, |metadata| metadata.is_file());
        if !regular || real.starts_with("/dev") && real != Path::new("/dev/shm") || real.starts_with("/proc")
        {
            return Err(Error::other("it is not a regular file"));
        }
        let rights = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
        rustix::fs::accessat(&at, ".", rights, AtFlags::empty())?;
        Ok(Self { folder: folder.to_owned(), name: name.to_owned() })
    }

    /// Writes it, into the folder that has this name by now.
    pub(super) fn write(
        &self,
        content: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
        chance: &mut impl FnMut() -> u64,
    ) -> Result<()> {
        let at = folder::open(&self.folder)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let (temporary, file) = loop {
            let name = format!(".unwedge-{:016x}.tmp", chance());
            match rustix::fs::openat(&at, &name, flags, Mode::from_raw_mode(0o666)) {
                Err(Errno::EXIST) => {}
                opened => break (name, opened?),
            }
        };
        let mut file = BufWriter::new(File::from(file));
        let written = content(&mut file)
            .and_then(|()| file.flush())
            .and_then(|()| file.get_ref().sync_all())
            .and_then(|()| Ok(rustix::fs::renameat(&at, &temporary, &at, &self.name)?));
        if written.is_err() {
            // Nothing is to be left of it; the first error is what counts.
            let _ = rustix::fs::unlinkat(&at, &temporary, AtFlags::empty());
        }
        written
    }
}

/// Appends to the job summary of GitHub Actions, which the runner has made.
pub(super) fn append(path: &Path, text: &str) -> Result<()> {
    let mut file: File = OpenOptions::new().append(true).create(true).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
#[expect(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_link_is_replaced_and_nothing_is_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("victim"), "precious").unwrap();
        symlink(path("victim"), path("link")).unwrap();
        for name in ["new", "link"] {
            // The first name is taken.
            fs::write(path(".unwedge-0000000000000001.tmp"), "").unwrap();
            let mut n = 0;
            let mut chance = || {
                n += 1;
                n
            };
            Target::new(&path(name)).unwrap().write(|out| out.write_all(b"text"), &mut chance).unwrap();
            assert_eq!(fs::read_to_string(path(name)).unwrap(), "text");
            assert!(fs::symlink_metadata(path(name)).unwrap().is_file());
            assert!(!path(".unwedge-0000000000000002.tmp").exists());
        }
        assert_eq!(fs::read_to_string(path("victim")).unwrap(), "precious");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/dev/null", folder.path().join("null")).unwrap();
        for path in ["/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/", "/missing/x"] {
            assert!(Target::new(Path::new(path)).is_err(), "{path}");
        }
        assert!(Target::new(folder.path()).is_err());
        assert!(Target::new(&folder.path().join("null")).is_err());
    }
}
