// Pages of crawls and measurements in Chromium: they ask for nothing, nothing on them comes alive, tables sort and filter,
// all is readable on a phone, in the dark and without script.
// report_page.mjs CHROMIUM PROFILE DIRECTORY

import assert from "node:assert/strict";
import { Browser } from "./browser.mjs";

const [program, profile, directory] = process.argv.slice(2);
const PHONE = 360, DESKTOP = 1280;
const MOST_ROWS = 50000;

// A tab that notes all that a page should not do.
class Tab {
    #browser;
    #session;
    #loaded = () => {};
    breaches = [];

    static async open(browser) {
        const tab = new Tab();
        const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
        tab.#browser = browser;
        tab.#session = sessionId;
        browser.on_event = (event) => tab.#take(event);
        for (const domain of ["Page", "Runtime", "Log", "Network"])
            await tab.send(`${domain}.enable`);
        await tab.send("Page.addScriptToEvaluateOnNewDocument", {
            source: `window.violations = [];
                addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));`,
        });
        return tab;
    }
    send(method, params) {
        return this.#browser.send(method, params, this.#session);
    }
    #take({ method, params }) {
        if (method === "Page.loadEventFired")
            this.#loaded();
        if (method === "Log.entryAdded")
            this.breaches.push(`log: ${params.entry.text}`);
        if (method === "Runtime.consoleAPICalled" || method === "Runtime.exceptionThrown")
            this.breaches.push(`${method}: ${JSON.stringify(params)}`);
        if (method === "Network.requestWillBeSent" && params.type !== "Document")
            this.breaches.push(`request: ${params.request.url}`);
    }
    async show(name, { width = DESKTOP, scheme = "light", script = true } = {}) {
        await this.send("Emulation.setDeviceMetricsOverride",
            { width, height: 800, deviceScaleFactor: 1, mobile: width === PHONE });
        await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
        await this.send("Emulation.setScriptExecutionDisabled", { value: !script });
        const loaded = new Promise((resolve) => this.#loaded = resolve);
        await this.send("Page.navigate", { url: `file://${directory}/${name}` });
        await loaded;
    }
    // The value of a function of the page's, which may be asynchronous.
    async run(what, ...values) {
        const expression = `(${what})(...${JSON.stringify(values)})`;
        const { result, exceptionDetails } = await this.send("Runtime.evaluate",
            { expression, returnByValue: true, awaitPromise: true });
        assert.ok(!exceptionDetails, exceptionDetails?.exception?.description);
        return result.value;
    }
}

// --- what runs in the page

function look() {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return {
        hacked: typeof window.hacked,
        violations: window.violations ?? [],
        alive: all("img,iframe,object,embed,base,form,link,[onerror],[onmouseover],[onclick]").length,
        scripts: all("script").length,
        links: all("a").map((a) => [a.protocol, a.rel]),
        width: document.documentElement.scrollWidth,
        lines: all(".chart").map((chart) => [...chart.querySelectorAll("path")].map((path) => path.getAttribute("d"))),
        named: all(".chart").every((chart) => (chart.ariaLabel ?? chart.querySelector("title").textContent) && chart.querySelector("desc")),
        empty: all(".nothing").length,
        figures: all(".value").map((value) => value.getBoundingClientRect().height > 0 && value.textContent),
    };
}

// What a chart says where it is pointed at.
function point_at(place, share) {
    const chart = document.querySelectorAll(".chart")[place], box = chart.getBoundingClientRect();
    const event = new PointerEvent("pointermove", { clientX: box.left + share * box.width, bubbles: true });
    chart.dispatchEvent(event);
    const words = chart.parentNode.querySelector(".reading");
    return words.hidden ? "" : [...words.childNodes].map((line) => line.textContent).join(", ");
}

