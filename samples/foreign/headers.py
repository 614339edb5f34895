"""Header texts of clerks who do not know the official form: by column, for all forms or for one."""

from __future__ import annotations

COMMON: dict[str, tuple[str, ...]] = {
    "commune": (
        "Địa bàn (xã/thị trấn)", "Thuộc xã", "Xã/Phường - TT nơi ở", "Xã, P, TT", "Tên xã (thị trấn)", "Commune (xã)",
        "Đơn vị cấp xã", "Cấp xã", "X/P/TT", "Xã, thị trấn nơi ở", "Ở xã",
    ),
    "village": (
        "Xóm/bản", "Nơi ở (thôn)", "Thôn - bản - tổ DP", "Thôn (xóm, bản)", "Tên thôn/xóm", "Village (thôn)", "Ở thôn",
        "Thôn/khu phố", "Thôn bản/TDP", "Thuộc thôn",
    ),
    "household_code": (
        "Mã định danh hộ", "Mã hộ (phần mềm)", "MS hộ", "Household code (mã hộ)", "Mã số HGĐ", "Mã hộ trên phần mềm GN",
        "Code hộ", "Mã của hộ",
    ),
    "ethnicity": ("Người dân tộc", "Thuộc dân tộc", "Dân tộc gì", "Ethnic group (dân tộc)", "Thành phần DT",
    "Là dân tộc"),
    "sex": ("Nam hay nữ", "Phái", "Sex (giới tính)", "G.tính", "Nam/Nữ (giới)", "Giới tính: nam, nữ"),
    "birth": (
        "Ngày tháng năm sinh (dd/mm/yyyy)", "Sinh ngày, tháng, năm", "Ngày/năm sinh", "N.sinh",
        "Date of birth (ngày sinh)", "D.O.B", "Ngày th. năm sinh", "Sinh ngày nào",
    ),
    "id_number": (
        "CMND số", "Số CM", "Số CMND/thẻ căn cước", "ID number (số CMND)", "Số giấy CMND", "Căn cước/CMND",
        "Giấy tờ tuỳ thân (CMND)", "Số CMTND/thẻ CC",
    ),
    "insurance_number": (
        "Số định danh BHXH", "Mã BHXH (10 chữ số)", "BHXH số", "Social insurance No. (mã số BHXH)", "Số sổ/mã số BHXH",
    ),
    "head_name": (
        "Tên hộ", "Hộ ông (bà)", "Họ tên người đứng tên hộ", "Người đứng đầu hộ", "Head of household (chủ hộ)",
        "Họ tên CH", "Hộ gia đình ông/bà", "Họ tên ông/bà chủ hộ", "Họ tên đại diện hộ",
    ),
}  # fmt: skip

