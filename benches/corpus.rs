//! `corpus check`: every case of the corpus as it is, and ten cases under all transforms.

#![allow(missing_docs, reason = "criterion's macros make a public function")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{path::Path, time::Duration};
use unwedge::corpus::{
    check::{Plan, check},
    manifest::Corpus,
    transform::Transform,
};

fn corpus(criterion: &mut Criterion) {
    let corpus = Corpus::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap();
    let mut group = criterion.benchmark_group("corpus");
    group.sample_size(10).measurement_time(Duration::from_secs(10));

    let all = (0..corpus.cases.len()).collect();
    let plan = Plan { cases: all, transforms: vec![Transform::AsIs], seed: 1 };
    let as_is = || check(&corpus, &plan, |_| {}).unwrap();
    assert!(as_is().passed());
    group.throughput(Throughput::Elements(as_is().streams()));
    group.bench_function("as they are", |b| b.iter(as_is));

    let ten = (0..corpus.cases.len()).step_by(corpus.cases.len().div_ceil(10)).collect();
    let plan = Plan { cases: ten, transforms: Transform::ALL.to_vec(), seed: 1 };
    let transformed = || check(&corpus, &plan, |_| {}).unwrap();
    assert_eq!(transformed().failures().count(), 0);
    group.throughput(Throughput::Elements(transformed().streams()));
    group.bench_function("ten cases under all transforms", |b| b.iter(transformed));
    group.finish();
}

criterion_group!(benches, corpus);
criterion_main!(benches);
