-- Views for the kinds of entry that had none, and the columns that were missing, typed as in 002_views.sql: units in
-- the column names, instants in UTC, amounts as DECIMAL(18,6), NULL for what cannot be read.
-- docs/analyst.md says what each column is.

-- One row a registration; a pump that was registered once has one with corrected_how NULL.
CREATE OR REPLACE VIEW pump AS
WITH retired AS (
    SELECT pump_id, arg_max(body, happened_at_utc) AS body, max(happened_at_utc) AS retired_at_utc
    FROM entry WHERE kind = 'retired' AND corrected_how IS NULL GROUP BY pump_id
)
SELECT
    sequence,
    event_id,
    pump_id,
    json_extract_string(entry.body, '$.pump_serial') AS pump_serial,
    happened_at_utc AS registered_at_utc,
    json_extract_string(entry.body, '$.patient.patient_id') AS patient_id,
    json_extract_string(entry.body, '$.patient.name') AS patient_name,
    TRY_CAST(json_extract_string(entry.body, '$.patient.date_of_birth') AS DATE) AS date_of_birth,
    json_extract_string(entry.body, '$.patient.phone') AS phone,
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
    json_extract_string(entry.body, '$.replaces') AS replaces,
    retired_at_utc,
    json_extract_string(retired.body, '$.reason') AS retired_reason,
    json_extract_string(retired.body, '$.to_clinic') AS to_clinic,
    json_extract_string(retired.body, '$.replaced_by') AS replaced_by,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry LEFT JOIN retired USING (pump_id)
WHERE kind = 'registered';

