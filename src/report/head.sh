# shellcheck disable=SC2016 # nothing in single quotes is to expand
set -eu
LC_ALL=C
export LC_ALL

step='before the first step'
otherwise=
finished=no
stopped=no

ended() {
    status=$?
    trap - EXIT
    [ "$finished" = yes ] && exit 0
    printf 'unwedge: step %s failed (status %s)\n' "$step" "$status" >&2
    [ -z "$otherwise" ] || printf 'unwedge: %s\n' "$otherwise" >&2
    [ "$stopped" = no ] || echo 'unwedge: docker is still stopped; to start it: systemctl start docker.socket docker.service' >&2
    [ "$status" -gt 0 ] || status=1
    exit "$status"
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# begin NUMBER NAME OTHERWISE
begin() {
    step="$1 ($2)"
    otherwise=$3
    printf 'unwedge: step %s\n' "$step"
}

by_hand() {
    printf 'unwedge: by hand: %s\n' "$1"
}

# tolerate STATUSES COMMAND…: these statuses are no failure.
# shellcheck disable=SC2329,SC2317 # not every recipe calls each of these
tolerate() {
    allowed=" 0 $1 "
    shift
    status=0
    "$@" || status=$?
    case $allowed in
    *" $status "*) ;;
    *) return "$status" ;;
    esac
}

# shellcheck disable=SC2329,SC2317
create_file_in() {
    mkdir -p "$1"
    made=$(mktemp "$1/.tmp-unwedge.XXXXXX")
    rm -f "$made"
}

# shellcheck disable=SC2329,SC2317
new_state_directory() {
    made=$(mktemp -d "${TMPDIR:-/var/tmp}/buildx-state.XXXXXX")
    printf 'unwedge: made %s; where the builds are started, set:\n    BUILDX_CONFIG=%s\n' "$made" "$made"
}
