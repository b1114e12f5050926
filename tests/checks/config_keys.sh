#!/usr/bin/env bash
# config/crawler.ini shows every option that a config file may hold, and no other. Takes the crawler.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
diff <("$1" --help | grep -oE '^ .{5}--[a-z0-9.-]+' | sed 's/.*--//' | grep -vxE 'config|profile|help|version' | sort) \
    <(grep -oE '^; ?[a-z0-9.-]+ =' config/crawler.ini | sed -E 's/^; ?| =//g' | sort -u)
