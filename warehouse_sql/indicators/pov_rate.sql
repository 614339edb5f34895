/*
order: 10
group: poverty
unit: "%"
kind: rate
direction: lower
datasets: [register_household, register_commune]
needs_commune_row: true
basis: "QĐ 59/2015/QĐ-TTg; TT 17/2016/TT-BLĐTBXH"
codes:
  POV_RATE:
    vi: "Tỷ lệ hộ nghèo"
    en: "Poor household rate"
*/
SELECT
    'POV_RATE' AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator, submission_id, sheet, row
FROM core.register_household
WHERE period = :period AND core.is_poor(classification)
UNION ALL
SELECT 'POV_RATE', commune, 0, households, submission_id, sheet, row
FROM core.register_commune
WHERE period = :period
