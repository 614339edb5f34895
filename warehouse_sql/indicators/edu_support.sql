/*
order: 134
group: education
unit: "%"
kind: rate
direction: higher
datasets: [education_pupil]
needs_commune_row: false
of_poor: true
basis: "NĐ 86/2015/NĐ-CP"
notes: "Enrolled pupils, class as the school states; support of more than 0 months."
codes:
  EDU_SUPPORT:
    vi: "Học sinh nghèo được hỗ trợ chi phí học tập"
    en: "Poor pupils who receive the learning-cost support"
*/
SELECT
    'EDU_SUPPORT' AS code, commune AS unit_code, (coalesce(support_months, 0) > 0)::int AS numerator,
    1::numeric AS denominator, submission_id, sheet, row
FROM core.education_pupil
WHERE period = :period AND status = 'enrolled' AND poverty_class = 'poor'
