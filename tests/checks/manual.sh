#!/usr/bin/env bash
# The manual page has every option, command and exit code of --help, and formatters have nothing to say about it. Takes
# the crawler and the directory that holds the page.
set -euo pipefail
page=$2/crawler.1
help=$("$1" --help)
section() { sed -n "/^$1/,/^$/p" <<<"$help" | tail -n +2; }
breaches=0

has() { # TEXT as it stands in the page's source
    grep -qF -- "$1" "$page" || { echo "$page: no $1"; breaches=1; }
}

options=$(grep -oE '^ .{5}--[a-z0-9.-]+' <<<"$help" | sed 's/.*--//')
[ "$(wc -w <<<"$options")" -gt 30 ] || { echo "no options in --help: the check itself is broken"; exit 1; }
for option in $options; do
    has "\\fB\\-\\-${option//-/\\-}\\fR"
done
for command in $(section Commands | grep -oE '^  [a-z]+'); do
    has ".SS $command"
done
for code in $(section 'Exit codes' | grep -oE '^  [0-9]+'); do
    has ".B $code"
done

if command -v groff >/dev/null; then
    said=$(groff -ww -man -Tutf8 -z "$page" 2>&1)
    [ -z "$said" ] || { echo "$said"; breaches=1; }
fi
[ $breaches -eq 0 ] || exit 1
command -v mandoc >/dev/null || exit 77
mandoc -T lint -W warning "$page"
