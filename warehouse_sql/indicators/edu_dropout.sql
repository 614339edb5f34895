/*
order: 136
group: education
unit: "%"
kind: rate
direction: lower
datasets: [education_pupil]
needs_commune_row: false
basis: "KH 40/KH-UBND (31/01/2018)"
notes: "Dropped out over enrolled and dropped out; those who changed school are in neither."
codes:
  EDU_DROPOUT:
    vi: "Tỷ lệ học sinh bỏ học"
    en: "Pupils who dropped out"
*/
SELECT
    'EDU_DROPOUT' AS code, commune AS unit_code, (status = 'dropped_out')::int AS numerator,
    1::numeric AS denominator, submission_id, sheet, row
FROM core.education_pupil
WHERE period = :period AND status IN ('enrolled', 'dropped_out')
