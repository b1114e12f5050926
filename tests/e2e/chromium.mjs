// Whether `crawler links` finds in a document what Chromium has in its tree with scripting off.
// chromium.mjs CHROMIUM PROFILE CRAWLER NASTY-PAGE... -- [PAGE...]
//
// Chromium is told over its debugging pipe to open each page; what it asks for is answered from here, so that nothing
// goes to the network. Its links are read from the tree by collect_links below, which knows nothing of the crawler's
// own table. Both sides are compared as sets: the tree builder copies elements (the adoption agency) and moves them.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Browser } from "./browser.mjs";

// What the two have each for itself, and why that is right; checked to be still so.
const KNOWN = {
    "foreign_unclosed.html": [
        ["ours", "script href http://page.test/script", "the open p keeps foreignObject open: a script of HTML"],
        ["ours", "a href http://page.test/behind-script", "and another, which /> doesn't end"],
    ],
    "tables.html": [
        ["ours", "frame src http://page.test/frame-in-body", "frame is dropped outside of a frameset"],
        ["ours", "td background http://page.test/cell-outside", "td is dropped outside of a table"],
    ],
    "twice.html": [
        ["ours", "body background http://page.test/second-body", "of a second body only new attributes are taken"],
        ["ours", "form action http://page.test/form-in-form", "a form within a form is dropped"],
        ["ours", "html manifest http://page.test/second-html", "of a second html only new attributes are taken"],
    ],
    "frameset.html": [
        ["ours", "a href http://page.test/link-in-frameset", "a frameset holds nothing but frames"],
        ["ours", "img src http://page.test/behind-frameset", "nothing but noframes follows a frameset"],
    ],
};

