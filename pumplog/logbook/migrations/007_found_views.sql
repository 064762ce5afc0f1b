-- What the programmer said before anything was drawn, beside its volume: dose, concentration and alarm date. The
-- product number of a pump.

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
    TRY_CAST(json_extract_string(body, '$.programmer_found_dose_mcg_per_day') AS DECIMAL(18, 6))
        AS programmer_found_dose_mcg_per_day,
    TRY_CAST(json_extract_string(body, '$.programmer_found_concentration_mcg_per_ml') AS DECIMAL(18, 6))
        AS programmer_found_concentration_mcg_per_ml,
    TRY_CAST(json_extract_string(body, '$.programmer_found_alarm_on') AS DATE) AS programmer_found_alarm_on,
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

-- One row a visit without a refill, or a pump emptied on purpose.
CREATE OR REPLACE VIEW deferral AS
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
    TRY_CAST(json_extract_string(body, '$.programmer_found_dose_mcg_per_day') AS DECIMAL(18, 6))
        AS programmer_found_dose_mcg_per_day,
    TRY_CAST(json_extract_string(body, '$.programmer_found_concentration_mcg_per_ml') AS DECIMAL(18, 6))
        AS programmer_found_concentration_mcg_per_ml,
    TRY_CAST(json_extract_string(body, '$.programmer_found_alarm_on') AS DATE) AS programmer_found_alarm_on,
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
    json_extract_string(entry.body, '$.pump.gtin') AS gtin,
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
