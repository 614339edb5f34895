-- Poor households of a commune: as its villages' water statistics sum up, and as the register lists them. A commune
-- with a village that leaves the cell empty has no sum.
WITH stated AS (
    SELECT
        commune, min(submission_id) AS submission_id, (array_agg(sheet ORDER BY sheet, row))[1] AS sheet,
        (array_agg(row ORDER BY sheet, row))[1] AS row, sum(poor_households) AS stated
    FROM core.water_village
    WHERE period = :period AND district_code = any(:districts)
    GROUP BY commune
    HAVING bool_and(poor_households IS NOT NULL)
),

registered AS (
    SELECT
        commune, min(submission_id) AS submission_id, (array_agg(sheet ORDER BY sheet, row))[1] AS sheet,
        (array_agg(row ORDER BY sheet, row))[1] AS row, count(*) AS registered
    FROM core.register_household
    WHERE
        period = :period
        AND district_code = any(:districts)
        AND core.is_poor(classification)
    GROUP BY commune
)

SELECT
    s.submission_id, s.sheet, s.row, s.commune AS unit_code, s.stated::text AS value,
    r.submission_id AS other_submission_id, r.sheet AS other_sheet, r.row AS other_row,
    coalesce(r.registered, 0)::text AS other_value, s.stated - coalesce(r.registered, 0) AS difference,
    TRUE AS certain, s.stated, coalesce(r.registered, 0) AS registered
FROM stated AS s
LEFT JOIN registered AS r ON s.commune = r.commune
