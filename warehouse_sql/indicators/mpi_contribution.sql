/*
order: 80
group: deprivation
unit: "%"
kind: rate
direction: lower
datasets: [register_household]
needs_commune_row: false
people: rows
summary: false
basis: >-
  Alkire & Foster (2011), Journal of Public Economics 95: 476–487; equal weights, n and k of the poverty standard in
  force: 3 of 10, from 2022 on 3 of 12
notes: "Censored contribution: share of M0, in %."
codes:
  MPI_CONTRIBUTION_1.person:
    deprivation: 1
    vi: "Đóng góp vào M0 (theo người): Y tế"
    en: "Censored contribution of health care, persons"
  MPI_CONTRIBUTION_2.person:
    deprivation: 2
    vi: "Đóng góp vào M0 (theo người): Bảo hiểm y tế"
    en: "Censored contribution of health insurance, persons"
  MPI_CONTRIBUTION_3.person:
    deprivation: 3
    vi: "Đóng góp vào M0 (theo người): Trình độ giáo dục người lớn"
    en: "Censored contribution of adult education, persons"
  MPI_CONTRIBUTION_4.person:
    deprivation: 4
    vi: "Đóng góp vào M0 (theo người): Đi học của trẻ em"
    en: "Censored contribution of child schooling, persons"
  MPI_CONTRIBUTION_5.person:
    deprivation: 5
    vi: "Đóng góp vào M0 (theo người): Chất lượng nhà ở"
    en: "Censored contribution of housing quality, persons"
  MPI_CONTRIBUTION_6.person:
    deprivation: 6
    vi: "Đóng góp vào M0 (theo người): Diện tích nhà ở"
    en: "Censored contribution of housing area, persons"
  MPI_CONTRIBUTION_7.person:
    deprivation: 7
    vi: "Đóng góp vào M0 (theo người): Nước sinh hoạt"
    en: "Censored contribution of clean water, persons"
  MPI_CONTRIBUTION_8.person:
    deprivation: 8
    vi: "Đóng góp vào M0 (theo người): Nhà tiêu hợp vệ sinh"
    en: "Censored contribution of toilet, persons"
  MPI_CONTRIBUTION_9.person:
    deprivation: 9
    vi: "Đóng góp vào M0 (theo người): Dịch vụ viễn thông"
    en: "Censored contribution of telecommunication, persons"
  MPI_CONTRIBUTION_10.person:
    deprivation: 10
    vi: "Đóng góp vào M0 (theo người): Tài sản tiếp cận thông tin"
    en: "Censored contribution of information assets, persons"
  MPI_CONTRIBUTION_11.person:
    deprivation: 11
    vi: "Đóng góp vào M0 (theo người): Việc làm"
    en: "Censored contribution of employment, persons"
  MPI_CONTRIBUTION_12.person:
    deprivation: 12
    vi: "Đóng góp vào M0 (theo người): Người phụ thuộc"
    en: "Censored contribution of dependants, persons"
  MPI_CONTRIBUTION_13.person:
    deprivation: 13
    vi: "Đóng góp vào M0 (theo người): Dinh dưỡng"
    en: "Censored contribution of nutrition, persons"
  MPI_CONTRIBUTION_1.household:
    deprivation: 1
    vi: "Đóng góp vào M0 (theo hộ): Y tế"
    en: "Censored contribution of health care, households"
  MPI_CONTRIBUTION_2.household:
    deprivation: 2
    vi: "Đóng góp vào M0 (theo hộ): Bảo hiểm y tế"
    en: "Censored contribution of health insurance, households"
  MPI_CONTRIBUTION_3.household:
    deprivation: 3
    vi: "Đóng góp vào M0 (theo hộ): Trình độ giáo dục người lớn"
    en: "Censored contribution of adult education, households"
  MPI_CONTRIBUTION_4.household:
    deprivation: 4
    vi: "Đóng góp vào M0 (theo hộ): Đi học của trẻ em"
    en: "Censored contribution of child schooling, households"
  MPI_CONTRIBUTION_5.household:
    deprivation: 5
    vi: "Đóng góp vào M0 (theo hộ): Chất lượng nhà ở"
    en: "Censored contribution of housing quality, households"
  MPI_CONTRIBUTION_6.household:
    deprivation: 6
    vi: "Đóng góp vào M0 (theo hộ): Diện tích nhà ở"
    en: "Censored contribution of housing area, households"
  MPI_CONTRIBUTION_7.household:
    deprivation: 7
    vi: "Đóng góp vào M0 (theo hộ): Nước sinh hoạt"
    en: "Censored contribution of clean water, households"
  MPI_CONTRIBUTION_8.household:
    deprivation: 8
    vi: "Đóng góp vào M0 (theo hộ): Nhà tiêu hợp vệ sinh"
    en: "Censored contribution of toilet, households"
  MPI_CONTRIBUTION_9.household:
    deprivation: 9
    vi: "Đóng góp vào M0 (theo hộ): Dịch vụ viễn thông"
    en: "Censored contribution of telecommunication, households"
  MPI_CONTRIBUTION_10.household:
    deprivation: 10
    vi: "Đóng góp vào M0 (theo hộ): Tài sản tiếp cận thông tin"
    en: "Censored contribution of information assets, households"
  MPI_CONTRIBUTION_11.household:
    deprivation: 11
    vi: "Đóng góp vào M0 (theo hộ): Việc làm"
    en: "Censored contribution of employment, households"
  MPI_CONTRIBUTION_12.household:
    deprivation: 12
    vi: "Đóng góp vào M0 (theo hộ): Người phụ thuộc"
    en: "Censored contribution of dependants, households"
  MPI_CONTRIBUTION_13.household:
    deprivation: 13
    vi: "Đóng góp vào M0 (theo hộ): Dinh dưỡng"
    en: "Censored contribution of nutrition, households"
*/
-- Twenty decimals as in mpi.sql.
SELECT
    'MPI_CONTRIBUTION_' || d.number || w.suffix AS code, h.commune AS unit_code,
    trim_scale(round(w.weight * d.lacks::int, 20) / h.counted) AS numerator,
    trim_scale(round(w.weight * h.lacking, 20) / h.counted) AS denominator,
    h.submission_id, h.sheet, h.row
FROM core.household_deprivation AS h
CROSS JOIN LATERAL (VALUES ('.person', h.members::numeric), ('.household', 1::numeric)) AS w (suffix, weight)
CROSS JOIN LATERAL unnest(h.lacks) WITH ORDINALITY AS d (lacks, number)
WHERE h.period = :period AND h.lacking >= h.threshold AND d.lacks IS NOT NULL
