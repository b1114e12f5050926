# size.sh - what a page costs when 10,000 to 10,000,000 distinct URLs are known.
# shellcheck shell=bash disable=SC2154
#
# Cost: a page of the generated site has 100 links, 10 to pages that nothing before links to and 90 to pseudo-random
# ones among all that a breadth-first crawl has met by then. So a tenth of what is looked up is new and nine tenths are
# known, spread over all that is known: no page finds its links in the processor's cache because the last one had them
# too. The crawl fetches a tenth of the URLs that are to be known and ends (-n); "ours_start" is one that ends after the
# first page.
#
# Memory: 1,000 new links a page and one page at a time, so that little else but URLs grows. Once all links are kept to
# be fetched ("pending"); once --include leaves out those that are never reached, of which only fingerprints stay
# ("left_out").

links=100 new_links=10 wide=1000

crawl_of() { # ALLOWED PAGES [OPTION...] sets `known` to what the report says is done or still to do
    cost_of "$1" "${ours[@]}" -n "$2" -o "$work/report" "${@:3}" "$url"
    known=$(awk '$1 == "Todo:" || $1 == "Done:" { sum += $2; if ($1 == "Done:") done = $2 }
                 END { print sum, done }' "$work/report")
    [ "${known#* }" = "$2" ] || die "${known#* } pages instead of $2"
    known=${known% *}
}

run_sizes() { # TURN SIZE...
    local turn=$1 size pages
    shift
    start_site --pages 999999999 --links $links --children $new_links --known
    crawl_of 5 1
    record start ours_start "$turn" 1 "$known"
    for size in "$@"; do
        pages=$((size / new_links))
        progress "turn $turn: $size URLs known"
        crawl_of 5 "$pages"
        # Pages are not done in the order of their numbers, and what one is out of place its children are ten times: by
        # links of pages that came early, more than the children of the pages fetched are known.
        if [ "$known" -lt "$size" ] || [ "$known" -gt $((size + size / 5)) ]; then
            die "$known URLs known instead of $size"
        fi
        record "$size" ours "$turn" "$pages" "$known"
        fact "$size" page_bytes "$(awk '$2 == "html_bytes" { bytes = $1 } $2 == "html" { pages = $1 }
                                        END { print int(bytes / pages) }' "$work/report")"
    done
    stop_site
}

run_memory() { # TURN SIZE...
    local turn=$1 size pages digits
    shift
    start_site --pages 999999999 --links $wide --children $wide
    for size in "$@"; do
        pages=$((size / wide)) # a power of ten, so that page numbers of fewer digits are those that are fetched
        digits=$((${#pages} - 1))
        progress "turn $turn: memory with $size URLs known"
        crawl_of 5 "$pages" -c 1
        record "$size" pending "$turn" "$pages" "$known"
        crawl_of '0|5' "$pages" -c 1 --include "^http://[^/]*/(page/[0-9]{1,$digits})?\$"
        record "$size" left_out "$turn" "$pages" $((pages * wide + 1))
    done
    stop_site
}

bench_size() {
    local turn sizes
    fact machine links $links
    fact machine new_links $new_links
    for ((turn = 1; turn <= pairs; turn++)); do
        sizes=(10000 100000 1000000)
        [ $turn -gt $(((pairs + 1) / 2)) ] || sizes+=(10000000)
        run_sizes "$turn" "${sizes[@]}"
        run_memory "$turn" "${sizes[@]}"
    done
}
