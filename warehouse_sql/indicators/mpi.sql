/*
order: 70
group: deprivation
unit: "%"
kind: rate
direction: lower
datasets: [register_household]
needs_commune_row: false
people: rows
basis: "Alkire & Foster (2011), Journal of Public Economics 95: 476–487; k = 3 of 10 equal weights"
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
SELECT
    m.code || w.suffix AS code, h.commune AS unit_code,
    w.weight * m.numerator AS numerator, w.weight * m.denominator AS denominator,
    h.submission_id, h.sheet, h.row
FROM core.household_deprivation AS h
CROSS JOIN LATERAL (VALUES ('.person', h.members::numeric), ('.household', 1::numeric)) AS w (suffix, weight)
CROSS JOIN
    LATERAL (
        VALUES
        ('MPI_H', (h.lacking >= 3)::int::numeric, 1::numeric),
        ('MPI_A', CASE WHEN h.lacking >= 3 THEN h.lacking * 0.1 ELSE 0 END, (h.lacking >= 3)::int::numeric),
        ('MPI_M0', CASE WHEN h.lacking >= 3 THEN h.lacking * 0.1 ELSE 0 END, 1::numeric)
    ) AS m (code, numerator, denominator)
WHERE h.period = :period
