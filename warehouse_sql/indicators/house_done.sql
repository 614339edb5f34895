/*
order: 140
group: housing
unit: "%"
kind: plan
direction: higher
datasets: [housing_support]
cumulative: true
needs_commune_row: false
basis: "QĐ 4008/QĐ-UBND; QĐ 33/2015/QĐ-TTg"
notes: "The plan stands for the province alone (reference_figures.csv); elsewhere the count stands without a rate."
codes:
  HOUSE_DONE:
    vi: "Nhà ở hoàn thành so với kế hoạch năm"
    en: "Houses completed in the year against the plan"
*/
SELECT
    'HOUSE_DONE' AS code, commune AS unit_code, 1 AS numerator, NULL::numeric AS denominator, submission_id, sheet, row
FROM core.housing_support
WHERE period = :period AND completed_on BETWEEN date_trunc('year', cast(:day AS date))::date AND :day
UNION ALL
SELECT 'HOUSE_DONE', :province, 0, f.value, NULL, NULL, NULL
FROM ref.figure AS f
WHERE f.metric = 'housing_plan' AND f.scope = 'province' AND f.year = extract(YEAR FROM cast(:day AS date))
