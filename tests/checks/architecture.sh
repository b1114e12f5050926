#!/usr/bin/env bash
# The arrows between rooms run one way only, and no files include each other in a circle.
# Reads the #include lines; prints each breach as FILE: WHAT and fails if there is one.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# What each room may include: itself and these.
declare -A MAY=(
    [base]="" [async]="base" [http]="base async" [web]="base"
    [record]="base async http web" [store]="base async http web record" [output]="base async http web record measure"
    [measure]="base async http web record" [ui]="base async http web record" [inspect]="base web"
    [crawl]="base async http web record store" [docs]="base async web top" [sandbox]="base"
    [top]="base async http web record store output measure ui inspect crawl sandbox"
)

room_of() { # of a file
    case $1 in
    src/*) local rest=${1#src/}; echo "${rest%%/*}" ;;
    crawler/*/*) local rest=${1#crawler/}; echo "${rest%%/*}" ;;
    crawler/*) echo top ;;
    esac
}

room_of_include() { # of the text between the quotes
    case $1 in
    base/* | async/* | http/* | web/* | record/* | crawl/* | store/* | output/* | measure/* | ui/* | inspect/* | sandbox/* | docs/*) echo "${1%%/*}" ;;
    *) echo top ;;
    esac
}

file_of_include() {
    if [ -e "src/$1" ]; then echo "src/$1"; else echo "crawler/$1"; fi
}

breaches=0
edges=$(mktemp)
trap 'rm -f "$edges"' EXIT
while IFS=: read -r file include; do
    room=$(room_of "$file")
    target=$(room_of_include "$include")
    echo "$file $(file_of_include "$include")" >>"$edges"
    # The options are a record of what the user wants, which every room of the program may read.
    [ "$include" = options.h ] && [ "${file#crawler/}" != "$file" ] && continue
    [ "$target" = "$room" ] && continue
    case " ${MAY[$room]} " in
    *" $target "*) ;;
    *)
        echo "$file: $room must not include $include"
        breaches=1
        ;;
    esac
done < <(grep -rHoE '^#include "[^"]+"' --include='*.[ch]' src crawler | sed -E 's/:#include "([^"]+)"/:\1/')

[ -s "$edges" ] || { echo "no #include found: the check itself is broken"; exit 1; }
if ! circle=$(tsort "$edges" 2>&1 >/dev/null); then
    echo "files include each other in a circle:"
    echo "$circle"
    breaches=1
fi
exit $breaches
