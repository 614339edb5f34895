/*
order: 152
group: water
unit: "%"
kind: rate
direction: higher
datasets: [water_village]
needs_commune_row: false
rural_only: true
basis: "QCVN 02:2009/BYT; QĐ 366/QĐ-TTg (2012)"
notes: "A village that does not say how many use clean water is left out of both sums."
codes:
  WATER_CLEAN:
    vi: "Tỷ lệ dân số nông thôn sử dụng nước sạch (QCVN)"
    en: "Rural population using clean water (QCVN)"
*/
SELECT
    'WATER_CLEAN' AS code, commune AS unit_code, persons_clean_water AS numerator, persons::numeric AS denominator,
    submission_id, sheet, row
FROM core.water_village
WHERE period = :period AND persons_clean_water IS NOT NULL
