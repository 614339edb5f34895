/*
order: 35
group: poverty
unit: "hộ"
kind: count
direction: lower
datasets: [register_household]
needs_commune_row: false
summary: false
people: none
hides_with: [POV_RATE]
basis: "TT 17/2016/TT-BLĐTBXH"
codes:
  POV_MOVES.end:
    vi: "Số hộ nghèo cuối kỳ"
    en: "Poor households at the end of the period"
*/
SELECT
    'POV_MOVES.end' AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM core.register_household
WHERE period = :period AND core.is_poor(classification)
