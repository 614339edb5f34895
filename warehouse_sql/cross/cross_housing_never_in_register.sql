-- Households on a housing scheme and whether a register of this period or any before has them, in whatever class.
SELECT
    b.submission_id, b.sheet, b.row, b.commune AS unit_code, b.household_code AS value,
    NULL::text AS other_submission_id, NULL::text AS other_sheet, NULL::int AS other_row, NULL::text AS other_value,
    NULL::bigint AS difference, TRUE AS certain,
    (b.commune, b.household_code) IN (
        SELECT h.commune, h.household_code FROM core.register_household AS h
        WHERE h.period <= :period
    ) AS listed
FROM core.housing_support AS b
WHERE b.period = :period AND b.district_code = any(:districts)
