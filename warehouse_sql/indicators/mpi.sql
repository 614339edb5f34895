/*
order: 70
group: deprivation
unit: "%"
kind: rate
direction: lower
datasets: [register_household]
needs_commune_row: false
of_deprivations: true
people: rows
basis: >-
  Alkire & Foster (2011), Journal of Public Economics 95: 476–487; equal weights, n and k of the poverty standard in
  force: 3 of 10, from 2022 on 3 of 12
notes: "Over poor and near-poor households; a household weighs its stated members, or one."
codes:
  MPI_H.person:
    vi: "Tỷ lệ người nghèo đa chiều (H)"
    en: "Multidimensional headcount, persons"
  MPI_A.person:
    vi: "Cường độ thiếu hụt (A), theo người"
    en: "Intensity, persons"
  MPI_M0.person:
    vi: "Chỉ số nghèo đa chiều (M0), theo người"
    en: "Adjusted headcount, persons"
  MPI_H.household:
    vi: "Tỷ lệ hộ nghèo đa chiều (H)"
    en: "Multidimensional headcount, households"
  MPI_A.household:
    vi: "Cường độ thiếu hụt (A), theo hộ"
    en: "Intensity, households"
  MPI_M0.household:
    vi: "Chỉ số nghèo đa chiều (M0), theo hộ"
    en: "Adjusted headcount, households"
*/
-- Twenty decimals: a twelfth is not exact, and a sum of many has to round to the same double as the exact one.
SELECT
    m.code || w.suffix AS code, h.commune AS unit_code,
    trim_scale(round(w.weight * m.numerator, 20) / m.parts) AS numerator, w.weight * m.denominator AS denominator,
    h.submission_id, h.sheet, h.row
FROM core.household_deprivation AS h
CROSS JOIN LATERAL (VALUES ('.person', h.members::numeric), ('.household', 1::numeric)) AS w (suffix, weight)
CROSS JOIN LATERAL (VALUES ((h.lacking >= h.threshold)::int::numeric)) AS p (poor)
CROSS JOIN
    LATERAL (
        VALUES
        ('MPI_H', p.poor, 1, 1::numeric),
        ('MPI_A', p.poor * h.lacking, h.counted, p.poor),
        ('MPI_M0', p.poor * h.lacking, h.counted, 1::numeric)
    ) AS m (code, numerator, parts, denominator)
WHERE h.period = :period
