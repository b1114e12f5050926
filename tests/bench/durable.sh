# durable.sh - what it costs that a crawl may be larger than memory (--memory) and outlive its process (--state).
# shellcheck shell=bash disable=SC2154
#
# "cppreference" is the site of sites.sh behind nginx, crawled without a state file ("plain") and with one ("state") in
# turns; what the process costs that writes the file counts as well. A size is that of a generated site, fetched whole:
# a page has 20 links, 10 to pages that nothing before links to, so that nine tenths of the site wait at first. "plain"
# has no limit, "spill" and "state" have --memory $durable_memory. The largest site is crawled once and with a state
# file only. Stalls are the times between two waits of the loop for events, taken in runs of their own with -vv.

durable_links=20 durable_children=10 durable_memory=16M

# crawl_durable SUBJECT WHO TURN PAGES [OPTION...]; the options of WHO come from the caller.
crawl_durable() {
    rm -f "$work"/state.db*
    cost_of 0 "${ours[@]}" -o /dev/null "${@:5}" "$url"
    record "$1" "$2" "$3" "$4" "$4"
    [ ! -f "$work/state.db" ] || fact "$1" state_bytes "$(stat -c %s "$work/state.db")"
}

# stalls_of SUBJECT [OPTION...] notes the 99.9th percentile and the longest, in microseconds.
stalls_of() {
    rm -f "$work"/state.db*
    cost_of 0 "$crawler" --progress none -v -v "${pages_only[@]}" -o /dev/null "${@:2}" "$url"
    fact "$1" stall_most_us "$(sed -n 's/.*events waited for \([0-9]*\)\.\([0-9]\) ms.*/\1\200/p' "$work/said")"
    fact "$1" stall_us "$(sed -n 's/.*in 999 of 1000 cases for \([0-9]*\)\.\([0-9]*\) ms.*/\1\20/p' "$work/said")"
}

run_durable_site() { # PAIRS
    local turn who before
    start_nginx cppreference
    url=http://127.0.0.1:$quiet${site_start[cppreference]}
    for ((turn = 1; turn <= $1; turn++)); do
        order=(plain state)
        [ $((turn % 2)) = 1 ] || order=(state plain)
        for who in "${order[@]}"; do
            progress "turn $turn of $1: cppreference, $who"
            count_served
            before=$served
            rm -f "$work"/state.db*
            case $who in
            plain) cost_of 0 "${ours[@]}" -o /dev/null "$url" ;;
            state) cost_of 0 "${ours[@]}" -o /dev/null --state "$work/state.db" "$url" ;;
            esac
            count_served
            record cppreference "$who" "$turn" $((served - before - 1)) $((served - before - 1))
        done
    done
    fact cppreference state_bytes "$(stat -c %s "$work/state.db")"
    stalls_of cppreference --state "$work/state.db"
    stop_nginx
}

run_durable_size() { # PAGES TURN WHO...
    local pages=$1 turn=$2 who options
    start_site --pages $((pages - 1)) --links $durable_links --children $durable_children --known
    for who in "${@:3}"; do
        progress "turn $turn: $pages URLs, $who"
        case $who in
        plain) options=(--memory 0) ;;
        spill) options=(--memory "$durable_memory") ;;
        state) options=(--memory "$durable_memory" --state "$work/state.db") ;;
        esac
        crawl_durable "$pages" "$who" "$turn" "$pages" "${options[@]}"
    done
    stop_site
}

bench_durable() {
    local turn
    fact machine links $durable_links
    fact machine new_links $durable_children
    fact machine memory "$durable_memory"
    run_durable_site $((pairs < 7 ? 7 : pairs))
    for ((turn = 1; turn <= (pairs + 1) / 2; turn++)); do
        run_durable_size 100000 "$turn" plain spill state
        run_durable_size 1000000 "$turn" plain spill state
    done
    run_durable_size 10000000 1 state
    start_site --pages 99999 --links $durable_links --children $durable_children --known
    stalls_of 100000 --memory "$durable_memory" --state "$work/state.db"
    stop_site
}
