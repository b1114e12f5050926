#!/usr/bin/env bash
# Runs a test whose archives are judged by programs that are not ours as well: warcio, which checks records, digests and
# the index, and node-warc, which reads all records too. They come from npm and are kept in FOLDER. Where they can't be
# had the test runs without them.
#
# The test has in its environment WARC_JUDGES, the socket at which warc_judges.mjs serves, and WARC_TOOLS, FOLDER.
# warc_judges.sh FOLDER COMMAND...
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
folder=$1
shift
mkdir -p "$folder"
folder=$(realpath "$folder")

# Not tried again within ten minutes: every such test would wait for what can't be reached.
install_judges() {
    for tool in node npm; do
        command -v $tool >/dev/null || { echo "no $tool here"; return 1; }
    done
    [ ! -e "$folder/installed" ] || return 0
    [ -z "$(find "$folder" -name failed -mmin -10)" ] || return 1
    (cd "$folder" && timeout 200 npm install --silent --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000 \
        warcio@2.4 node-warc@3.3 >npm.log 2>&1 && touch installed) && return 0
    touch "$folder/failed"
    cat "$folder/npm.log"
    echo "npm can't get warcio and node-warc"
    return 1
}

{
    flock 9
    install_judges || exec "$@" 9>&-
} 9>"$folder/lock"

# Modules are looked for beside the program.
cp "$here/warc_judges.mjs" "$folder/judges-$$.mjs"
sockets=$(mktemp -d)
node "$folder/judges-$$.mjs" serve "$sockets/judges" &
judges=$!
trap 'kill $judges; wait $judges || true; rm -rf "$sockets" "$folder/judges-$$.mjs"' EXIT
until [ -S "$sockets/judges" ]; do
    kill -0 $judges
    sleep 0.05
done
WARC_JUDGES=$sockets/judges WARC_TOOLS=$folder/judges-$$.mjs "$@"
