#!/usr/bin/env bash
# What is written, judged by programs that are not ours: node for JSON and (by the RFC) CSV, xmllint with the schemas of
# JUnit and sitemaps.org, Graphviz. Crawls a site with hostile links, one in the midst of which it is interrupted, and one
# whose sitemap must be split.
# outputs.sh CRAWLER SITE
set -euo pipefail
crawler=$1 site=$2
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
export XDG_CONFIG_HOME=$here/config
for tool in node xmllint dot gvpr; do
    command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

serve() { # OPTION... sets `url`
    [ -z "$server" ] || { kill "$server"; wait "$server" || true; }
    rm -f "$work/url"
    "$site" "$@" >"$work/url" &
    server=$!
    until [ -s "$work/url" ]; do
        kill -0 "$server"
        sleep 0.05
    done
    url=$(cat "$work/url")
}

outputs=(-o a.jsonl -o a.json -o a.csv -o junit:a.xml -o sitemap:map.xml -o a.dot -o a.txt --skipped skipped.jsonl
    --timeseries seconds.csv --histogram a.hgrm)

judge() { # hostile|interrupted
    xmllint --noout --schema "$here/junit.xsd" a.xml
    xmllint --noout --schema "$here/sitemap.xsd" map.xml
    dot -Tsvg a.dot >a.svg
    xmllint --noout a.svg
    [ "$(grep -c '<title>http' a.svg)" -ge "$(wc -l <a.jsonl)" ]
    gvpr 'N{print($.name)}' a.dot >nodes
    node "$here/outputs.mjs" . "$1"
}

mkdir "$work/site"
cat >"$work/site/index.html" <<'END'
<!DOCTYPE html><title>]]>&lt;script></title>
<a href="/<script>alert(1)</script>">script</a> <a href='/?"onmouseover="x'>quote</a> <a href="/?'&amp;amp;\">amp</a>
<a href="/=cmd()">formula</a> <a href="/,;&#9;x">comma</a> <a href="/]]>">cdata</a> <a href="/%1b%5b2J%00&#27;&#155;">controls</a>
<a href="javascript:x">scheme</a> <a href="http://other.test/&quot;">host</a> <a href="/good.html">good</a>
<a href="http://127.0.0.1:1/">refused</a> <a href="/folder">redirect</a> <a href="/a%27b%22.png">picture</a>
END
mkdir "$work/site/folder"
echo '<a href="/">home</a>' >"$work/site/folder/index.html"
: >"$work/site/a'b\".png"
echo '<a href="/missing&lt;b&gt;">missing</a>' >"$work/site/good.html"
serve --root "$work/site"
cd "$work"
"$crawler" -q --max-tries 1 "${outputs[@]}" "$url" 2>/dev/null
judge hostile

serve --pages 500 --links 500 --delay 100
rm ./a.* map.xml skipped.jsonl seconds.csv
"$crawler" -q -c 4 "${outputs[@]}" "$url" &
crawl=$!
until [ -s a.jsonl.part ]; do
    kill -0 $crawl
    sleep 0.05
done
kill -INT $crawl
wait $crawl && exit 1
[ $? = 130 ]
judge interrupted

serve --pages 50010 --links 50010
"$crawler" -q -o sitemap:big.xml "$url"
for file in big.xml big-1.xml big-2.xml; do
    xmllint --noout --schema "$here/sitemap.xsd" $file
done
[ "$(grep -c '<loc>' big-1.xml)" = 50000 ]
[ "$(grep -c '<loc>' big-2.xml)" = 11 ]
[ "$(grep -c '<loc>' big.xml)" = 2 ]
