/*
order: 132
group: education
unit: "%"
kind: rate
direction: higher
datasets: [education_pupil]
needs_commune_row: false
of_poor: true
basis: "NĐ 86/2015/NĐ-CP"
notes: "Enrolled pupils, class as the school states: poor with full relief, near-poor with any."
codes:
  EDU_FEE_RELIEF:
    vi: "Học sinh nghèo được miễn, cận nghèo được miễn, giảm học phí"
    en: "Poor pupils with full fee relief, near-poor with any"
*/
SELECT
    'EDU_FEE_RELIEF' AS code, commune AS unit_code,
    CASE
        WHEN poverty_class = 'poor' THEN coalesce(fee_relief = 'full', FALSE)
        ELSE coalesce(fee_relief <> 'none', FALSE)
    END::int AS numerator,
    1::numeric AS denominator, submission_id, sheet, row
FROM core.education_pupil
WHERE period = :period AND status = 'enrolled' AND poverty_class IN ('poor', 'near_poor')
