/*
order: 60
group: deprivation
unit: "%"
kind: rate
direction: lower
datasets: [register_household]
needs_commune_row: false
basis: "QĐ 59/2015/QĐ-TTg; TT 17/2016/TT-BLĐTBXH"
notes: "A blank flag is no."
codes:
  DEP_1:
    vi: "Thiếu hụt: Y tế"
    en: "Deprived in health care"
  DEP_2:
    vi: "Thiếu hụt: Bảo hiểm y tế"
    en: "Deprived in health insurance"
  DEP_3:
    vi: "Thiếu hụt: Trình độ giáo dục người lớn"
    en: "Deprived in adult education"
  DEP_4:
    vi: "Thiếu hụt: Đi học của trẻ em"
    en: "Deprived in child schooling"
  DEP_5:
    vi: "Thiếu hụt: Chất lượng nhà ở"
    en: "Deprived in housing quality"
  DEP_6:
    vi: "Thiếu hụt: Diện tích nhà ở"
    en: "Deprived in housing area"
  DEP_7:
    vi: "Thiếu hụt: Nước sinh hoạt"
    en: "Deprived in clean water"
  DEP_8:
    vi: "Thiếu hụt: Nhà tiêu hợp vệ sinh"
    en: "Deprived in toilet"
  DEP_9:
    vi: "Thiếu hụt: Dịch vụ viễn thông"
    en: "Deprived in telecommunication"
  DEP_10:
    vi: "Thiếu hụt: Tài sản tiếp cận thông tin"
    en: "Deprived in information assets"
*/
SELECT
    d.code, h.commune AS unit_code, coalesce(d.lacks, FALSE)::int AS numerator, 1::numeric AS denominator,
    h.submission_id, h.sheet, h.row
FROM core.register_household AS h
CROSS JOIN
    LATERAL (
        VALUES
        ('DEP_1', h.lacks_health_care),
        ('DEP_2', h.lacks_insurance),
        ('DEP_3', h.lacks_adult_education),
        ('DEP_4', h.lacks_child_schooling),
        ('DEP_5', h.lacks_housing_quality),
        ('DEP_6', h.lacks_housing_area),
        ('DEP_7', h.lacks_clean_water),
        ('DEP_8', h.lacks_toilet),
        ('DEP_9', h.lacks_telecom),
        ('DEP_10', h.lacks_information)
    ) AS d (code, lacks)
WHERE h.period = :period AND h.classification IN ('poor_income', 'poor_deprivation', 'near_poor')
