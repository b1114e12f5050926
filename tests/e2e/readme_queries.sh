#!/usr/bin/env bash
# The README's questions to state files, asked with sqlite3, are answered as it says. The files are made by the crawls
# that the README shows, of the sample site; before the second visit that changes as the README tells.
# readme_queries.sh CRAWLER SITE
set -euo pipefail
crawler=$1 site=$2
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
readme=$here/../../README.md
export XDG_CONFIG_HOME=$here/config
command -v sqlite3 >/dev/null || { echo "no sqlite3 here"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

serve() {
    "$site" "$@" >url &
    server=$!
    until [ -s url ]; do
        kill -0 "$server"
        sleep 0.05
    done
    url=$(sed 's|.*\(http://127.0.0.1:[0-9]*\).*|\1|' url)
}

crawl() {
    "$crawler" -q "$@" >log 2>&1 || [ $? = 5 ] || { cat log; exit 1; }
}

change_site() {
    echo '<p><a href="/new.html">new</a>' >>sample/about.html
    echo new >sample/new.html
    rm sample/archive/latin1.html
}

# What the README prints below a command, and what is printed now.
judge() { # FILE QUESTION EXPECTED
    sqlite3 "$1" "$2" | sed "s|$url/|http://127.0.0.1:8000/|g" >answer
    printf '%s' "$3" | diff - answer || { echo "is not what $1 says to: $2"; failed=1; }
    asked=$((asked + 1))
}

cp -r "$here/../site/sample" sample
serve --root sample
crawl --state site.db -n 12 "$url/"
crawl --state site.db --resume
crawl --state graph.db --link-graph "$url/"

failed=0 asked=0 question='' file='' expected=''
while IFS= read -r line || [ -n "$line" ]; do
    if [ -n "$question" ] && [[ $line == "    "* && $line != '    $ '* ]]; then
        expected+="${line#    }"$'\n'
        continue
    fi
    [ -z "$question" ] || judge "$file" "$question" "$expected"
    question='' expected=''
    if [[ $line == '    $ crawler --state site.db --revisit'* ]]; then
        change_site
        crawl --state site.db --revisit
    elif [[ $line =~ ^'    $ sqlite3 '([a-z.]+)' "'(.*)'"'$ ]]; then
        file=${BASH_REMATCH[1]} question=${BASH_REMATCH[2]}
    fi
done <"$readme"
echo "$asked questions"
if [ "$asked" != "$(grep -c '^    \$ sqlite3 ' "$readme")" ] || [ "$asked" -lt 5 ]; then
    echo "some were not found"
    failed=1
fi
exit "$failed"
