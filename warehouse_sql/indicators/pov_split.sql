/*
order: 40
group: poverty
unit: "hộ"
kind: count
direction: lower
datasets: [register_household]
needs_commune_row: false
sums_to: POV_RATE
of_rules: [income, or]
basis: "QĐ 59/2015/QĐ-TTg; TT 17/2016/TT-BLĐTBXH"
notes: "Not from 2022 on: who is poor is poor by income and by deprivation."
codes:
  POV_SPLIT.N1:
    vi: "Hộ nghèo về thu nhập (N1)"
    en: "Poor by income (N1)"
  POV_SPLIT.N2:
    vi: "Hộ nghèo thiếu hụt đa chiều (N2)"
    en: "Poor by deprivation (N2)"
*/
SELECT
    CASE classification WHEN 'poor_income' THEN 'POV_SPLIT.N1' ELSE 'POV_SPLIT.N2' END AS code,
    commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator, submission_id, sheet, row
FROM core.register_household
WHERE period = :period AND core.is_poor(classification)
