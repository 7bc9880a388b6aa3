# What the scripts of this folder share: the program, the helper, a folder of their own. To be read by bash.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
program=${UNWEDGE:-target/release/unwedge}
[ -x "$program" ] || {
    echo "$0: $program is not there: cargo build --release, or set UNWEDGE" >&2
    exit 2
}
program=$(realpath "$program")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# What the program finds of docker on this machine is not what is measured.
unset DOCKER_HOST DOCKER_CONTEXT
export DOCKER_CONFIG=$scratch/docker
flow=$scratch/flow
cc -O2 -Wall -Wextra -Werror -o "$flow" tests/load/flow.c

# The most memory that the program may hold, in KiB.
# shellcheck disable=SC2034 # Those that read this file use it.
limit=8192
# shellcheck disable=SC2034
wedge='ERROR: failed to update builder last activity time: open /root/.docker/buildx/activity/.tmp-d1: read-only file system'

fail() {
    echo "$0: FAILED: $*" >&2
    exit 1
}

# The seconds since $1, a value of EPOCHREALTIME, and what happened so often ($2) in a second.
rate() {
    awk -v from="$1" -v to="$EPOCHREALTIME" -v n="$2" 'BEGIN { s = to - from; printf "%.1f s, %.2f %s", s, n / s / 1e9, "G" }'
}
