// A site that answers in every framing and coding, byte by byte as written here. Prints its URL.
import net from 'node:net';
import zlib from 'node:zlib';

const large = Buffer.from(Array.from({ length: 900000 }, (_, i) => 32 + ((i * 7919) ^ (i >> 3)) % 90));
const chunk = (bytes) => Buffer.concat([Buffer.from(bytes.length.toString(16) + '\r\n'), bytes, Buffer.from('\r\n')]);
const chunked = (bytes, size) => {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(chunk(bytes.subarray(at, at + size)));
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
};
const answer = (head, body = '') =>
  Buffer.concat([Buffer.from(head.join('\r\n') + '\r\n\r\n', 'latin1'), Buffer.from(body)]);
const sized = (body, ...lines) =>
  answer(['HTTP/1.1 200 OK', ...lines, `Content-Length: ${Buffer.byteLength(body)}`], body);
const html = 'Content-Type: text/html';
const text = Buffer.from('<p>' + 'a page that can be packed '.repeat(100));

const paths = ['chunked', 'gzip', 'gzip-chunked', 'br', 'empty', '204', '304', 'redirect', 'large', 'large-chunked', 'close', 'binary'];
const answers = {
  '/': sized(paths.map((path) => `<a href=/${path}>`).join(''), html),
  '/chunked': answer(['HTTP/1.1 200 OK', html, 'Transfer-Encoding: chunked'], chunked(text, 100)),
  '/gzip': sized(zlib.gzipSync(text), html, 'Content-Encoding: gzip'),
  '/gzip-chunked': answer(['HTTP/1.1 200 OK', html, 'Content-Encoding: gzip', 'Transfer-Encoding: chunked'],
    chunked(zlib.gzipSync(text, { level: 1 }), 7)),
  '/br': sized(zlib.brotliCompressSync(text), html, 'Content-Encoding: br'),
  '/empty': sized(''),
  '/204': answer(['HTTP/1.1 204 No Content', 'x-lower: yes']),
  '/304': answer(['HTTP/1.1 304 Not Modified', 'Content-Length: 9', 'ETag: "x"']),
  '/redirect': answer(['HTTP/1.1 302 Found', 'Location: /chunked', 'Content-Length: 0']),
  '/large': sized(large, 'Content-Type: text/plain'),
  '/large-chunked': answer(['HTTP/1.1 200 OK', 'Content-Type: text/plain', 'Transfer-Encoding: chunked'],
    chunked(large.subarray(1), 50000)),
  '/close': answer(['HTTP/1.1 200 OK', 'Connection: close'], 'to the end'),
  '/binary': sized(Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251)), 'Content-Type: application/octet-stream'),
};

const server = net.createServer((socket) => {
  let heads = '';
  socket.on('error', () => {});
  socket.on('data', (data) => {
    heads += data.toString('latin1');
    for (let end; (end = heads.indexOf('\r\n\r\n')) >= 0; heads = heads.slice(end + 4)) {
      const path = heads.split(' ')[1];
      socket.write(answers[path] ?? answer(['HTTP/1.1 404 Not Found', 'Content-Length: 0']));
      if (path === '/close') socket.end();
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
