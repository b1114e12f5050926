-- The tables of version 1, as the program of that version made them.
CREATE TABLE crawl( name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE url( id INTEGER PRIMARY KEY, url TEXT NOT NULL, referrer, depth INTEGER NOT NULL, redirects INTEGER NOT NULL, reason TEXT);
CREATE TABLE record( id INTEGER PRIMARY KEY, status INTEGER NOT NULL, error TEXT, detail TEXT, next_url TEXT, content_type TEXT, encoding TEXT, flags INTEGER NOT NULL, size INTEGER NOT NULL, wire_size INTEGER NOT NULL, links INTEGER NOT NULL, new_links INTEGER NOT NULL, depth INTEGER NOT NULL, tries INTEGER NOT NULL, started INTEGER NOT NULL, resolved INTEGER NOT NULL, begun INTEGER NOT NULL, connected INTEGER NOT NULL, secured INTEGER NOT NULL, first_byte INTEGER NOT NULL, total INTEGER NOT NULL, version INTEGER NOT NULL, address TEXT, digest INTEGER);
CREATE VIEW pages AS SELECT url.id, url.url, status, error, content_type, encoding, size, wire_size, links, record.depth AS depth, tries, total / 1e9 AS seconds, coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer FROM url JOIN record USING (id);
CREATE VIEW broken AS SELECT * FROM pages WHERE id IN (SELECT id FROM record WHERE ((error IS NOT NULL AND NOT flags & 2) OR (status >= 400 AND NOT flags & 4)));
CREATE VIEW redirects AS SELECT url.id, url.url, status, next_url FROM url JOIN record USING (id) WHERE next_url IS NOT NULL;
CREATE VIEW skipped AS SELECT id, url, reason, depth, coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer FROM url WHERE reason IS NOT NULL;
CREATE VIEW pending AS SELECT id, url, depth, coalesce((SELECT url FROM url AS page WHERE page.id = url.referrer), url.referrer) AS referrer FROM url WHERE reason IS NULL AND id NOT IN (SELECT id FROM record);
PRAGMA application_id = 1131564146;
PRAGMA user_version = 1;
