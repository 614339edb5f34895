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
WITH owed AS MATERIALIZED (
    SELECT commune, household_code, borrower_id_number
    FROM core.credit_loan
    WHERE
        period = :period
        AND coalesce(outstanding, 0) + coalesce(overdue, 0) + coalesce(frozen, 0) > 0
)

SELECT
    'CREDIT_NEED_MET' AS code, h.commune AS unit_code,
    (
        (h.commune, h.household_code) IN (
            SELECT o.commune, o.household_code FROM owed AS o
            WHERE o.household_code IS NOT NULL
        )
        OR (h.commune, h.household_code) IN (
            SELECT n.commune, n.household_code
            FROM core.household_number AS n
            INNER JOIN owed AS o ON n.id_number = o.borrower_id_number
            WHERE n.period = :period
        )
    )::int AS numerator,
    1::numeric AS denominator, h.submission_id, h.sheet, h.row
FROM core.register_household AS h
WHERE
    h.period = :period
    AND h.classification IN ('poor_income', 'poor_deprivation', 'near_poor')
    AND h.needs_loan AND h.loan_eligible