-- One row a refill. drug and concentration are those of the first, primary, drug; the view fluid has a row for each.
CREATE OR REPLACE VIEW refill_visit AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    json_extract_string(body, '$.place') AS place,
    json_extract_string(body, '$.refilled_by') AS refilled_by,
    json_extract_string(body, '$.second_checker') AS second_checker,
    TRY_CAST(json_extract_string(body, '$.identifiers_confirmed') AS BOOLEAN) AS identifiers_confirmed,
    TRY_CAST(json_extract_string(body, '$.interrogated') AS BOOLEAN) AS interrogated,
    TRY_CAST(json_extract_string(body, '$.programmer_volume_ml') AS DECIMAL(18, 6)) AS programmer_volume_ml,
    TRY_CAST(json_extract_string(body, '$.eri_on') AS DATE) AS eri_on,
    TRY_CAST(json_extract_string(body, '$.drawn_ml') AS DECIMAL(18, 6)) AS drawn_ml,
    TRY_CAST(json_extract_string(body, '$.drawn_first_typed_ml') AS DECIMAL(18, 6)) AS drawn_first_typed_ml,
    TRY_CAST(json_extract_string(body, '$.patient_boluses_used_mcg') AS DECIMAL(18, 6)) AS patient_boluses_used_mcg,
    json_extract_string(body, '$.appearance') AS appearance,
    json_extract_string(body, '$.needle') AS needle,
    TRY_CAST(json_extract_string(body, '$.attempts_count') AS INTEGER) AS attempts_count,
    json_extract_string(body, '$.fluid[0].drug') AS drug,
    TRY_CAST(json_extract_string(body, '$.fluid[0].concentration_mcg_per_ml') AS DECIMAL(18, 6))
        AS concentration_mcg_per_ml,
    json_extract_string(body, '$.fluid[0].lot') AS lot,
    TRY_CAST(json_extract_string(body, '$.fluid[0].expiry_on') AS DATE) AS expiry_on,
    TRY_CAST(json_extract_string(body, '$.fluid[0].beyond_use_on') AS DATE) AS beyond_use_on,
    CAST(json_extract(body, '$.fluid') AS VARCHAR) AS fluid_json,
    TRY_CAST(json_extract_string(body, '$.diluted') AS BOOLEAN) AS diluted,
    TRY_CAST(json_extract_string(body, '$.first_fill') AS BOOLEAN) AS first_fill,
    TRY_CAST(json_extract_string(body, '$.volume_left_ml') AS DECIMAL(18, 6)) AS volume_left_ml,
    TRY_CAST(json_extract_string(body, '$.injected_ml') AS DECIMAL(18, 6)) AS injected_ml,
    TRY_CAST(json_extract_string(body, '$.volume_after_fill_ml') AS DECIMAL(18, 6)) AS volume_after_fill_ml,
    TRY_CAST(json_extract_string(body, '$.remeasured_ml') AS DECIMAL(18, 6)) AS remeasured_ml,
    TRY_CAST(json_extract_string(body, '$.rinsed') AS BOOLEAN) AS rinsed,
    TRY_CAST(json_extract_string(body, '$.aspiration_checked') AS BOOLEAN) AS aspiration_checked,
    CAST(json_extract(body, '$.pocket_fill_signs') AS VARCHAR) AS pocket_fill_signs_json,
    CAST(json_extract(body, '$.observation') AS VARCHAR) AS observation_json,
    TRY_CAST(json_extract_string(body, '$.alarm_volume_ml') AS DECIMAL(18, 6)) AS alarm_volume_ml,
    TRY_CAST(json_extract_string(body, '$.bridge.given') AS BOOLEAN) AS bridge_given,
    TRY_CAST(json_extract_string(body, '$.bridge.path_ml') AS DECIMAL(18, 6)) AS bridge_path_ml,
    TRY_CAST(json_extract_string(body, '$.bridge.bridge_mcg') AS DECIMAL(18, 6)) AS bridge_mcg,
    TRY_CAST(json_extract_string(body, '$.bridge.bridge_hours') AS DECIMAL(18, 6)) AS bridge_hours,
    json_extract_string(body, '$.bridge.reason_not_given') AS bridge_reason_not_given,
    TRY_CAST(json_extract_string(body, '$.priming_ml') AS DECIMAL(18, 6)) AS priming_ml,
    TRY_CAST(json_extract_string(body, '$.waste.volume_ml') AS DECIMAL(18, 6)) AS waste_ml,
    json_extract_string(body, '$.waste.witness') AS waste_witness,
    TRY_CAST(json_extract_string(body, '$.pump_running') AS BOOLEAN) AS pump_running,
    TRY_CAST(json_extract_string(body, '$.programmer_volume_after_fill_ml') AS DECIMAL(18, 6))
        AS programmer_volume_after_fill_ml,
    TRY_CAST(json_extract_string(body, '$.programmer_dose_mcg_per_day') AS DECIMAL(18, 6))
        AS programmer_dose_mcg_per_day,
    TRY_CAST(json_extract_string(body, '$.programmer_concentration_mcg_per_ml') AS DECIMAL(18, 6))
        AS programmer_concentration_mcg_per_ml,
    TRY_CAST(json_extract_string(body, '$.programmer_alarm_on') AS DATE) AS programmer_alarm_on,
    TRY_CAST(json_extract_string(body, '$.next_visit_on') AS DATE) AS next_visit_on,
    TRY_CAST(json_extract_string(body, '$.teaching_done') AS BOOLEAN) AS teaching_done,
    TRY_CAST(json_extract_string(body, '$.signs_restated') AS BOOLEAN) AS signs_restated,
    TRY_CAST(json_extract_string(body, '$.card_given') AS BOOLEAN) AS card_given,
    json_extract_string(body, '$.note') AS note,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'refilled';

-- One row a drug of what was filled in; place_count is 1 for the first, primary, drug.
CREATE VIEW fluid AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    place_count,
    json_extract_string(one, '$.drug') AS drug,
    TRY_CAST(json_extract_string(one, '$.concentration_mcg_per_ml') AS DECIMAL(18, 6)) AS concentration_mcg_per_ml,
    json_extract_string(one, '$.lot') AS lot,
    json_extract_string(one, '$.gtin') AS gtin,
    TRY_CAST(json_extract_string(one, '$.expiry_on') AS DATE) AS expiry_on,
    TRY_CAST(json_extract_string(one, '$.beyond_use_on') AS DATE) AS beyond_use_on,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM (SELECT *, unnest(list_zip(parts, range(1, len(parts) + 1))) AS pair, pair[1] AS one, pair[2] AS place_count
    FROM (SELECT *, TRY_CAST(json_extract(body, '$.fluid') AS JSON[]) AS parts FROM entry WHERE kind = 'refilled'));

