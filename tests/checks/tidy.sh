#!/usr/bin/env bash
# clang-tidy has nothing to say. Takes the build directory that holds compile_commands.json. One file at a time: the
# analyzer of version 14 carries what it knows of va_list over from one to the next.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
command -v clang-tidy >/dev/null || exit 77
find src crawler tests -name '*.c' ! -path 'tests/fuzz/*' ! -path 'tests/shim/*' ! -name selector_kqueue.c \
    ! -name context_ucontext.c -print0 | xargs -0 -n 1 -P 2 clang-tidy --quiet -p "$build"
