// warc_tools.mjs PREFIX PAGES THEIR_INDEX - reads an archive with warcio and with node-warc, and compares.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import { AsyncIterReader, WARCParser } from 'warcio';
import nodeWarc from 'node-warc';

const [prefix, pages, theirIndex] = process.argv.slice(2);
const files = fs.readdirSync('.').filter((name) => new RegExp(`^${prefix}-\\d{5}\\.warc\\.gz$`).test(name)).sort();
assert(files.length, 'no files');

function digest(bytes) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...createHash('sha1').update(bytes).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return 'sha1:' + bits.match(/.{5}/g).map((five) => alphabet[parseInt(five, 2)]).join('');
}

const records = [];
for (const file of files) {
  for await (const record of new WARCParser(fs.createReadStream(file), { parseHttp: false, keepHeadersCase: true })) {
    const block = await record.readFully(false);
    assert.equal(block.length, record.warcContentLength, 'length of a block');
    assert.equal(digest(block), record.warcBlockDigest, `block of ${record.warcTargetURI}`);
    records.push(record);
  }
  for await (const record of new WARCParser(fs.createReadStream(file), { keepHeadersCase: true })) {
    if (record.warcType !== 'response' || !record.warcPayloadDigest) continue;
    const body = await record.readFully(false);
    const isChunked = record.httpHeaders.headers.get('Transfer-Encoding') === 'chunked';
    const payload = isChunked ? await new AsyncIterReader([body], null, true).readFully() : body;
    assert.equal(digest(payload), record.warcPayloadDigest, `payload of ${record.warcTargetURI}`);
  }
}

// All that should refer to something does.
const ids = new Set(records.map((record) => record.warcHeader('WARC-Record-ID')));
assert.equal(ids.size, records.length, 'ids that are there twice');
for (const record of records)
  for (const name of ['WARC-Concurrent-To', 'WARC-Warcinfo-ID', 'WARC-Refers-To'])
    assert(!record.warcHeader(name) || ids.has(record.warcHeader(name)), `${name} leads nowhere`);

const answers = records.filter((record) => ['response', 'revisit'].includes(record.warcType));
const urls = new Set(answers.map((record) => record.warcTargetURI));
assert.equal(answers.length, Number(pages), 'answers');
assert.equal(urls.size, answers.length, 'a page is there twice');

// What it has of the end it tells twice, which node takes amiss.
class Reader extends nodeWarc.WARCStreamTransform {
  _flush(done) {
    let isDone = false;
    super._flush(() => {
      if (!isDone) done();
      isDone = true;
    });
  }
}

const theirs = [];
for (const file of files)
  for await (const record of fs.createReadStream(file).pipe(zlib.createGunzip()).pipe(new Reader())) theirs.push(record);
assert.deepEqual(theirs.map((record) => record.warcRecordID.replace(/^<|>$/g, '')),
  records.map((record) => record.warcHeader('WARC-Record-ID').replace(/^<|>$/g, '')), 'node-warc reads other records');

// It reads a body up to an empty line, such as that behind the last chunk.
for (const [i, record] of records.entries()) {
  if (record.warcType !== 'response') continue;
  const block = Buffer.from(record.payload);
  const whole = block.subarray(block.indexOf('\r\n\r\n') + 4);
  const body = whole.includes('\r\n\r\n') ? whole.subarray(0, whole.indexOf('\r\n\r\n') + 2) : whole;
  assert(theirs[i].content.subarray(0, body.length).equals(body), `node-warc reads another ${record.warcTargetURI}`);
}

const lines = (name) => fs.readFileSync(name, 'utf8').trim().split('\n').map((line) => {
  const [key, timestamp] = line.split(' ', 2);
  const entry = JSON.parse(line.slice(key.length + timestamp.length + 2));
  entry.filename = entry.filename.replace(/.*\//, '');
  return { key, timestamp, ...entry };
});
const byPlace = (a, b) => a.filename.localeCompare(b.filename) || a.offset - b.offset;
assert.deepEqual(lines(`${prefix}.cdxj`).sort(byPlace), lines(theirIndex).sort(byPlace), 'warcio has another index');
console.log(`${prefix}: ${records.length} records in ${files.length} files`);
