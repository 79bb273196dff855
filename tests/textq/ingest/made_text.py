"""An invented official document whose every paragraph is known, and how far a text is from it."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["title", "number", "body", "heading", "flush", "right"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, and how it is set: in the middle, as a heading, with or without indent, at the right."""

    text: str
    role: Role = "body"


TITLE = "云湖市人民政府办公室关于印发云湖市跨境贸易高质量发展三年行动方案（2021—2023年）的通知"
HEAD = "云湖市人民政府公报"

PARAGRAPHS = (
    Paragraph(TITLE, "title"),
    Paragraph("云政办发〔2021〕37号", "number"),
    Paragraph("各县（市、区）人民政府，市高新区、临港新区管委会，市政府各部门、各直属单位：", "flush"),
    Paragraph("《云湖市跨境贸易高质量发展三年行动方案（2021—2023年）》已经市政府第58次常务会议审议通过，现印发给你们，请结合实际认真贯彻执行。"),
    Paragraph("为深化中国（云湖）跨境电子商务综合试验区建设，培育外贸新动能，降低企业综合成本，现结合本市实际，制定如下行动方案。"),
    Paragraph("一、总体目标", "heading"),
    Paragraph("到2023年，全市跨境电子商务进出口额突破260亿元，年均增长不低于18.5%；培育年销售额超过5000万元的企业40家，建成省级产业园区6个、公共海外仓12个，B2B出口所占比重提高到65%以上，初步形成线上平台与线下园区互为支撑、进口与出口协调发展的产业格局。"),
    Paragraph("二、主要任务", "heading"),
    Paragraph("（一）完善公共服务平台"),
    Paragraph("1.升级“单一窗口”。推动海关、税务、外汇、市场监管等部门数据互联互通，实现企业一次登记、一点接入、一次申报。2021年底前完成平台二期工程，申报项目压缩三分之一，平均办理时间缩短至4小时以内。"),
    Paragraph("2.建设信用评价体系。归集企业备案、交易、物流、支付和售后信息，按照A、B、C、D四级实施分类管理，对信用良好的企业减少查验、优先放行，对严重失信的企业依法依规予以联合惩戒，并在市公共信用网站公示。"),
    Paragraph("3.设立统计监测中心。建立涵盖平台、企业、园区的统计制度，每季度发布监测报告，为宏观决策提供依据。"),
    Paragraph("（二）壮大经营主体"),
    Paragraph("支持符合下列条件之一的企业申报市级示范企业："),
    Paragraph("（1）上一年度跨境电子商务出口额达到800万美元，且同比增长10%以上；"),
    Paragraph("（2）拥有两个以上境外注册商标，自主品牌出口比重不低于三成；"),
    Paragraph("（3）自建或者租赁海外仓面积超过3000平方米，并向其他企业开放共享。"),
    Paragraph("对首次认定的示范企业，由市财政一次性给予最高50万元奖励；对引进的国内外知名平台区域总部，可以按照“一事一议”的方式给予支持。鼓励传统制造企业触网升级，组织行业协会、专业机构为中小企业提供选品、通关、合规、知识产权保护等全流程辅导，每年举办对接活动不少于20场。"),
    Paragraph("（三）强化要素保障"),
    Paragraph("1.加大金融支持力度。引导银行机构开发以订单、应收账款、出口信用保险保单为基础的融资产品，市融资担保公司对单户500万元以下的贷款收取的担保费率不超过1%。设立规模2亿元的产业引导基金，重点投向数字化供应链、智慧物流和品牌培育项目。"),
    Paragraph("2.引育专业人才。支持云湖职业技术学院等院校开设跨境电子商务专业，与龙头企业共建实训基地，三年培训不少于1.2万人次；对年薪超过30万元的高端人才，在落户、子女入学、住房补贴等方面给予优先保障。"),
    Paragraph("3.保障物流通道。加密云湖至东南亚、欧洲的全货机航线，支持中欧班列回程货源组织，对在本市口岸集货的企业按照每标准箱不超过600元给予补助，同一企业每年累计不超过200万元。"),
    Paragraph("三、组织实施", "heading"),
    Paragraph("市跨境电子商务综合试验区领导小组统筹推进各项任务，领导小组办公室设在市商务局，负责日常协调、督促检查和绩效评估。各县（市、区）要明确牵头部门，细化工作举措，确保各项任务落到实处，重大事项及时向市政府报告。"),
    Paragraph("本方案自印发之日起施行，有效期至2023年12月31日。此前规定与本方案不一致的，以本方案为准。"),
    Paragraph("云湖市人民政府办公室", "right"),
    Paragraph("2021年6月18日", "right"),
    Paragraph("（此件公开发布）"),
)  # fmt: skip

TABLE = (
    ("序号", "重点任务", "责任单位", "完成时限"),
    ("1", "完成“单一窗口”平台二期工程，推动部门数据互联互通", "市商务局、云湖海关、市税务局", "2021年12月"),
    ("2", "出台信用分类管理办法", "市市场监管局", "2022年3月"),
    ("3", "设立产业引导基金，首期到位资金不少于8000万元", "市财政局、市国资委", "2022年6月"),
    ("4", "开通至东南亚的全货机航线，每周不少于3班", "市交通运输局、临港新区管委会", "2023年6月"),
)

NOTES = {
    "示范企业：": "①指在本市依法登记、从事跨境电子商务交易或者服务的企业法人，不包括分支机构。",
    "海外仓面积": "②面积以租赁合同或者不动产权证书载明的数字为准。",
}
"""Footnotes, by the words behind which they are called."""

LINES = tuple(paragraph.text for paragraph in PARAGRAPHS)
ROWS = tuple("｜".join(row) for row in TABLE)


def count_edits(left: str, right: str) -> int:
    """Return the edit distance of two texts, by Myers' bit vectors: a column of the table in two integers."""
    if not left:
        return len(right)
    full, last = (1 << len(left)) - 1, 1 << (len(left) - 1)
    places: dict[str, int] = {}
    for at, character in enumerate(left):
        places[character] = places.get(character, 0) | 1 << at
    up, down, edits = full, 0, len(left)
    for character in right:
        same = places.get(character, 0)
        crossed = (((same & up) + up) ^ up) | same | down
        risen, fallen = (down | ~(crossed | up)) & full, up & crossed
        edits += bool(risen & last) - bool(fallen & last)
        risen, fallen = (risen << 1 | 1) & full, (fallen << 1) & full
        level = same | down
        up, down = (fallen | ~(level | risen)) & full, risen & level
    return edits


def error_rate(expected: str, found: str) -> float:
    """Return the edits per character that lead from one text to the other, blanks left out."""
    expected, found = "".join(expected.split()), "".join(found.split())
    return count_edits(expected, found) / len(expected)
