// All outputs of one crawl: each well-formed, and all of the same URLs. outputs.mjs FOLDER hostile|interrupted
import { readFileSync } from "node:fs";
import assert from "node:assert";

const read = (name) => new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(`${process.argv[2]}/${name}`));
const lines_of = (name) => read(name).split("\n").filter((line) => line).map((line) => JSON.parse(line));

// RFC 4180: fields with or without quotes, quotes doubled within, lines ended by CRLF.
function parse_csv(text) {
    const rows = [];
    let row = [];
    const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
    while (field.lastIndex < text.length) {
        const at = field.lastIndex, match = field.exec(text);
        assert(match, `no CSV at ${at}: ${JSON.stringify(text.slice(at, at + 60))}`);
        row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
        if (match[3] === ",")
            continue;
        rows.push(row);
        row = [];
    }
    assert.equal(row.length, 0, "the last line has no end");
    return rows;
}

const records = lines_of("a.jsonl"), skipped = lines_of("skipped.jsonl"), json = JSON.parse(read("a.json"));
const csv = parse_csv(read("a.csv")), seconds = parse_csv(read("seconds.csv"));
const [names, ...rows] = csv;

assert(records.length > 8);
for (const table of [csv, seconds])
    for (const row of table)
        assert.equal(row.length, table[0].length);
assert.deepEqual(records.map((one) => one.url).sort(), json.urls.map((one) => one.url).sort());
assert.deepStrictEqual(JSON.stringify(records), JSON.stringify(json.urls));
assert.deepEqual(records.map((one) => one.url).sort(), rows.map((row) => row[names.indexOf("url")]).sort());
assert.equal(new Set(records.map((one) => one.url)).size, records.length);

// What others validated can be taken apart by patterns. Graphviz has listed the names of the nodes.
const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescape_xml = (text) => text.replace(/&(\w+);/g, (_, name) => entities[name]);
const matches = (text, pattern) => [...text.matchAll(pattern)].map((match) => unescape_xml(match[1])).sort();
const unescape_dot = (text) => unescape_xml(text.replaceAll(/\\(.)/g, "$1"));
const urls_where = (condition) => records.filter(condition).map((one) => one.url).sort();
const nodes = read("nodes").split("\n").filter((line) => line).map(unescape_dot);
const led_to = records.map((one) => one.redirect).concat(records.map((one) => one.referrer)).filter((url) => url);
const junit = read("a.xml");

assert.deepEqual(matches(junit, /<testcase [^>]*name="([^"]*)" time/g), urls_where(() => true));
assert.equal(matches(junit, /<(failure) /g).length, urls_where((one) => one.broken && one.status).length);
assert.equal(matches(junit, /<(error) /g).length, urls_where((one) => one.broken && !one.status).length);
assert.deepEqual(matches(read("map.xml"), /<loc>(.*?)<\/loc>/g), urls_where((one) => one.html && one.status === 200));
assert.deepEqual(nodes.sort(), [...new Set(urls_where(() => true).concat(led_to))].sort());

const { summary } = json;
assert.equal(summary.fetched + summary.failed, records.length);
assert.equal(summary.discovered, records.length + skipped.length);
assert.equal(summary.broken, records.filter((one) => one.broken).length);
assert.equal(summary.latency.total.count, records.filter((one) => !one.error).length);
assert.equal(json.interrupted, process.argv[3] === "interrupted");
if (json.interrupted) {
    assert.deepEqual(new Set(skipped.map((one) => one.reason)), new Set(["stopped"]));
} else {
    assert.deepEqual(new Set(skipped.map((one) => one.reason)), new Set(["scheme", "host"]));
    assert(records.some((one) => one.error?.kind === "connect-refused" && one.status === null));
    assert(records.some((one) => one.status === 404 && one.broken && one.referrer));
    assert(records.some((one) => one.status === 301 && one.redirect.endsWith("/folder/")));
    assert(records.some((one) => one.content_type === "image/png" && !one.html));
    assert.match(read("a.dot"), /\/folder" -> "[^"]*\/folder\/" \[style=dashed\]/);
}
for (const { total_us, first_byte_us, error } of records)
    assert(error || first_byte_us <= total_us);
for (const row of rows)
    for (const cell of row)
        assert(!/^[=+\-@\t\r]/.test(cell), `a spreadsheet would run ${cell}`);

const levels = read("a.hgrm").split("\n").filter((line) => /^ *[\d.]+ +[\d.]+ +\d+/.test(line))
    .map((line) => line.trim().split(/ +/).map(Number));
levels.reduce((before, level) => {
    assert(level.every((value, i) => i > 2 || value >= before[i]), "a distribution that goes down");
    return level;
});
assert.deepEqual(levels.at(-1).slice(1), [1, summary.latency.total.count]);
