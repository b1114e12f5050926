// A headless Chromium, told what to do by its debugging protocol: JSON with a NUL behind it, over two pipes.

import { spawn } from "node:child_process";

export class Browser {
    #child;
    #last = 0;
    #waiting = new Map();
    #rest = "";
    on_event = () => {};

    constructor(program, profile) {
        const root = process.getuid() === 0 ? ["--no-sandbox"] : []; // as root it has none
        this.#child = spawn(program, ["--headless", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
            `--user-data-dir=${profile}`, ...root, "about:blank"],
        { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
        this.ended = new Promise((resolve) => this.#child.on("close", resolve));
        this.#child.stdio[3].on("error", () => {}); // it is told once, by its end
        this.ended.then(() => this.#waiting.forEach(({ reject }) => reject(new Error("Chromium is gone"))));
        this.#child.stdio[4].setEncoding("utf8").on("data", (text) => this.#read(text));
    }
    #read(text) {
        const messages = (this.#rest + text).split("\0");
        this.#rest = messages.pop();
        for (const message of messages.map((one) => JSON.parse(one))) {
            if (message.id === undefined) {
                this.on_event(message);
                continue;
            }
            const { resolve, reject } = this.#waiting.get(message.id);
            this.#waiting.delete(message.id);
            if (message.error)
                reject(new Error(message.error.message));
            else
                resolve(message.result);
        }
    }
    send(method, params = {}, sessionId = undefined) {
        const id = ++this.#last;
        this.#child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
        return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    }
}