-- One row each time a programme was set, at a refill or between refills. Flex steps are in flex_days_json.
CREATE OR REPLACE VIEW programme AS
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
    TRY_CAST(json_extract_string(body, '$.programme.patient_bolus_mcg') AS DECIMAL(18, 6)) AS patient_bolus_mcg,
    TRY_CAST(json_extract_string(body, '$.programme.patient_bolus_lockout_hours') AS DECIMAL(18, 6))
        AS patient_bolus_lockout_hours,
    TRY_CAST(json_extract_string(body, '$.single_bolus_mcg') AS DECIMAL(18, 6)) AS single_bolus_mcg,
    TRY_CAST(json_extract_string(body, '$.alarm_volume_ml') AS DECIMAL(18, 6)) AS alarm_volume_ml,
    TRY_CAST(json_extract_string(body, '$.pump_running') AS BOOLEAN) AS pump_running,
    json_extract_string(body, '$.prescriber') AS prescriber,
    json_extract_string(body, '$.second_checker') AS second_checker,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind IN ('refilled', 'reprogrammed');

-- One row a visit without a refill, or a pump emptied on purpose.
CREATE VIEW deferral AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    json_extract_string(body, '$.place') AS place,
    json_extract_string(body, '$.reason_code') AS reason_code,
    json_extract_string(body, '$.reason') AS reason,
    TRY_CAST(json_extract_string(body, '$.volume_left_ml') AS DECIMAL(18, 6)) AS volume_left_ml,
    TRY_CAST(json_extract_string(body, '$.pump_running') AS BOOLEAN) AS pump_running,
    json_extract_string(body, '$.second_checker') AS second_checker,
    TRY_CAST(json_extract_string(body, '$.identifiers_confirmed') AS BOOLEAN) AS identifiers_confirmed,
    TRY_CAST(json_extract_string(body, '$.interrogated') AS BOOLEAN) AS interrogated,
    TRY_CAST(json_extract_string(body, '$.programmer_volume_ml') AS DECIMAL(18, 6)) AS programmer_volume_ml,
    TRY_CAST(json_extract_string(body, '$.eri_on') AS DATE) AS eri_on,
    TRY_CAST(json_extract_string(body, '$.drawn_ml') AS DECIMAL(18, 6)) AS drawn_ml,
    TRY_CAST(json_extract_string(body, '$.drawn_first_typed_ml') AS DECIMAL(18, 6)) AS drawn_first_typed_ml,
    TRY_CAST(json_extract_string(body, '$.patient_boluses_used_mcg') AS DECIMAL(18, 6)) AS patient_boluses_used_mcg,
    json_extract_string(body, '$.appearance') AS appearance,
    json_extract_string(body, '$.needle') AS needle,
    TRY_CAST(json_extract_string(body, '$.attempts_count') AS INTEGER) AS attempts_count,
    json_extract_string(body, '$.note') AS note,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'deferred';

