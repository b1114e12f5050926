#!/usr/bin/env bash
# What a page costs: against wget2, a bare libcurl loop and wrk on documentation sites (sites.sh), against the number of
# fetches in flight (in_flight.sh) and against the size of the crawl (size.sh); or where its time goes (profile.sh). What
# becomes of crawls that outlive memory and process (durable.sh), of healthy hosts beside many that drip (drip.sh), and what faults cost (faults.sh).
#
# Servers are pinned to one core, clients to another. Each run of a client is a line of PART.tsv in OUTPUT;
# bench_summary makes of these the tables, bench.json and bench.svg.
# bench.sh CRAWLER OUTPUT [all|sites|in-flight|size|durable|drip|faults] [PAIRS]
# bench.sh CRAWLER OUTPUT measure [PAIRS]  whether `crawler measure` tells the truth, and what measuring costs
# bench.sh CRAWLER OUTPUT profile [SITE]
#
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
crawler=$(realpath "$1")
output=$2
part=${3:-all}
pairs=${4:-5}
helpers=$(dirname "$crawler")/../tests/bench
site=$(dirname "$crawler")/../tests/site/site
PATH=$PATH:/usr/sbin
export LC_ALL=C XDG_CONFIG_HOME=/nonexistent
ulimit -n "$(ulimit -Hn)"

die() {
    echo "bench: $*" >&2
    exit 1
}
progress() { echo "bench: $*" >&2; }

need_tools() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || die "$tool is missing"
    done
}

work=$(mktemp -d)
# shellcheck source=servers.sh
source "$here/servers.sh"
stop() {
    stop_servers
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

need_tools taskset "$crawler" "$site" "$helpers/cost" "$helpers/bare_loop" "$helpers/bench_summary"
if [ "$(nproc)" -ge 2 ]; then
    on_server=(taskset -c 1) on_client=(taskset -c 0)
else
    progress "one core only: server and clients share it"
    # shellcheck disable=SC2034
    on_server=() on_client=()
fi

# Nobody else asks for robots.txt and sitemaps.
pages_only=(--no-robots --sitemap off)
ours=("$crawler" -q --progress none "${pages_only[@]}")

# cost_of ALLOWED COMMAND... runs a client on its core and leaves "USER SYS WALL RSS WAITED" in `cost` (see cost.c).
# ALLOWED are the exit codes, as a pattern, with which the run counts. What it prints goes to $work/said.
cost_of() {
    local allowed=$1 user sys wall rss status waited
    shift
    rm -f "$work/cost"
    "${on_client[@]}" "$helpers/cost" "$work/cost" "$@" >"$work/said" 2>&1 || die "can't measure $1"
    read -r user sys wall rss status waited <"$work/cost"
    cost="$user $sys $wall $rss $waited"
    [[ $status =~ ^($allowed)$ ]] && return
    tail -n 5 "$work/said" >&2
    die "$* ended with $status"
}

# record CASE WHO TURN PAGES KNOWN keeps what cost_of has measured; fact CASE KEY VALUE... what is known of the case.
record() { echo "run $* $cost" | tr ' ' '\t' >>"$work/$current.tsv"; }
fact() { printf 'fact\t%s\t%s\t%s\n' "$1" "$2" "${*:3}" >>"$work/$current.tsv"; }

version_of() { # of a package of the distribution
    dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo unknown
}

commit() {
    git -C "$here" describe --always --dirty 2>/dev/null || echo unknown
}

describe_machine() {
    fact machine date "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
    fact machine commit "$(commit)"
    fact machine processor "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
    fact machine cores "$(nproc)"
    fact machine memory_mib "$(awk '/^MemTotal/ { print int($2 / 1024) }' /proc/meminfo)"
    fact machine kernel "$(uname -sr)"
    fact machine crawler "$("$crawler" --version | head -n 1)"
    local package
    for package in libcurl4 wget2 wrk nginx-light; do fact machine "$package" "$(version_of "$package")"; done
}

# run_part NAME: its functions are in NAME.sh; its lines replace those of an earlier run only when it comes to its end.
run_part() {
    current=${1//-/_}
    # shellcheck source=/dev/null
    source "$here/$current.sh"
    : >"$work/$current.tsv"
    describe_machine
    "bench_$current"
    mkdir -p "$output"
    mv "$work/$current.tsv" "$output/$current.tsv"
}

case $part in
all) parts=(sites in-flight size) ;;
sites | in-flight | size | durable | drip | faults) parts=("$part") ;;
profile)
    # shellcheck source=profile.sh
    source "$here/profile.sh"
    bench_profile "${4:-cppreference}"
    exit
    ;;
measure) parts=() ;;
politeness) exec "$helpers/bench_politeness" "$crawler" "$pairs" ;;
*) die "'$part' is none of all, sites, in-flight, size, durable, drip, faults, measure, politeness and profile" ;;
esac
[[ $pairs =~ ^[1-9][0-9]*$ ]] || die "'$pairs' is no number of pairs"
if [ "$part" = measure ]; then
    # shellcheck source=measure.sh
    source "$here/measure.sh"
    bench_measure
    exit
fi
for each in "${parts[@]}"; do run_part "$each"; done
"$helpers/bench_summary" "$output" "${parts[@]//-/_}"
progress "all figures are in $output/bench.json, the picture is $output/bench.svg"
