#!/usr/bin/env bash
# The public cases of robots.txt, asked of `crawler robots`. Takes the crawler and the file of cases.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
[ -r "$2" ] || exit 77
command -v node >/dev/null || exit 77
exec node "$here/robots_cases.mjs" "$1" "$2"
