# measure.sh - are the figures of `crawler measure` true, and what do they cost?
# shellcheck shell=bash disable=SC2154
#
# A sweep of a documentation site; one small page against wrk; servers of which it is known what they do: one that
# answers 32 requests at once and no more, one that takes 20 ms for each and counts itself, and one that stands still
# for a second; then the instructions that measuring and the jsonl output add to a crawl. Tables go to standard output
# and to measure.txt in the output folder.

measured() { "${on_client[@]}" "$crawler" measure --progress none "$@"; }

# column NAME of a CSV of one step, as `crawler measure -o csv:-` writes it
column() {
    awk -F, -v name="$1" '{ sub(/\r$/, "") } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR == 2 { print $at[name] }' "$2"
}

median() { sort -g | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'; }

sweep_of_a_site() {
    echo "== python documentation under nginx =="
    start_nginx python
    measured -z 2s --warmup 500ms -o text:- -o "html:$output/measure.html" -o "svg:$output/measure.svg" \
        "http://127.0.0.1:$quiet${site_start[python]}"
    stop_nginx
    echo
}

# wrk prints a latency as 123.00us, 1.23ms or 1.23s
wrk_once() { # CONCURRENCY -> "RATE P50_US P99_US"
    "${on_client[@]}" wrk -t 1 -c "$1" -d 3s --latency "$page" | awk '
        function us(text) { return text ~ /us$/ ? text + 0 : text ~ /ms$/ ? text * 1000 : text * 1000000 }
        $1 == "50%" { p50 = us($2) } $1 == "99%" { p99 = us($2) } $1 == "Requests/sec:" { rate = $2 }
        END { print rate, p50, p99 }'
}

ours_once() { # CONCURRENCY -> "RATE P50_US P99_US CPU"
    measured -z 3s --warmup 500ms --sweep "$1" -i "$work/page" -o "csv:$work/step.csv"
    echo "$(column requests_per_second "$work/step.csv") $(column p50_us "$work/step.csv")" \
        "$(column p99_us "$work/step.csv") $(column cpu "$work/step.csv")"
}

field() { awk -v n="$1" '{ print $n }' "$2" | median; }

against_wrk() {
    local at_once turn
    start_nginx sqlite
    page=http://127.0.0.1:$quiet/c3ref/intro.html
    echo "$page" >"$work/page"
    echo "== one page of 5.3 KB against wrk -t 1: medians of $pairs alternating runs of 3 s =="
    printf '%8s %12s %12s %7s %9s %9s %9s %9s %9s\n' "at once" "ours req/s" "wrk req/s" ratio "ours p50" "wrk p50" \
        "ours p99" "wrk p99" "our CPU"
    for at_once in 1 16 64; do
        : >"$work/wrk.runs"
        : >"$work/ours.runs"
        for ((turn = 0; turn < pairs; turn++)); do
            wrk_once "$at_once" >>"$work/wrk.runs"
            ours_once "$at_once" >>"$work/ours.runs"
        done
        printf '%8d %12.0f %12.0f %7.2f %7.0fus %7.0fus %7.0fus %7.0fus %8.0f%%\n' "$at_once" \
            "$(field 1 "$work/ours.runs")" "$(field 1 "$work/wrk.runs")" \
            "$(paste "$work/ours.runs" "$work/wrk.runs" | awk '{ print $1 / $5 }' | median)" \
            "$(field 2 "$work/ours.runs")" "$(field 2 "$work/wrk.runs")" \
            "$(field 3 "$work/ours.runs")" "$(field 3 "$work/wrk.runs")" \
            "$(field 4 "$work/ours.runs" | awk '{ print 100 * $1 }')"
    done
    stop_nginx
    echo
}

known_servers() {
    local at_once
    echo "== a server that answers 32 requests at once, 20 ms each =="
    start_site --pages 50 --size 4000 --delay 20 --at-once 32
    measured -z 2s --warmup 500ms --sweep 1,2,4,8,16,24,32,48,64,128,256 "$url"
    stop_site
    echo
    echo "== a server that takes 20 ms for each request =="
    for at_once in 1 16 64 128 256; do
        start_site --pages 50 --size 4000 --delay 20 --figures
        measured -z 5s --warmup 1s --sweep "$at_once" -o "csv:$work/step.csv" "$url"
        stop_site
        echo "$at_once at once: $(column requests_per_second "$work/step.csv") requests/s," \
            "p50 $(column p50_us "$work/step.csv") us, our CPU $(column cpu "$work/step.csv");" \
            "the server itself: $(tail -n 1 "$work/url")"
    done
    echo
}

frozen_server() {
    local how
    for how in "--open-rate 1000" "--sweep 20"; do
        echo "== a server that takes 20 ms and stands still for 1 s: $how =="
        start_site --pages 50 --size 4000 --delay 20 --freeze-after 3000 --freeze-for 1000
        echo "${url}page/1" >"$work/page"
        # shellcheck disable=SC2086 # two words
        measured -z 5s --warmup 500ms $how -i "$work/page"
        stop_site
        echo
    done
}

# instructions_of COMMAND...: of the program's own side; with `within` set, those within that function alone
instructions_of() {
    local only=()
    [ -z "${within:-}" ] || only=(--toggle-collect="$within")
    valgrind --tool=callgrind --callgrind-out-file="$work/callgrind" "${only[@]}" "$@" >"$work/said" 2>&1 ||
        { tail -n 5 "$work/said" >&2; die "callgrind failed"; }
    awk '/^totals:|^summary:/ { print $2; exit }' "$work/callgrind"
}

cost_of_measuring() {
    local all measuring jsonl
    start_nginx cppreference
    page=http://127.0.0.1:$quiet${site_start[cppreference]}
    all=$(instructions_of "${ours[@]}" -o /dev/null "$page")
    measuring=$(within=note_fetched instructions_of "${ours[@]}" -o /dev/null "$page")
    jsonl=$(instructions_of "${ours[@]}" -o /dev/null -o "jsonl:$work/records" "$page")
    stop_nginx
    echo "== instructions of a crawl of cppreference ($(wc -l <"$work/records") URLs) =="
    awk -v all="$all" -v measuring="$measuring" -v jsonl="$jsonl" 'BEGIN {
        printf "all of it            %14d\n", all
        printf "measuring            %14d  %.2f %%\n", measuring, 100 * measuring / all
        printf "jsonl output         %14d  %.2f %%\n", jsonl - all, 100 * (jsonl - all) / all }'
}

bench_measure() {
    need_tools nginx wrk valgrind
    mkdir -p "$output"
    {
        sweep_of_a_site
        against_wrk
        known_servers
        frozen_server
        cost_of_measuring
    } | tee "$output/measure.txt"
}
