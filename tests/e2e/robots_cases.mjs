// Whether `crawler robots` answers the public cases as they expect. robots_cases.mjs CRAWLER CASES
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const [crawler, path] = process.argv.slice(2);
const requests = [], expected = [];
for (const [group, files] of Object.entries(JSON.parse(readFileSync(path, "utf8"))))
    for (const { robots_txt_base64, expect } of files)
        for (const { url, user_agent, allowed } of expect) {
            requests.push(JSON.stringify({ robots_txt_base64, user_agent, url }));
            expected.push({ group, allowed });
        }
const { stdout, status } = spawnSync(crawler, ["robots"], { input: requests.join("\n") + "\n" });
const answers = stdout.toString().trim().split("\n").map((line) => JSON.parse(line));
let wrong = status === 0 && answers.length === expected.length && expected.length > 100 ? 0 : 1;
expected.forEach(({ group, allowed }, i) => {
    if (answers[i]?.allowed === allowed)
        return;
    wrong++;
    console.log(`${group}: ${requests[i]} -> ${JSON.stringify(answers[i])}`);
});
console.log(`${expected.length} cases, ${wrong} wrong`);
process.exit(wrong ? 1 : 0);
