/*
order: 100
group: credit
unit: "đồng"
kind: count
direction: higher
datasets: [credit_loan]
needs_commune_row: false
people: rows
sums_to: CREDIT_OUTSTANDING
basis: "NĐ 78/2002/NĐ-CP"
codes:
  CREDIT_OUTSTANDING:
    vi: "Tổng dư nợ"
    en: "Outstanding balance"
codes_of:
  table: vbsp_programmes
  code: "CREDIT_OUTSTANDING.{code}"
  vi: "Dư nợ: {label}"
  en: "Outstanding balance of programme {code}"
*/
SELECT
    p.code, l.commune AS unit_code,
    coalesce(l.outstanding, 0) + coalesce(l.overdue, 0) + coalesce(l.frozen, 0) AS numerator,
    NULL::numeric AS denominator, l.submission_id, l.sheet, l.row
FROM core.credit_loan AS l
CROSS JOIN LATERAL (VALUES ('CREDIT_OUTSTANDING'), ('CREDIT_OUTSTANDING.' || l.programme)) AS p (code)
WHERE l.period = :period
