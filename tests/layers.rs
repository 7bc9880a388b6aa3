//! The layers of the crate use only those above them.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    path::{Path, PathBuf},
};

const LAYERS: [&str; 6] = ["core", "host", "stream", "report", "corpus", "cli"];
const CORE: [&str; 10] = [
    "sentinel",
    "verdict",
    "line",
    "scanner",
    "phrases",
    "mountinfo",
    "state",
    "recipe",
    "decision",
    "retry",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

/// The modules below `path` that a source names, in `use` groups too.
fn used(source: &str, path: &str, known: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in source.match_indices(path) {
        let rest = &source[at + path.len()..];
        let names = if rest.starts_with('{') {
            let mut depth = 0;
            let end = rest
                .find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth == 0
                })
                .unwrap();
            let mut top = String::new();
            let mut depth = 0;
            for c in rest[..end].chars() {
                depth += i32::from(c == '{') - i32::from(c == '}');
                if depth <= 1 {
                    top.push(c);
                }
            }
            top
        } else {
            rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned()
        };
        let words = names.split(|c: char| !c.is_alphanumeric() && c != '_');
        found.extend(words.filter(|word| known.contains(word)).map(str::to_owned));
    }
    found
}

fn wrong_edges(source: &str, own: &str, path: &str, order: &[&str]) -> Vec<String> {
    let rank = |name: &str| order.iter().position(|layer| *layer == name).unwrap();
    used(source, path, order).into_iter().filter(|name| rank(name) > rank(own)).collect()
}

#[test]
fn every_use_points_up() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for file in files(&src) {
        let source = fs::read_to_string(&file).unwrap();
        let parts: Vec<String> = file
            .strip_prefix(&src)
            .unwrap()
            .iter()
            .map(|part| part.to_str().unwrap().trim_end_matches(".rs").to_owned())
            .collect();
        if parts.len() == 1 {
            assert!(["lib", "main"].contains(&parts[0].as_str()), "{} belongs to no layer", file.display());
            continue;
        }
        assert!(LAYERS.contains(&parts[0].as_str()), "{} belongs to no layer", file.display());
        let mut edges = wrong_edges(&source, &parts[0], "crate::", &LAYERS);
        if parts[0] == "core" && parts[1] != "mod" {
            edges.extend(wrong_edges(&source, &parts[1], "crate::core::", &CORE));
        }
        wrong.extend(edges.into_iter().map(|edge| format!("{} uses {edge}", file.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_wrong_edge_is_seen() {
    assert_eq!(wrong_edges("use crate::cli::run;", "core", "crate::", &LAYERS), ["cli"]);
    assert_eq!(wrong_edges("use crate::{core::{cli, x}, report};", "stream", "crate::", &LAYERS), ["report"]);
    assert!(wrong_edges("use crate::core::line;", "cli", "crate::", &LAYERS).is_empty());
    assert_eq!(wrong_edges("crate::core::scanner::X", "line", "crate::core::", &CORE), ["scanner"]);
}
