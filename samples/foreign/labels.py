"""Labels of codes and marks as clerks write them who do not know the official list: styles, each whole in itself."""

from __future__ import annotations

Style = dict[str, str]

_SEX: tuple[Style, ...] = (
    {"male": "Giới nam", "female": "Giới nữ"}, {"male": "Là nam", "female": "Là nữ"},
    {"male": "Nam (M)", "female": "Nữ (F)"}, {"male": "NAM/Male", "female": "NỮ/Female"},
)  # fmt: skip

LABELS: dict[tuple[str, str], tuple[Style, ...]] = {
    ("register_household", "head_sex"): _SEX,
    ("register_member", "sex"): _SEX,
    ("health_card", "sex"): _SEX,
    ("education_pupil", "sex"): _SEX,
    ("register_household", "classification"): (
        {"poor_income": "Nghèo thu nhập", "poor_deprivation": "Nghèo thiếu hụt", "near_poor": "Cận",
         "escaped_poor": "Đã thoát nghèo", "escaped_near_poor": "Đã thoát cận nghèo"},
        {"poor_income": "HN nhóm 1", "poor_deprivation": "HN nhóm 2", "near_poor": "HCN", "escaped_poor": "HTN",
         "escaped_near_poor": "HTCN"},
        {"poor_income": "Hộ nghèo nhóm 1", "poor_deprivation": "Hộ nghèo nhóm 2", "near_poor": "Hộ CN",
         "escaped_poor": "Mới thoát nghèo", "escaped_near_poor": "Mới thoát cận nghèo"},
        {"poor_income": "HN-N1", "poor_deprivation": "HN-N2", "near_poor": "C.nghèo", "escaped_poor": "Thoát N",
         "escaped_near_poor": "Thoát CN"},
        {"poor_income": "Nghèo loại N1", "poor_deprivation": "Nghèo loại N2", "near_poor": "Diện cận nghèo",
         "escaped_poor": "Diện thoát nghèo", "escaped_near_poor": "Diện thoát cận nghèo"},
    ),
    ("register_household", "change"): (
        {"continuing": "Cũ chuyển sang", "new": "Hộ vào mới", "returned": "Hộ tái nghèo", "escaped": "Hộ thoát"},
        {"continuing": "Từ năm trước", "new": "PS trong năm", "returned": "Nghèo lại", "escaped": "Đã thoát"},
        {"continuing": "Chuyển tiếp", "new": "Phát sinh thêm", "returned": "Tái", "escaped": "Thoát ra"},
        {"continuing": "Giữ nguyên", "new": "Mới vào", "returned": "Quay lại nghèo", "escaped": "Ra khỏi"},
    ),
    ("register_household", "area"): (
        {"urban": "TT", "rural": "NT"}, {"urban": "Vùng đô thị", "rural": "Vùng nông thôn"},
        {"urban": "KV thành thị", "rural": "KV nông thôn"}, {"urban": "Th. thị", "rural": "N. thôn"},
    ),
    ("credit_loan", "entrusted_by"): (
        {"farmers": "Nông dân", "women": "Phụ nữ", "veterans": "Cựu chiến binh", "youth": "Thanh niên",
         "direct": "NH trực tiếp"},
        {"farmers": "ND", "women": "PN", "veterans": "Cựu CB", "youth": "ĐTNCS", "direct": "Không qua hội"},
        {"farmers": "Hội ND", "women": "Hội PN", "veterans": "Hội cựu CB", "youth": "Đoàn TN xã",
         "direct": "Vay trực tiếp"},
        {"farmers": "HND xã", "women": "HPN xã", "veterans": "CCB xã", "youth": "ĐTN xã", "direct": "TT tại NH"},
    ),
    ("credit_loan", "programme"): (
        {"HN": "Hộ nghèo", "CN": "Hộ cận nghèo", "MTN": "Hộ mới thoát nghèo", "HSSV": "Học sinh sinh viên",
         "NSVS": "Nước sạch và vệ sinh", "GQVL": "Giải quyết việc làm", "SXKDVKK": "SXKD vùng khó khăn",
         "XKLD": "Xuất khẩu lao động", "NO33": "Nhà ở theo QĐ 33", "TNVKK": "Thương nhân vùng KK",
         "DTTS2085": "DTTS nghèo theo QĐ 2085", "TR75": "Trồng rừng, chăn nuôi", "NOXH": "Nhà ở XH"},
        {"HN": "Vay hộ nghèo", "CN": "Vay hộ cận nghèo", "MTN": "Vay mới thoát nghèo", "HSSV": "Vay HSSV có HCKK",
         "NSVS": "Vay NS&VSMT", "GQVL": "Vay GQVL", "SXKDVKK": "Vay hộ SXKD VKK", "XKLD": "Vay đi XKLĐ",
         "NO33": "Vay làm nhà QĐ 33", "TNVKK": "Vay thương nhân VKK", "DTTS2085": "Vay hộ DTTS QĐ 2085",
         "TR75": "Vay trồng rừng NĐ 75", "NOXH": "Vay nhà ở xã hội"},
        {"HN": "CV HN", "CN": "CV hộ CN", "MTN": "CV hộ mới TN", "HSSV": "CV HS, SV", "NSVS": "CV NS-VSMTNT",
         "GQVL": "CV giải quyết VL", "SXKDVKK": "CV SXKD vùng KK", "XKLD": "CV đi làm việc NN", "NO33": "CV nhà ở 33",
         "TNVKK": "CV thương nhân VKK", "DTTS2085": "CV DTTS 2085", "TR75": "CV TR 75", "NOXH": "CV nhà XH"},
        {"HN": "Chương trình hộ nghèo", "CN": "Chương trình hộ cận nghèo", "MTN": "Chương trình hộ mới thoát nghèo",
         "HSSV": "Chương trình học sinh sinh viên", "NSVS": "Chương trình nước sạch VSMT",
         "GQVL": "Chương trình việc làm", "SXKDVKK": "Chương trình SXKD vùng khó khăn",
         "XKLD": "Chương trình lao động nước ngoài", "NO33": "Chương trình nhà ở 33",
         "TNVKK": "Chương trình thương nhân vùng khó khăn", "DTTS2085": "Chương trình DTTS 2085",
         "TR75": "Chương trình trồng rừng NĐ 75", "NOXH": "Chương trình nhà ở xã hội"},
    ),
    ("housing_support", "programme"): (
        {"d33": "Quyết định 33", "d4008": "Quyết định 4008", "great_unity": "Nhà ĐĐK"},
        {"d33": "33/2015/QĐ-TTg", "d4008": "4008/QĐ-UBND", "great_unity": "Quỹ Đại đoàn kết"},
        {"d33": "Theo QĐ 33", "d4008": "Theo QĐ 4008", "great_unity": "Nhà đại đoàn kết (MTTQ)"},
        {"d33": "CT 33", "d4008": "CT 4008", "great_unity": "CT đại đoàn kết"},
    ),
    ("housing_support", "kind"): (
        {"new_build": "Dựng mới", "repair": "Sửa sang"}, {"new_build": "Nhà mới", "repair": "Nhà sửa"},
        {"new_build": "Làm mới hoàn toàn", "repair": "Sửa chữa lớn"}, {"new_build": "XM", "repair": "SC"},
    ),
    ("housing_support", "progress"): (
        {"not_started": "Chưa làm gì", "under_way": "Đang làm dở", "completed": "Làm xong rồi"},
        {"not_started": "Chưa KC", "under_way": "Đang thi công dở", "completed": "HT"},
        {"not_started": "Chưa bắt tay làm", "under_way": "Đang dựng", "completed": "Đã HT"},
        {"not_started": "Chưa bắt đầu", "under_way": "Đang dựng nhà", "completed": "Đã bàn giao"},
    ),
    ("education_pupil", "level"): (
        {"preschool": "C.mầm non", "primary": "C.1", "lower_secondary": "C.2", "upper_secondary": "C.3"},
        {"preschool": "Hệ mầm non", "primary": "Hệ tiểu học", "lower_secondary": "Hệ THCS",
         "upper_secondary": "Hệ THPT"},
        {"preschool": "Trường MN", "primary": "Trường TH", "lower_secondary": "Trường THCS",
         "upper_secondary": "Trường THPT"},
        {"preschool": "Các lớp mầm non", "primary": "Phổ thông cấp 1", "lower_secondary": "Phổ thông cấp 2",
         "upper_secondary": "Phổ thông cấp 3"},
    ),
    ("education_pupil", "status"): (
        {"enrolled": "Đi học bình thường", "dropped_out": "Nghỉ học", "transferred": "Chuyển trg"},
        {"enrolled": "Vẫn học", "dropped_out": "Đã bỏ học", "transferred": "Đã chuyển trường"},
        {"enrolled": "Đang đi học đều", "dropped_out": "Bỏ", "transferred": "Chuyển"},
        {"enrolled": "Hiện đang học", "dropped_out": "Thôi không học", "transferred": "Chuyển sang trường khác"},
    ),
    ("education_pupil", "poverty_class"): (
        {"poor": "HN", "near_poor": "HCN", "none": "Không thuộc cả hai"},
        {"poor": "Nghèo (có sổ)", "near_poor": "Cận", "none": "Bình thường"},
        {"poor": "Con hộ nghèo", "near_poor": "Con hộ cận nghèo", "none": "Không thuộc diện"},
        {"poor": "Thuộc hộ nghèo", "near_poor": "Thuộc hộ CN", "none": "Không phải"},
        {"poor": "Diện nghèo", "near_poor": "Diện cận nghèo", "none": "Hộ thường"},
    ),
    ("education_pupil", "fee_relief"): (
        {"full": "Miễn cả", "p70": "Được giảm 70%", "p50": "Được giảm 50%", "none": "Không được"},
        {"full": "Miễn hết", "p70": "70 %  HP", "p50": "50 %  HP", "none": "Không giảm"},
        {"full": "Miễn HP", "p70": "Giảm HP 70%", "p50": "Giảm HP 50%", "none": "Không MG"},
        {"full": "Được miễn", "p70": "Giảm bảy mươi %", "p50": "Giảm một nửa (50%)", "none": "Đóng đủ"},
    ),
    ("water_works", "state"): (
        {"sustainable": "BV", "fair": "TĐBV", "weak": "KBV", "not_working": "KHĐ"},
        {"sustainable": "HĐ bền vững", "fair": "HĐ tương đối bền vững", "weak": "HĐ kém bền vững",
         "not_working": "Không HĐ"},
        {"sustainable": "Hoạt động bền vững", "fair": "Tương đối BV", "weak": "Kém BV",
         "not_working": "Đã ngừng, không hoạt động"},
        {"sustainable": "Bền vững (tốt)", "fair": "Bền vững tương đối", "weak": "Kém, thiếu bền vững",
         "not_working": "Hỏng, không hoạt động"},
    ),
}  # fmt: skip
"""(Dataset, column) → styles: code → label."""

