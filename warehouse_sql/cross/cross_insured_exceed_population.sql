-- Persons of a commune in the register's totals, and persons whose card states the commune and is valid on the day.
-- Not everybody holds a card, so only more cards than people show that the two sectors count differently.
WITH insured AS (
    SELECT
        commune, min(submission_id) AS submission_id, (array_agg(sheet ORDER BY sheet, row))[1] AS sheet,
        (array_agg(row ORDER BY sheet, row))[1] AS row, count(DISTINCT insurance_number) AS persons
    FROM core.health_card
    WHERE period = :period AND district_code = any(:districts) AND :day BETWEEN valid_from AND valid_to
    GROUP BY commune
)

SELECT
    r.submission_id, r.sheet, r.row, r.commune AS unit_code, r.persons::text AS value,
    c.submission_id AS other_submission_id, c.sheet AS other_sheet, c.row AS other_row,
    c.persons::text AS other_value, r.persons - c.persons AS difference, TRUE AS certain,
    CASE
        WHEN r.persons > 0 THEN 100.0 * (c.persons - r.persons) / r.persons
        ELSE 'infinity'
    END::double precision AS percent_off
FROM core.register_commune AS r
INNER JOIN insured AS c ON r.commune = c.commune
WHERE r.period = :period
