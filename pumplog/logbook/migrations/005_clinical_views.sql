-- What is told of the patient, typed as in 002_views.sql. Scores are ordered categories, so they stay text:
-- 1+ lies between 1 and 2, and no grade is ever averaged. Doses are mcg/day also where an order was typed in mg.

-- One row a score: scale is modified_ashworth (with joint and side), penn_frequency, penn_severity, pain, itch, falls,
-- sign (one row each), or side_effects.
CREATE VIEW score AS
WITH scored AS (SELECT * FROM entry WHERE kind = 'scored'),
graded AS (
    SELECT sequence, 'modified_ashworth' AS scale,
        json_extract_string(one, '$.joint') AS joint,
        json_extract_string(one, '$.side') AS side,
        json_extract_string(one, '$.grade') AS grade
    FROM (SELECT sequence, unnest(TRY_CAST(json_extract(body, '$.ashworth') AS JSON[])) AS one FROM scored)
    UNION ALL
    SELECT sequence, 'sign', NULL, NULL, json_extract_string(one, '$')
    FROM (SELECT sequence, unnest(TRY_CAST(json_extract(body, '$.signs') AS JSON[])) AS one FROM scored)
    UNION ALL
    SELECT sequence, scale, NULL, NULL, grade
    FROM (
        SELECT sequence, unnest([
            {scale: 'penn_frequency', grade: json_extract_string(body, '$.penn_frequency')},
            {scale: 'penn_severity', grade: json_extract_string(body, '$.penn_severity')},
            {scale: 'pain', grade: json_extract_string(body, '$.pain')},
            {scale: 'itch', grade: json_extract_string(body, '$.itch')},
            {scale: 'falls', grade: json_extract_string(body, '$.falls_count')},
            {scale: 'side_effects', grade: json_extract_string(body, '$.side_effects')}
        ], recursive := true)
        FROM scored
    )
    WHERE grade IS NOT NULL
)
SELECT sequence, event_id, pump_id, happened_at_utc, json_extract_string(body, '$.place') AS place,
    scale, joint, side, grade, recorded_at_utc, recorded_by, corrected_how
FROM scored JOIN graded USING (sequence);

-- One row a day of the diary and a drug taken by mouth; a day without one has drug NULL.
CREATE VIEW diary AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    TRY_CAST(json_extract_string(body, '$.diary_on') AS DATE) AS diary_on,
    json_extract_string(body, '$.tone') AS tone,
    json_extract_string(one, '$.drug') AS drug,
    json_extract_string(one, '$.taken') AS taken,
    TRY_CAST(json_extract_string(one, '$.dose_mcg_per_day') AS DECIMAL(18, 6)) AS dose_mcg_per_day,
    CAST(json_extract(body, '$.signs') AS VARCHAR) AS signs_json,
    json_extract_string(body, '$.side_effects') AS side_effects,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM (SELECT *, unnest(coalesce(nullif(TRY_CAST(json_extract(body, '$.oral_doses') AS JSON[]), []), [NULL])) AS one
    FROM entry WHERE kind = 'diary');

-- One row a medicine of a list; a list without one has name NULL. The newest list of a pump is what is taken now.
CREATE VIEW medicine AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    json_extract_string(one, '$.name') AS name,
    json_extract_string(one, '$.dose') AS dose,
    json_extract_string(one, '$.interacting_class') AS interacting_class,
    TRY_CAST(json_extract_string(body, '$.alcohol') AS BOOLEAN) AS alcohol,
    json_extract_string(body, '$.pregnancy') AS pregnancy,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM (SELECT *, unnest(coalesce(nullif(TRY_CAST(json_extract(body, '$.medicines') AS JSON[]), []), [NULL])) AS one
    FROM entry WHERE kind = 'medicines');

-- One row a step of a plan; ended_at_utc is NULL while the plan runs.
CREATE VIEW plan AS
WITH ended AS (
    SELECT json_extract_string(body, '$.plan_event_id') AS first_event_id,
        max(happened_at_utc) AS ended_at_utc, arg_max(json_extract_string(body, '$.how'), sequence) AS ended_how
    FROM entry
    WHERE kind = 'plan_ended' AND corrected_how IS NULL
    GROUP BY ALL
),
steps AS (
    SELECT sequence, unnest(TRY_CAST(json_extract(body, '$.steps') AS JSON[])) AS step
    FROM entry WHERE kind = 'plan_made'
)
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc AS made_at_utc,
    json_extract_string(body, '$.route') AS route,
    json_extract_string(body, '$.drug') AS drug,
    json_extract_string(body, '$.prescriber') AS prescriber,
    TRY_CAST(json_extract_string(step, '$.from_on') AS DATE) AS from_on,
    TRY_CAST(json_extract_string(step, '$.dose_mcg_per_day') AS DECIMAL(18, 6)) AS dose_mcg_per_day,
    ended_at_utc,
    ended_how,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry JOIN steps USING (sequence) LEFT JOIN ended USING (first_event_id)
WHERE kind = 'plan_made';

-- One row a change of the risks: all that hold from then on. Those of the registration are in pump.risk_flags_json.
CREATE VIEW risk_change AS
SELECT
    sequence,
    event_id,
    pump_id,
    happened_at_utc,
    CAST(json_extract(body, '$.risk_flags') AS VARCHAR) AS risk_flags_json,
    json_extract_string(body, '$.reason') AS reason,
    recorded_at_utc,
    recorded_by,
    corrected_how
FROM entry
WHERE kind = 'risk_flags_changed';
