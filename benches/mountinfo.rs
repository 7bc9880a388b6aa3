//! Parsing and counting mount tables.

#![allow(missing_docs, reason = "criterion's macros make a public function")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::{fmt::Write, hint::black_box};
use unwedge::core::mountinfo::MountTable;

/// A table of `entries` mounts, every fourth of them leaked.
fn table(entries: usize) -> String {
    (0..entries).fold(String::new(), |mut text, i| {
        let point = if i % 4 == 0 { "buildkit-mount" } else { "overlay\\040" };
        writeln!(
            text,
            "{i} 25 0:{i} / /var/lib/docker/tmp/{point}{i} ro,relatime shared:{i} - overlay overlay rw,lowerdir=/a:/b"
        )
        .unwrap();
        text
    })
}

fn count(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mountinfo");
    for entries in [10, 1_000, 30_000] {
        let table = table(entries);
        let leaked = || MountTable::parse(black_box(table.as_bytes())).unwrap().leaked().count();
        assert_eq!(leaked(), entries.div_ceil(4));
        group.throughput(Throughput::Elements(entries as u64));
        group.bench_function(BenchmarkId::from_parameter(entries), |b| b.iter(leaked));
    }
    group.finish();
}

criterion_group!(benches, count);
criterion_main!(benches);
