//! The pass-through copy, from memory to memory: what it costs beyond the copy itself.

#![allow(missing_docs, reason = "criterion's macros make a public function")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{
    hint::black_box,
    io::{self, Read, Write},
};
use unwedge::{
    core::{scanner::Scanner, verdict::Verdict},
    stream,
};

const SIZE: usize = 16 << 20;

/// Hands out a stream as a pipe does, at most 64 KiB at a time.
struct Pipe<'s>(&'s [u8]);

impl Read for Pipe<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.0.len().min(buffer.len()).min(64 << 10);
        self.0.read(&mut buffer[..length])
    }
}

/// Takes everything, and remembers how much that was.
#[derive(Default)]
struct Drain(usize);

impl Write for Drain {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += black_box(bytes).len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn everyday() -> Vec<u8> {
    let block = b"#7 12.41 Get:14 http://deb.debian.org/debian bookworm/main amd64 libssl3 amd64 3.0.11-1 [2021 kB]\n\
                  #8 exporting layers 4.2s done\n";
    block.iter().copied().cycle().take(SIZE / block.len() * block.len()).collect()
}

fn filter(criterion: &mut Criterion) {
    let stream = everyday();
    let mut group = criterion.benchmark_group("filter");
    group.throughput(Throughput::Bytes(stream.len() as u64));
    let unwedge = || {
        let (mut scanner, mut output) = (Scanner::new(), Drain::default());
        stream::copy(&mut Pipe(&stream), &mut output, &mut scanner).unwrap();
        (output.0, scanner.finish())
    };
    assert_eq!(unwedge(), (stream.len(), Verdict::Clear(Vec::new())));
    group.bench_function("unwedge", |b| b.iter(unwedge));
    let copy = || {
        let (mut input, mut output) = (Pipe(&stream), Drain::default());
        let mut buffer = vec![0; stream::READ];
        while let n @ 1.. = input.read(&mut buffer).unwrap() {
            output.write_all(&buffer[..n]).unwrap();
        }
        output.0
    };
    assert_eq!(copy(), stream.len());
    group.bench_function("the copy alone", |b| b.iter(copy));
    group.finish();
}

criterion_group!(benches, filter);
criterion_main!(benches);
