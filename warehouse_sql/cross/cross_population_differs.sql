-- Persons of a commune: in the register's totals, and as its villages' water statistics sum up.
WITH counted AS (
    SELECT
        commune, min(submission_id) AS submission_id, (array_agg(sheet ORDER BY sheet, row))[1] AS sheet,
        (array_agg(row ORDER BY sheet, row))[1] AS row, sum(persons) AS persons
    FROM core.water_village
    WHERE period = :period AND district_code = any(:districts)
    GROUP BY commune
)

SELECT
    r.submission_id, r.sheet, r.row, r.commune AS unit_code, r.persons::text AS value,
    c.submission_id AS other_submission_id, c.sheet AS other_sheet, c.row AS other_row,
    c.persons::text AS other_value, r.persons - c.persons AS difference, TRUE AS certain,
    CASE
        WHEN r.persons > 0 THEN 100.0 * (c.persons - r.persons) / r.persons
        WHEN c.persons > 0 THEN 'infinity'
        ELSE 0
    END::double precision AS percent_off
FROM core.register_commune AS r
INNER JOIN counted AS c ON r.commune = c.commune
WHERE r.period = :period
