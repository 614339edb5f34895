-- Poor households of a commune at the year's start, and what follows from those of today and their moves:
-- end = start − escaped + returned + new (INDICATORS.md, POV_MOVES). The difference is end − (start − escaped + …).
WITH moves AS (
    SELECT
        commune, min(submission_id) AS submission_id, (array_agg(sheet ORDER BY sheet, row))[1] AS sheet,
        (array_agg(row ORDER BY sheet, row))[1] AS row,
        count(*) FILTER (WHERE core.is_poor(classification)) AS now,
        count(*) FILTER (WHERE classification = 'escaped_poor') AS escaped,
        count(*) FILTER (
            WHERE core.is_poor(classification) AND change IN ('new', 'returned')
        ) AS came
    FROM core.register_household
    WHERE period = :period AND district_code = any(:districts)
    GROUP BY commune
)

SELECT
    r.submission_id, r.sheet, r.row, r.commune AS unit_code, r.poor_start::text AS value,
    m.submission_id AS other_submission_id, m.sheet AS other_sheet, m.row AS other_row,
    (coalesce(m.now, 0) + coalesce(m.escaped, 0) - coalesce(m.came, 0))::text AS other_value,
    coalesce(m.now, 0) - (r.poor_start - coalesce(m.escaped, 0) + coalesce(m.came, 0)) AS difference,
    TRUE AS certain, r.poor_start AS stated,
    coalesce(m.now, 0) + coalesce(m.escaped, 0) - coalesce(m.came, 0) AS follows
FROM core.register_commune AS r
LEFT JOIN moves AS m ON r.commune = m.commune
WHERE r.period = :period AND r.district_code = any(:districts)
