-- Loans of the programme for poor households, judged by the register of the quarter in which they were disbursed; of
-- quarters that the warehouse does not have, nothing is said. A household that escaped in that quarter, or was poor at
-- the end of the one before, may have been poor on the day: it counts as poor. Leads only: a household that is newly
-- near-poor, or near-poor without a stated change, while the quarter before is not there; a borrower known by a number
-- alone that the register does not have.
WITH loan AS MATERIALIZED (
    SELECT
        l.submission_id, l.sheet, l.row, l.commune, l.district_code, l.household_code, l.borrower_id_number,
        l.programme, to_char(l.disbursed_on, 'YYYY"-Q"Q') AS quarter,
        to_char(date_trunc('quarter', l.disbursed_on) - interval '1 day', 'YYYY"-Q"Q') AS quarter_before
    FROM core.credit_loan AS l
    WHERE
        l.period = :period
        AND l.district_code = any(:districts)
        AND l.programme = 'HN'
        AND num_nonnulls(l.household_code, l.borrower_id_number) > 0
),

judged AS MATERIALIZED (
    SELECT
        l.*,
        (l.quarter_before, l.district_code) IN (
            SELECT b.period, b.district_code FROM core.current_coverage AS b
            WHERE b.dataset = 'register_household'
        ) AS has_before
    FROM loan AS l
    INNER JOIN core.current_coverage AS c ON l.quarter = c.period AND l.district_code = c.district_code
    WHERE c.dataset = 'register_household'
),

owner AS (
    SELECT
        j.submission_id, j.sheet, j.row, j.quarter, j.quarter_before, j.commune, j.household_code, 1 AS certainty
    FROM judged AS j
    WHERE j.household_code IS NOT NULL
    UNION ALL
    SELECT j.submission_id, j.sheet, j.row, j.quarter, j.quarter_before, n.commune, n.household_code, 2 AS certainty
    FROM judged AS j
    INNER JOIN core.household_number AS n ON j.quarter = n.period AND j.borrower_id_number = n.id_number
),

household AS (
    SELECT DISTINCT ON (o.submission_id, o.sheet, o.row)
        o.submission_id, o.sheet, o.row, o.commune, o.household_code, o.quarter_before,
        h.submission_id AS other_submission_id, h.sheet AS other_sheet, h.row AS other_row, h.classification, h.change
    FROM owner AS o
    INNER JOIN core.register_household AS h
        ON o.quarter = h.period AND o.commune = h.commune AND o.household_code = h.household_code
    ORDER BY o.submission_id, o.sheet, o.row, o.certainty, h.submission_id, h.sheet, h.row
),

poor_before AS (
    SELECT x.submission_id, x.sheet, x.row
    FROM household AS x
    INNER JOIN core.register_household AS h
        ON x.quarter_before = h.period AND x.commune = h.commune AND x.household_code = h.household_code
    WHERE core.is_poor(h.classification)
)

SELECT
    j.submission_id, j.sheet, j.row, j.commune AS unit_code, j.programme AS value,
    h.other_submission_id, h.other_sheet, h.other_row, h.classification AS other_value, NULL::bigint AS difference,
    CASE
        WHEN h.classification IS NULL THEN j.household_code IS NOT NULL
        WHEN h.classification = 'near_poor' AND coalesce(h.change, 'new') = 'new' THEN j.has_before
        ELSE TRUE
    END AS certain,
    coalesce(core.is_poor(h.classification) OR h.classification = 'escaped_poor', FALSE)
    OR (j.submission_id, j.sheet, j.row) IN (SELECT b.submission_id, b.sheet, b.row FROM poor_before AS b) AS was_poor
FROM judged AS j
LEFT JOIN household AS h ON j.submission_id = h.submission_id AND j.sheet = h.sheet AND j.row = h.row
