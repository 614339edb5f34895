-- Enrolled pupils whose school marks them poor and names their household, and whether the register has it as poor.
SELECT
    p.submission_id, p.sheet, p.row, p.commune AS unit_code, p.poverty_class AS value,
    h.submission_id AS other_submission_id, h.sheet AS other_sheet, h.row AS other_row,
    h.classification AS other_value, NULL::bigint AS difference, TRUE AS certain,
    coalesce(core.is_poor(h.classification), FALSE) AS is_poor
FROM core.education_pupil AS p
LEFT JOIN core.register_household AS h
    ON p.period = h.period AND p.commune = h.commune AND p.household_code = h.household_code
WHERE
    p.period = :period
    AND p.district_code = any(:districts)
    AND p.poverty_class = 'poor'
    AND p.status = 'enrolled'
    AND p.household_code IS NOT NULL
