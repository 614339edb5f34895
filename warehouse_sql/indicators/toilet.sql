/*
order: 156
group: water
unit: "%"
kind: rate
direction: higher
datasets: [water_village]
needs_commune_row: false
basis: "QCVN 01:2011/BYT; QĐ 366/QĐ-TTg (2012)"
notes: "A village that does not say how many have a hygienic toilet is left out of both sums."
codes:
  TOILET:
    vi: "Tỷ lệ hộ có nhà tiêu hợp vệ sinh"
    en: "Households with a hygienic toilet"
*/
SELECT
    'TOILET' AS code, commune AS unit_code, households_hygienic_toilet AS numerator,
    households::numeric AS denominator, submission_id, sheet, row
FROM core.water_village
WHERE period = :period AND households_hygienic_toilet IS NOT NULL
