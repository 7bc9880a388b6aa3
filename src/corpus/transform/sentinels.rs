//! Sentinels in a stream, found without a rule.

use crate::core::sentinel::Sentinel;

/// Where the sentinels stand, in the order of the stream, whatever is around them.
pub(super) fn places(bytes: &[u8]) -> Vec<(usize, Sentinel)> {
    let lower = bytes.to_ascii_lowercase();
    let mut places: Vec<_> = Sentinel::ALL
        .into_iter()
        .flat_map(|sentinel| {
            memchr::memmem::find_iter(&lower, sentinel.phrase()).map(move |at| (at, sentinel))
        })
        .collect();
    places.sort_unstable();
    places
}

/// Each occurrence of some sentinels changed; none where there is none.
pub(super) fn changed(
    bytes: &[u8],
    which: &[Sentinel],
    mut change: impl FnMut(&[u8]) -> Vec<u8>,
) -> Option<Vec<u8>> {
    let mut made = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for (at, sentinel) in places(bytes).into_iter().filter(|(_, sentinel)| which.contains(sentinel)) {
        let end = at + sentinel.phrase().len();
        made.extend_from_slice(&bytes[from..at]);
        made.extend(change(&bytes[at..end]));
        from = end;
    }
    made.extend_from_slice(&bytes[from..]);
    (from > 0).then_some(made)
}

/// Sentinels in capitals.
pub(super) fn upper_case(bytes: &[u8]) -> Option<Vec<u8>> {
    changed(bytes, &Sentinel::ALL, <[u8]>::to_ascii_uppercase)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_occurrence_is_changed() {
        let bytes = b"x Read-Only File System read-only file system y";
        assert_eq!(changed(bytes, &[Sentinel::Erofs], |_| b"z".to_vec()).unwrap(), b"x z z y");
        assert_eq!(changed(bytes, &[Sentinel::Activity], |_| b"z".to_vec()), None);
        assert_eq!(upper_case(bytes).unwrap(), b"x READ-ONLY FILE SYSTEM READ-ONLY FILE SYSTEM y");
    }
}
