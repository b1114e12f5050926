# faults.sh - what a fault costs: time until it is over, memory, the longest that the loop let events wait.
# shellcheck shell=bash disable=SC2154
#
# Each row of tests/e2e/fault_table.c from 11 to 16 is crawled by itself, under the limits of fault_table.h and with one
# try, "plain" and with each byte in a packet of its own ("one_byte"); then the pages of tests/e2e/hostile_pages.c (rows 21
# and 22). It must be recorded as that table says. Row 20 are two sitemaps for `crawler sitemap`, which has no loop.

fault_limits=(--max-tries 1 --max-body 50000 --max-url-length 500 --max-redirect 3 --connect-timeout 2s
    --idle-timeout 2s --timeout 4s)

# start_faults WHAT starts the server of faults, which lists its cases in $work/cases; false when there are none.
start_faults() {
    rm -f "$work/cases"
    "${on_server[@]}" "$helpers/fault_server" "$1" >"$work/cases" 2>"$work/site.log" &
    site_pids+=($!)
    until grep -qs '^$' "$work/cases"; do
        kill -0 $! 2>/dev/null || return 1
        sleep 0.05
    done
}

outcome_of() { # URL: the kind of the error in its record, "none" for none
    awk -F, -v url="$1" '{ sub(/\r$/, "") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["url"] == url { print $at["error_kind"] == "" ? "none" : $at["error_kind"] }' "$work/records.csv"
}

crawl_fault() { # WHO ROW PATH URL EXPECTED
    local subject=$2:$3 limits=("${fault_limits[@]}") outcome
    [ "$2" -lt 20 ] || limits=() # large pages
    cost_of '0|1' "$crawler" --progress none -v -v "${pages_only[@]}" "${limits[@]}" -o /dev/null \
        -o "csv:$work/records.csv" "$4"
    outcome=$(outcome_of "$4")
    [ "$outcome" = "$5" ] || die "$subject, $1: $outcome instead of $5"
    record "$subject" "$1" 1 1 0
    fact "$subject" outcome "$outcome"
    fact "$subject" "$1_stall_us" "$(sed -n 's/.*events waited for \([0-9]*\)\.\([0-9]\) ms.*/\1\200/p' "$work/said")"
}

crawl_cases() { # WHO, one after the other
    local row path url expected
    while IFS=$'\t' read -r row path url expected <&4 && [ -n "$row" ]; do
        progress "$1: row $row, $path"
        crawl_fault "$1" "$row" "$path" "$url" "$expected"
    done 4<"$work/cases"
    stop_site
}

read_sitemap() { # SUBJECT EXIT-CODE, of the content on standard input
    { echo '<urlset>' && cat && echo '</urlset>'; } | gzip >"$work/sitemap.gz"
    cost_of "$2" "$crawler" sitemap "$work/sitemap.gz"
    record "$1" plain 1 1 0
    fact "$1" outcome "$(sed -n 's/^.*sitemap.gz: \([^:]*\).*/\1/p' "$work/said")"
}

bench_faults() {
    local who number
    for who in plain one_byte; do
        start_faults "$who" || die "the server of faults does not start: $(cat "$work/site.log")"
        crawl_cases "$who"
    done
    for ((number = 0; ; number++)); do
        start_faults "$number" || break
        crawl_cases plain
    done
    [ "$number" -gt 0 ] || die "no hostile pages: $(cat "$work/site.log")"
    site_pids=() # the last has ended by itself
    head -c 60000000 /dev/zero | tr '\0' ' ' | read_sitemap 20:60-MB-of-spaces 1
    seq -f '<url><loc>http://h/%.0f</loc></url>' 60000 | read_sitemap 20:60,000-URLs 0
}
