//! Everyday build output.

use super::Variant;
use crate::corpus::{evaluation::Expected, random::Random};
use std::sync::LazyLock;

/// At most so much noise goes before a stream, and as much behind it.
const NOISE_MAX: usize = 8 << 20;

/// What builds print all day: lines of buildx, of package managers, compilers and test runners. It holds
/// no sentinel; but words that begin like one (`add-on`) and an `ERROR:` of a step.
const TEXT: &str = "\
#0 building with \"default\" instance using docker driver
#1 [web internal] load build definition from Dockerfile
#1 transferring dockerfile: 1.18kB done
#1 DONE 0.0s
#4 [web base 1/6] FROM docker.io/library/node:22-alpine@sha256:6e80991f69cc7722c561e5d14d5e72ab47c0d6b6cfb3ae50fb9cf9a7b30fdf97
#4 resolve docker.io/library/node:22-alpine 0.2s done
#4 sha256:2d35ebdb57d9971fea0cac1582aa78935adf8058b2cc32db163c98822e5dfa1b 3.80MB / 3.80MB 0.4s done
#4 extracting sha256:2d35ebdb57d9971fea0cac1582aa78935adf8058b2cc32db163c98822e5dfa1b 0.1s done
#4 DONE 2.3s
#5 [web base 2/6] WORKDIR /app
#5 CACHED
#7 [web base 4/6] RUN npm ci --no-audit
#7 1.204 npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory.
#7 9.871 added 1204 packages in 8s
#7 9.873 214 packages are looking for funding
#7 DONE 10.4s
#8 [web build 1/2] RUN npm run build
#8 0.731 > app@2.4.0 build
#8 0.731 > vite build
#8 1.120 vite v6.2.1 building for production...
#8 4.507 transforming...
#8 6.020 dist/assets/add-on-settings-4f1c9a.js     12.41 kB | gzip:  4.02 kB
#8 6.021 dist/assets/index-9b1de2.js              214.77 kB | gzip: 70.11 kB
#8 6.040 built in 4.9s
#8 DONE 6.3s
#9 [api builder 5/7] RUN cargo build --release
#9 3.417    Compiling serde v1.0.228
#9 41.96 warning: unused variable: `activity_time`
#9 63.12     Finished `release` profile [optimized] target(s) in 1m 02s
#9 DONE 63.4s
#10 [api test 1/1] RUN pytest -q
#10 2.310 ........................................................................ [ 63%]
#10 3.984 .........................................                                [100%]
#10 3.990 113 passed, 2 skipped in 3.21s
#10 DONE 4.3s
#11 [web] exporting to image
#11 exporting layers 1.9s done
#11 writing image sha256:0d9f6bb1d6b6f8a15f9c3a3d9b0b3f6d4f0f8e0c5ab7f3f6b9f1a0e7b2d4c6e8 done
#11 naming to docker.io/library/app-web done
#11 DONE 2.0s
 Network app_default  Created
 Container app-db-1  Started
 Container app-web-1  Recreated
";

/// Some 64 KiB of it, whole lines.
pub static NOISE: LazyLock<Vec<u8>> = LazyLock::new(|| TEXT.repeat((64 << 10) / TEXT.len()).into_bytes());

/// How many lines one [`NOISE`] has.
pub(super) fn noise_lines() -> u64 {
    memchr::memchr_iter(b'\n', &NOISE).count() as u64
}

/// From nothing to 8 MiB before, and from nothing to 8 MiB behind.
pub(super) fn around(bytes: &[u8], expected: Expected, random: &mut Random) -> Variant {
    // A small amount as often as a large one.
    let mut amount = || {
        let most = NOISE_MAX >> random.below(9);
        random.below(most / NOISE.len() + 1)
    };
    let (before, behind) = (amount(), amount());
    let mut bytes = bytes.to_vec();
    if behind > 0 && bytes.last().is_some_and(|last| *last != b'\n') {
        bytes.push(b'\n');
    }
    let moved = before as u64 * noise_lines();
    Variant { before, behind, ..Variant::new(bytes, expected.on_lines(|line| line + moved)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{scanner::Scanner, sentinel::Candidates, verdict::Verdict};

    #[test]
    fn noise_says_nothing_but_looks_like_something() {
        let mut scanner = Scanner::new();
        scanner.push(&NOISE);
        assert_eq!(scanner.finish(), Verdict::Clear(Vec::new()));
        assert!(Candidates::new().find(&NOISE, 0).is_some(), "no line of it is looked at");
        assert!(NOISE.ends_with(b"\n") && NOISE.len() > 60 << 10);
    }
}
