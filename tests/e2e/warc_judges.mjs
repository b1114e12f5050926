// warc_judges.mjs - archives, judged by programs that are not ours: warcio, and node-warc. See warc_judges.sh.
//
//     node warc_judges.mjs serve SOCKET          judges each archive whose prefix comes as a line; says "well" or why not
//     node warc_judges.mjs judge PREFIX PAGES    judges one, which has each of so many pages once
//     node warc_judges.mjs damage PREFIX         does damage to copies of one; each of the judges must say no
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import { AsyncIterReader, CDXIndexer, WARCParser } from 'warcio';
import nodeWarc from 'node-warc';

function filesOf(prefix) {
  const files = [];
  for (;;) {
    const file = `${prefix}-${String(files.length).padStart(5, '0')}.warc.gz`;
    if (!fs.existsSync(file)) break;
    files.push(file);
  }
  assert(files.length, 'no files');
  return files;
}

// The lines of an index, as our crawler and warcio write them, in the order of the records; undefined without one.
function indexOf(text) {
  return text.trim().split('\n').filter((line) => line).map((line) => {
    const [key, timestamp] = line.split(' ', 2);
    const entry = JSON.parse(line.slice(key.length + timestamp.length + 2));
    return { key, timestamp, ...entry, filename: path.basename(entry.filename) };
  }).sort((a, b) => a.filename.localeCompare(b.filename) || a.offset - b.offset);
}
const ourIndex = (prefix) =>
  fs.existsSync(`${prefix}.cdxj`) ? indexOf(fs.readFileSync(`${prefix}.cdxj`, 'utf8')) : undefined;

function digest(bytes) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...createHash('sha1').update(bytes).digest()].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return 'sha1:' + bits.match(/.{5}/g).map((five) => alphabet[parseInt(five, 2)]).join('');
}

// --- warcio ----------------------------------------------------------------------------------------------------------

// It takes what is behind the last chunk for a part of the body.
const withoutTrailers = (body) =>
  Buffer.from(Buffer.from(body).toString('latin1').replace(/\r\n0+\r\n(?:[^\r\n]+\r\n)+\r\n$/, '\r\n0\r\n\r\n'), 'latin1');

async function checkPayload(record) {
  if (record.warcType !== 'response' || !record.warcPayloadDigest) return;
  const body = await record.readFully(false);
  const isChunked = record.httpHeaders.headers.get('Transfer-Encoding') === 'chunked';
  const payload = isChunked ? await new AsyncIterReader([withoutTrailers(body)], null, true).readFully() : body;
  assert.equal(digest(payload), record.warcPayloadDigest, `payload of ${record.warcTargetURI}`);
}

// Reads files whole: makes their index, looks at the answers, and notes where records are.
class Indexer extends CDXIndexer {
  places = [];

  iterRecords(parser, filename) {
    const places = this.places;
    return super.iterRecords({
      get offset() { return parser.offset; },
      get recordLength() { return parser.recordLength; },
      async *[Symbol.asyncIterator]() {
        for await (const record of parser) {
          await checkPayload(record);
          yield record; // and it is read to its end
          places.push({ filename, offset: parser.offset, length: parser.recordLength });
        }
      },
    }, filename);
  }
}

// A record, which is a gzip member of its own.
async function recordAt(bytes, { offset, length }) {
  const { buffer, engine } = zlib.gunzipSync(bytes.subarray(offset, offset + length), { info: true });
  assert.equal(engine.bytesWritten, length, `bytes behind the member at ${offset}`);
  const record = await WARCParser.parse([buffer], { parseHttp: false, keepHeadersCase: true });
  const block = await record.readFully(false);
  assert.equal(block.length, record.warcContentLength, 'length of a block');
  assert.equal(digest(block), record.warcBlockDigest, `block of ${record.warcTargetURI}`);
  return record;
}

async function recordsOf(file, places) {
  const records = [], bytes = fs.readFileSync(file);
  let end = 0;
  for (const place of places.filter(({ filename }) => filename === file)) {
    assert.equal(place.offset, end, 'bytes between records');
    records.push(await recordAt(bytes, place));
    end += place.length;
  }
  assert.equal(end, bytes.length, 'bytes behind the last record');
  return records;
}

// All that should refer to something does.
function checkReferences(records) {
  const ids = new Set(records.map((record) => record.warcHeader('WARC-Record-ID')));
  assert.equal(ids.size, records.length, 'ids that are there twice');
  for (const record of records)
    for (const name of ['WARC-Concurrent-To', 'WARC-Warcinfo-ID', 'WARC-Refers-To'])
      assert(!record.warcHeader(name) || ids.has(record.warcHeader(name)), `${name} leads nowhere`);
}

async function warcioReads(prefix) {
  const files = filesOf(prefix), records = [], lines = [], indexer = new Indexer({ format: 'cdxj' });
  await indexer.writeAll(files.map((filename) => ({ filename, reader: fs.createReadStream(filename) })),
    { write: (line) => lines.push(line) });
  for (const file of files) records.push(...await recordsOf(file, indexer.places));
  checkReferences(records);
  const ours = ourIndex(prefix);
  if (ours) assert.deepEqual(ours, indexOf(lines.join('')), 'warcio has another index');
  return records;
}

// --- node-warc -------------------------------------------------------------------------------------------------------

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

// It goes through what it has of a line with each piece.
const PIECE = 1 << 20;

const isAnswer = (type) => type === 'response' || type === 'revisit';