OF_FORM: dict[str, dict[str, tuple[str, ...]]] = {
    "register_commune": {
        "households": ("Tổng hộ trên địa bàn", "Hộ (toàn xã)", "Households (số hộ)", "Tổng số hộ đang cư trú"),
        "households_minority": (
            "Hộ người DTTS", "DTTS (hộ)", "Trong đó hộ đồng bào DTTS", "Minority (hộ DTTS)", "Hộ đồng bào thiểu số",
        ),
        "persons": ("Tổng khẩu", "Khẩu (toàn xã)", "Tổng số người dân", "Population (nhân khẩu)", "Nhân khẩu (người)"),
        "children_under_6": (
            "TE <6T", "Trẻ em (dưới 6T)", "Trẻ từ 0-5 tuổi", "Children < 6 (trẻ em)", "Cháu dưới 6 tuổi", "Trẻ <6 tuổi",
        ),
        "labour_force": (
            "LĐ trong tuổi", "Người trong tuổi LĐ", "Labour force (lao động)", "Số LĐ", "Trong tuổi lao động",
        ),
        "poor_start": (
            "HN đầu năm", "Nghèo đầu năm", "Hộ nghèo 01/01", "Hộ nghèo năm trước chuyển sang",
            "Poor at start (hộ nghèo đầu năm)",
        ),
        "near_poor_start": (
            "CN đầu năm", "Cận nghèo đầu năm", "Hộ cận nghèo 01/01", "Hộ cận nghèo năm trước chuyển sang",
            "Near-poor at start (cận nghèo đầu năm)",
        ),
    },
    "register_household": {
        "head_sex": ("Nam hay nữ", "Phái", "Giới tính CH", "Sex (giới tính chủ hộ)", "Chủ hộ nam/nữ", "G.tính"),
        "head_birth": (
            "CH sinh năm", "Sinh năm/ngày", "Ngày th. năm sinh chủ hộ", "Ngày/năm sinh", "N.sinh",
            "Date of birth (năm sinh)", "Chủ hộ sinh năm nào",
        ),
        "head_id_number": (
            "CMND số", "CMND của chủ hộ", "Số CM chủ hộ", "Giấy CMND/thẻ CCCD", "ID No. (số CMND)", "Thẻ căn cước",
        ),
        "area": ("Vùng (TT/NT)", "Thuộc khu vực", "Thành thị hay nông thôn", "TT/NT", "Area (khu vực)", "Khu vực sống"),
        "members": (
            "Hộ có mấy khẩu", "Tổng khẩu", "Khẩu", "Số người/hộ", "NK thực tế", "Household size (số khẩu)",
            "Nhân khẩu (người)",
        ),
        "b1_score": ("Điểm thu nhập (B1)", "B1 (điểm)", "Tổng B1", "Score B1", "Số điểm phiếu B1", "Điểm của B1"),
        "b2_score": ("Điểm thiếu hụt (B2)", "B2 (điểm)", "Tổng B2", "Score B2", "Số điểm phiếu B2", "Điểm của B2"),
        "classification": (
            "Thuộc loại hộ", "Thuộc diện nghèo, cận nghèo", "Hộ thuộc diện nào", "Xếp diện", "KQ bình xét",
            "Kết quả bình xét", "Class (phân loại hộ)", "Kết quả rà soát",
        ),
        "change": (
            "Tình hình biến động", "Biến động so với đầu năm", "Hộ cũ hay mới", "Diễn biến so kỳ trước",
            "Change (diễn biến)", "Cũ/mới/tái/thoát",
        ),
        "lacks_health_care": ("DVYT", "Khám chữa bệnh", "Tiếp cận DVYT", "Thiếu KCB", "Khám bệnh"),
        "lacks_insurance": ("Thẻ BH y tế", "Không có BHYT", "Chưa có thẻ BHYT", "Thiếu BHYT", "Bảo hiểm YT"),
        "lacks_adult_education": ("Học vấn người lớn", "GD người lớn", "T.độ GD NL", "Trình độ người lớn", "GDNL"),
        "lacks_child_schooling": (
            "TE đi học", "Trẻ em không đi học", "Việc đi học của trẻ", "Trẻ em chưa được đi học", "GD trẻ em",
        ),
        "lacks_housing_quality": ("CL nhà", "Chất lượng chỗ ở", "Chất lượng căn nhà", "Nhà (CL)", "CLNO"),
        "lacks_housing_area": ("DT nhà", "DT ở BQ", "Diện tích ở", "DTNO", "Diện tích căn nhà"),
        "lacks_clean_water": ("Nguồn nước SH", "Nước ăn", "Nước sạch", "Nước dùng", "Nước s.hoạt"),
        "lacks_toilet": ("Nhà tiêu/hố xí", "Hố tiêu", "Nhà VS", "Công trình vệ sinh", "Nhà xí"),
        "lacks_telecom": ("Viễn thông (ĐT, internet)", "DVVT", "Điện thoại/internet", "Dịch vụ VT", "V.thông"),
        "lacks_information": ("TS thông tin", "Tài sản TT", "TS phục vụ TT", "Tài sản nghe nhìn", "Tivi, đài (TS TT)"),
        "cause": ("Lý do nghèo", "Vì sao nghèo", "NN nghèo", "Nguyên nhân chủ yếu", "Cause (nguyên nhân)", "Nghèo do"),
        "policy_household": (
            "Diện chính sách", "Hộ NCC/BTXH", "Thuộc chính sách", "Gia đình chính sách", "Policy household (hộ CS)",
        ),
        "needs_loan": ("Muốn vay vốn", "Đề nghị vay", "Có xin vay", "NC vay vốn", "Cần vay", "Cần vay vốn không"),
        "loan_eligible": (
            "Đủ đk vay NHCSXH", "Đáp ứng ĐK vay", "Có đủ điều kiện vay không", "Đ.K vay (đủ)", "Eligible (đủ ĐK vay)",
        ),
    },
    "register_member": {
        "member_no": (
            "TV thứ", "Thứ tự trong hộ", "TT trong hộ", "Người thứ mấy", "TV thứ mấy", "No. in household (STT TV)",
        ),
        "full_name": (
            "Họ tên từng người", "Tên thành viên", "Họ và tên nhân khẩu", "Họ tên người trong hộ", "Full name (họ tên)",
            "H.và tên",
        ),
        "relation": (
            "Là gì của chủ hộ", "QHCH", "Quan hệ CH", "Quan hệ gia đình", "Q.hệ với CH", "Relation (quan hệ với CH)",
        ),
        "studying": ("Hiện có đi học", "Còn đi học không", "Có đi học", "Đang tới trường", "Studying (đi học)"),
        "needs_training": (
            "Muốn học nghề", "Có muốn học nghề", "NC đào tạo", "Nguyện vọng học nghề", "Cần học nghề",
        ),
    },
    "credit_loan": {
        "loan_code": ("Món số", "Số món vay", "Mã món/khế ước", "Mã số món vay", "KU số", "Loan ID (mã món vay)"),
        "customer_code": ("KH số", "CIF", "Customer ID (mã KH)", "Mã người vay", "Mã K.hàng", "Mã của khách"),
        "borrower_name": (
            "Hộ vay", "Tên hộ vay vốn", "Người đứng tên vay", "Borrower (người vay)", "Họ và tên hộ vay", "Tên tổ viên",
        ),
        "borrower_id_number": ("CMND số", "Số CM", "Số CMND/thẻ căn cước", "ID number (số CMND)", "Giấy CMND"),
        "group_code": ("Tổ số", "Mã số tổ TK&VV", "Tổ TKVV số", "Tổ vay vốn", "Group (mã tổ)", "Mã tổ vay vốn"),
        "entrusted_by": (
            "Qua hội", "Hội quản lý", "Đoàn thể", "Tổ chức hội, đoàn thể", "Ủy thác qua", "Hội ĐT nhận UT",
            "Union (hội nhận ủy thác)",
        ),
        "programme": (
            "Vay theo chương trình", "Loại cho vay", "Loại vay", "CTCV", "Tên chương trình tín dụng",
            "Programme (chương trình)", "Vay chương trình gì",
        ),
        "disbursed_on": (
            "Vay ngày", "Ngày nhận tiền", "Ngày lĩnh tiền", "Disbursed (ngày vay)", "Ngày phát tiền vay",
            "Ngày giải ngân món vay",
        ),
        "due_on": (
            "Phải trả ngày", "Hạn trả nợ gốc", "Đáo hạn", "Ngày phải trả", "Due date (hạn trả)", "Hạn phải trả cuối",
        ),
        "principal": (
            "Tiền gốc", "Gốc vay", "Số vay", "Vốn vay", "Principal (số tiền vay)", "Số tiền được vay", "Đã vay",
        ),
        "outstanding": ("Còn trong hạn", "Nợ TH", "DN bình thường", "Current (trong hạn)", "Chưa đến hạn"),
        "overdue": ("Đã quá hạn", "N.Q.H", "Nợ trễ hạn", "DN quá hạn", "Overdue (quá hạn)"),
        "frozen": ("Được khoanh", "Nợ được khoanh", "DN khoanh nợ", "Frozen (nợ khoanh)", "Đã khoanh"),
        "interest_due": ("Lãi chưa trả", "Lãi còn tồn", "Còn nợ lãi", "Lãi tồn đến nay", "Interest due (lãi tồn)"),
    },
    "health_card": {
        "card_number": ("Thẻ BHYT số", "Card number (số thẻ)", "Số hiệu thẻ BHYT", "Thẻ số", "Mã số trên thẻ BHYT"),
        "object_code": (
            "Nhóm ĐT", "Nhóm đối tượng tham gia", "Object (mã đối tượng)", "Thuộc nhóm", "Ký hiệu đối tượng",
        ),
        "full_name": (
            "Tên người có thẻ", "Họ tên chủ thẻ", "Người tham gia BHYT", "Họ tên người được cấp thẻ",
            "Full name (họ tên)",
        ),
        "valid_from": (
            "Thẻ dùng từ", "Có hạn từ", "HSD từ", "Valid from (từ ngày)", "Sử dụng từ ngày", "Bắt đầu có hiệu lực",
        ),
        "valid_to": (
            "Thẻ dùng đến", "Hết hạn", "HSD đến", "Valid to (đến ngày)", "Sử dụng đến ngày", "Hết hiệu lực",
        ),
        "clinic": (
            "KCB ban đầu tại", "Nơi khám", "BV/TYT ban đầu", "Bệnh viện (trạm) đăng ký", "Clinic (nơi KCB BĐ)",
            "Đăng ký khám tại",
        ),
    },
    "education_pupil": {
        "pupil_code": (
            "HS số", "Mã trên CSDL ngành", "Pupil ID (mã HS)", "Mã số HS", "Mã định danh (HS)", "Số định danh học sinh",
        ),
        "full_name": (
            "Họ tên em", "Tên HS", "Họ tên các cháu", "Pupil (họ tên học sinh)", "Họ tên trẻ/học sinh",
            "Họ và tên các em",
        ),
        "commune": (
            "HKTT (xã)", "Xã thường trú", "Gia đình ở xã", "Thuộc xã", "Nhà ở xã", "Commune (xã hộ khẩu)",
        ),
        "school_code": ("MS trường", "Mã của trường", "School ID (mã trường)", "Mã đơn vị trường", "Mã số nhà trường"),
        "school_name": (
            "Đang học tại trường", "Học trường", "Đơn vị trường", "School (trường)", "Thuộc trường", "Học tại trường",
        ),
        "level": ("Bậc", "Cấp trường", "Level (cấp học)", "Học cấp", "Bậc học/ngành học", "Học bậc"),
        "grade": ("Lớp (khối)", "K.lớp", "Thuộc khối", "Grade (khối)", "Học khối"),
        "class_name": ("Học lớp", "Lớp đang học", "Class (lớp)", "Tên lớp đang học", "Thuộc lớp"),
        "status": (
            "Còn học/nghỉ", "Tình hình đi học", "Status (tình trạng học)", "Đang học hay nghỉ", "Hiện trạng học tập",
        ),
        "poverty_class": (
            "Hoàn cảnh", "Gia đình thuộc diện", "Diện nghèo/CN", "Hộ nghèo hay cận nghèo", "Con hộ",
            "Poverty (diện hộ)", "H.nghèo/CN", "Hoàn cảnh gia đình (hộ nghèo, cận nghèo)",
        ),
        "fee_relief": (
            "Học phí được miễn/giảm", "Chính sách học phí", "Tỷ lệ miễn giảm HP", "Fee relief (miễn, giảm HP)", "MGHP",
        ),
        "support_months": (
            "Mấy tháng", "Hưởng (tháng)", "Thời gian hưởng (tháng)", "Months (số tháng)", "Số th. hưởng",
        ),
        "support_amount": (
            "Tiền CPHT", "Được hỗ trợ (tiền)", "KP hỗ trợ", "Amount (số tiền)", "Tổng tiền hỗ trợ", "T.tiền",
        ),
        "lunch_support": ("Trẻ ăn trưa", "Được HT ăn trưa", "Lunch (ăn trưa)", "Được ăn trưa", "Có hỗ trợ ăn trưa"),
        "boarding_support": ("HS ở bán trú", "Diện bán trú", "Ở bán trú", "Boarding (bán trú)", "Được HT bán trú"),
        "rice_kg": ("KG gạo", "Gạo được cấp", "Rice (gạo, kg)", "Lượng gạo (kg)", "Gạo HT", "Cấp gạo (kg)"),
    },
    "housing_support": {
        "programme": (
            "Theo quyết định", "Hỗ trợ theo", "Nguồn/chương trình", "Programme (chương trình)", "Chính sách nhà ở",
            "Thuộc đề án",
        ),
        "kind": ("Làm mới/sửa", "Xây hay sửa", "Xây lại hay sửa", "Kind (hình thức)", "Xây mới hay sửa chữa"),
        "progress": (
            "Đã làm đến đâu", "Kết quả thực hiện", "Làm xong chưa", "Progress (tiến độ)", "TĐ thực hiện",
            "Tình hình làm nhà",
        ),
        "started_on": ("Bắt đầu làm", "Ngày động thổ", "Khởi công ngày", "Start (khởi công)", "Ngày bắt đầu làm nhà"),
        "completed_on": ("Làm xong ngày", "Ngày bàn giao", "Xong ngày", "Finish (hoàn thành)", "Ngày làm xong nhà"),
        "floor_area": ("Rộng (m2)", "DT nhà (m2)", "Số m2 sàn", "Floor area (m2)", "Diện tích làm được (m2)"),
        "hard_floor": ("Nền đạt", "N.cứng", "Floor (nền cứng)", "Nền nhà đạt cứng"),
        "hard_frame": ("Khung tường đạt", "K.tường", "Wall (khung, tường cứng)", "Tường, khung nhà cứng"),
        "hard_roof": ("Mái đạt", "M.cứng", "Roof (mái cứng)", "Mái nhà đạt cứng"),
        "budget": ("NS cấp", "Nhà nước hỗ trợ", "Tiền ngân sách", "Budget (ngân sách)", "NSNN cấp"),
        "vbsp_loan": ("Vay NH", "Vay CSXH", "Loan (vay NHCSXH)", "NHCSXH cho vay", "Vay tại NH CSXH"),
        "community": (
            "Cộng đồng giúp", "Dân góp", "Bà con giúp đỡ", "Community (cộng đồng)", "Cộng đồng, dòng họ giúp",
        ),
        "own_funds": ("Hộ tự lo", "Gia đình bỏ ra", "Của gia đình", "Own funds (tự có)", "Hộ đóng góp", "Hộ tự bỏ"),
    },
    "water_village": {
        "households": ("Số hộ trong thôn", "Tổng hộ của thôn", "Households (số hộ)", "Hộ DC", "Toàn thôn có (hộ)"),
        "persons": (
            "Số khẩu trong thôn", "Population (dân số)", "Nhân khẩu của thôn", "Tổng khẩu", "Toàn thôn có (khẩu)",
        ),
        "persons_hygienic_water": (
            "Người được dùng nước HVS", "Khẩu SD nước HVS", "Dân có nước HVS", "Số người có nước hợp vệ sinh",
            "Persons, hygienic water (nước HVS)",
        ),
        "persons_clean_water": (
            "Người được dùng nước sạch", "Khẩu SD nước sạch", "Nước sạch QC02 (người)", "Số người có nước sạch",
            "Persons, clean water (nước sạch)",
        ),
        "poor_households": ("Trong đó hộ nghèo", "HN (hộ)", "Hộ nghèo của thôn", "Poor households (hộ nghèo)"),
        "poor_households_hygienic_water": (
            "HN có nước HVS", "Hộ nghèo được dùng nước HVS", "Hộ nghèo có nước hợp vệ sinh",
            "Poor households, hygienic water (HN dùng nước HVS)",
        ),
        "households_hygienic_toilet": (
            "Hộ có NT HVS", "Nhà tiêu HVS (hộ)", "Hộ có hố xí HVS", "Số hộ có nhà VS hợp vệ sinh",
            "Households with toilet (nhà tiêu HVS)",
        ),
        "poor_households_hygienic_toilet": (
            "HN có NT HVS", "Nhà tiêu HVS (hộ nghèo)", "HN có hố xí HVS", "Hộ nghèo có nhà VS hợp vệ sinh",
            "Poor households with toilet (HN có nhà tiêu HVS)",
        ),
    },
    "water_works": {
        "works_name": (
            "Tên CTCN", "Công trình nước", "Hệ thống cấp nước", "Scheme (công trình)", "CT cấp nước", "Tên hệ thống",
        ),
        "kind": ("Kiểu cấp nước", "Dạng công trình", "Công nghệ", "Type (loại hình)", "Hình thức cấp nước"),
        "capacity": (
            "C.suất (m3/ngđ)", "Công suất m3/24h", "Capacity (m3/day)", "CS thiết kế", "Lưu lượng (m3/ngày)",
        ),
        "households_served": ("Hộ hưởng lợi", "Hộ dùng", "Households served (số hộ)", "Phục vụ (hộ)", "Cấp cho (hộ)"),
        "persons_served": (
            "Người hưởng lợi", "Khẩu dùng", "Persons served (số người)", "Phục vụ (khẩu)", "Cấp cho (người)",
        ),
        "state": (
            "Đánh giá bền vững", "Thực trạng", "State (tình trạng)", "Hoạt động thế nào", "Chất lượng hoạt động",
        ),
        "managed_by": ("Ai quản lý", "Giao quản lý", "Tổ chức quản lý", "Operator (quản lý)", "ĐV vận hành"),
        "built_year": ("XD năm", "Năm làm", "Xây dựng năm", "Built (năm XD)", "Năm bàn giao"),
    },
}  # fmt: skip
"""Of one form, before those of all forms."""