FLAGS: tuple[tuple[str, str | None], ...] = (
    ("+", None), ("√", None), ("●", None), ("C", "K"), ("Y", "N"), ("Có (x)", "Không có"), ("*", None), ("☑", "☐"),
)  # fmt: skip
"""Marks for yes and no of every flag."""

FLAGS_OF: dict[str, tuple[tuple[str, str | None], ...]] = {
    "studying": (("Có đi học", "Không đi học"), ("Đang học ", "Không học")),
    "needs_training": (("Có nhu cầu", "Không có nhu cầu"), ("Muốn học", "Không muốn")),
    "needs_loan": (("Có nhu cầu", "Không có nhu cầu"), ("Cần vay", "Không cần")),
    "loan_eligible": (("Đủ", "Chưa đủ"), ("Đủ ĐK", "Không đủ ĐK")),
    "hard_floor": (("Đạt", "Chưa đạt"), ("Cứng", "Chưa cứng")),
    "hard_frame": (("Đạt", "Chưa đạt"), ("Cứng", "Chưa cứng")),
    "hard_roof": (("Đạt", "Chưa đạt"), ("Cứng", "Chưa cứng")),
    "boarding_support": (("Ở bán trú", "Không ở"), ("Được", "Không được")),
    "lunch_support": (("Được", "Không được"), ("Có ăn", "Không ăn")),
}  # fmt: skip
"""Words for yes and no that only make sense in their column."""

