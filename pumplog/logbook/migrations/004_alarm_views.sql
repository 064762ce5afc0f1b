-- Alarms from the ring to the close, one row an alarm, with each step's time and person; snoozes, scans and planned
-- replacements. Built on the entry view: what was corrected says so, and what a view cannot read is NULL.

CREATE OR REPLACE VIEW alarm AS
WITH step AS (
    SELECT json_extract_string(body, '$.alarm_event_id') AS first_event_id, kind, body, happened_at_utc,
        recorded_by, sequence
    FROM entry
    WHERE corrected_how IS NULL AND kind IN ('alarm_taken_on', 'alarm_interrogated', 'alarm_closed')
),
taken AS (
    SELECT first_event_id, arg_max(body, happened_at_utc) AS body, max(happened_at_utc) AS taken_on_at_utc
    FROM step WHERE kind = 'alarm_taken_on' GROUP BY first_event_id
),
asked AS (
    SELECT first_event_id, min(happened_at_utc) AS interrogated_at_utc,
        arg_min(coalesce(json_extract_string(body, '$.interrogated_by'), recorded_by), happened_at_utc)
            AS interrogated_by,
        arg_max(json_extract_string(body, '$.alarm'), happened_at_utc) AS alarm_shown,
        arg_max(TRY_CAST(json_extract_string(body, '$.pump_running') AS BOOLEAN), happened_at_utc) AS pump_running
    FROM step WHERE kind = 'alarm_interrogated' GROUP BY first_event_id
),
closed AS (
    SELECT first_event_id, arg_max(body, sequence) AS body, arg_max(happened_at_utc, sequence) AS closed_at_utc,
        arg_max(recorded_by, sequence) AS closed_recorded_by
    FROM step WHERE kind = 'alarm_closed' GROUP BY first_event_id
)
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS heard_at_utc,
    json_extract_string(entry.body, '$.heard_by') AS heard_by,
    json_extract_string(entry.body, '$.alarm') AS alarm,
    json_extract_string(entry.body, '$.tone') AS tone,
    TRY_CAST(json_extract_string(entry.body, '$.reported_at') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS reported_at_utc,
    json_extract_string(entry.body, '$.reported_by') AS reported_by,
    taken_on_at_utc,
    json_extract_string(taken.body, '$.owner') AS owner,
    interrogated_at_utc,
    interrogated_by,
    alarm_shown,
    pump_running,
    closed_at_utc,
    json_extract_string(closed.body, '$.found') AS found,
    json_extract_string(closed.body, '$.found_by') AS found_by,
    json_extract_string(closed.body, '$.action') AS action,
    coalesce(json_extract_string(closed.body, '$.cleared_by'), closed_recorded_by) AS cleared_by,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
    LEFT JOIN taken USING (first_event_id)
    LEFT JOIN asked USING (first_event_id)
    LEFT JOIN closed USING (first_event_id)
WHERE kind = 'alarm_heard';

-- One row a snooze; cancelled_at_utc is NULL unless somebody cancelled the alarm's snoozes after it began.
CREATE VIEW alarm_snooze AS
WITH cancelled AS (
    SELECT json_extract_string(body, '$.alarm_event_id') AS alarm_event_id, happened_at_utc, recorded_by
    FROM entry WHERE kind = 'snooze_cancelled' AND corrected_how IS NULL
),
snoozed AS (
    SELECT *, json_extract_string(body, '$.alarm_event_id') AS alarm_event_id FROM entry WHERE kind = 'alarm_snoozed'
)
SELECT
    sequence,
    event_id,
    pump_id,
    alarm_event_id,
    happened_at_utc AS snoozed_at_utc,
    TRY_CAST(json_extract_string(body, '$.ends_at') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS ends_at_utc,
    json_extract_string(body, '$.reason') AS reason,
    (
        SELECT min(cancelled.happened_at_utc) FROM cancelled
        WHERE cancelled.alarm_event_id = snoozed.alarm_event_id
            AND cancelled.happened_at_utc >= snoozed.happened_at_utc
    ) AS cancelled_at_utc,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM snoozed;

-- One row an MRI, planned or done.
CREATE VIEW mri AS
SELECT
    sequence,
    event_id,
    pump_id,
    json_extract_string(body, '$.how') AS how,
    happened_at_utc,
    TRY_CAST(json_extract_string(body, '$.planned_at') AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS planned_at_utc,
    json_extract_string(body, '$.scanner_model') AS scanner_model,
    json_extract_string(body, '$.field_strength') AS field_strength,
    json_extract_string(body, '$.where') AS scanned_where,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'imaged';

-- One row a plan to replace a pump; of several the newest holds.
CREATE VIEW replacement_plan AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    TRY_CAST(json_extract_string(body, '$.planned_on') AS DATE) AS planned_on,
    json_extract_string(body, '$.where') AS planned_where,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'replacement_planned';
