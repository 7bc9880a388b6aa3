//! Nothing panics. What the parser accepts has the fields of each line and as many leaked mounts as a naive reading of
//! the bytes finds, and it is the same again when it is written as the kernel would.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwedge::core::mountinfo::{Entry, MountTable};

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = MountTable::parse(bytes) else { return };
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines: Vec<&[u8]> = text.split(|b| *b == b'\n').collect();
    assert_eq!(table.entries().len(), lines.len());
    let leaked = lines.iter().filter(|line| {
        let point = plain(line.split(|b| *b == b' ').nth(4).unwrap_or_default());
        point.windows(15).any(|part| part == b"/buildkit-mount")
    });
    assert_eq!(table.leaked().count(), leaked.count());

    let written: Vec<u8> = table.entries().iter().flat_map(written).collect();
    assert_eq!(MountTable::parse(&written).as_ref(), Ok(&table));
    for (entry, line) in table.entries().iter().zip(lines) {
        let fields: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
        let behind = 7 + fields[6..].iter().position(|field| *field == b"-").expect("there is a separator");
        assert_eq!((&entry.mount_point, entry.mount_options.as_slice()), (&plain(fields[4]), fields[5]));
        assert_eq!([&entry.filesystem, &entry.source], [&plain(fields[behind]), &plain(fields[behind + 1])]);
        assert_eq!(entry.super_options, fields[behind + 2]);
        assert_eq!(entry.mount_point[0], b'/');
        let holding = table.holding(&entry.mount_point).expect("a mount holds its own mount point");
        assert!(holding.mount_point.len() >= entry.mount_point.len());
    }
});

/// A field without its escapes, each looked for at every place.
fn plain(field: &[u8]) -> Vec<u8> {
    let code = |escape: &[u8]| {
        let digits = std::str::from_utf8(escape.strip_prefix(b"\\")?).ok()?;
        let octal = digits.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
        u8::from_str_radix(digits, 8).ok().filter(|_| octal)
    };
    let mut plain = Vec::new();
    let mut at = 0;
    while at < field.len() {
        let escaped = field.get(at..at + 4).and_then(code);
        plain.push(escaped.unwrap_or(field[at]));
        at += if escaped.is_some() { 4 } else { 1 };
    }
    plain
}

fn written(entry: &Entry) -> Vec<u8> {
    let escaped = |field: &[u8]| -> Vec<u8> {
        let escape = |byte: &u8| match byte {
            b' ' | b'\t' | b'\n' | b'\\' => format!("\\{byte:03o}").into_bytes(),
            _ => vec![*byte],
        };
        field.iter().flat_map(escape).collect()
    };
    [
        b"1 1 0:1 /root".to_vec(),
        escaped(&entry.mount_point),
        entry.mount_options.clone(),
        b"shared:1 -".to_vec(),
        escaped(&entry.filesystem),
        escaped(&entry.source),
        entry.super_options.clone(),
    ]
    .join(&b' ')
    .into_iter()
    .chain([b'\n'])
    .collect()
}
