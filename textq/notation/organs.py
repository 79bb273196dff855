"""Names of issuing bodies as they stand in titles, red heads and signatures."""

import re

ORGAN = (
    r"[\u4e00-\u9fff（）]{0,24}?(?:国务院|政务院|中共中央|人民政府|政府|办公厅|办公室|委员会|管委会|[省市区县州]委"
    r"|[\u4e00-\u9fff]{2}(?<![常政])委|人民代表大会|常委会|领导小组|联席会议"
    r"|[\u4e00-\u9fff]{2}(?<![布格大当结])(?<![^安]全)局|[\u4e00-\u9fff][^全内]部|[\u4e00-\u9fff]{2}(?<![大餐客展舞])厅"
    r"|[总计公版行]署|银行|[分支]行|法院|检察院|科学院|研究院|联合会|协会|商会|总工会|贸促会|海关|总队|中心|监管局|监会|工商联"
    r"|总社|兵团|[\u4e00-\u9fff]{2}(?<![主承举协申开交经代督查催筹])办)"
)
"""A pattern for one issuing body; loose, since it is tried only on lines and prefixes that can hold nothing else."""

_ONE = re.compile(ORGAN)
_PREDICATE = re.compile(
    r"关于|印发|转发|推行|加强|实施|支持|负责|的|^(?:推进|促进|建设)"
    r"|(?:推进|促进|建设)(?!.*(?:领导小组|委员会|办公室|银行|兵团|[部厅局委办])$)"
)
_STATE = "中华人民共和国"
_SHORT_FORM = re.compile(
    r"(?:省|市|县|区|自治区|州)?(?:(?:人民)?政府(?:办公[厅室])?|人民代表大会(?:常务委员会)?|人大(?:常委会)?)"
    r"|[省市县区]委(?:办公[厅室])?|本[省市]"
)


def split_organs(names: str) -> tuple[str, ...]:
    """Split "商务部 海关总署、税务总局" into its bodies; () if a part is none, or only a short form (市政府)."""
    parts = [part.removeprefix(_STATE) for part in re.split(r"[\s、，,;；]+", names.strip()) if part]
    return tuple(parts) if all(map(_is_organ, parts)) else ()


def _is_organ(name: str) -> bool:
    return bool(_ONE.fullmatch(name)) and not _SHORT_FORM.fullmatch(name) and not _PREDICATE.search(name)
