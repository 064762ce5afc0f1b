-- Typed, read-only views over the bodies, for whoever opens the file in DuckDB. The program reads event_log.
-- Units are in the column names; instants are UTC; amounts are DECIMAL(18,6), so an amount with more than six
-- decimals is rounded here and exact in event_log.body. What a view cannot read is NULL, never an error.
-- corrected_how is NULL for what holds; entered_in_error or replaced for what was corrected since.

-- Every entry once: those said directly, and those said as the replacement in a correction, which carry the
-- event id of the correction and, as first_event_id, that of the entry they replace.
-- A correction that was itself corrected counts for nothing; of several for one entry the newest holds.
CREATE VIEW entry AS
WITH RECURSIVE readable AS (
    SELECT * REPLACE (CASE WHEN json_valid(body) THEN body END AS body) FROM event_log
),
corrected AS (
    SELECT said.*, target.event_id AS target_event_id,
        json_extract_string(said.body, '$.how') AS how,
        json_extract(said.body, '$.replacement') AS replacement,
        row_number() OVER (ORDER BY said.sequence DESC) AS step
    FROM readable AS said JOIN readable AS target
        ON target.event_id = json_extract_string(said.body, '$.target_event_id') AND target.pump_id = said.pump_id
    WHERE said.kind = 'corrected'
),
-- From the newest correction to the oldest: whatever corrects a correction is known by the time it is reached.
walk AS (
    SELECT CAST(0 AS BIGINT) AS step, CAST([] AS VARCHAR[]) AS target_ids
    UNION ALL
    SELECT corrected.step,
        CASE WHEN list_contains(target_ids, event_id) THEN target_ids ELSE list_append(target_ids, target_event_id) END
    FROM walk JOIN corrected ON corrected.step = walk.step + 1
),
holding AS (
    SELECT target_event_id, max(sequence) AS sequence, arg_max(how, sequence) AS how
    FROM corrected
    WHERE NOT list_contains((SELECT arg_max(target_ids, step) FROM walk), event_id)
    GROUP BY target_event_id
)
SELECT said.sequence, event_id, event_id AS first_event_id, pump_id, kind, body,
    happened_at_utc, recorded_at_utc, recorded_by,
    holding.how AS corrected_how
