/*
order: 90
group: credit
unit: "%"
kind: rate
direction: higher
datasets: [register_household, register_member, credit_loan]
needs_commune_row: false
linked: loan
across: [credit_loan]
basis: "KH 40/KH-UBND (31/01/2018); NĐ 78/2002/NĐ-CP"
notes: >-
  Household of a loan: the borrower's number is the head's or a member's, else same commune and household code. Open:
  outstanding + overdue + frozen > 0, of any programme. CREDIT_NEED_MET: of those that need a loan and are eligible,
  blanks are no; CREDIT_ACCESS: of all.
codes:
  CREDIT_NEED_MET:
    vi: "Hộ nghèo, cận nghèo có nhu cầu, đủ điều kiện được vay vốn"
    en: "Poor and near-poor households that need a loan, are eligible and have one"
  CREDIT_ACCESS:
    vi: "Hộ nghèo, cận nghèo đang có dư nợ"
    en: "Poor and near-poor households with an open loan"
*/
WITH owing AS MATERIALIZED (
    SELECT DISTINCT ON (submission_id, sheet, row) submission_id, sheet, row, method
    FROM core.loan_household
    WHERE
        period = :period AND owed > 0
        AND (cast(:communes AS text[]) IS NULL OR commune = any(cast(:communes AS text[])))
    ORDER BY submission_id, sheet, row, core.link_rank(method)
)

SELECT
    t.code, h.commune AS unit_code, (o.row IS NOT NULL)::int AS numerator, 1::numeric AS denominator,
    h.submission_id, h.sheet, h.row, o.method AS link
FROM core.register_household AS h
CROSS JOIN (VALUES ('CREDIT_NEED_MET', TRUE), ('CREDIT_ACCESS', FALSE)) AS t (code, of_need)
LEFT JOIN owing AS o ON h.submission_id = o.submission_id AND h.sheet = o.sheet AND h.row = o.row
WHERE
    h.period = :period
    AND core.is_listed(h.classification)
    AND (NOT t.of_need OR (h.needs_loan AND h.loan_eligible))
