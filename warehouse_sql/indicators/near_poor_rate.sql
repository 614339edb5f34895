/*
order: 20
group: poverty
unit: "%"
kind: rate
direction: lower
datasets: [register_household, register_commune]
needs_commune_row: true
basis: "QĐ 59/2015/QĐ-TTg; TT 17/2016/TT-BLĐTBXH"
codes:
  NEAR_POOR_RATE:
    vi: "Tỷ lệ hộ cận nghèo"
    en: "Near-poor household rate"
*/
SELECT
    'NEAR_POOR_RATE' AS code,
    commune AS unit_code,
    1 AS numerator,
    NULL::numeric AS denominator,
    submission_id,
    sheet,
    row
FROM core.register_household
WHERE period = :period AND classification = 'near_poor'
UNION ALL
SELECT 'NEAR_POOR_RATE', commune, 0, households, submission_id, sheet, row
FROM core.register_commune
WHERE period = :period
