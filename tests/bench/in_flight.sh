# in_flight.sh - what a page costs with 10 to 10,000 fetches in flight on one host that takes a second for each answer.
# shellcheck shell=bash disable=SC2154
#
# The start page of the generated site links to all others, 8 KB each, so that from then on the crawler has as much in
# flight as it may; each connection serves at least ten pages. "ours_start" is the same crawl ended after the start
# page: what starting, reading that page and holding its links cost. The bare libcurl loop fetches the same pages from a
# list, on one multi handle, all connections at once; "bare_start" is one page by it.

page_size=8192
delay=1000 # milliseconds

# What the system has counted since it booted, of all processes: handshakes dropped for a full queue, SYNs sent again.
drops() { tcp_counter ListenDrops; }
retransmitted_syns() { tcp_counter TCPSynRetrans; }
tcp_counter() {
    awk -v name="$1" '$1 == "TcpExt:" && !at { for (i = 2; i <= NF; i++) if ($i == name) at = i; next }
                      $1 == "TcpExt:" { print $at; exit }' /proc/net/netstat
}

crawl_in_flight() { # TASKS ALLOWED [OPTION...]
    cost_of "$2" "${ours[@]}" -c "$1" -o "$work/report" "${@:3}" "$url"
}

fetch_in_flight() { # TASKS PAGES
    seq -f "${url}page/%.0f" "$2" >"$work/list"
    cost_of 0 "$helpers/bare_loop" "$work/list" "$1"
}

run_in_flight() { # TASKS ROUNDS TURN
    local tasks=$1 pages=$(($1 * $2)) before_drops before_syns
    start_site --pages "$pages" --links "$pages" --size "$page_size" --delay "$delay"
    crawl_in_flight "$tasks" 5 -n 1
    record "$tasks" ours_start "$3" 1 "$pages"
    before_drops=$(drops) before_syns=$(retransmitted_syns)
    crawl_in_flight "$tasks" 0
    grep -q "^Done: $((pages + 1))$" "$work/report" || die "not all pages with $tasks in flight"
    record "$tasks" ours "$3" "$pages" "$pages"
    fact "$tasks" "dropped_$3" $(($(drops) - before_drops))
    fact "$tasks" "syns_again_$3" $(($(retransmitted_syns) - before_syns))
    # At 10,000 it takes a minute, since libcurl goes through all connections for each page: once is enough.
    if [ "$tasks" -lt 10000 ] || [ "$3" = 1 ]; then
        fetch_in_flight "$tasks" 1
        record "$tasks" bare_start "$3" 1 1
        fetch_in_flight "$tasks" "$pages"
        record "$tasks" bare "$3" "$pages" "$pages"
    fi
    stop_site
}

bench_in_flight() {
    local turn turns=$(((pairs + 1) / 2)) tasks
    declare -A rounds=([10]=20 [100]=20 [1000]=15 [10000]=10)
    [ "$(ulimit -n)" -ge 10100 ] || die "10,000 connections need more file descriptors than $(ulimit -n)"
    fact machine page_size "$page_size"
    fact machine delay_ms "$delay"
    for tasks in "${!rounds[@]}"; do fact "$tasks" rounds "${rounds[$tasks]}"; done
    for ((turn = 1; turn <= turns; turn++)); do
        for tasks in 10 100 1000 10000; do
            progress "turn $turn of $turns: $tasks in flight"
            run_in_flight "$tasks" "${rounds[$tasks]}" "$turn"
        done
    done
}