// Runs in the browser. Returns "element attribute url" strings.
function collect_links() {
    const HTML = "http://www.w3.org/1999/xhtml", SVG = "http://www.w3.org/2000/svg";
    const XLINK = "http://www.w3.org/1999/xlink";
    const set = (text) => new Set(text.split(" "));
    const html = {
        href: set("a area link"), src: set("audio bgsound embed frame iframe img script source track video"),
        longdesc: set("frame iframe img"), lowsrc: set("img"), dynsrc: set("img"), poster: set("video"),
        data: set("object"), classid: set("object"), manifest: set("html"), cite: set("blockquote q ins del"),
        background: set("body table tbody thead tfoot tr td th"),
    };
    const linked = set("a animate animatemotion animatetransform feimage filter font-face-uri image lineargradient " +
        "mpath pattern radialgradient script set textpath use");
    const xlinked = set("altglyph color-profile cursor glyphref tref " + [...linked].join(" "));
    const painted = "clip-path cursor fill filter marker-end marker-mid marker-start mask stroke".split(" ");
    const url_property = new RegExp("^(og:(url|(image|video|audio)(:(secure_)?url)?)|" +
        "twitter:(image(:src)?|player(:stream)?|url)|msapplication-(tileimage|config|starturl)|thumbnail)$", "i");
    const space = "[\\t\\n\\f\\r ]";
    const resolver = document.createElement("a");
    const found = new Set();

    const trim = (text) => text.replace(new RegExp(`^${space}+|${space}+$`, "g"), "");
    function add(element, attribute, value) {
        value = trim(value);
        if (value === "")
            return;
        resolver.setAttribute("href", value);
        found.add(`${element} ${attribute} ${resolver.href}`);
    }
    function candidates(text) { // HTML standard, "parse a srcset attribute"
        const urls = [];
        for (let match; (match = /^[\t\n\f\r ,]*([^\t\n\f\r ]+)/.exec(text));) {
            text = text.slice(match[0].length);
            urls.push(match[1].replace(/,+$/, ""));
            if (!match[1].endsWith(","))
                text = text.replace(/^(\([^)]*(\)|$)|[^,(])*,?/, "");
        }
        return urls;
    }
    function add_css(text) {
        const string = `"(?:\\\\[^]|[^"\\\\\\n])*"|'(?:\\\\[^]|[^'\\\\\\n])*'`;
        const bare = `(?:\\\\[0-9a-f]{1,6}\\s?|\\\\[^]|[^"'()\\\\\\s])*`;
        const tokens = new RegExp(["/\\*[^]*?(?:\\*/|$)",
            `(@import)\\s*(?:(${string})|url\\(\\s*(${string}|${bare})\\s*\\))`,
            `url\\(\\s*(${string}|${bare})\\s*(?:\\)|$)`, "@namespace[^;]*", string].join("|"), "gi");
        const unescape = (_, hex, other) => hex ? String.fromCodePoint(parseInt(hex, 16)) : other;
        const plain = (text) => text.replace(/^["']|["']$/g, "").replace(/\\([0-9a-f]{1,6})\s?|\\([^])/gi, unescape);
        for (const [, at_import, first, second, url] of text.matchAll(tokens)) {
            if (at_import)
                add("style", "@import", plain(first ?? second));
            else if (url !== undefined)
                add("style", "url()", plain(url));
        }
    }
    function add_meta(element) {
        const content = element.getAttribute("content") ?? "";
        if (/^\s*refresh\s*$/i.test(element.getAttribute("http-equiv") ?? "")) {
            const match = /^\s*[\d.]+(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?([^]*)$/i.exec(content);
            const rest = match ? match[1] : "";
            const quote = /^["']/.exec(rest);
            add("meta", "content", quote ? rest.slice(1).split(quote[0])[0] : rest);
        } else if (url_property.test(trim(element.getAttribute("property") ?? "")) ||
                   url_property.test(trim(element.getAttribute("name") ?? ""))) {
            add("meta", "content", content);
        }
    }
    function add_html(element, name) {
        const get = (attribute) => trim(element.getAttribute(attribute) ?? "");
        const is_get = (method) => !/^(post|dialog)$/i.test(get(method));
        for (const attribute in html)
            if (html[attribute].has(name) && element.hasAttribute(attribute))
                add(name, attribute, get(attribute));
        if (/^(a|area)$/.test(name))
            get("ping").split(/[\t\n\f\r ]+/).forEach((url) => add(name, "ping", url));
        if (name === "object")
            get("archive").split(/[\t\n\f\r ]+/).forEach((url) => add(name, "archive", url));
        if (/^(img|source)$/.test(name))
            candidates(get("srcset")).forEach((url) => add(name, "srcset", url));
        if (name === "link")
            candidates(get("imagesrcset")).forEach((url) => add(name, "imagesrcset", url));
        if (name === "form" && is_get("method"))
            add(name, "action", get("action"));
        if (/^(button|input)$/.test(name) && is_get("formmethod"))
            add(name, "formaction", get("formaction"));
        if (name === "input" && /^image$/i.test(get("type")))
            add(name, "src", get("src"));
        if (name === "meta")
            add_meta(element);
    }
    function add_foreign(element, name) {
        if (element.namespaceURI === SVG) {
            if (linked.has(name))
                add(name, "href", element.getAttribute("href") ?? "");
            if (name === "a")
                (element.getAttribute("ping") ?? "").split(/[\t\n\f\r ]+/).forEach((url) => add(name, "ping", url));
            painted.forEach((attribute) => add_css(element.getAttribute(attribute) ?? ""));
        }
        const known = element.namespaceURI === SVG ? xlinked.has(name) : name === "a";
        add(known ? name : "*", "xlink:href", element.getAttributeNS(XLINK, "href") ?? "");
    }
    for (const element of document.querySelectorAll("*")) {
        const name = element.localName.toLowerCase();
        const is_html = element.namespaceURI === HTML;
        if (is_html)
            add_html(element, name);
        else
            add_foreign(element, name);
        if (is_html || element.namespaceURI === SVG) {
            add_css(element.getAttribute("style") ?? "");
            if (name === "style" && /^\s*(text\/css)?\s*$/i.test(element.getAttribute("type") ?? ""))
                add_css(element.textContent);
        }
    }
    return [...found];
}

class Tab {
    #browser;
    #session;
    #page = { url: "", body: Buffer.alloc(0) };
    #loaded = () => {};
    #crashed = () => {};

    static async open(browser) {
        const tab = new Tab();
        const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
        tab.#browser = browser;
        tab.#session = sessionId;
        browser.on_event = (event) => tab.#take(event);
        await tab.#send("Inspector.enable");
        await tab.#send("Page.enable");
        await tab.#send("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
        await tab.#send("Emulation.setScriptExecutionDisabled", { value: true });
        return tab;
    }
    #send(method, params) {
        return this.#browser.send(method, params, this.#session);
    }
    #take({ method, params, sessionId }) {
        if (method === "Page.loadEventFired" && sessionId === this.#session)
            this.#loaded();
        if (method === "Inspector.targetCrashed")
            this.#crashed(new Error(`Chromium crashes on ${this.#page.url}`));
        if (method === "Fetch.requestPaused")
            this.#answer(params).catch(() => {}); // a request may be gone by now
    }
    #answer({ requestId, request }) {
        if (request.url !== this.#page.url)
            return this.#send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
        return this.#send("Fetch.fulfillRequest", {
            requestId, responseCode: 200, responseHeaders: [{ name: "Content-Type", value: "text/html" }],
            body: this.#page.body.toString("base64"),
        });
    }
    async links(url, body) {
        this.#page = { url, body };
        await new Promise((resolve, reject) => {
            this.#loaded = resolve;
            this.#crashed = reject;
            this.#send("Page.navigate", { url }).catch(reject);
        });
        const expression = `(${collect_links})()`;
        const { result } = await this.#send("Runtime.evaluate", { expression, returnByValue: true });
        return new Set(result.value);
    }
}

// --- the comparison

function our_links(crawler, url, file) {
    const options = { encoding: "utf8", maxBuffer: 1 << 28 };
    const { stdout, status } = spawnSync(crawler, ["links", "--base", url, file], options);
    if (status !== 0)
        throw new Error(`crawler links ${file}: exit code ${status}`);
    const lines = stdout.split("\n").filter((line) => line).map((line) => JSON.parse(line));
    // The tree builder calls an image of HTML img.
    return new Set(lines.map(({ url, element, attribute }) =>
        `${element === "image" && attribute.startsWith("src") ? "img" : element} ${attribute} ${url}`));
}

async function differences(tab, crawler, file) {
    const url = `http://page.test/${basename(file)}`;
    const theirs = await tab.links(url, readFileSync(file));
    const ours = our_links(crawler, url, file);
    const alone = (side, some, others) =>
        [...some].filter((link) => !others.has(link)).map((link) => `${side} ${link}`);
    return { count: theirs.size, lines: [...alone("ours", ours, theirs), ...alone("theirs", theirs, ours)] };
}

async function compare(tab, crawler, files, known) {
    let failed = 0, links = 0;
    for (const file of files) {
        const { count, lines } = await differences(tab, crawler, file);
        const expected = (known[basename(file)] ?? []).map(([side, link]) => `${side} ${link}`);
        const wrong = [...lines.filter((line) => !expected.includes(line)).map((line) => `only ${line}`),
            ...expected.filter((line) => !lines.includes(line)).map((line) => `no more only ${line}`)];
        wrong.forEach((line) => console.log(`${file}: ${line}`));
        failed += wrong.length > 0;
        links += count;
    }
    console.log(`${files.length} pages, ${links} links, ${failed} pages differ`);
    return failed;
}

// --- the run

const [program, profile, crawler, ...files] = process.argv.slice(2);
const split = files.indexOf("--");
const browser = new Browser(program, profile);
const tab = await Tab.open(browser).catch((error) => {
    console.log(`no Chromium that starts here: ${error.message}`);
    process.exit(77);
});
let failed = await compare(tab, crawler, files.slice(0, split), KNOWN);
failed += await compare(tab, crawler, files.slice(split + 1), {});
await browser.send("Browser.close");
await browser.ended;
process.exitCode = failed ? 1 : 0;
