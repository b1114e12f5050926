#!/usr/bin/env bash
# Unit tests under valgrind: no error, no definite leak. Takes the build directory.
set -euo pipefail
build=$(realpath "$1")
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
command -v valgrind >/dev/null || exit 77
export CK_FORK=no CK_DEFAULT_TIMEOUT=0 CRAWLER_UNDER_VALGRIND=1
failed=0
ran=0
for test in "$build"/tests/unit/*_test; do
    log=$(mktemp)
    status=0
    valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --num-callers=30 \
        --suppressions="$here/valgrind.supp" "$test" >"$log" 2>&1 || status=$?
    ran=$((ran + 1))
    if [ $status -ne 0 ] && [ $status -ne 77 ]; then
        echo "=== $(basename "$test"): exit $status"
        tail -n 60 "$log"
        failed=1
    fi
    rm -f "$log"
done
echo "$ran programs"
[ $ran -gt 0 ] || failed=1
exit $failed
