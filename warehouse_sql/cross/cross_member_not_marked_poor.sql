-- Children of 6–14 of poor households and how the school marks the same child; a cell left blank says nothing.
SELECT
    submission_id, sheet, row, commune AS unit_code, classification AS value,
    pupil_submission_id AS other_submission_id, pupil_sheet AS other_sheet, pupil_row AS other_row,
    poverty_class AS other_value, NULL::bigint AS difference, TRUE AS certain, poverty_class
FROM core.pupil_member
WHERE
    period = :period
    AND district_code = any(:districts)
    AND core.is_poor(classification)
    AND status = 'enrolled'
    AND poverty_class IS NOT NULL
    AND extract(YEAR FROM cast(:day AS date))::int - birth_year BETWEEN 6 AND 14
