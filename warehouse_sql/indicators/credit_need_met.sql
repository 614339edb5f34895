/*
order: 90
group: credit
unit: "%"
kind: rate
direction: higher
datasets: [register_household, register_member, credit_loan]
needs_commune_row: false
basis: "KH 40/KH-UBND (31/01/2018); NĐ 78/2002/NĐ-CP"
notes: "Household of a loan: commune + household code, else the borrower number equal to that of the head or a member."
codes:
  CREDIT_NEED_MET:
    vi: "Hộ nghèo, cận nghèo có nhu cầu, đủ điều kiện được vay vốn"
    en: "Poor and near-poor households that need a loan, are eligible and have one"
*/
WITH owed AS (
    SELECT commune, household_code, borrower_id_number
    FROM core.credit_loan
    WHERE
        period = :period
        AND coalesce(outstanding, 0) + coalesce(overdue, 0) + coalesce(frozen, 0) > 0
),

wanting AS (
    SELECT commune, household_code, head_id_number, submission_id, sheet, row
    FROM core.register_household
    WHERE
        period = :period
        AND classification IN ('poor_income', 'poor_deprivation', 'near_poor')
        AND needs_loan AND loan_eligible
),

by_number AS (
    SELECT w.commune, w.household_code
    FROM wanting AS w
    INNER JOIN owed AS o ON w.head_id_number = o.borrower_id_number
    UNION
    SELECT m.commune, m.household_code
    FROM core.register_member AS m
    INNER JOIN owed AS o ON m.id_number = o.borrower_id_number
    WHERE m.period = :period
)

SELECT
    'CREDIT_NEED_MET' AS code, w.commune AS unit_code,
    (
        (w.commune, w.household_code) IN (
            SELECT o.commune, o.household_code FROM owed AS o
            WHERE o.household_code IS NOT NULL
        )
        OR (w.commune, w.household_code) IN (SELECT b.commune, b.household_code FROM by_number AS b)
    )::int AS numerator,
    1::numeric AS denominator, w.submission_id, w.sheet, w.row
FROM wanting AS w
