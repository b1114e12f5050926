#!/usr/bin/env bash
# Pages of crawls and measurements in a real browser; see report_page.mjs. One of them is of a crawl of a site whose links
# are as bad as links get.
# report_page.sh SAMPLE_PAGES CRAWLER SITE
set -euo pipefail
sample_pages=$1 crawler=$2 site=$3
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
export XDG_CONFIG_HOME=$here/config
for tool in chromium node; do
    command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
mkdir "$work/profile" "$work/pages" "$work/site"

cat >"$work/site/index.html" <<'END'
<!DOCTYPE html><title><script>window.hacked=1</script></title>
<a href="/<script>window.hacked=1</script>">script</a>
<a href='/?"onmouseover="window.hacked=1'>quote</a>
<a href="/?'><img src=x onerror=window.hacked=1>">image</a>
<a href="/</td></tr></table><script>window.hacked=1</script>">table</a>
<a href="/%1b%5b2J%07?&#27;&#155;&#0;">controls</a>
<a href="javascript:window.hacked=1">scheme</a>
<a href="/good.html">good</a>
END
echo '<a href="/missing&lt;b&gt;">missing</a>' >"$work/site/good.html"
"$site" --root "$work/site" >"$work/url" &
server=$!
for _ in $(seq 100); do
    [ -s "$work/url" ] && break
    sleep 0.1
done
"$crawler" -o "html:$work/pages/site.html" "$(cat "$work/url")"
"$sample_pages" "$work/pages"
node "$here/report_page.mjs" "$(command -v chromium)" "$work/profile" "$work/pages"
