/*
order: 34
group: poverty
unit: "hộ"
kind: count
direction: lower
datasets: [register_commune]
needs_commune_row: true
of_poor: true
summary: false
basis: "TT 17/2016/TT-BLĐTBXH"
codes:
  POV_MOVES.start:
    vi: "Số hộ nghèo đầu năm"
    en: "Poor households at the start of the year"
*/
SELECT
    'POV_MOVES.start' AS code, commune AS unit_code, poor_start AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM core.register_commune
WHERE period = :period
