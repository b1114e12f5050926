#!/usr/bin/env bash
# Races the crawler against wget2 and against a bare libcurl loop (the lower bound) on the cppreference documentation.
#
# nginx (one worker, no TLS, no gzip) is pinned to one core and the clients to another; everything is fetched once and
# nothing kept. First the URLs that the crawler and wget2 ask for are compared; then the three take turns, and what is
# quoted is user and system time over the number of pages. The bare loop fetches the crawler's URLs from a list.
# Not the same for all: wget2 has 16 threads, and writes each file and deletes it (--delete-after); the crawler writes a
# report (to /dev/null), and fetches the few URLs that wget2 drops (see paths). Each is divided by its own count of URLs.
# bench.sh CRAWLER [PAIRS]
set -euo pipefail
crawler=$(realpath "$1")
pairs=${2:-5}
helpers=$(dirname "$crawler")/../tests/bench
PATH=$PATH:/usr/sbin
export XDG_CONFIG_HOME=/nonexistent
for tool in nginx wget2 taskset "$helpers/cost" "$helpers/bare_loop"; do
    command -v "$tool" >/dev/null || { echo "no $tool here"; exit 77; }
done
start=$(dpkg -L cppreference-doc-en-html 2>/dev/null | grep '/en/index\.html$') || { echo "no cppreference here"; exit 77; }
root=${start%/en/index.html}

