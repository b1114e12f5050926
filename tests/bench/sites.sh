# sites.sh - documentation sites, served by nginx without TLS or gzip: the crawler, wget2, a bare libcurl loop and wrk.
# shellcheck shell=bash disable=SC2154
#
# First the URLs that the crawler and wget2 ask for are compared; then all take turns, fetching everything once and
# keeping nothing. wrk and the bare loop, which read no links, are given the crawler's URLs as a list; wrk goes through
# it again and again for two seconds and is the limit of what can be fetched on a core. The crawler writes its report,
# to /dev/null; wget2 has 16 threads, and writes each file and deletes it (--delete-after). Neither asks for robots.txt.
# Each is divided by its own count of URLs, and nginx counts that every run asks for just as many.

run_ours() { cost_of 0 "${ours[@]}" -o /dev/null "$1"; }
run_wget2() { # which exits with 8 where a page is missing, as some are
    cost_of '0|8' wget2 -q -r -l inf -e robots=off --delete-after -P "$work/mirror" --max-threads=16 "$1"
}
run_bare() { cost_of 0 "$helpers/bare_loop" "$work/list" 100; }
run_wrk() { cost_of 0 wrk -t 1 -c 100 -d 2s -s "$here/urls.lua" "$1" -- "$work/paths"; }

# asked_by WHO SITE: the access log of one crawl, in $work/WHO.log.
asked_by() {
    : >"$work/access.log"
    start_nginx "$2"
    "run_$1" "http://127.0.0.1:$logged${site_start[$2]}"
    stop_nginx
    mv "$work/access.log" "$work/$1.log"
}

# The paths asked for, with the differences taken out that are known: wget2 writes // in a path as /, @ as %40 and \ as
# %5C, and drops relative links with a ':' in them, even behind a '/' or a '?', for it takes them to begin with a
# scheme.
paths() {
    cut -d ' ' -f 1 "$1" | sed -e 's/%40/@/g' -e 's/%5C/\//g' -e 's/\/\/*/\//g' | sort -u
}

# compare SITE fails when the sets differ by more than is known.
compare() {
    local only_ours only_theirs twice dropped
    paths "$work/ours.log" >"$work/ours.paths"
    paths "$work/wget2.log" >"$work/wget2.paths"
    twice=$(cut -d ' ' -f 1 "$work/ours.log" | sort | uniq -d | wc -l)
    comm -13 "$work/ours.paths" "$work/wget2.paths" >"$work/theirs"
    comm -23 "$work/ours.paths" "$work/wget2.paths" >"$work/ours"
    dropped=$(grep -c : "$work/ours" || true)
    sed -i /:/d "$work/ours"
    only_ours=$(wc -l <"$work/ours")
    only_theirs=$(wc -l <"$work/theirs")
    fact "$1" dropped_by_wget2 "$dropped"
    if [ "$only_theirs" != 0 ] || [ "$twice" != 0 ] || [ "$only_ours" != 0 ]; then
        sed 's/^/  only wget2:   /' "$work/theirs" | head -n 20 >&2
        sed 's/^/  only crawler: /' "$work/ours" | head -n 20 >&2
        die "$1: $only_theirs URLs only wget2, $only_ours only the crawler, $twice twice by the crawler: no race"
    fi
    progress "$1: the crawler asks for $(wc -l <"$work/ours.log") URLs, wget2 for $(wc -l <"$work/wget2.log");" \
        "the same set but for $dropped with a ':', which wget2 drops"
}

describe_site() {
    awk '{ urls++; bytes += $3; if ($2 != 200) other++
           if ($4 ~ /^text\/html/ && $2 == 200) { html++; html_bytes += $3 } }
         END { printf "%d %d %d %d %d\n", urls, bytes, html, html_bytes, other }' "$work/ours.log" >"$work/counts"
    local urls bytes html html_bytes other
    read -r urls bytes html html_bytes other <"$work/counts"
    fact "$1" urls "$urls"
    fact "$1" bytes "$bytes"
    fact "$1" html_pages "$html"
    fact "$1" html_bytes "$html_bytes"
    fact "$1" not_ok "$other"
}

# race WHO SITE TURN: one run, which must ask for as many URLs as the one that was compared.
race() {
    local before count
    count_served
    before=$served
    "run_$1" "http://127.0.0.1:$quiet${site_start[$2]}"
    count_served
    count=$((served - before - 1))
    case $1 in
    ours | bare) [ "$count" = "$(wc -l <"$work/ours.log")" ] || die "$2: $1 asked for $count URLs" ;;
    wget2) [ "$count" = "$(wc -l <"$work/wget2.log")" ] || die "$2: wget2 asked for $count URLs" ;;
    esac
    record "$2" "$1" "$3" "$count" 0
}

bench_sites() {
    local name turn who
    need_tools nginx wget2 wrk
    for name in cppreference python postgresql sqlite; do
        asked_by ours "$name"
        asked_by wget2 "$name"
        compare "$name"
        describe_site "$name"
        start_nginx "$name"
        cut -d ' ' -f 1 "$work/ours.log" >"$work/paths"
        sed "s|^|http://127.0.0.1:$quiet|" "$work/paths" >"$work/list"
        for ((turn = 1; turn <= pairs; turn++)); do
            order=(ours wget2 bare wrk)
            [ $((turn % 2)) = 1 ] || order=(wget2 ours wrk bare)
            for who in "${order[@]}"; do race "$who" "$name" "$turn"; done
        done
        stop_nginx
    done
}
