/*
order: 160
group: training
unit: "%"
kind: rate
direction: higher
datasets: []
awaits: training
needs_commune_row: false
basis: "KH 40/KH-UBND (31/01/2018); QĐ 1956/QĐ-TTg"
notes: >-
  No sector sends who was trained yet. Until one does, the province has one figure without numbers, which names what is
  missing.
codes:
  TRAINING_MET:
    vi: "Lao động có nhu cầu học nghề được đào tạo"
    en: "Labourers who need training and got it"
*/
SELECT
    'TRAINING_MET' AS code, commune AS unit_code, 0 AS numerator, NULL::numeric AS denominator,
    submission_id, sheet, row
FROM core.register_member
WHERE period = :period AND FALSE
