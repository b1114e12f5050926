# profile.sh - where the time of a page goes: by library and by function, of a crawl of a documentation site.
# shellcheck shell=bash disable=SC2154
#
# perf samples the clock, the kernel's part of it included; where perf may not, callgrind counts instructions of the
# program's own side.

profile_lines=40

profile_by_perf() {
    "${on_client[@]}" perf record -q -e cpu-clock -F 5000 -o "$work/perf.data" -- "${crawl[@]}" >"$work/said" 2>&1 ||
        return
    local sort
    for sort in dso dso,symbol; do
        echo "== perf, by $sort =="
        perf report -i "$work/perf.data" --stdio --no-children --sort "$sort" 2>/dev/null |
            awk -v most="$profile_lines" '!/^#/ && NF && ++lines <= most { print $1, $2, $4 }' | column -t
    done
}

# callgrind_annotate prints "INSTRUCTIONS (SHARE) FILE:FUNCTION [OBJECT]".
profile_by_callgrind() {
    "${on_client[@]}" valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" "${crawl[@]}" \
        >"$work/said" 2>&1 || { cat "$work/said" >&2; die "neither perf nor callgrind can follow the crawler"; }
    callgrind_annotate --auto=no --threshold=99 "$work/callgrind" >"$work/annotated"
    echo "== callgrind, by library =="
    awk '/^ *[0-9,]+ \(/ && !/PROGRAM TOTALS/ {
            of = match($0, /\[[^]]*\]$/) ? substr($0, RSTART + 1, RLENGTH - 2) : "(inlined)"
            gsub(",", "", $1); sum[of] += $1; all += $1 }
        END { for (of in sum) printf "%6.2f%%  %s\n", 100 * sum[of] / all, of }' "$work/annotated" | sort -rn
    echo "== callgrind, by function =="
    awk -v most="$profile_lines" '/^ *[0-9,]+ \(/ && ++lines <= most' "$work/annotated"
}

bench_profile() { # SITE
    local crawl
    [ -n "${site_root[$1]:-}" ] || die "'$1' is none of ${!site_root[*]}"
    need_tools nginx
    start_nginx "$1"
    crawl=("${ours[@]}" -o /dev/null "http://127.0.0.1:$quiet${site_start[$1]}")
    if command -v perf >/dev/null && profile_by_perf; then return; fi
    need_tools valgrind
    profile_by_callgrind
}
