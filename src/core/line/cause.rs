//! The cause that an activity failure names.

use crate::core::{
    sentinel::Sentinel,
    verdict::{CAUSE_MAX, Cause, CauseKind},
};

/// The operations that Go's os package names in front of a path; buildx was seen to print the first
/// six (`open`, `write`, `sync`, `close`, `chmod`, `rename`).
const OPERATIONS: [&[u8]; 16] = [
    b"open",
    b"write",
    b"sync",
    b"close",
    b"chmod",
    b"rename",
    b"mkdir",
    b"remove",
    b"unlinkat",
    b"stat",
    b"lstat",
    b"chown",
    b"lchown",
    b"fsync",
    b"link",
    b"read",
];

/// What a text names as the cause of the activity failures on it. Made once for a text, in linear time, and
/// asked for every sighting on it.
pub(crate) struct Named<'t> {
    text: &'t [u8],
    /// Where the last `: ` stands, if there is one.
    colon: Option<usize>,
    /// What stands behind it.
    cause: &'t [u8],
    /// Whether that is EROFS, or how it begins.
    is_open: bool,
    /// Whether it is a mere operation, which is no cause behind the sentinel itself.
    is_operation: bool,
}

impl<'t> Named<'t> {
    pub(crate) fn by(text: &'t [u8]) -> Self {
        let start = text.iter().take_while(|b| is_blank(**b)).count();
        let end = start + without_trailer(trim(text)).len();
        let colon = last_colon(&text[..end]);
        let cause = colon.map_or(&b""[..], |colon| trim(&text[colon + 2..end]));
        let erofs = Sentinel::Erofs.phrase();
        // An empty cause is where the sentinel begins, too.
        let is_open = begins(erofs, cause) || begins(cause, erofs);
        Self { text, colon, cause, is_open, is_operation: only_operation(cause) }
    }

    /// The cause other than EROFS of a sighting that ends at `from`. The cause is what follows the last
    /// `: `; an operation and a path alone, or the beginning of a word that could have become the EROFS
    /// sentinel, is a line that was cut off.
    pub(crate) fn behind(&self, from: usize) -> Option<Cause> {
        let at_once = |colon: usize| self.text[from..colon].iter().all(|b| is_blank(*b));
        let has_other = !self.is_open
            && self.colon.is_some_and(|colon| colon >= from && !(self.is_operation && at_once(colon)));
        let cause = &self.cause[..self.cause.len().min(CAUSE_MAX)];
        has_other.then(|| Cause { text: cause.to_vec(), kind: kind(self.cause) })
    }
}

/// Where the last `: ` of a text stands.
pub(crate) fn last_colon(text: &[u8]) -> Option<usize> {
    memchr::memrchr_iter(b':', text).find(|at| text.get(at + 1) == Some(&b' '))
}

/// Whether a text begins with another, in whatever case.
fn begins(text: &[u8], with: &[u8]) -> bool {
    text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with))
}

/// `open`, `open /home/…`, or the beginning of such a word.
fn only_operation(text: &[u8]) -> bool {
    let word = text.iter().take_while(|b| **b != b' ').count();
    let whole = word < text.len();
    let word = text[..word].strip_suffix(b":").unwrap_or(&text[..word]);
    OPERATIONS.iter().any(|op| if whole { op.eq_ignore_ascii_case(word) } else { begins(op, word) })
}

/// Takes off what wrappers put behind a cause and what is none: `: unknown` (containerd's class of
/// error), `: exit status 1`, `: exit code: 1`, `, exit code: 1`.
fn without_trailer(rest: &[u8]) -> &[u8] {
    let without = |text: &'_ [u8], trailer: &[u8]| {
        let end = text.len().checked_sub(trailer.len())?;
        text[end..].eq_ignore_ascii_case(trailer).then_some(end)
    };
    let digits = rest.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let end = if (1..=3).contains(&digits) {
        let rest = &rest[..rest.len() - digits];
        [&b": exit status "[..], b": exit code: ", b", exit code: "].iter().find_map(|t| without(rest, t))
    } else {
        without(rest, b": unknown")
    };
    end.map_or(rest, |end| &rest[..end])
}

/// Without the blanks and controls at both ends; of the invalid bytes that a transport leaves
/// behind nothing is taken off, they do not hide a phrase that stands in front of them.
fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|b| is_blank(**b)).count();
    let end = text.len() - text[start..].iter().rev().take_while(|b| is_blank(**b)).count();
    &text[start..end]
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte.is_ascii_control()
}

fn kind(cause: &[u8]) -> CauseKind {
    let starts = |known: &[&[u8]]| known.iter().any(|phrase| begins(cause, phrase));
    if starts(&[b"no space left on device", b"disk quota exceeded"]) {
        CauseKind::DiskFull
    } else if starts(&[b"permission denied"]) {
        CauseKind::Ownership
    } else if starts(&[b"operation not permitted"]) {
        CauseKind::NotPermitted
    } else {
        CauseKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes() {
        for rest in [
            ": open /x: read-only file system",
            ": open /x: Read-only file system\r",
            ": rename /a /b: read-only file system",
            ": open /x: read-only file system (30)",
            ": open /x: read-only file system: exit status 1",
            ": open /x: read-only file system: unknown",
            ": open /x: read-only file system, exit code: 1",
            ": open /no space left on device/x: read-only file system",
            "",
            ":",
            ": ",
            ".",
            " blah",
            ": open",
            ": ope",
            ": open /home/",
            ": open /home/x:",
            ": open /x: ",
            ": open /x: read-only fi",
            ": write /notes: read-only file system/activity",
            r": write C:\notes: read-only file system\activity",
            ": rename /a /b",
        ] {
            assert_eq!(Named::by(rest.as_bytes()).behind(0), None, "{rest}");
        }
        for (rest, text, kind) in [
            (": open /x: no space left on device", "no space left on device", CauseKind::DiskFull),
            (": open /x: Disk quota exceeded", "Disk quota exceeded", CauseKind::DiskFull),
            (": open /x: permission denied", "permission denied", CauseKind::Ownership),
            (": chmod /x: operation not permitted", "operation not permitted", CauseKind::NotPermitted),
            (
                ": cannot write to a symbolic link directly",
                "cannot write to a symbolic link directly",
                CauseKind::Other,
            ),
            (
                ": write /n: read-only file system/a: no space left on device",
                "no space left on device",
                CauseKind::DiskFull,
            ),
            (
                ": read-only file system: no such file or directory",
                "no such file or directory",
                CauseKind::Other,
            ),
            (": permission denied: exit status 1", "permission denied", CauseKind::Ownership),
            (": permission denied: exit status abc", "exit status abc", CauseKind::Other),
            (": permission denied: exit status 1234", "exit status 1234", CauseKind::Other),
            (":  permission denied \0", "permission denied", CauseKind::Ownership),
            (": ope /x", "ope /x", CauseKind::Other),
        ] {
            assert_eq!(
                Named::by(rest.as_bytes()).behind(0),
                Some(Cause { text: text.into(), kind }),
                "{rest}"
            );
        }
    }
}