-- One row each time controlled drug was thrown away: what was drawn, what was left of a filling, or a record of its
-- own.
-- drug and concentration are those said with the waste, else of the first drug of the filling.
CREATE VIEW waste AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    kind AS told_by_kind,
    wasted_as,
    coalesce(json_extract_string(one, '$.drug'), json_extract_string(body, '$.drug'),
        CASE WHEN wasted_as = 'filling' THEN json_extract_string(body, '$.fluid[0].drug') END) AS drug,
    TRY_CAST(coalesce(json_extract_string(body, '$.concentration_mcg_per_ml'),
        CASE WHEN wasted_as = 'filling' THEN json_extract_string(body, '$.fluid[0].concentration_mcg_per_ml') END)
        AS DECIMAL(18, 6)) AS concentration_mcg_per_ml,
    json_extract_string(body, '$.lot') AS lot,
    TRY_CAST(json_extract_string(one, '$.volume_ml') AS DECIMAL(18, 6)) AS volume_ml,
    TRY_CAST(json_extract_string(one, '$.mass_mcg') AS DECIMAL(18, 6)) AS mass_mcg,
    TRY_CAST(json_extract_string(one, '$.supplied_ml') AS DECIMAL(18, 6)) AS supplied_ml,
    TRY_CAST(json_extract_string(one, '$.kept_ml') AS DECIMAL(18, 6)) AS kept_ml,
    json_extract_string(one, '$.witness') AS witness,
    json_extract_string(one, '$.method') AS method,
    json_extract_string(body, '$.reason') AS reason,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM (
    SELECT *, 'drawn' AS wasted_as, json_extract(body, '$.drawn_waste') AS one
    FROM entry WHERE kind IN ('refilled', 'deferred')
    UNION ALL
    SELECT *, 'filling', json_extract(body, '$.waste') FROM entry WHERE kind = 'refilled'
    UNION ALL
    SELECT *, 'other', json_extract(body, '$.waste') FROM entry WHERE kind = 'wasted'
)
WHERE json_type(one) = 'OBJECT';

-- One row a call and what came of it.
CREATE VIEW contact AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS called_at_utc,
    coalesce(json_extract_string(body, '$.called_by'), recorded_by) AS called_by,
    json_extract_string(body, '$.spoke_with') AS spoke_with,
    json_extract_string(body, '$.outcome') AS outcome,
    json_extract_string(body, '$.outcome_text') AS outcome_text,
    TRY_CAST(json_extract_string(body, '$.remind_on') AS DATE) AS remind_on,
    TRY_CAST(json_extract_string(body, '$.booking.visit_on') AS DATE) AS visit_on,
    json_extract_string(body, '$.note') AS note,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'contacted';

-- One row a booked visit, by the entry that booked it, with what became of it since. The next visit that is typed at
-- a refill is in refill_visit.next_visit_on.
CREATE VIEW booking AS
WITH step AS (
    SELECT json_extract_string(body, '$.booking_event_id') AS first_event_id, body, happened_at_utc, sequence,
        json_extract_string(body, '$.change') AS change
    FROM entry WHERE kind = 'booking_changed' AND corrected_how IS NULL
),
changed AS (
    SELECT first_event_id,
        CASE arg_max(change, (happened_at_utc, sequence)) WHEN 'moved' THEN 'open'
            ELSE arg_max(change, (happened_at_utc, sequence)) END AS status,
        max(happened_at_utc) AS changed_at_utc,
        arg_max(json_extract_string(body, '$.reason'), (happened_at_utc, sequence)) AS change_reason,
        count(*) AS changes_count
    FROM step GROUP BY first_event_id
),
moved AS (
    SELECT first_event_id,
        arg_max(TRY_CAST(json_extract_string(body, '$.booking.visit_on') AS DATE), (happened_at_utc, sequence))
            AS visit_on,
        arg_max(struct_pack(at_time := TRY_CAST(json_extract_string(body, '$.booking.visit_time') AS TIME)),
            (happened_at_utc, sequence)).at_time AS visit_time
    FROM step WHERE change = 'moved' GROUP BY first_event_id
)
SELECT
    entry.sequence,
    entry.event_id,
    entry.pump_id,
    first_event_id AS booking_event_id,
    kind AS booked_by_kind,
    happened_at_utc AS booked_at_utc,
    coalesce(moved.visit_on, TRY_CAST(json_extract_string(entry.body, '$.booking.visit_on') AS DATE)) AS visit_on,
    CASE WHEN moved.first_event_id IS NULL
        THEN TRY_CAST(json_extract_string(entry.body, '$.booking.visit_time') AS TIME)
        ELSE moved.visit_time END AS visit_time,
    TRY_CAST(json_extract_string(entry.body, '$.booking.visit_on') AS DATE) AS first_visit_on,
    json_extract_string(entry.body, '$.booking.site') AS site,
    json_extract_string(entry.body, '$.booking.clinician') AS clinician,
    json_extract_string(entry.body, '$.booking.reason') AS reason,
    coalesce(changed.status, 'open') AS status,
    changed.changed_at_utc,
    changed.change_reason,
    coalesce(changed.changes_count, 0) AS changes_count,
    entry.recorded_at_utc,
    entry.recorded_by,
    entry.corrected_how