GROUPS: dict[str, tuple[str, ...]] = {
    "Thiếu hụt": ("Các chiều thiếu", "Thiếu các DVXHCB", "Mức độ thiếu hụt (đánh dấu)", "Chiều thiếu hụt"),
    "Kết quả chấm điểm": ("Chấm điểm", "Điểm rà soát", "KQ chấm điểm"),
    "Dư nợ": ("Còn nợ", "Số còn phải trả", "Nợ gốc còn lại"),
    "Nguồn vốn": ("Tiền làm nhà", "Kinh phí", "Nguồn tiền", "Vốn làm nhà"),
    "3 cứng": ("Nhà 3 cứng", "Ba cứng", "Đạt 3 cứng", "Tiêu chuẩn ba cứng"),
    "Hỗ trợ chi phí học tập (NĐ 86)": ("NĐ86", "CPHT (NĐ 86)", "Chính sách NĐ 86/2015", "Hỗ trợ CPHT"),
    "Hỗ trợ theo NĐ 116": ("NĐ116", "Chính sách bán trú (NĐ 116)", "Theo NĐ 116/2016"),
}  # fmt: skip

STT = ("Số T.tự", "No.", "S.T.T", "Thứ tự", "TT (số)", "Stt.")

JOINED: dict[str, tuple[str, ...]] = {
    "place": ("Địa chỉ", "Chỗ ở hiện nay (thôn, xã)", "Hộ khẩu thường trú", "Nơi ở (thôn - xã)", "Address (thôn, xã)"),
    "sex_birth": ("Giới tính, năm sinh", "Nam/nữ - sinh năm", "Sex, D.O.B (giới tính, ngày sinh)", "Phái, năm sinh"),
    "name_birth": ("Họ tên (năm sinh)", "Họ và tên, ngày sinh", "Tên, năm sinh", "Full name, birth (họ tên, năm sinh)"),
    "validity": ("Hạn thẻ", "Thời hạn (từ - đến)", "Thẻ có giá trị", "Validity (thời hạn thẻ)", "Giá trị sử dụng thẻ"),
    "term": ("Thời hạn vay (từ - đến)", "Ngày vay - hạn trả", "Thời gian vay", "Loan term (ngày vay - đến hạn)"),
}
"""Headers of two facts in a column."""