FROM readable AS said LEFT JOIN holding ON holding.target_event_id = event_id
WHERE kind <> 'corrected'
UNION ALL
SELECT said.sequence, event_id, said.target_event_id, pump_id,
    json_extract_string(replacement, '$.kind'),
    CAST(replacement AS VARCHAR),
    coalesce(
        TRY_CAST(json_extract_string(replacement, '$.happened_at') AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
        happened_at_utc),
    recorded_at_utc, recorded_by,
    CASE WHEN newest.sequence = said.sequence THEN NULL ELSE coalesce(own.how, newest.how) END
FROM corrected AS said
    LEFT JOIN holding AS own ON own.target_event_id = event_id
    LEFT JOIN holding AS newest ON newest.target_event_id = said.target_event_id
WHERE said.how = 'replaced' AND json_type(replacement) = 'OBJECT';

CREATE VIEW pump AS
WITH retired AS (
    SELECT pump_id, arg_max(body, happened_at_utc) AS body, max(happened_at_utc) AS retired_at_utc
    FROM entry WHERE kind = 'retired' AND corrected_how IS NULL GROUP BY pump_id
)
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS registered_at_utc,
    json_extract_string(entry.body, '$.patient.patient_id') AS patient_id,
    json_extract_string(entry.body, '$.patient.name') AS patient_name,
    TRY_CAST(json_extract_string(entry.body, '$.patient.date_of_birth') AS DATE) AS date_of_birth,
    json_extract_string(entry.body, '$.clinic_site') AS clinic_site,
    json_extract_string(entry.body, '$.implant_site') AS implant_site,
    json_extract_string(entry.body, '$.pump.model') AS pump_model,
    TRY_CAST(json_extract_string(entry.body, '$.pump.capacity_ml') AS DECIMAL(18, 6)) AS capacity_ml,
    TRY_CAST(json_extract_string(entry.body, '$.pump.alarm_volume_ml') AS DECIMAL(18, 6)) AS alarm_volume_ml,
    TRY_CAST(json_extract_string(entry.body, '$.pump.has_alarm') AS BOOLEAN) AS has_alarm,
    TRY_CAST(json_extract_string(entry.body, '$.pump.tubing_volume_ml') AS DECIMAL(18, 6)) AS tubing_volume_ml,
    TRY_CAST(json_extract_string(entry.body, '$.pump.catheter_cm') AS DECIMAL(18, 6)) AS catheter_cm,
    TRY_CAST(json_extract_string(entry.body, '$.pump.catheter_ml_per_cm') AS DECIMAL(18, 6)) AS catheter_ml_per_cm,
    TRY_CAST(json_extract_string(entry.body, '$.pump.implanted_on') AS DATE) AS implanted_on,
    TRY_CAST(json_extract_string(entry.body, '$.pump.eri_on') AS DATE) AS eri_on,
    CAST(json_extract(entry.body, '$.risk_flags') AS VARCHAR) AS risk_flags_json,
    retired_at_utc,
    json_extract_string(retired.body, '$.reason') AS retired_reason,
    json_extract_string(retired.body, '$.to_clinic') AS to_clinic,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry LEFT JOIN retired USING (pump_id)
WHERE kind = 'registered';

-- One row a refill. drug and concentration are those of the first, primary, drug; fluid_json has all of them.
CREATE VIEW refill_visit AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    json_extract_string(body, '$.place') AS place,
    json_extract_string(body, '$.refilled_by') AS refilled_by,
    json_extract_string(body, '$.second_checker') AS second_checker,
    TRY_CAST(json_extract_string(body, '$.programmer_volume_ml') AS DECIMAL(18, 6)) AS programmer_volume_ml,
    TRY_CAST(json_extract_string(body, '$.programmer_alarm_on') AS DATE) AS programmer_alarm_on,
    TRY_CAST(json_extract_string(body, '$.drawn_ml') AS DECIMAL(18, 6)) AS drawn_ml,
    json_extract_string(body, '$.fluid[0].drug') AS drug,
    TRY_CAST(json_extract_string(body, '$.fluid[0].concentration_mcg_per_ml') AS DECIMAL(18, 6))
        AS concentration_mcg_per_ml,
    json_extract_string(body, '$.fluid[0].lot') AS lot,
    TRY_CAST(json_extract_string(body, '$.fluid[0].expiry_on') AS DATE) AS expiry_on,
    TRY_CAST(json_extract_string(body, '$.fluid[0].beyond_use_on') AS DATE) AS beyond_use_on,
    CAST(json_extract(body, '$.fluid') AS VARCHAR) AS fluid_json,
    TRY_CAST(json_extract_string(body, '$.volume_left_ml') AS DECIMAL(18, 6)) AS volume_left_ml,
    TRY_CAST(json_extract_string(body, '$.injected_ml') AS DECIMAL(18, 6)) AS injected_ml,
    TRY_CAST(json_extract_string(body, '$.volume_after_fill_ml') AS DECIMAL(18, 6)) AS volume_after_fill_ml,
    TRY_CAST(json_extract_string(body, '$.remeasured_ml') AS DECIMAL(18, 6)) AS remeasured_ml,
    TRY_CAST(json_extract_string(body, '$.alarm_volume_ml') AS DECIMAL(18, 6)) AS alarm_volume_ml,
    TRY_CAST(json_extract_string(body, '$.bridge.given') AS BOOLEAN) AS bridge_given,
    TRY_CAST(json_extract_string(body, '$.bridge.bridge_mcg') AS DECIMAL(18, 6)) AS bridge_mcg,
    TRY_CAST(json_extract_string(body, '$.bridge.bridge_hours') AS DECIMAL(18, 6)) AS bridge_hours,
    TRY_CAST(json_extract_string(body, '$.waste.volume_ml') AS DECIMAL(18, 6)) AS waste_ml,
    json_extract_string(body, '$.waste.witness') AS waste_witness,
    TRY_CAST(json_extract_string(body, '$.pump_running') AS BOOLEAN) AS pump_running,
    TRY_CAST(json_extract_string(body, '$.next_visit_on') AS DATE) AS next_visit_on,
    json_extract_string(body, '$.note') AS note,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'refilled';

-- One row each time a programme was set, at a refill or between refills. Flex steps are in flex_days_json.
CREATE VIEW programme AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    kind AS set_by_kind,
    json_extract_string(body, '$.programme.mode') AS mode,
    TRY_CAST(json_extract_string(body, '$.programme.dose_mcg_per_day') AS DECIMAL(18, 6)) AS dose_mcg_per_day,
    CAST(json_extract(body, '$.programme.days') AS VARCHAR) AS flex_days_json,
    TRY_CAST(json_extract_string(body, '$.programme.bolus_mcg') AS DECIMAL(18, 6)) AS bolus_mcg,
    TRY_CAST(json_extract_string(body, '$.programme.every_hours') AS DECIMAL(18, 6)) AS every_hours,
    TRY_CAST(json_extract_string(body, '$.programme.background_mcg_per_day') AS DECIMAL(18, 6))
        AS background_mcg_per_day,
    TRY_CAST(json_extract_string(body, '$.programme.flow_ml_per_day') AS DECIMAL(18, 6)) AS flow_ml_per_day,
    TRY_CAST(json_extract_string(body, '$.programme.max_patient_bolus_mcg_per_day') AS DECIMAL(18, 6))
        AS max_patient_bolus_mcg_per_day,
    TRY_CAST(json_extract_string(body, '$.programme.actual_patient_bolus_mcg_per_day') AS DECIMAL(18, 6))
        AS actual_patient_bolus_mcg_per_day,
    TRY_CAST(json_extract_string(body, '$.single_bolus_mcg') AS DECIMAL(18, 6)) AS single_bolus_mcg,
    TRY_CAST(json_extract_string(body, '$.pump_running') AS BOOLEAN) AS pump_running,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind IN ('refilled', 'reprogrammed');

-- One row an alarm heard; closed_at_utc is NULL while it is open.
CREATE VIEW alarm AS
WITH closed AS (
    SELECT json_extract_string(body, '$.alarm_event_id') AS first_event_id, arg_max(body, sequence) AS body,
        arg_max(happened_at_utc, sequence) AS closed_at_utc
    FROM entry
    WHERE kind = 'alarm_closed' AND corrected_how IS NULL
    GROUP BY ALL
)
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS heard_at_utc,
    json_extract_string(entry.body, '$.alarm') AS alarm,
    json_extract_string(entry.body, '$.tone') AS tone,
    json_extract_string(entry.body, '$.reported_by') AS reported_by,
    closed_at_utc,
    json_extract_string(closed.body, '$.found') AS found,
    json_extract_string(closed.body, '$.action') AS action,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry LEFT JOIN closed USING (first_event_id)
WHERE kind = 'alarm_heard';

CREATE VIEW correction AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    json_extract_string(said, '$.target_event_id') AS target_event_id,
    json_extract_string(said, '$.how') AS how,
    json_extract_string(said, '$.reason') AS reason,
    CAST(json_extract(said, '$.replacement') AS VARCHAR) AS replacement_json,
    recorded_at_utc,
    recorded_by
FROM (SELECT *, CASE WHEN json_valid(body) THEN body END AS said FROM event_log WHERE kind = 'corrected');
