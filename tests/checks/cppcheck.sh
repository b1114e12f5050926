#!/usr/bin/env bash
# cppcheck has nothing to say. Takes the build directory for its cache.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v cppcheck >/dev/null || exit 77
mkdir -p "$build/cppcheck"
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
    --suppress=missingIncludeSystem --suppress=unknownMacro --cppcheck-build-dir="$build/cppcheck" \
    -j 2 -Isrc -Icrawler -Itests src crawler tests
