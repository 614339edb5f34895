/*
order: 60
group: deprivation
unit: "%"
kind: rate
direction: lower
datasets: [register_household]
needs_commune_row: false
basis: "QĐ 59/2015/QĐ-TTg; TT 17/2016/TT-BLĐTBXH; NĐ 07/2021/NĐ-CP"
notes: "A blank flag is no. A deprivation is told in the periods whose poverty standard counts it, and in no others."
codes:
  DEP_1:
    deprivation: 1
    vi: "Thiếu hụt: Y tế"
    en: "Deprived in health care"
  DEP_2:
    deprivation: 2
    vi: "Thiếu hụt: Bảo hiểm y tế"
    en: "Deprived in health insurance"
  DEP_3:
    deprivation: 3
    vi: "Thiếu hụt: Trình độ giáo dục người lớn"
    en: "Deprived in adult education"
  DEP_4:
    deprivation: 4
    vi: "Thiếu hụt: Đi học của trẻ em"
    en: "Deprived in child schooling"
  DEP_5:
    deprivation: 5
    vi: "Thiếu hụt: Chất lượng nhà ở"
    en: "Deprived in housing quality"
  DEP_6:
    deprivation: 6
    vi: "Thiếu hụt: Diện tích nhà ở"
    en: "Deprived in housing area"
  DEP_7:
    deprivation: 7
    vi: "Thiếu hụt: Nước sinh hoạt"
    en: "Deprived in clean water"
  DEP_8:
    deprivation: 8
    vi: "Thiếu hụt: Nhà tiêu hợp vệ sinh"
    en: "Deprived in toilet"
  DEP_9:
    deprivation: 9
    vi: "Thiếu hụt: Dịch vụ viễn thông"
    en: "Deprived in telecommunication"
  DEP_10:
    deprivation: 10
    vi: "Thiếu hụt: Tài sản tiếp cận thông tin"
    en: "Deprived in information assets"
  DEP_11:
    deprivation: 11
    vi: "Thiếu hụt: Việc làm"
    en: "Deprived in employment"
  DEP_12:
    deprivation: 12
    vi: "Thiếu hụt: Người phụ thuộc"
    en: "Deprived in dependants"
  DEP_13:
    deprivation: 13
    vi: "Thiếu hụt: Dinh dưỡng"
    en: "Deprived in nutrition"
*/
SELECT
    'DEP_' || d.number AS code, h.commune AS unit_code, d.lacks::int AS numerator, 1::numeric AS denominator,
    h.submission_id, h.sheet, h.row
FROM core.household_deprivation AS h
CROSS JOIN LATERAL unnest(h.lacks) WITH ORDINALITY AS d (lacks, number)
WHERE h.period = :period AND d.lacks IS NOT NULL
