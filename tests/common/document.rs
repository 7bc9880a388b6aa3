//! The JSON report once more, as types of its own: what docs/report.md says, field by field, and nothing else.

#![allow(dead_code, unreachable_pub, reason = "each who reads a report reads a part of it")]
#![allow(clippy::struct_field_names, reason = "the names are those of the JSON fields")]

use serde::Deserialize;

/// A field that may be `null`, but not be left out.
fn must<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Option::deserialize(from)
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Document {
    pub version: u64,
    pub command: String,
    pub verdicts: Vec<Stream>,
    pub unread: Vec<Unread>,
    pub mounts: Mounts,
    #[serde(deserialize_with = "must")]
    pub state_directory: Option<Bytes>,
    #[serde(deserialize_with = "must")]
    pub probe: Option<Probe>,
    pub decision: Decision,
    #[serde(deserialize_with = "must")]
    pub recipe: Option<Recipe>,
    #[serde(deserialize_with = "must")]
    pub run: Option<Run>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged, deny_unknown_fields)]
pub enum Bytes {
    Text(String),
    Other { base64: String },
}

/// Bytes that are text.
pub fn text(text: &str) -> Bytes {
    Bytes::Text(text.into())
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    #[serde(deserialize_with = "must")]
    pub input: Option<Bytes>,
    #[serde(deserialize_with = "must")]
    pub stream: Option<String>,
    pub verdict: String,
    #[serde(deserialize_with = "must")]
    pub link: Option<String>,
    #[serde(deserialize_with = "must")]
    pub activity: Option<Sighting>,
    #[serde(deserialize_with = "must")]
    pub erofs: Option<Sighting>,
    #[serde(deserialize_with = "must")]
    pub quote: Option<Quote>,
    pub near_misses: Vec<NearMiss>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    pub offset: u64,
    pub line: u64,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    pub text: Bytes,
    pub cut: bool,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct NearMiss {
    pub kind: String,
    pub sentinel: String,
    pub offset: u64,
    pub line: u64,
    pub quote: Quote,
    #[serde(deserialize_with = "must")]
    pub cause: Option<Cause>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    pub text: Bytes,
    pub kind: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    #[serde(deserialize_with = "must")]
    pub input: Option<Bytes>,
    pub error: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Mounts {
    #[serde(deserialize_with = "must")]
    pub count: Option<u64>,
    #[serde(deserialize_with = "must")]
    pub unknown: Option<String>,
    pub source: Bytes,
    pub leaked: Vec<Bytes>,
    pub refuse_at: u64,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    pub probed: Bytes,
    pub access: String,
    #[serde(deserialize_with = "must")]
    pub error: Option<String>,
    #[serde(deserialize_with = "must")]
    pub mount: Option<Mount>,
    #[serde(deserialize_with = "must")]
    pub free_bytes: Option<u64>,
    #[serde(deserialize_with = "must")]
    pub free_inodes: Option<u64>,
    #[serde(deserialize_with = "must")]
    pub owner: Option<Owner>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Mount {
    pub mount_point: Bytes,
    pub filesystem: Bytes,
    pub source: Bytes,
    pub read_only_mount: bool,
    pub read_only_filesystem: bool,
    pub below_state_directory: bool,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    pub uid: u32,
    pub gid: u32,
    pub mode: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub kind: String,
    #[serde(deserialize_with = "must")]
    pub recipe: Option<String>,
    pub read_only_besides: bool,
    #[serde(deserialize_with = "must")]
    pub why: Option<Bytes>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    pub kind: String,
    pub title: String,
    pub needs_root: bool,
    pub at_once: Step,
    pub steps: Vec<Step>,
    pub script: String,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub id: String,
    pub title: String,
    pub why: String,
    pub privilege: String,
    #[serde(deserialize_with = "must")]
    pub destroys: Option<String>,
    pub by_hand: bool,
    pub commands: Vec<String>,
    pub verify: Vec<String>,
    #[serde(deserialize_with = "must")]
    pub otherwise: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Run {
    pub command: Vec<Bytes>,
    pub limit: u32,
    pub attempts: Vec<Attempt>,
    #[serde(deserialize_with = "must")]
    pub fallback: Option<Fallback>,
    #[serde(deserialize_with = "must")]
    pub stderr: Option<Original>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    pub number: u32,
    pub fallback: bool,
    #[serde(deserialize_with = "must")]
    pub status: Option<u8>,
    #[serde(deserialize_with = "must")]
    pub signal: Option<u8>,
    pub duration_ms: u64,
    pub reason: String,
    #[serde(deserialize_with = "must")]
    pub phrase: Option<Bytes>,
    #[serde(deserialize_with = "must")]
    pub delay_ms: Option<u64>,
    pub mounts_before: Count,
    #[serde(deserialize_with = "must")]
    pub mounts_after: Option<Count>,
    pub verdicts: Vec<Stream>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Count {
    #[serde(deserialize_with = "must")]
    pub count: Option<u64>,
    #[serde(deserialize_with = "must")]
    pub unknown: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    pub kind: String,
    #[serde(deserialize_with = "must")]
    pub directory: Option<Bytes>,
    #[serde(deserialize_with = "must")]
    pub error: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Original {
    pub attempt: u32,
    pub stream: String,
    pub head: Bytes,
    pub left_out: u64,
    pub tail: Bytes,
}
