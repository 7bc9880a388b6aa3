//! A stream in the voice of a container.

use super::{Transform, each_line, lines};

/// The whole stream as a container's output, a quotation of the client's, or the name of a step.
pub(super) fn container(form: Transform, bytes: &[u8]) -> Vec<u8> {
    let behind = |prefix: &str| each_line(bytes, |line| [prefix.as_bytes(), line].concat());
    match form {
        Transform::StepName => behind("#7 [3/3] RUN "),
        Transform::TtyOutput => behind(" => => # "),
        Transform::TtyName => behind("=> [3/3] RUN "),
        Transform::Dockerfile => behind("   3 | >>> RUN "),
        Transform::ServiceLog => behind("web-1  | "),
        Transform::DebugEcho => {
            behind("27604 v0.12.1 /usr/libexec/docker/cli-plugins/docker-buildx build --build-arg MSG=")
        }
        Transform::Excerpt => {
            let said = each_line(bytes, |line| [b"0.412 ", line].concat());
            [b"------\n > [3/3] RUN make check:\n", &said[..], b"------\n"].concat()
        }
        Transform::ProgressJson => each_line(bytes, |line| {
            let name = serde_json::Value::from(String::from_utf8_lossy(line));
            format!(r#"{{"vertexes":[{{"digest":"sha256:6e80","name":{name}}}]}}"#).into_bytes()
        }),
        Transform::QuotedCommand => quoted_command(bytes),
        _ => behind("#7 0.412 "),
    }
}

/// `process "/bin/sh -c …" did not complete successfully`, with the quoting of Go's `%q`.
fn quoted_command(bytes: &[u8]) -> Vec<u8> {
    let command: Vec<&[u8]> = lines(bytes).collect();
    let command = command.join(&b"\n"[..]);
    let mut made = br#"ERROR: failed to solve: process "/bin/sh -c "#.to_vec();
    for byte in command {
        match byte {
            b'"' | b'\\' => made.extend([b'\\', byte]),
            b'\n' => made.extend(br"\n"),
            b'\r' => made.extend(br"\r"),
            b'\t' => made.extend(br"\t"),
            0x20..=0x7e => made.push(byte),
            _ => made.extend(format!(r"\x{byte:02x}").bytes()),
        }
    }
    made.extend(b"\" did not complete successfully: exit code: 1\n");
    made
}
