-- What changes is kept outside the chain, each thing as one JSON text on a shelf, under its key: people who may sign
-- in, tablets that are recognised, sign-ins through the hospital, the one-time set-up code. pumplog/people reads it.
-- No keys and no indexes: the one writer replaces a row by taking it away and writing it again.
CREATE TABLE kept (shelf VARCHAR NOT NULL, key VARCHAR NOT NULL, body VARCHAR NOT NULL);

-- Who came in, who was refused, who changed what about people: a chain of its own, in the shape of event_log, so
-- that it makes nobody's preview of a pump stale. pump_id holds what the line is about (a person, a tablet, the
-- door), kind what was done, body the particulars; never a patient's data.
CREATE TABLE access_log (
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
