-- Cards of the poor and near-poor that are valid on the day, and whether the register knows the person (by number) or
-- the household that the card states as poor or near-poor. The other side: where the register has them otherwise.
WITH card AS MATERIALIZED (
    SELECT submission_id, sheet, row, commune, household_code, object_code
    FROM core.health_card
    WHERE
        period = :period
        AND district_code = any(:districts)
        AND object_code IN ('HN', 'CN')
        AND :day BETWEEN valid_from AND valid_to
),

found AS (
    SELECT
        card_submission_id AS submission_id, card_sheet AS sheet, card_row AS row, classification,
        household_submission_id, household_sheet, household_row
    FROM core.card_member
    WHERE period = :period AND :day BETWEEN valid_from AND valid_to
    UNION ALL
    SELECT
        c.submission_id, c.sheet, c.row, h.classification,
        h.submission_id AS household_submission_id, h.sheet AS household_sheet, h.row AS household_row
    FROM card AS c
    INNER JOIN core.register_household AS h ON c.commune = h.commune AND c.household_code = h.household_code
    WHERE h.period = :period
),

best AS (
    SELECT DISTINCT ON (submission_id, sheet, row)
        submission_id, sheet, row, classification, household_submission_id, household_sheet, household_row
    FROM found
    ORDER BY
        submission_id ASC, sheet ASC, row ASC,
        core.is_listed(classification) DESC,
        household_submission_id ASC, household_sheet ASC, household_row ASC
)

SELECT
    c.submission_id, c.sheet, c.row, c.commune AS unit_code, c.object_code AS value,
    b.household_submission_id AS other_submission_id, b.household_sheet AS other_sheet, b.household_row AS other_row,
    b.classification AS other_value, NULL::bigint AS difference, TRUE AS certain,
    coalesce(core.is_listed(b.classification), FALSE) AS listed
FROM card AS c
LEFT JOIN best AS b ON c.submission_id = b.submission_id AND c.sheet = b.sheet AND c.row = b.row