// WCAG 2, relative luminance.
function contrasts() {
    const probe = document.body.appendChild(document.createElement("i"));
    const luminance = (name) => {
        probe.style.color = `var(${name})`;
        const parts = getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = {};
    for (const ground of ["--page", "--panel"])
        for (const name of ["--ink", "--faint", "--blue", "--orange", "--green", "--red"]) {
            const [a, b] = [luminance(ground), luminance(name)].sort((one, other) => other - one);
            found[`${name} on ${ground}`] = (a + 0.05) / (b + 0.05);
        }
    probe.remove();
    return { found, ground: getComputedStyle(document.body).backgroundColor };
}

// The rows that are in the document, each as its cells' texts.
function rows_in_document(table) {
    return [...document.querySelectorAll(`.${table} tbody tr:not(.gap):not(.none)`)].map((row) =>
        ({ place: Number(row.ariaRowIndex) - 2, cells: [...row.cells].map((cell) => cell.textContent.trim()) }));
}

function visible_rows(table) {
    return [...document.querySelectorAll(`.${table} tbody tr`)].filter((row) => row.getClientRects().length).length;
}

async function sort_by(table, column) {
    const start = performance.now();
    document.querySelectorAll(`.${table} th button`)[column].click();
    const time = performance.now() - start;
    await new Promise(requestAnimationFrame);
    const heads = [...document.querySelectorAll(`.${table} th`)];
    return { time, whole: performance.now() - start, sorted: heads.map((head) => head.getAttribute("aria-sort")) };
}

async function scroll_to(table, share) {
    const scroll = document.querySelector(`.${table}`).closest(".scroll");
    scroll.scrollTop = share * (scroll.scrollHeight - scroll.clientHeight);
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const box = scroll.getBoundingClientRect(), body = document.querySelector(`.${table} tbody`);
    const seen = document.elementFromPoint(box.left + 30, Math.min(box.bottom, innerHeight) - 12);
    return { in_document: body.rows.length, seen: seen?.closest("tr")?.className };
}

function filter(table, text, status) {
    const finder = document.querySelector(`.${table}`).closest(".finder");
    const [input, select] = [finder.querySelector("input"), finder.querySelector("select")];
    const start = performance.now();
    input.value = text;
    if (select)
        select.value = status;
    input.dispatchEvent(new Event("input"));
    return { time: performance.now() - start, count: finder.querySelector("output").textContent,
        nothing: finder.querySelector(".none") !== null };
}

// --- what must hold

async function check_page(tab, name, options, pictures) {
    await tab.show(name, options);
    const page = await tab.run(look);
    const what = `${name} ${JSON.stringify(options)}`;
    assert.deepEqual(tab.breaches, [], what);
    assert.deepEqual([page.hacked, page.violations, page.alive], ["undefined", [], 0], what);
    assert.equal(page.scripts, name.endsWith(".svg") ? 0 : 1, what);
    assert.ok(page.links.every(([protocol, rel]) =>
        /^https?:$/.test(protocol) && rel === "noreferrer noopener nofollow"), what);
    assert.ok(page.width <= (options.width ?? DESKTOP), `${what}: ${page.width} wide`);
    assert.equal(page.lines.length, pictures, what);
    assert.ok(page.named, what);
    assert.ok(page.empty || page.lines.every((paths) => paths.some((d) => /^M[\d.]+,[\d.]+L/.test(d))), what);
    assert.ok(page.lines.flat().every((d) => /^[MLVHZ\d.,-]*$/.test(d)), what);
    assert.ok(page.figures.every((figure) => figure), what);
}

async function check_contrast(tab, name) {
    const grounds = [];
    for (const scheme of ["light", "dark"]) {
        await tab.show(name, { scheme });
        const { found, ground } = await tab.run(contrasts);
        grounds.push(ground);
        for (const pair in found)
            assert.ok(found[pair] >= 4.5, `${scheme}: ${pair}: ${found[pair]}`);
    }
    assert.notEqual(grounds[0], grounds[1]);
}

// All rows, as the page without script has them.
async function all_rows(tab, name, table) {
    await tab.show(name, { script: false });
    const rows = (await tab.run(rows_in_document, table)).map(({ cells }) => cells);
    assert.equal(await tab.run(visible_rows, table), rows.length);
    return rows;
}

const is_numeric = (column) => column >= 3 && column <= 7;

function sorted(rows, column, is_descending) {
    const key = (cells) => !is_numeric(column) ? cells[column]
        : cells[column] === "" ? -1 : Number(cells[column].replaceAll(",", ""));
    const sign = is_descending ? -1 : 1;
    return rows.toSorted((a, b) => key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0);
}

async function check_order(tab, table, expected) {
    for (const share of [0, 0.4, 1]) {
        const { seen } = await tab.run(scroll_to, table, share);
        assert.notEqual(seen, "gap");
        const rows = await tab.run(rows_in_document, table);
        assert.ok(rows.length >= Math.min(expected.length, 10));
        rows.forEach(({ place, cells }) => assert.deepEqual(cells, expected[place]));
    }
    assert.equal((await tab.run(rows_in_document, table)).at(-1).place, expected.length - 1);
}

async function check_sorting(tab, table, rows) {
    const columns = rows[0].length;
    for (let column = 0; column < columns; column++) {
        for (const click of [0, 1]) {
            const is_descending = (table === "urls" && is_numeric(column)) !== Boolean(click);
            const { sorted: heads } = await tab.run(sort_by, table, column);
            assert.deepEqual(heads, heads.map((_, i) =>
                i !== column ? null : is_descending ? "descending" : "ascending"));
            await check_order(tab, table, sorted(rows, column, is_descending));
        }
    }
}

async function check_filter(tab, table, rows, text, status) {
    const matches = rows.filter((cells) => cells.join("\n").toLowerCase().includes(text.toLowerCase()) &&
        (!status || (status === "s0" ? /^[a-z]/.test(cells[1]) : cells[1][0] === status[1])));
    const number = (n) => n.toLocaleString("en");
    const { count, nothing, time } = await tab.run(filter, table, text, status);
    assert.equal(count, matches.length === rows.length ? `${number(rows.length)} URLs`
        : `${number(matches.length)} of ${number(rows.length)} URLs`);
    assert.equal(nothing, matches.length === 0);
    return time;
}

async function check_tables(tab, name, tables) {
    for (const table of tables) {
        const rows = await all_rows(tab, name, table);
        await tab.show(name);
        await check_filter(tab, table, rows, "", "");
        await check_sorting(tab, table, rows);
        for (const text of ["chapter", "PAGE-12", "<script>", "nothing is called so"])
            await check_filter(tab, table, rows, text, "");
        for (const status of table === "urls" ? ["s2", "s3", "s4", "s5", "s0"] : [])
            await check_filter(tab, table, rows, "docs", status);
        await check_filter(tab, table, rows, "", "");
    }
}

async function check_reading(tab) {
    await tab.show("sweep.html");
    const all = [await tab.run(point_at, 0, 0), await tab.run(point_at, 0, 0.36), await tab.run(point_at, 0, 1)];
    all.forEach((words, i) => assert.match(words, /^(1|8|256), [\d,]+ measured, [\d,]+ scalability law$/, `point ${i}`));
    assert.deepEqual(all.map((words) => words.split(",")[0]), ["1", "8", "256"]);
}

// As many rows as a page takes, of which few are in the document. Times are told, and not judged.
async function check_many(tab) {
    const rows = await all_rows(tab, "many.html", "urls");
    assert.equal(rows.length, MOST_ROWS);
    const start = performance.now();
    await tab.show("many.html");
    console.log(`${rows.length} rows: loaded in ${(performance.now() - start).toFixed(0)} ms`);
    for (const [column, name] of [[0, "URL"], [3, "bytes"], [3, "bytes again"], [1, "status"], [8, "referrer"]]) {
        const { time, whole } = await tab.run(sort_by, "urls", column);
        console.log(`sorted by ${name} in ${time.toFixed(0)} ms, drawn after ${whole.toFixed(0)} ms`);
    }
    for (const text of ["docs", "docs/chapter-1", "docs/chapter-12345", ""])
        console.log(`filtered by "${text}" in ${(await check_filter(tab, "urls", rows, text, "")).toFixed(0)} ms`);
    for (const share of [0, 0.5, 0.99, 1])
        assert.ok((await tab.run(scroll_to, "urls", share)).in_document < 100);
    await tab.run(sort_by, "urls", 5);
    await check_order(tab, "urls", sorted(rows, 5, true));
    assert.match(await tab.run(() => document.querySelector("#urls .left-out").textContent), /^10,000 more /);
}

async function check_crawl(tab) {
    const urls = (await all_rows(tab, "site.html", "urls")).map((cells) => new URL(cells[0]).pathname);
    assert.equal(urls.length, 8);
    assert.ok(urls.includes("/good.html") && urls.includes("/missing%3Cb%3E"));
    const broken = await all_rows(tab, "site.html", "broken");
    const missing = broken.find(([url]) => url.endsWith("/missing%3Cb%3E"));
    assert.equal(missing[1], "404");
    assert.ok(missing[2].endsWith("/good.html"));
}

const PAGES = { "crawl.html": 5, "site.html": 2, "empty.html": 0, "sweep.html": 6, "open.html": 5 };
const PICTURES = { "sweep.svg": 2, "open.svg": 1 };

const browser = new Browser(program, profile);
const tab = await Tab.open(browser).catch((error) => {
    console.log(`no Chromium that starts here: ${error.message}`);
    process.exit(77);
});
for (const name in PAGES) {
    for (const width of [PHONE, DESKTOP])
        for (const script of [true, false])
            await check_page(tab, name, { width, script }, PAGES[name]);
    await check_contrast(tab, name);
}
for (const name in PICTURES)
    for (const scheme of ["light", "dark"])
        await check_page(tab, name, { scheme }, PICTURES[name]);
await check_reading(tab);
await check_crawl(tab);
await check_tables(tab, "crawl.html", ["urls", "broken"]);
await check_many(tab);
assert.deepEqual(tab.breaches, []);
await browser.send("Browser.close");
await browser.ended;
