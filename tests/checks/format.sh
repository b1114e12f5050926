#!/usr/bin/env bash
# Every source is laid out as clang-format does it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v clang-format >/dev/null || exit 77
find src crawler tests -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run --Werror
