# shellcheck disable=SC1003,SC2016 # what stands in single quotes is meant as it stands
set -eu
LC_ALL=C
export LC_ALL

step='before the first step'
otherwise=
finished=no
changed=no
stopped=no
left_over=0

ended() {
    status=$?
    trap - EXIT
    [ "$finished" = no ] || exit 0
    printf 'unwedge: step %s failed (status %s)\n' "$step" "$status" >&2
    [ -z "$otherwise" ] || printf 'unwedge: %s\n' "$otherwise" >&2
    case $stopped in
    yes) echo 'unwedge: docker is still stopped: run this script again, which starts it in the end; do not start it while a leaked mount is left' >&2 ;;
    perhaps) echo 'unwedge: docker may be stopped: see systemctl status docker.socket docker.service' >&2 ;;
    esac
    [ "$status" -gt 0 ] || status=1
    exit "$status"
}
trap ended EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# Who reads the progress may go away; that must not leave docker stopped half-way.
trap '' PIPE

say() {
    printf 'unwedge: %s\n' "$1" || :
}

# begin NUMBER NAME OTHERWISE
begin() {
    step="$1 ($2)"
    otherwise=$3
    say "step $step"
}

# shellcheck disable=SC2329,SC2317 # not every recipe calls each of these
by_hand() {
    left_over=$((left_over + 1))
    say "by hand: $1"
    shift
    for line; do
        say "by hand:     $line"
    done
}

# tolerate STATUSES COMMAND…: these statuses are no failure.
# shellcheck disable=SC2329,SC2317
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

# remove PATH…: absolute ones, each of which is gone afterwards.
# shellcheck disable=SC2329,SC2317
remove() {
    for path; do
        case $path in
        /*[!/]*) ;;
        *)
            echo 'unwedge: not a path to remove' >&2
            return 1
            ;;
        esac
        if [ -e "$path" ] || [ -L "$path" ]; then
            rm -rf -- "$path"
            if [ -e "$path" ] || [ -L "$path" ]; then
                echo 'unwedge: it is still there' >&2
                return 1
            fi
            changed=yes
        else
            say "nothing to remove: ${path##*/} is not there"
        fi
    done
}

# Creates a file and writes to it, which a full disk refuses and an empty file does not show.
# shellcheck disable=SC2329,SC2317
create_file_in() {
    mkdir -p -- "$1"
    made=$(mktemp "$1/.tmp-unwedge.XXXXXX")
    if ! echo unwedge >"$made"; then
        rm -f -- "$made"
        return 1
    fi
    rm -f -- "$made"
    say 'verified: a file can be created and written in the activity directory'
}

# shellcheck disable=SC2329,SC2317
new_state_directory() {
    made=$(mktemp -d "${TMPDIR:-/var/tmp}/buildx-state.XXXXXX")
    case $made in
    /*) ;;
    *) made=$PWD/$made ;;
    esac
    changed=yes
    create_file_in "$made/activity"
    say "made $made; where the builds are started, set:"
    say "    BUILDX_CONFIG=$made"
}

# Paths below are written with printf where they hold odd bytes.
[ "$(printf '\101')" = A ]