ETHNIC = ("người {}", "DT {}", "Dân tộc {}", "{} (DT)")

DITTO = ("như dòng trên", "(như trên)", "-//-", "//", "〃", "nt.", "-nt", "''", '_"_', "NT", "n/t")

UNITS: dict[str, tuple[str, ...]] = {
    "households": ("{} hộ", "{} (hộ)"), "persons": ("{} người", "{} khẩu", "{} ng"), "children": ("{} cháu", "{} trẻ"),
    "months": ("{} tháng", "{} th"), "rice": ("{} kg", "{}kg", "{} Kg gạo"), "area": ("{} m2", "{}m²", "{} m vuông"),
    "capacity": ("{} m3/ngđ", "{} m³", "{}m3/ngày"), "score": ("{} điểm", "{} đ."), "year": ("năm {}", "Năm {}"),
}  # fmt: skip

MONEY: dict[int, tuple[str, ...]] = {
    1: ("{} đồng", "{} đ", "{}đ", "{} VNĐ"), 1_000: ("{} nghìn", "{} ngàn đồng", "{}k", "{} nghìn đồng"),
    1_000_000: ("{} triệu", "{} tr", "{} tr.đ", "{} triệu đồng"),
}  # fmt: skip
"""Đồng in one unit → how it stands behind a number."""