FROM entry LEFT JOIN changed USING (first_event_id) LEFT JOIN moved USING (first_event_id)
WHERE kind IN ('contacted', 'booked') AND json_type(entry.body, '$.booking') = 'OBJECT';

-- One row each time a receiving clinic said that it has the pump on its list.
CREATE VIEW transfer AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS confirmed_at_utc,
    json_extract_string(body, '$.receiving_clinic') AS receiving_clinic,
    json_extract_string(body, '$.confirmed_by') AS confirmed_by,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'transfer_confirmed';

-- One row an explanation of a refill that came late; visit_event_id is that refill, the newest explanation holds.
CREATE VIEW near_miss_cause AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    json_extract_string(body, '$.visit_event_id') AS visit_event_id,
    json_extract_string(body, '$.cause') AS cause,
    json_extract_string(body, '$.cause_text') AS cause_text,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'near_miss_explained';

-- One row each time a person took the pump's own flow ratio into the band.
CREATE VIEW accepted_ratio AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    TRY_CAST(json_extract_string(body, '$.flow_ratio') AS DECIMAL(18, 6)) AS flow_ratio,
    CAST(json_extract(body, '$.visit_event_ids') AS VARCHAR) AS visit_event_ids_json,
    json_extract_string(body, '$.reason') AS reason,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'ratio_accepted';

-- One row a row of an imported sheet that was refused; settled_at_utc is NULL while it is open.
CREATE VIEW refused_row AS
WITH settled AS (
    SELECT json_extract_string(body, '$.row_event_id') AS event_id, max(happened_at_utc) AS settled_at_utc,
        arg_max(json_extract_string(body, '$.how'), sequence) AS settled_how,
        arg_max(json_extract_string(body, '$.reason'), sequence) AS settled_reason
    FROM entry WHERE kind = 'row_settled' GROUP BY ALL
)
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS refused_at_utc,
    json_extract_string(entry.body, '$.pump_serial') AS pump_serial,
    json_extract_string(entry.body, '$.sheet') AS sheet,
    TRY_CAST(json_extract_string(entry.body, '$.line_count') AS INTEGER) AS line_count,
    CAST(json_extract(entry.body, '$.faults') AS VARCHAR) AS faults_json,
    settled_at_utc,
    settled_how,
    settled_reason,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry LEFT JOIN settled USING (event_id)
WHERE kind = 'row_refused';

-- One row a closure of the clinic, both days in it; lifted_at_utc is NULL while it holds.
CREATE VIEW closure AS
WITH lifted AS (
    SELECT json_extract_string(body, '$.closure_event_id') AS event_id, max(happened_at_utc) AS lifted_at_utc,
        arg_max(json_extract_string(body, '$.reason'), sequence) AS lifted_reason
    FROM entry WHERE kind = 'closure_lifted' GROUP BY ALL
)
SELECT
    sequence,
    event_id,
    happened_at_utc AS set_at_utc,
    TRY_CAST(json_extract_string(entry.body, '$.first_on') AS DATE) AS first_on,
    TRY_CAST(json_extract_string(entry.body, '$.last_on') AS DATE) AS last_on,
    json_extract_string(entry.body, '$.reason') AS reason,
    lifted_at_utc,
    lifted_reason,
    recorded_at_utc,
    recorded_by
FROM entry LEFT JOIN lifted USING (event_id)
WHERE kind = 'closure_set';

-- One row each time a day was given room of its own; without a count, as any such day again. The newest of a day
-- holds.
CREATE VIEW capacity AS
SELECT
    sequence,
    event_id,
    happened_at_utc AS set_at_utc,
    TRY_CAST(json_extract_string(body, '$.day_date') AS DATE) AS day_on,
    TRY_CAST(json_extract_string(body, '$.visits_count') AS INTEGER) AS visits_count,
    json_extract_string(body, '$.reason') AS reason,
    recorded_at_utc,
    recorded_by
FROM entry
WHERE kind = 'capacity_set';
