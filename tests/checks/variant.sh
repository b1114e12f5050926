#!/usr/bin/env bash
# Builds another variant of everything (a preset) and runs its unit tests and end-to-end tests.
# variant.sh PRESET [CTEST ARGUMENTS...]
set -euo pipefail
preset=$1
shift
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
if [ "$preset" = clang ]; then
    command -v clang >/dev/null || exit 77
fi
cmake --preset "$preset" -DCRAWLER_TESTS=ON -DCRAWLER_ALL_CHECKS=OFF >/dev/null
cmake --build "build/$preset" --parallel 2
ctest --test-dir "build/$preset" --output-on-failure "$@"
