# drip.sh - do 10,000 connections that drip a byte every 10 seconds hold 100 healthy hosts up?
# shellcheck shell=bash disable=SC2154
#
# The healthy hosts answer each request after a quarter of a second, ten at once each. They are crawled alone and beside
# 1,000 hosts with ten connections each that drip: in "total" whole answers, which --timeout ends, in "rate" their bodies,
# which --min-rate ends, both after 30 s. The healthy ones take somewhat less than that, so that they have the drippers
# beside them all the time. Their rate is that from their first request to their last answer.

healthy_hosts=100 healthy_pages=1000 healthy_delay=250
drip_hosts=1000 drip_connections=10 drip_every=10000 # milliseconds
drip_deadline=30                                     # seconds
declare -A drip_options=(
    [total]="--timeout ${drip_deadline}s --idle-timeout 60s"
    [rate]="--min-rate 100 --idle-timeout 60s")

list_roots() { # HEALTHY-PORT DRIPPING-PORT
    seq -f "http://healthy%.0f.localhost:$1/" "$healthy_hosts" >"$work/alone"
    awk -v hosts="$drip_hosts" -v each="$drip_connections" -v port="$2" 'BEGIN {
        for (i = 0; i < hosts; i++)
            for (j = 1; j <= each; j++) printf "http://drip%d.localhost:%d/page/%d\n", i, port, j }' |
        cat "$work/alone" - >"$work/both"
}

# of_records HEALTHY: the number of records of healthy hosts (or of the others), milliseconds from their first start to
# their last end, milliseconds at which the last ended, and those that the longest took.
of_records() {
    awk -F, -v healthy="$1" '
        { sub(/\r$/, "") }
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        ($at["url"] ~ /^http:..healthy/) != healthy { next }
        { start = 1000 * $at["started"]; took = $at["total_us"] / 1000; count++
          if (count == 1 || start < first) first = start
          if (start + took > last) last = start + took
          if (took > longest) longest = took }
        END { printf "%d %d %d %d\n", count, last - first, last, longest }' "$work/records.csv"
}

crawl_dripping() { # SUBJECT WHO TURN
    local count span last longest stall
    # shellcheck disable=SC2086 # several words
    cost_of 0 "$crawler" --progress none -v -v -4 -c 12000 --per-host "$drip_connections" --max-tries 1 \
        "${pages_only[@]}" ${drip_options[$1]} -i "$work/$2" -o /dev/null -o "csv:$work/records.csv"
    read -r count span last longest <<<"$(of_records 1)"
    [ "$count" = $((healthy_hosts * (healthy_pages + 1))) ] || die "$count pages of healthy hosts"
    record "$1" "$2" "$3" "$count" 0
    stall=$(sed -n 's/.*events waited for \([0-9]*\)\.\([0-9]\) ms.*/\1\200/p' "$work/said")
    fact "$1" "$2_span_ms_$3" "$span"
    fact "$1" "$2_stall_us_$3" "$stall"
    [ "$2" = both ] || return 0
    read -r count span last longest <<<"$(of_records 0)"
    [ "$count" = $((drip_hosts * drip_connections)) ] || die "$count connections that drip"
    fact "$1" "gone_ms_$3" "$last"
    fact "$1" "longest_ms_$3" "$longest"
}

run_dripping() { # SUBJECT TURN
    local healthy port_of='s|.*:\([0-9]*\)/|\1|' drip=(--drip "$drip_every") who
    [ "$1" = total ] || drip+=(--drip-body)
    start_site --pages "$healthy_pages" --links 10 --size 2000 --delay "$healthy_delay"
    healthy=$(sed "$port_of" <<<"$url")
    start_site --pages "$drip_connections" "${drip[@]}"
    list_roots "$healthy" "$(sed "$port_of" <<<"$url")"
    order=(alone both)
    [ $(($2 % 2)) = 1 ] || order=(both alone)
    for who in "${order[@]}"; do
        progress "turn $2 of $pairs: deadline by $1, $who"
        crawl_dripping "$1" "$who" "$2"
    done
    stop_site
}

bench_drip() {
    local subject turn
    [ "$(ulimit -n)" -ge 12100 ] || die "10,000 connections that drip need more file descriptors than $(ulimit -n)"
    fact machine healthy_hosts "$healthy_hosts"
    fact machine drip_connections $((drip_hosts * drip_connections))
    fact machine drip_every_ms "$drip_every"
    fact machine deadline_ms $((drip_deadline * 1000))
    for ((turn = 1; turn <= pairs; turn++)); do
        for subject in total rate; do run_dripping "$subject" "$turn"; done
    done
}