work=$(mktemp -d)
stop() {
    [ ! -f "$work/pid" ] || kill "$(cat "$work/pid")" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

if [ "$(nproc)" -ge 2 ]; then
    on_server=(taskset -c 1) on_client=(taskset -c 0)
else
    echo "one core only: server and clients share it" >&2
    on_server=() on_client=()
fi

# A port that is free now; nginx refuses to start if somebody takes it meanwhile, and the next try takes others.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

start_nginx() { # sets logged and quiet to the ports of the same site with and without an access log
    for _ in 1 2 3 4 5; do
        logged=$(free_port)
        quiet=$(free_port)
        cat >"$work/nginx.conf" <<NGINX
worker_processes 1;
user $(id -un);
pid $work/pid;
error_log $work/error.log;
events { worker_connections 4000; }
http {
    include /etc/nginx/mime.types;
    charset utf-8;
    sendfile on;
    open_file_cache max=10000;
    keepalive_requests 1000000;
    log_format page '\$request_uri \$status \$body_bytes_sent \$sent_http_content_type';
    client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work;
    scgi_temp_path $work;
    root $root;
    server { listen 127.0.0.1:$logged backlog=4096; access_log $work/access.log page; }
    server { listen 127.0.0.1:$quiet backlog=4096; access_log off; }
}
NGINX
        if "${on_server[@]}" nginx -c "$work/nginx.conf" 2>/dev/null; then return; fi
    done
    cat "$work/error.log"
    exit 1
}

url_at() { echo "http://127.0.0.1:$1/en/index.html"; }

run_crawler() { "${on_client[@]}" "$helpers/cost" "$1" "$crawler" -q --progress none -o /dev/null "$(url_at "$2")"; }
run_wget2() {
    "${on_client[@]}" "$helpers/cost" "$1" wget2 -q -r -l inf -e robots=off --delete-after -P "$work/mirror" \
        --max-threads=16 "$(url_at "$2")" || true
}
run_bare() { "${on_client[@]}" "$helpers/cost" "$1" "$helpers/bare_loop" "$work/list" 100 >/dev/null; }

# asked_by WHO: the access log of one crawl, in $work/WHO.log.
asked_by() {
    : >"$work/access.log"
    "run_$1" "$work/$1.check" "$logged"
    sleep 0.3 # the last lines
    cp "$work/access.log" "$work/$1.log"
}

# The paths asked for, with the differences taken out that are known: wget2 writes // in a path as /, @ as %40 and \ as
# %5C, and drops relative links with a ':' in them, even behind a '/' or a '?', for it takes them to begin with a scheme.
paths() {
    cut -d ' ' -f 1 "$1" | sed -e 's/%40/@/g' -e 's/%5C/\//g' -e 's/\/\/*/\//g' | sort -u
}

compare() {
    local ours theirs twice known
    paths "$work/crawler.log" >"$work/crawler.paths"
    paths "$work/wget2.log" >"$work/wget2.paths"
    twice=$(cut -d ' ' -f 1 "$work/crawler.log" | sort | uniq -d | wc -l)
    comm -13 "$work/crawler.paths" "$work/wget2.paths" >"$work/theirs"
    comm -23 "$work/crawler.paths" "$work/wget2.paths" >"$work/ours"
    known=$(grep -c : "$work/ours" || true)
    sed -i /:/d "$work/ours"
    ours=$(wc -l <"$work/ours")
    theirs=$(wc -l <"$work/theirs")
    echo "same set of URLs? crawler $(wc -l <"$work/crawler.paths"), wget2 $(wc -l <"$work/wget2.paths")," \
        "only crawler $((known + ours)) ($known of them with a ':', which wget2 drops), only wget2 $theirs," \
        "twice by crawler $twice"
    sed 's/^/  only wget2:   /' "$work/theirs" | head -n 20
    sed 's/^/  only crawler: /' "$work/ours" | head -n 20
    [ "$theirs" = 0 ] && [ "$twice" = 0 ] && [ "$ours" = 0 ] && return
    echo "the sets differ by more than is known: no race"
    exit 1
}

describe_site() {
    awk '{ requests++; bytes += $3; if ($4 ~ /^text\/html/ && $2 == 200) { html++; html_bytes += $3 } if ($2 != 200) other++ }
        END { printf "site: %d URLs of %.1f KB on average (%d HTML pages of %.1f KB; %d answers other than 200)\n",
            requests, bytes / requests / 1000, html, html_bytes / html / 1000, other }' "$work/crawler.log"
}

# The cost of each run of WHO, over the number of pages that it fetched.
per_page() { awk -v pages="$2" '{ printf "%.1f\n", ($1 + $2) / pages }' "$work/$1.cost"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
summary() {
    local rss sys user
    rss=$(awk '{ print $4 / 1024 }' "$work/$1.cost" | median)
    user=$(awk -v pages="$2" '{ print $1 / pages }' "$work/$1.cost" | median)
    sys=$(awk -v pages="$2" '{ print $2 / pages }' "$work/$1.cost" | median)
    printf '%-9s %6.1f µs a page (user %.1f, sys %.1f), %6.0f pages a CPU second, peak RSS %.1f MB\n' "$1" \
        "$(per_page "$1" "$2" | median)" "$user" "$sys" "$(per_page "$1" "$2" | awk '{ print 1e6 / $1 }' | median)" "$rss"
}
ratio() { # of the costs of $1 (with $2 pages) and $3 (with $4)
    paste <(per_page "$1" "$2") <(per_page "$3" "$4") | awk '{ printf "%.3f\n", $1 / $2 }' | median
}

start_nginx
asked_by crawler
asked_by wget2
compare
describe_site
pages=$(wc -l <"$work/crawler.log")
wget2_pages=$(wc -l <"$work/wget2.log")
cut -d ' ' -f 1 "$work/crawler.log" | sed "s|^|http://127.0.0.1:$quiet|" >"$work/list"

for ((pair = 1; pair <= pairs; pair++)); do
    order=(crawler wget2 bare)
    [ $((pair % 2)) = 1 ] || order=(wget2 crawler bare)
    for who in "${order[@]}"; do "run_$who" "$work/$who.cost" "$quiet"; done
    printf 'pair %d: crawler %6.1f  wget2 %6.1f  bare loop %6.1f µs a page\n' "$pair" \
        "$(per_page crawler "$pages" | tail -n 1)" "$(per_page wget2 "$wget2_pages" | tail -n 1)" \
        "$(per_page bare "$pages" | tail -n 1)"
done
# wget2 exits 8 where a page is missing, as some are.
if awk '$5 != 0 { bad = 1 } END { exit !bad }' "$work/crawler.cost" "$work/bare.cost"; then
    echo "a run failed: the figures mean nothing"
    exit 1
fi
summary crawler "$pages"
summary wget2 "$wget2_pages"
summary bare "$pages"
echo "median of ratios: crawler / wget2 $(ratio crawler "$pages" wget2 "$wget2_pages")," \
    "crawler / bare loop $(ratio crawler "$pages" bare "$pages")"
