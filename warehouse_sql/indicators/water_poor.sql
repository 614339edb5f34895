/*
order: 154
group: water
unit: "%"
kind: rate
direction: higher
datasets: [water_village]
needs_commune_row: false
of_poor: true
rural_only: true
basis: "QĐ 366/QĐ-TTg (2012)"
notes: "Rural communes. A village that leaves one of the two cells empty is left out of both sums."
codes:
  WATER_POOR:
    vi: "Tỷ lệ hộ nghèo nông thôn sử dụng nước hợp vệ sinh"
    en: "Poor rural households with hygienic water"
*/
SELECT
    'WATER_POOR' AS code, commune AS unit_code, poor_households_hygienic_water AS numerator,
    poor_households::numeric AS denominator, submission_id, sheet, row
FROM core.water_village
WHERE period = :period AND poor_households_hygienic_water IS NOT NULL AND poor_households IS NOT NULL
