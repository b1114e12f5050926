#!/usr/bin/env bash
# Unit tests under valgrind: no error, no definite leak. Takes the build directory.
set -euo pipefail
build=$(realpath "$1")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
command -v valgrind >/dev/null || exit 77
export CK_FORK=no CK_DEFAULT_TIMEOUT=0 CRAWLER_UNDER_VALGRIND=1
check() { # one test program
    local log status=0
    log=$(mktemp)
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --num-callers=30 \
        --suppressions="$here/valgrind.supp" "$1" >"$log" 2>&1 || status=$?
    if [ $status -eq 0 ] || [ $status -eq 77 ]; then
        status=0
    else
        echo "=== $(basename "$1"): exit $status"
        grep -v 'unhandled amd64-linux syscall' "$log" | tail -n 60
    fi
    rm -f "$log"
    return $status
}
export -f check
export here
ls "$build"/tests/unit/*_test >/dev/null
printf '%s\0' "$build"/tests/unit/*_test | xargs -0 -n 1 -P 2 bash -c 'check "$0"'
