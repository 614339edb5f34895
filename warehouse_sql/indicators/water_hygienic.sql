/*
order: 150
group: water
unit: "%"
kind: rate
direction: higher
datasets: [water_village]
needs_commune_row: false
rural_only: true
basis: "KH 40/KH-UBND (31/01/2018), II.6"
codes:
  WATER_HYGIENIC:
    vi: "Tỷ lệ dân số nông thôn sử dụng nước hợp vệ sinh"
    en: "Rural population using hygienic water"
*/
SELECT
    'WATER_HYGIENIC' AS code, commune AS unit_code, persons_hygienic_water AS numerator,
    persons::numeric AS denominator, submission_id, sheet, row
FROM core.water_village
WHERE period = :period
