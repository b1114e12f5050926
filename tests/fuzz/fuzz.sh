#!/usr/bin/env bash
# Runs each fuzzer for a while, one after the other, and prints a line for each. Inputs that add coverage are kept in
# BUILD/corpus, those that crash, hang or leak in BUILD/crashes; with one of these the exit code is 1.
# fuzz.sh BUILD [SECONDS [TARGET...]]
set -uo pipefail
build=$(realpath "$1")
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[ $# -gt 0 ] || set -- $(cd "$here/corpus" && ls)
crashes=$build/crashes
export XDG_CONFIG_HOME=/nonexistent

declare -A longest=([extractor]=4096 [decode]=4096 [sitemap]=4096 [config]=1024)

failed=0
for target in "$@"; do
    grown=$build/corpus/$target
    log=$build/fuzz_$target.log
    mkdir -p "$grown" "$crashes"
    started=$(date +%s)
    "$build/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len="${longest[$target]:-512}" -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 -artifact_prefix="$crashes/$target-" \
        "$grown" "$here/corpus/$target" >"$log" 2>&1 </dev/null
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
    coverage=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
    took=$(($(date +%s) - started))
    verdict=ok
    if [ $status != 0 ]; then
        found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
        verdict="FAILED: ${found:-no input kept}, see $log"
        failed=1
    fi
    printf '%-10s %7s runs/s  %s  %s\n' "$target" "$((${runs:-0} / (took > 0 ? took : 1)))" "${coverage:-cov: ?}" "$verdict"
done
exit $failed
