
# Mount points as the kernel writes them, last mounted first: one a line, blanks and newlines escaped.
leaked() {
    awk -F '[ ]' '$5 ~ "(^|/)buildkit-mount" { point[++n] = $5 } END { while (n) print point[n--] }' "$1"
}

# A table that cannot be read is a failure, never a count of 0.
count() {
    counted=$(awk -F '[ ]' '$5 ~ "(^|/)buildkit-mount" { n++ } END { if (!NR) exit 1; print n + 0 }' "$1") &&
        [ "$counted" -ge 0 ] && echo "$counted"
}

unmount_leaked() {
    before=$(count /proc/self/mountinfo)
    while [ "$before" -gt 0 ]; do
        leaked /proc/self/mountinfo | while IFS= read -r escaped; do
            # What went with an outer mount is not there to be unmounted again.
            leaked /proc/self/mountinfo | grep -Fx -e "$escaped" >/dev/null || continue
            octal=$(printf '%s\n' "$escaped" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
            # The x keeps a newline at the end of the path.
            point=$(printf '%bx' "$octal")
            # One that fails must not keep the others; what counts is what is left.
            umount -l "${point%x}" || :
        done
        after=$(count /proc/self/mountinfo)
        [ "$after" -lt "$before" ] || break
        before=$after
    done
}

expect_no_leaked() {
    left=$(count /proc/self/mountinfo)
    if [ "$left" -gt 0 ]; then
        echo "unwedge: $left leaked mounts are left" >&2
        return 1
    fi
    # Process 1 has the mount table of the host, which outlives a daemon, wherever this script runs.
    left=$(count /proc/1/mountinfo 2>/dev/null) || left=0
    if [ "$left" -gt 0 ]; then
        echo "unwedge: $left leaked mounts are left in the mount namespace of process 1: run this script there (nsenter -t 1 -m)" >&2
        return 1
    fi
    say 'verified: no leaked mount is left'
    # Copies in other namespaces hold disk space. They may be those of another daemon at work, and
    # docker cannot delete through them: worth a word, not a failure.
    seen=
    grep -ls buildkit-mount /proc/[0-9]*/mountinfo | while IFS= read -r table; do
        namespace=$(readlink "${table%/*}/ns/mnt") || continue
        case $seen in
        *"<$namespace>"*) continue ;;
        esac
        seen="$seen<$namespace>"
        held=$(count "$table" 2>/dev/null) || continue
        [ "$held" = 0 ] || say "note: $held in the mount namespace of another process, see $table"
    done
}

# The process in docker's file, where it is dockerd still.
daemon() {
    pid=$(cat /run/docker.pid 2>/dev/null) || return 0
    case $pid in
    '' | *[!0-9]*) return 0 ;;
    esac
    name=$(cat "/proc/$pid/comm" 2>/dev/null) || return 0
    case $name in
    dockerd*) echo "$pid" ;;
    esac
}

expect_stopped() {
    pid=$(daemon)
    if [ -n "$pid" ]; then
        echo "unwedge: dockerd still runs, as process $pid" >&2
        return 1
    fi
}

# The daemon may live in a mount namespace of its own.
leaks=$(count /proc/self/mountinfo)
pid=$(daemon)
if [ -n "$pid" ]; then
    # A table that cannot be read counts as 0 only where the daemon has ended meanwhile.
    more=$(count "/proc/$pid/mountinfo") || [ -z "$(daemon)" ]
    leaks=$((leaks + ${more:-0}))
fi
[ "$leaks" -gt 0 ] || say 'no leaked mounts: docker is not stopped, nothing is killed, nothing is unmounted'
