/*
order: 145
group: housing
unit: "%"
kind: rate
direction: higher
datasets: [housing_support]
needs_commune_row: false
basis: "QĐ 33/2015/QĐ-TTg; QĐ 4008/QĐ-UBND"
notes: "Completed new builds of all years: hard floor, frame and roof, and a floor area of 24 m² or more."
codes:
  HOUSE_HARD:
    vi: "Nhà xây mới hoàn thành đạt 3 cứng và từ 24 m²"
    en: "Completed new builds that meet «3 cứng» and 24 m²"
*/
SELECT
    'HOUSE_HARD' AS code, commune AS unit_code,
    coalesce(hard_floor AND hard_frame AND hard_roof AND floor_area >= 24, FALSE)::int AS numerator,
    1::numeric AS denominator, submission_id, sheet, row
FROM core.housing_support
WHERE period = :period AND kind = 'new_build' AND progress = 'completed'
