#!/usr/bin/env bash
# Documentation sites served by nginx, over http and over https with HTTP/2: the set of URLs fetched holds every URL that
# wget2 fetches, and no URL is fetched twice. What differs is known and taken out, each for its reason:
#   /robots.txt   wget2 asks for it;
#   //, @ and \   wget2 writes // in a path as /, @ as %40 and \ as %5C; the URL standard keeps the first two and takes
#                 \ for /.
# sites.sh CRAWLER
set -euo pipefail
crawler=$1
for tool in nginx wget2 openssl; do
    command -v "$tool" >/dev/null || [ -x "/usr/sbin/$tool" ] || { echo "no $tool here"; exit 77; }
done
PATH=$PATH:/usr/sbin
export XDG_CONFIG_HOME=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/config

declare -A roots=(
    [cppreference]=/usr/share/cppreference/doc/html/en
    [python]=/usr/share/doc/python3.11/html
    [postgresql]=/usr/share/doc/postgresql-doc-15/html
    [sqlite]=/usr/share/doc/sqlite3
)
work=$(mktemp -d)
stop() {
    [ ! -f "$work/pid" ] || kill "$(cat "$work/pid")" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

# A port that is free now; nginx refuses to start if somebody takes it meanwhile, and the next try takes others.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 -subj /CN=localhost \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>/dev/null

start_nginx() { # of the root $1; sets http and https to the ports
    for _ in 1 2 3 4 5; do
        http=$(free_port)
        https=$(free_port)
        cat >"$work/nginx.conf" <<NGINX
worker_processes 1;
user $(id -un);
pid $work/pid;
error_log $work/error.log;
events { worker_connections 4000; }
http {
    include /etc/nginx/mime.types;
    charset utf-8;
    keepalive_requests 100000;
    log_format path '\$request_uri';
    access_log $work/access.log path;
    client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work;
    scgi_temp_path $work;
    server {
        listen 127.0.0.1:$http backlog=4096;
        listen 127.0.0.1:$https ssl http2 backlog=4096;
        ssl_certificate $work/cert.pem;
        ssl_certificate_key $work/key.pem;
        root $1;
        index index.html;
    }
}
NGINX
        if nginx -c "$work/nginx.conf" 2>/dev/null; then return; fi
    done
    cat "$work/error.log"
    exit 1
}

stop_nginx() { # gracefully, so that its log is whole
    local pid
    pid=$(cat "$work/pid")
    kill -QUIT "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    rm -f "$work/pid"
}

# urls_asked SITE SCHEME COMMAND... runs the command with the site's URL behind it; prints the paths that it asked for.
urls_asked() {
    local root=${roots[$1]} scheme=$2 http https
    shift 2
    start_nginx "$root"
    (cd "$work" && "$@" "$scheme://127.0.0.1:${!scheme}/" >"$work/output" 2>&1) || cat "$work/output" >&2
    stop_nginx
    sort "$work/access.log"
    rm -f "$work/access.log"
}

as_the_standard_has_it() {
    sed -e '/^\/robots\.txt$/d' -e 's/%40/@/g' -e 's/%5C/\//g' -e 's/\/\/*/\//g' | sort -u
}

failed=0
ran=0
for site in "${!roots[@]}"; do
    [ -d "${roots[$site]}" ] || continue
    for scheme in http https; do
        urls_asked "$site" "$scheme" wget2 -q -r -l inf --ca-certificate=cert.pem --delete-after -P mirror >"$work/theirs" 2>/dev/null
        urls_asked "$site" "$scheme" "$crawler" --cacert cert.pem >"$work/ours"
        twice=$(uniq -d "$work/ours" | wc -l)
        missing=$(comm -13 <(as_the_standard_has_it <"$work/ours") <(as_the_standard_has_it <"$work/theirs"))
        echo "$site over $scheme: $(wc -l <"$work/ours") URLs, wget2 $(wc -l <"$work/theirs"), $twice twice"
        if [ "$twice" != 0 ] || [ -n "$missing" ] || [ "$(wc -l <"$work/ours")" -lt 100 ]; then
            echo "missing: $missing"
            failed=1
        fi
        ran=$((ran + 1))
    done
done
[ $ran -gt 0 ] || exit 77
exit $failed
