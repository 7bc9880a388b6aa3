//! Any bytes are a manifest, or what is wrong with them is said with the number of a line. What is a manifest is the
//! same when it is written again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use unwedge::{
    corpus::manifest::{Case, cases},
    report::sanitize,
};

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
    match cases(bytes) {
        Ok(cases_of_it) => {
            assert_eq!(cases_of_it.len(), lines, "each line is a case");
            let again = cases(written(&cases_of_it).as_bytes()).expect("what was written is a manifest");
            assert_eq!(again, cases_of_it);
            assert_eq!(written(&again), written(&cases_of_it));
        }
        Err(broken) => {
            assert!(!broken.slips().is_empty());
            for slip in broken.slips() {
                let rest = slip.strip_prefix("cases.jsonl line ").expect(slip);
                let (number, what) = rest.split_once(": ").expect(slip);
                assert!((1..=lines).contains(&number.parse::<usize>().expect(slip)), "{slip}");
                assert!(!sanitize(what.as_bytes()).is_empty());
            }
        }
    }
});

fn written(cases: &[Case]) -> String {
    cases.iter().map(|case| case.line().expect("written to memory")).collect()
}
