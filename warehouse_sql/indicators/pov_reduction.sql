/*
order: 30
group: poverty
unit: "điểm %"
kind: rate
direction: higher
datasets: [register_household, register_commune]
cumulative: true
needs_commune_row: true
people: none
hides_with: [POV_RATE, POV_MOVES.start]
basis: "KH 40/KH-UBND (31/01/2018)"
notes: >-
  Numerator: poor households at the start of the year minus poor households now; denominator: households of today.
  Positive is a fall.
codes:
  POV_REDUCTION:
    vi: "Mức giảm tỷ lệ hộ nghèo so với đầu năm"
    en: "Reduction of the poor rate since the start of the year"
*/
SELECT
    'POV_REDUCTION' AS code,
    commune AS unit_code,
    -1 AS numerator,
    NULL::numeric AS denominator,
    submission_id,
    sheet,
    row
FROM core.register_household
WHERE period = :period AND core.is_poor(classification)
UNION ALL
SELECT 'POV_REDUCTION', commune, poor_start, households, submission_id, sheet, row
FROM core.register_commune
WHERE period = :period
