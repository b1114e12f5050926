#!/usr/bin/env bash
# Archives, judged by programs that are not ours: warcio, which checks records, digests and the index, and node-warc, which
# reads all records too. They come from npm. Crawls the sample site, one with every framing and coding, and one amid
# which the crawler is killed.
# warc_tools.sh CRAWLER SITE
set -euo pipefail
crawler=$1 site=$2
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
export XDG_CONFIG_HOME=$here/config
for tool in node npm; do
    command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

cd "$work"
if ! timeout 200 npm install --silent --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000 \
    warcio@2.4 node-warc@3.3 >npm.log 2>&1; then
    cat npm.log
    echo "npm can't get warcio and node-warc"
    exit 77
fi
cp "$here/warc_tools.mjs" .

serve() { # OPTION... sets `url`
    [ -z "$server" ] || { kill "$server"; wait "$server" || true; }
    rm -f url
    "$site" "$@" >url &
    server=$!
    until [ -s url ]; do
        kill -0 "$server"
        sleep 0.05
    done
    url=$(cat url)
}

judge() { # PREFIX PAGES: each of so many pages is there once
    node_modules/.bin/warcio cdx-index --format cdxj "$1"-*.warc.gz | LC_ALL=C sort >theirs.cdxj
    node warc_tools.mjs "$1" "$2" theirs.cdxj
}

serve --root "$here/../site/sample"
"$crawler" -q --config /dev/null --warc sample "$url" >/dev/null
judge sample 33

node "$here/warc_site.mjs" >url.node &
server_of_node=$!
trap '[ -z "$server" ] || kill "$server"; kill $server_of_node 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s url.node ]; do
    kill -0 $server_of_node
    sleep 0.05
done
"$crawler" -q --max-tries 1 --warc framings --warc-size 100k "$(cat url.node)" >/dev/null
judge framings 13

serve --pages 800 --links 20 --delay 20
for moment in 0.3 0.5 0.4; do
    "$crawler" -q -c 4 --state crawl.db --warc killed --warc-size 100k "$url" >/dev/null &
    crawl=$!
    sleep $moment
    kill -KILL $crawl 2>/dev/null || true
    wait $crawl 2>/dev/null || true
done
"$crawler" -q -c 4 --state crawl.db --warc killed --warc-size 100k "$url" >/dev/null
judge killed 801
