-- Typed, read-only views over the bodies, for whoever opens the file in DuckDB. The program reads event_log.
-- Units are in the column names; instants are UTC; amounts are DECIMAL(18,6), so an amount with more than six
-- decimals is rounded here and exact in event_log.body. What a view cannot read is NULL, never an error.
-- corrected_how is NULL for what holds; entered_in_error or replaced for what was corrected since.

-- Every entry once: those said directly, and those said as the replacement in a correction.
-- first_event_id is the entry that the first of a line of corrections was about.
CREATE VIEW entry AS
WITH RECURSIVE readable AS (
    SELECT * REPLACE (CASE WHEN json_valid(body) THEN body END AS body) FROM event_log
),
corrected AS (
    SELECT *,
        json_extract_string(body, '$.target_event_id') AS target_event_id,
        json_extract_string(body, '$.how') AS how,
        json_extract(body, '$.replacement') AS replacement
    FROM readable
    WHERE kind = 'corrected'
),
line AS (
    SELECT sequence, event_id, target_event_id AS first_event_id, how FROM corrected
    WHERE target_event_id NOT IN (SELECT event_id FROM corrected)
    UNION ALL
    SELECT later.sequence, later.event_id, line.first_event_id, later.how
    FROM line JOIN corrected AS later
        ON later.target_event_id = line.event_id AND later.sequence > line.sequence
),
said AS (
    SELECT sequence, event_id, event_id AS first_event_id, pump_id, kind, body,
        happened_at_utc, recorded_at_utc, recorded_by
    FROM readable
    WHERE kind <> 'corrected'
    UNION ALL
    SELECT corrected.sequence, corrected.event_id, line.first_event_id, pump_id,
        json_extract_string(replacement, '$.kind'), CAST(replacement AS VARCHAR),
        coalesce(TRY_CAST(json_extract_string(replacement, '$.happened_at') AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
            happened_at_utc),
        recorded_at_utc, recorded_by
    FROM corrected JOIN line ON line.event_id = corrected.event_id
    WHERE corrected.how = 'replaced' AND json_type(replacement) = 'OBJECT'
)
SELECT said.*, latest.how AS corrected_how
FROM said LEFT JOIN (
    SELECT first_event_id, max(sequence) AS sequence, arg_max(how, sequence) AS how FROM line GROUP BY ALL
) AS latest ON latest.first_event_id = said.first_event_id AND latest.sequence > said.sequence;

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
    SELECT heard.first_event_id, arg_max(closing.body, closing.sequence) AS body,
        arg_max(closing.happened_at_utc, closing.sequence) AS closed_at_utc
    FROM entry AS closing JOIN entry AS heard
        ON heard.event_id = json_extract_string(closing.body, '$.alarm_event_id')
    WHERE closing.kind = 'alarm_closed' AND closing.corrected_how IS NULL AND heard.kind = 'alarm_heard'
    GROUP BY heard.first_event_id
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
