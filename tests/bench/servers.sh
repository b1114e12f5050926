# servers.sh - nginx with the documentation sites, and the generated site; sourced by bench.sh.
# shellcheck shell=bash disable=SC2034,SC2154

site_pids=()

# The package of each site, its files, and where a crawl of it starts.
declare -A site_package=(
    [cppreference]=cppreference-doc-en-html [python]=python3.11-doc [postgresql]=postgresql-doc-15 [sqlite]=sqlite3-doc)
declare -A site_root=(
    [cppreference]=/usr/share/cppreference/doc/html [python]=/usr/share/doc/python3.11/html
    [postgresql]=/usr/share/doc/postgresql-doc-15/html [sqlite]=/usr/share/doc/sqlite3)
declare -A site_start=(
    [cppreference]=/en/index.html [python]=/index.html [postgresql]=/index.html [sqlite]=/index.html)

# A port that is free now; nginx refuses to start if somebody takes it meanwhile, and the next try takes others.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

nginx_config() { # of the files below $1
    cat <<NGINX
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
    root $1;
    index index.html;
    server { listen 127.0.0.1:$logged backlog=4096; access_log $work/access.log page; }
    server { listen 127.0.0.1:$quiet backlog=4096; access_log off; }
    server { listen 127.0.0.1:$status; access_log off; location / { stub_status; } }
}
NGINX
}

# start_nginx SITE sets `logged` and `quiet` to the ports of the same files with and without an access log.
start_nginx() {
    [ -e "${site_root[$1]}${site_start[$1]}" ] || die "no files of ${site_package[$1]} in ${site_root[$1]}"
    for _ in 1 2 3 4 5; do
        logged=$(free_port) quiet=$(free_port) status=$(free_port)
        nginx_config "${site_root[$1]}" >"$work/nginx.conf"
        if "${on_server[@]}" nginx -c "$work/nginx.conf" 2>/dev/null; then return; fi
    done
    cat "$work/error.log" >&2
    die "nginx does not start"
}

stop_nginx() { # gracefully, so that its log is whole
    local pid
    [ -f "$work/pid" ] || return 0
    pid=$(cat "$work/pid")
    kill -QUIT "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
    rm -f "$work/pid"
}

# Sets `served` to the number of requests that nginx has answered since it started, this one included.
count_served() {
    local line
    exec 3<>"/dev/tcp/127.0.0.1/$status"
    printf 'GET / HTTP/1.0\r\n\r\n' >&3
    while read -r line <&3; do
        [[ $line =~ ^[0-9]+\ +[0-9]+\ +([0-9]+) ]] && served=${BASH_REMATCH[1]}
    done
    exec 3<&-
}

# start_site OPTION... starts a generated site, beside others that there may be, and sets `url`.
start_site() {
    rm -f "$work/url"
    "${on_server[@]}" "$site" "$@" >"$work/url" 2>"$work/site.log" &
    site_pids+=($!)
    until [ -s "$work/url" ]; do # written at once
        kill -0 $! 2>/dev/null || { cat "$work/site.log" >&2; die "the generated site does not start"; }
        sleep 0.05
    done
    url=$(cat "$work/url")
}

stop_site() { # all of them
    local pid
    for pid in "${site_pids[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    site_pids=()
}

stop_servers() {
    stop_site
    stop_nginx
}