NAME_PARTS = (
    ("Họ và đệm", "Tên"), ("Họ, chữ đệm", "Tên gọi"), ("Họ đệm", "Tên"), ("Họ và tên lót", "Tên"), ("Họ lót", "Tên"),
    ("Family and middle name (họ, đệm)", "Given name (tên)"),
)  # fmt: skip

DATE_PARTS = (("Ngày", "Tháng", "Năm"), ("ngày", "tháng", "năm"), ("Ng.", "Th.", "Năm"), ("Day", "Month", "Year"))

DATE_NAMES: dict[str, tuple[str, ...]] = {
    "birth": ("sinh",), "head_birth": ("sinh",), "disbursed_on": ("vay", "giải ngân"), "due_on": ("đến hạn",),
    "started_on": ("khởi công",), "completed_on": ("hoàn thành",), "valid_from": ("bắt đầu",), "valid_to": ("hết hạn",),
}  # fmt: skip
"""What the parts of a date say of it where no group stands above: "Ngày sinh", "Tháng sinh", "Năm sinh"."""

BIRTH_BY_SEX = (
    ("Nam sinh năm", "Nữ sinh năm"), ("Ngày sinh (nam)", "Ngày sinh (nữ)"), ("Năm sinh của nam", "Năm sinh của nữ"),
    ("Sinh năm - Nam", "Sinh năm - Nữ"), ("Nam (năm sinh)", "Nữ (năm sinh)"), ("NS nam", "NS nữ"),
)  # fmt: skip

UNUSED = ("Ghi chú thêm của xã", "Số ĐT liên hệ", "Người rà soát", "Ngày rà soát", "Xác nhận của thôn")
"""Columns that belong to no form."""
