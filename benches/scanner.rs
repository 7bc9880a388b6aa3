//! The scanner on streams that hold a sentinel never, rarely, often, and in the worst way.

#![allow(missing_docs, reason = "criterion's macros make a public function")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use aho_corasick::AhoCorasick;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use regex::bytes::RegexSet;
use std::hint::black_box;
use unwedge::core::{scanner::Scanner, sentinel::Sentinel, verdict::Verdict};

const SIZE: usize = 4 << 20;
const WEDGE: &[u8] = b"ERROR: failed to update builder last activity time: open /root/.docker/buildx/activity/.tmp-default1: read-only file system\n";

/// Repeats lines up to [`SIZE`].
fn filled(lines: &[&str]) -> Vec<u8> {
    let block = lines.concat().into_bytes();
    block.iter().copied().cycle().take(SIZE / block.len() * block.len()).collect()
}

/// Name, stream, and whether it shows the wedge.
fn streams() -> Vec<(&'static str, Vec<u8>, bool)> {
    let never = filled(&[
        "#7 [3/9] RUN apt-get update && apt-get install -y build-essential\n",
        "#7 12.41 Get:14 http://deb.debian.org/debian bookworm/main amd64 libssl3 amd64 3.0.11-1 [2021 kB]\n",
        "#7 13.02 Selecting previously unselected package activity-tool.\n",
        "#8 exporting layers 4.2s done\n",
    ]);
    let rare = [&never[..], WEDGE].concat();
    let common = filled(&[
        "#7 0.412 touch: cannot touch '/ro/x': Read-only file system\n",
        "#7 0.413 everything else is fine\n",
    ]);
    let windows =
        filled(&["activity tactivity td-ond-onread-onfailed to update builder last activity tim\n"]);
    let sentinels =
        filled(&["#7 0.1 failed to update builder last activity time: x: read-only file system "]);
    let newlines = vec![b'\n'; SIZE];
    let side_by_side = filled(&["ty ty ty ty ty d-on d-on ty ty ty d-on ty ty\n"]);
    let containers =
        filled(&["#7 0.412 ERROR: failed to update builder last activity time: /x: read-only file system\n"]);
    // No two alike, so that each is judged.
    let statements = (0..SIZE / 50).fold(Vec::new(), |mut lines, i| {
        lines
            .extend_from_slice(format!("cp: cannot create '/srv/{i:x}': Read-only file system\n").as_bytes());
        lines
    });
    let rules = filled(&["#7 0.1 x: read-only file system\n------\n > [3/3] RUN x:\n"]);
    vec![
        ("never", never, false),
        ("rare", rare, true),
        ("common", common, false),
        ("pathological/windows", windows, false),
        ("pathological/windows-side-by-side", side_by_side, false),
        ("pathological/sentinels-on-one-line", sentinels, false),
        ("pathological/containers", containers, false),
        ("pathological/statements", statements, false),
        ("pathological/rules", rules, false),
        ("pathological/newlines", newlines, false),
    ]
}

fn is_wedge(stream: &[u8], chunk: usize) -> bool {
    let mut scanner = Scanner::new();
    for piece in stream.chunks(chunk) {
        scanner.push(piece);
    }
    matches!(scanner.finish(), Verdict::Wedge(_))
}

fn contents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scanner");
    for (name, stream, wedge) in streams() {
        assert_eq!(is_wedge(&stream, 1 << 16), wedge, "{name}");
        group.throughput(Throughput::Bytes(stream.len() as u64));
        group.bench_function(name, |b| b.iter(|| is_wedge(black_box(&stream), 1 << 16)));
    }
    group.finish();
}

/// What people would write instead, on a stream that holds no sentinel. None of them tells a wedge from a mention.
fn peers(criterion: &mut Criterion) {
    let [activity, erofs] = Sentinel::ALL.map(Sentinel::phrase);
    let (_, stream, _) = streams().swap_remove(0);
    let mut group = criterion.benchmark_group("peers");
    group.throughput(Throughput::Bytes(stream.len() as u64));
    let mut peer = |name: &str, holds_both: &dyn Fn(&[u8]) -> bool| {
        assert!(!holds_both(&stream), "{name}");
        assert!(holds_both(&[&stream, WEDGE].concat()), "{name}");
        group.bench_function(name, |b| b.iter(|| holds_both(black_box(&stream))));
    };

    peer("unwedge", &|stream| is_wedge(stream, stream.len()));
    peer("lower-case and contains", &|stream| {
        let lower = stream.to_ascii_lowercase();
        [activity, erofs].iter().all(|phrase| lower.windows(phrase.len()).any(|window| window == *phrase))
    });
    peer("lower-case and memmem", &|stream| {
        let lower = stream.to_ascii_lowercase();
        [activity, erofs].iter().all(|phrase| memchr::memmem::find(&lower, phrase).is_some())
    });
    // Without regard to case it would have to lower-case first.
    peer("memmem, case-sensitive", &|stream| {
        [activity, erofs].iter().all(|phrase| memchr::memmem::find(stream, phrase).is_some())
    });
    let automaton = AhoCorasick::builder().ascii_case_insensitive(true).build([activity, erofs]).unwrap();
    peer("aho-corasick", &|stream| {
        let found = automaton.find_iter(stream).fold([false; 2], |mut found, m| {
            found[m.pattern().as_usize()] = true;
            found
        });
        found == [true; 2]
    });
    let phrases = [activity, erofs].map(|phrase| format!("(?i-u:{})", std::str::from_utf8(phrase).unwrap()));
    let set = RegexSet::new(phrases).unwrap();
    peer("regex set", &|stream| set.matches(stream).iter().count() == 2);
    group.finish();
}

fn chunks(criterion: &mut Criterion) {
    let (_, mut stream, _) = streams().swap_remove(0);
    stream.truncate(256 << 10);
    stream.extend_from_slice(b"\n");
    stream.extend_from_slice(WEDGE);
    let mut group = criterion.benchmark_group("chunks");
    group.throughput(Throughput::Bytes(stream.len() as u64));
    for chunk in [1, 7, 64, 4 << 10, 64 << 10, 1 << 20] {
        assert!(is_wedge(&stream, chunk), "{chunk}");
        group.bench_with_input(BenchmarkId::from_parameter(chunk), &chunk, |b, &chunk| {
            b.iter(|| is_wedge(black_box(&stream), chunk));
        });
    }
    group.finish();
}

criterion_group!(benches, contents, peers, chunks);
criterion_main!(benches);
