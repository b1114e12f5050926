#!/usr/bin/env bash
# Every test that tests/e2e/FAULTS.md names is there, every fault has its row, and every row a test or who brings it.
# shellcheck disable=SC2016 # names stand in backquotes there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
table=e2e/FAULTS.md
failed=0

complain() {
    echo "$table: $*"
    failed=1
}

named=0
while IFS=: read -r file name; do
    named=$((named + 1))
    name=${name# }
    [ -f "$file" ] || { complain "no file $file"; continue; }
    grep -q "^START_TEST($name)\$" "$file" || complain "no test $name in $file"
    # Defined and run.
    [ "$(grep -cw "$name" "$file")" -ge 2 ] || complain "$name in $file is never run"
done < <(grep -oE '`[a-z0-9_/]+\.c: [a-z0-9_]+`' $table | tr -d '`' | sort -u)
[ "$named" -gt 0 ] || complain "names no test"

while read -r name; do
    grep -rq "^crawler_test($name " --include=CMakeLists.txt . || complain "no $name in ctest"
done < <(grep -oE '`fault/[a-z_]+`' $table | tr -d '`' | sort -u)

for row in $(seq 28); do
    [ "$(grep -cE "^\| $row \|" $table)" = 1 ] || complain "row $row is not there once"
done
while read -r line; do
    grep -qE '`[a-z0-9_/]+(\.c: [a-z0-9_]+)?`' <<<"$line" || complain "no test: $line"
done < <(grep -E '^\| ' $table | grep -vE '^\| (#|threat) \|')
exit $failed