async function nodeWarcReads(prefix) {
  const records = [], index = [], ours = ourIndex(prefix);
  for (const file of filesOf(prefix)) {
    const reader = new Reader();
    pipeline(fs.createReadStream(file), zlib.createGunzip({ chunkSize: PIECE }), reader, () => {}); // the reader throws what went wrong
    for await (const record of reader) {
      records.push(record);
      if (isAnswer(record.warcType)) index.push([path.basename(file), record.warcTargetURI, record.warcDate]);
    }
  }
  const said = ours?.map((entry) => [entry.filename, entry.url,
    entry.timestamp.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z')]);
  if (said) assert.deepEqual(index.map(([file, url, date]) => [file, url, date.replace(/\.\d+Z/, 'Z')]), said,
    'node-warc reads other answers than there are in the index');
  return records;
}

// --- both ------------------------------------------------------------------------------------------------------------

function compare(records, others) {
  assert.deepEqual(others.map((record) => record.warcRecordID.replace(/^<|>$/g, '')),
    records.map((record) => record.warcHeader('WARC-Record-ID').replace(/^<|>$/g, '')), 'node-warc reads other records');
  // It reads a body up to an empty line, such as that behind the last chunk.
  for (const [i, record] of records.entries()) {
    if (record.warcType !== 'response') continue;
    const block = Buffer.from(record.payload);
    const whole = block.subarray(block.indexOf('\r\n\r\n') + 4);
    const body = whole.includes('\r\n\r\n') ? whole.subarray(0, whole.indexOf('\r\n\r\n') + 2) : whole;
    assert(others[i].content.subarray(0, body.length).equals(body), `node-warc reads another ${record.warcTargetURI}`);
  }
}

async function judge(prefix) {
  const records = await warcioReads(prefix);
  compare(records, await nodeWarcReads(prefix));
  return records;
}

// --- commands --------------------------------------------------------------------------------------------------------

// By prefix, a digest of what was judged last and is well.
const known = new Map();

async function answer(prefix) {
  try {
    const files = [...filesOf(prefix), `${prefix}.cdxj`].filter((file) => fs.existsSync(file));
    const state = files.map((file) => digest(fs.readFileSync(file))).join();
    if (known.get(prefix) !== state) await judge(prefix);
    known.set(prefix, state);
    return 'well';
  } catch (error) {
    return String(error.message);
  }
}

async function serve(socket) {
  const server = net.createServer((connection) => {
    let line = '';
    connection.setEncoding('utf8').on('error', () => {}).on('data', async (text) => {
      line += text;
      if (line.endsWith('\n')) connection.end(await answer(line.trim()));
    });
  });
  server.listen(socket);
}

async function judgePages(prefix, pages) {
  const records = await judge(prefix), answers = records.filter((record) => isAnswer(record.warcType));
  assert.equal(answers.length, Number(pages), 'answers');
  assert.equal(new Set(answers.map((record) => record.warcTargetURI)).size, answers.length, 'a page is there twice');
  console.log(`${path.basename(prefix)}: ${records.length} records in ${filesOf(prefix).length} files`);
}

// --- damage ----------------------------------------------------------------------------------------------------------

// What can be done to the bytes of a file with a record, and whether node-warc, which knows no digests and reads with
// zlib, is to see it as well.
const DAMAGES = [
  ['a byte is flipped', true, (bytes, { offset, length }) => {
    const changed = Buffer.from(bytes);
    changed[offset + (length >> 1)] ^= 16;
    return changed;
  }],
  ['the record is cut in two', true, (bytes, { offset, length }) => bytes.subarray(0, offset + (length >> 1))],
  ['the last bytes are cut off', true, (bytes) => bytes.subarray(0, bytes.length - 6)],
  ['the record is missing', true, (bytes, { offset, length }) =>
    Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + length)])],
  ['a letter is changed, and packed anew', false, (bytes, { offset, length }) => {
    const record = zlib.gunzipSync(bytes.subarray(offset, offset + length));
    record[record.length - 5] ^= 1; // two line ends are behind its block
    return Buffer.concat([bytes.subarray(0, offset), zlib.gzipSync(record), bytes.subarray(offset + length)]);
  }],
  ['bytes are left over', false, (bytes) => Buffer.concat([bytes, Buffer.from('half a record')])],
];

// Copies the archive in the same folder.
function copy(prefix) {
  const other = path.join(fs.mkdtempSync(`${prefix}-damaged-`), path.basename(prefix));
  for (const file of filesOf(prefix)) fs.copyFileSync(file, path.join(path.dirname(other), path.basename(file)));
  fs.copyFileSync(`${prefix}.cdxj`, `${other}.cdxj`);
  return other;
}

async function checkDamage(prefix) {
  await judge(copy(prefix)); // what is not damaged is well
  const { filename, offset, length } = ourIndex(prefix).at(-1);
  const place = { offset: Number(offset), length: Number(length) };
  for (const [name, isPlain, damage] of DAMAGES) {
    const other = copy(prefix), file = path.join(path.dirname(other), filename);
    fs.writeFileSync(file, damage(fs.readFileSync(file), place));
    await assert.rejects(warcioReads(other), undefined, `${name}, and warcio reads it`);
    if (isPlain) await assert.rejects(nodeWarcReads(other), undefined, `${name}, and node-warc reads it`);
    assert.notEqual(await answer(other), 'well');
    console.log(`${name}: seen`);
  }
}

const [command, ...words] = process.argv.slice(2);
await { serve, judge: judgePages, damage: checkDamage }[command](...words);
