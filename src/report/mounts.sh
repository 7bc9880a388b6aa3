
# Mount points as the kernel writes them, last mounted first: one a line, blanks and newlines escaped.
leaked() {
    awk '$5 ~ "(^|/)buildkit-mount" { point[++n] = $5 } END { while (n) print point[n--] }' "$1"
}

count() {
    leaked "$1" | awk 'END { print NR }'
}

unmount_leaked() {
    before=$(count /proc/self/mountinfo)
    while [ "$before" -gt 0 ]; do
        leaked /proc/self/mountinfo | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g' | while IFS= read -r escaped; do
            # The x keeps a newline at the end of the path.
            point=$(printf '%bx' "$escaped")
            # What went with an outer mount cannot be unmounted again; what counts is what is left.
            umount -l "${point%x}" || :
        done
        after=$(count /proc/self/mountinfo)
        [ "$after" -lt "$before" ] || break
        before=$after
    done
}

expect_no_leaked() {
    left=$(count /proc/self/mountinfo)
    [ "$left" -eq 0 ] || {
        printf 'unwedge: %s leaked mounts are left\n' "$left" >&2
        return 1
    }
}

# The daemon may live in a mount namespace of its own.
leaks=$(count /proc/self/mountinfo)
daemon=$(cat /run/docker.pid 2>/dev/null) || daemon=
if [ -n "$daemon" ] && [ -r "/proc/$daemon/mountinfo" ]; then
    leaks=$((leaks + $(count "/proc/$daemon/mountinfo")))
fi
[ "$leaks" -gt 0 ] || echo 'unwedge: no leaked mounts: docker is not stopped, nothing is killed'
