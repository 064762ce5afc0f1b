-- The log. Rows are added and never changed: pumplog/logbook/guards.py puts triggers on this table,
-- pumplog/logbook/chain.py defines prior_hash and hash.
-- Instants are UTC. body is the exact JSON text that was hashed.
CREATE TABLE event_log (
    sequence        BIGINT PRIMARY KEY,
    event_id        VARCHAR NOT NULL UNIQUE,
    pump_id         VARCHAR NOT NULL,
    kind            VARCHAR NOT NULL,
    body_version    INTEGER NOT NULL,
    body            VARCHAR NOT NULL,
    happened_at_utc TIMESTAMP NOT NULL,
    recorded_at_utc TIMESTAMP NOT NULL,
    recorded_by     VARCHAR NOT NULL,
    prior_hash      VARCHAR NOT NULL,
    hash            VARCHAR NOT NULL
);

-- Always empty: a trigger needs a table to write to, and refuses before it writes.
CREATE TABLE refused_change (says VARCHAR);
