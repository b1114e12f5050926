#!/usr/bin/env bash
# The shells' completions know every option of --help, and the shells understand them. Takes the crawler and the
# directory that holds them.
set -euo pipefail
crawler=$1 docs=$(realpath "$2")
skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/config/crawler/profiles"
touch "$work/config/crawler/profiles/gentle.ini" "$work/a page.html"
export XDG_CONFIG_HOME=$work/config HOME=$work
cd "$work"

fail() {
    echo "$*"
    exit 1
}

expect() { # WHAT GOT EXPECTED
    [ "$2" = "$3" ] || fail "$1: expected '$3', got '$2'"
}

options=$("$crawler" --help | grep -oE '^ .{5}--[a-z0-9.-]+' | sed 's/.*--//')
[ "$(wc -w <<<"$options")" -gt 30 ] || fail "no options in --help: the check itself is broken"
for option in $options; do
    grep -qE -- " --$option( |')" "$docs/crawler.bash" || fail "crawler.bash: no --$option"
    grep -qE -- "--${option}[='}]" "$docs/_crawler" || fail "_crawler: no --$option"
    grep -qE -- "-l $option " "$docs/crawler.fish" || fail "crawler.fish: no --$option"
done

# What Bash offers for the last of these words, in one line.
offered() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    _crawler
    echo "${COMPREPLY[*]}"
}
# shellcheck disable=SC1091 # made by the build
source "$docs/crawler.bash"
scopes='host domain subdomains prefix any'
expect "bash --sco" "$(offered crawler --sco)" "--scope"
expect "bash --scope" "$(offered crawler --scope '')" "$scopes"
expect "bash --scope=" "$(offered crawler --scope =)" "$scopes"
expect "bash --scope=p" "$(offered crawler --scope = p)" "prefix"
expect "bash measure --scope d" "$(offered crawler measure --scope d)" "domain"
expect "bash -d" "$(offered crawler -d '')" ""
expect "bash --max-t" "$(offered crawler http://a/ --max-t)" "--max-tasks --max-tries"
expect "bash --profile" "$(offered crawler --profile ge)" "gentle"
expect "bash -o" "$(offered crawler -o a)" "a page.html"
expect "bash -o FORMAT:" "$(offered crawler -o jsonl : a)" "a page.html"
expect "bash li" "$(offered crawler li)" "links"
expect "bash links --" "$(offered crawler links --)" "--base --content-type --extractor"
expect "bash links --extractor" "$(offered crawler links --extractor l)" "libxml2"
expect "bash links" "$(offered crawler links a)" "a page.html"
expect "bash resolve --" "$(offered crawler resolve --)" ""

if command -v zsh >/dev/null; then
    zsh -n "$docs/_crawler"
else
    skipped=77
fi

fish_offers() {
    fish --no-config -c "source $docs/crawler.fish; complete -C'$1'" | cut -f1 | sort | xargs
}
if command -v fish >/dev/null; then
    fish --no-execute "$docs/crawler.fish"
    expect "fish --sco" "$(fish_offers 'crawler --sco')" "--scope"
    expect "fish --scope" "$(fish_offers 'crawler --scope ')" "any domain host prefix subdomains"
    expect "fish --profile" "$(fish_offers 'crawler --profile ge')" "gentle"
    expect "fish li" "$(fish_offers 'crawler li')" "links"
    expect "fish links --" "$(fish_offers 'crawler links --')" "--base --content-type --extractor"
    expect "fish measure --sw" "$(fish_offers 'crawler measure --sw')" "--sweep"
else
    skipped=77
fi
exit $skipped
