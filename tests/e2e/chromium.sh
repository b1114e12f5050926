#!/usr/bin/env bash
# The scanner against Chromium with scripting off: nasty pages, hostile ones, and some of the documentation sites that
# are installed. See chromium.mjs.
# chromium.sh CRAWLER [PAGES-A-SITE]
set -euo pipefail
crawler=$1
pages=${2:-75}
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
for tool in chromium node; do
    command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/profile" "$work/hostile"

# Pages of a site, evenly from all of it.
some_of() {
    find "$1" -name '*.html' -type f 2>/dev/null | LC_ALL=C sort |
        awk -v want="$pages" '{ file[NR] = $0 } END {
            if (want > NR)
                want = NR
            for (i = 0; i < want; i++)
                print file[1 + int(i * NR / want)]
        }'
}

# A page of its own: $2 many times (20,000), between $3 and $4, and a link behind.
hostile() {
    awk -v text="$2" -v before="$3" -v after="$4" 'BEGIN {
        printf "<!DOCTYPE html><title>x</title>%s", before
        for (i = 0; i < 20000; i++)
            printf "%s", text
        printf "%s<a href=behind></a>", after
    }' >"$work/hostile/$1.html"
}
hostile attributes ' a=b' '<a href=first' '>'
hostile names ' href=no' '<a href=first' '>'
hostile nested '<div>' '' ''
hostile nested_links '<a href=x>' '' ''
hostile less '<' '' ' '
hostile ampersands '&' '<a href="' '">'
hostile quotes '"' '<a href=x ' '>'
hostile comment '--' '<!-- ' '>'
hostile no_greater 'x ' '<a href=x ' '></a>'
hostile style 'url(' '<style>' '</style>'
hostile srcset ',' '<img srcset="' 'x">'
hostile templates '<template>' '' ''

mapfile -t site_pages < <(
    some_of /usr/share/cppreference/doc/html/en
    some_of /usr/share/doc/python3.11/html
    some_of /usr/share/doc/postgresql-doc-15/html
    some_of /usr/share/doc/sqlite3
)
node "$here/chromium.mjs" "$(command -v chromium)" "$work/profile" "$crawler" "$here"/pages/*.html \
    "$work"/hostile/*.html -- "${site_pages[@]}"
