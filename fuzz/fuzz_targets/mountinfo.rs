//! What the parser accepts has as many leaked mounts as a naive reading of the bytes finds, and as many
//! entries as lines; nothing panics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwedge::core::mountinfo::MountTable;

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = MountTable::parse(bytes) else { return };
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    assert_eq!(table.entries().len(), lines.len());
    // No character of the name is ever escaped, but an escape can spell one.
    if !bytes.contains(&b'\\') {
        let leaked = lines.iter().filter(|line| {
            let point = line.split(|b| *b == b' ').nth(4).unwrap_or_default();
            point.windows(15).any(|part| part == b"/buildkit-mount")
        });
        assert_eq!(table.leaked().count(), leaked.count());
    }
    for entry in table.entries() {
        assert_eq!(entry.mount_point[0], b'/');
        let holding = table.holding(&entry.mount_point).expect("a mount holds its own mount point");
        assert!(holding.mount_point.len() >= entry.mount_point.len());
    }
});
