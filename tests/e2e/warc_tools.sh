#!/usr/bin/env bash
# Archives, judged by programs that are not ours (see warc_judges.sh, by which it is run): of the sample site, of one with
# every framing and coding, and of one amid which the crawler is killed. Damaged ones are seen by both, and TEST, one of
# those that are run with them, does ask them.
# warc_tools.sh CRAWLER SITE TEST
set -euo pipefail
crawler=$1 site=$2 test=$3
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
export XDG_CONFIG_HOME=$here/config
[ -n "${WARC_JUDGES:-}" ] || { echo "no judges"; exit 77; }
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

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

serve --root "$here/../site/sample"
"$crawler" -q --config /dev/null --warc sample "$url" >/dev/null
node "$WARC_TOOLS" judge sample 33
node "$WARC_TOOLS" damage sample

node "$here/warc_site.mjs" >url.node &
server_of_node=$!
trap '[ -z "$server" ] || kill "$server"; kill $server_of_node 2>/dev/null || true; rm -rf "$work"' EXIT
until [ -s url.node ]; do
    kill -0 $server_of_node
    sleep 0.05
done
"$crawler" -q --max-tries 1 --warc framings --warc-size 100k "$(cat url.node)" >/dev/null
node "$WARC_TOOLS" judge framings 13

serve --pages 800 --links 20 --delay 20
for moment in 0.3 0.5 0.4; do
    "$crawler" -q -c 4 --state crawl.db --warc killed --warc-size 100k "$url" >/dev/null &
    crawl=$!
    sleep $moment
    kill -KILL $crawl 2>/dev/null || true
    wait $crawl 2>/dev/null || true
done
"$crawler" -q -c 4 --state crawl.db --warc killed --warc-size 100k "$url" >/dev/null
node "$WARC_TOOLS" judge killed 801

if WARC_JUDGES=$work/nobody CK_RUN_SUITE=own "$test" >asked; then
    echo "$test asks nobody"
    exit 1
fi
grep -q 'nobody judges' asked
