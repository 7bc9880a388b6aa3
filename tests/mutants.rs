//! The mutants that are allowed to survive: docs/testing.md says of each why, .cargo/mutants.toml leaves it out.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use regex::Regex;
use std::{fs, path::Path};

/// The rows of the table: file, mutant, reason.
fn listed(page: &str) -> Vec<[String; 3]> {
    let rows = page.lines().filter(|line| line.starts_with("| `src/core/"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let [file, mutant, reason] = cells[..] else { panic!("{row}") };
        [file, mutant, reason].map(|cell| cell.trim_matches('`').replace(r"\|", "|"))
    })
    .collect()
}

#[test]
fn the_list_and_the_run_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/testing.md")).unwrap();
    let config = fs::read_to_string(root.join(".cargo/mutants.toml")).unwrap();
    let left_out = config.split_once("exclude_re = [").expect("a list").1;
    let left_out: Vec<Regex> = left_out
        .lines()
        .filter_map(|line| Some(Regex::new(line.trim().strip_prefix('\'')?.strip_suffix("',")?).unwrap()))
        .collect();
    let listed = listed(&page);
    assert!(!listed.is_empty() && !left_out.is_empty());
    for [file, mutant, reason] in &listed {
        assert_eq!(left_out.iter().filter(|left_out| left_out.is_match(mutant)).count(), 1, "{mutant}");
        assert!(reason.len() > 20, "{mutant}");
        // A function that is gone has no mutant.
        let function = mutant.split(" -> ").next().unwrap().trim_end_matches(" with ()");
        let function = function.rsplit([' ', ':']).next().unwrap();
        let source = fs::read_to_string(root.join(file)).expect(file);
        assert!(Regex::new(&format!(r"fn {function}\b")).unwrap().is_match(&source), "{file}: {function}");
    }
    for left_out in &left_out {
        assert!(listed.iter().any(|[_, mutant, _]| left_out.is_match(mutant)), "{left_out}: no reason");
    }
}
