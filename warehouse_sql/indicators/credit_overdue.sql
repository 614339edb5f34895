/*
order: 105
group: credit
unit: "%"
kind: rate
direction: lower
datasets: [credit_loan]
needs_commune_row: false
people: rows
hides_with: [CREDIT_OUTSTANDING]
basis: "NĐ 78/2002/NĐ-CP"
notes: "Overdue over outstanding + overdue + frozen, in đồng."
codes:
  CREDIT_OVERDUE:
    vi: "Tỷ lệ nợ quá hạn"
    en: "Overdue share of the outstanding balance"
*/
SELECT
    'CREDIT_OVERDUE' AS code, commune AS unit_code, coalesce(overdue, 0) AS numerator,
    (coalesce(outstanding, 0) + coalesce(overdue, 0) + coalesce(frozen, 0))::numeric AS denominator,
    submission_id, sheet, row
FROM core.credit_loan
WHERE period = :period
