-- The store of a review: one SQLite file a study. Events are the truth; all else follows from them and from the run.

CREATE TABLE event (
    n INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    origin TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    coder TEXT NOT NULL,
    queue TEXT NOT NULL,
    clause TEXT NOT NULL,
    clause_sha256 TEXT NOT NULL,
    instrument TEXT,
    subtype TEXT,
    secondary TEXT,
    memo TEXT NOT NULL,
    suggestion_shown INTEGER NOT NULL,
    ms INTEGER,
    undoes TEXT NOT NULL,
    sample TEXT NOT NULL,
    codebook TEXT NOT NULL,
    source TEXT NOT NULL,
    detail TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (origin, seq)
);
CREATE INDEX event_by_time ON event (at, origin, seq);
CREATE INDEX event_by_coder ON event (coder, at, origin, seq);
CREATE INDEX event_by_undoes ON event (undoes) WHERE undoes <> '';
CREATE INDEX event_by_kind ON event (kind, at, origin, seq);

CREATE TRIGGER event_stays BEFORE UPDATE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event of a review is never changed: undo it by another event');
END;
CREATE TRIGGER event_remains BEFORE DELETE ON event
BEGIN
    SELECT RAISE(ABORT, 'an event of a review is never deleted: undo it by another event');
END;

-- The logs: where each ends, and which of them this copy of the file continues. A log belongs to one person at one
-- place; a copy of the file at another place begins new ones, so that no log is ever continued twice.
CREATE TABLE log (
    origin TEXT PRIMARY KEY,
    coder TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    hash TEXT NOT NULL,
    is_own INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX log_of_coder ON log (coder) WHERE is_own;
CREATE TABLE place (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    fingerprint TEXT NOT NULL
);

-- The run under review.
CREATE TABLE run (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    run_id TEXT NOT NULL,
    run_dir TEXT NOT NULL,
    loading TEXT NOT NULL, -- names this loading of the run
    indexed_to INTEGER NOT NULL -- the last clause whose text can be searched for by the index
);
CREATE TABLE document (
    n INTEGER PRIMARY KEY,
    doc_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    doc_number TEXT NOT NULL,
    issuers TEXT NOT NULL,
    units TEXT NOT NULL,
    level TEXT NOT NULL,
    doc_type TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    published_on TEXT NOT NULL,
    period INTEGER,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    url TEXT NOT NULL,
    n_clauses INTEGER NOT NULL,
    near_duplicates TEXT NOT NULL
);
-- n counts the clauses of the run from 1; those that only events still know have negative ones, and in_run = 0.
CREATE TABLE clause (
    n INTEGER PRIMARY KEY,
    "key" TEXT NOT NULL UNIQUE,
    clause_id TEXT NOT NULL,
    doc_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    clause_sha256 TEXT NOT NULL,
    place TEXT NOT NULL,
    division TEXT NOT NULL,
    heading TEXT NOT NULL,
    stem TEXT NOT NULL,
    kind TEXT NOT NULL,
    page INTEGER,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    text TEXT NOT NULL,
    is_coded INTEGER NOT NULL,
    in_run INTEGER NOT NULL DEFAULT 1,
    instrument TEXT,
    subtype TEXT,
    confidence REAL
);
CREATE INDEX clause_by_id ON clause (clause_id);
CREATE INDEX clause_by_document ON clause (doc_id, ordinal);
CREATE INDEX clause_by_text ON clause (clause_sha256);
CREATE INDEX clause_listed ON clause (n, "key", doc_id, instrument, subtype, confidence, clause_sha256)
    WHERE is_coded = 1 AND in_run = 1;
CREATE TABLE suggestion (
    "key" TEXT PRIMARY KEY,
    coder_id TEXT NOT NULL,
    instrument TEXT NOT NULL,
    subtype TEXT,
    secondary TEXT,
    confidence REAL,
    unsure INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    context TEXT NOT NULL
);
CREATE TABLE fix_order (
    rank INTEGER PRIMARY KEY,
    "key" TEXT NOT NULL UNIQUE,
    n INTEGER NOT NULL,
    is_random INTEGER NOT NULL,
    p_wrong REAL,
    influence REAL
);
CREATE INDEX fix_by_influence ON fix_order (influence DESC, n, "key");
-- Keys of clauses that the run does not have, and the ones that took their place.
CREATE TABLE alias (
    old TEXT PRIMARY KEY,
    new TEXT NOT NULL
) WITHOUT ROWID;

-- What the events amount to. A moment is "time|log|number": the order of all events, whichever came in first.
CREATE TABLE touch (
    event INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    track TEXT NOT NULL,
    coder TEXT NOT NULL,
    kind TEXT NOT NULL,
    moment TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    PRIMARY KEY (event, "key")
) WITHOUT ROWID;
CREATE INDEX touch_by_clause ON touch ("key", track, coder, moment);
CREATE TABLE standing (
    event INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    coder TEXT NOT NULL,
    moment TEXT NOT NULL,
    turned TEXT NOT NULL,
    is_active INTEGER NOT NULL
);
CREATE INDEX standing_by_coder ON standing (coder, is_active, turned);
CREATE INDEX standing_by_moment ON standing (coder, moment);
CREATE TABLE decision (
    track TEXT NOT NULL,
    coder TEXT NOT NULL,
    "key" TEXT NOT NULL,
    event INTEGER NOT NULL,
    status TEXT NOT NULL,
    moment TEXT NOT NULL,
    memo TEXT NOT NULL,
    PRIMARY KEY (track, coder, "key")
) WITHOUT ROWID;
CREATE INDEX decision_by_clause ON decision ("key", track, coder, status);
CREATE TABLE final (
    "key" TEXT PRIMARY KEY,
    instrument TEXT,
    subtype TEXT,
    secondary TEXT,
    how TEXT NOT NULL,
    coders TEXT NOT NULL,
    at TEXT NOT NULL,
    why TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX final_by_why ON final (why) WHERE why <> '';
CREATE TABLE sample (
    sample TEXT PRIMARY KEY,
    event INTEGER NOT NULL,
    moment TEXT NOT NULL,
    unit TEXT NOT NULL,
    seed INTEGER NOT NULL,
    frame_sha256 TEXT NOT NULL,
    run_id TEXT NOT NULL,
    codebook TEXT NOT NULL,
    n_items INTEGER NOT NULL,
    each INTEGER NOT NULL,
    coders TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE item (
    sample TEXT NOT NULL,
    "key" TEXT NOT NULL,
    rank INTEGER NOT NULL,
    stratum TEXT NOT NULL,
    pi REAL NOT NULL,
    clause_sha256 TEXT NOT NULL,
    PRIMARY KEY (sample, "key")
) WITHOUT ROWID;
CREATE INDEX item_by_clause ON item ("key");
CREATE TABLE assignment (
    sample TEXT NOT NULL,
    coder TEXT NOT NULL,
    "key" TEXT NOT NULL,
    PRIMARY KEY (sample, coder, "key")
) WITHOUT ROWID;

-- Not events: PINs, keys, looks.
CREATE TABLE setting (
    coder TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (coder, name)
) WITHOUT ROWID;
