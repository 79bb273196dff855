"""Names of issuing bodies as they stand in titles, red heads and signatures."""

import re

ORGAN = (
    r"[\u4e00-\u9fff（）]{0,24}?(?:国务院|人民政府|政府|办公厅|办公室|委员会|管委会|[省市区县州]委|人民代表大会|常委会|工作领导小组|领导小组"
    r"|[\u4e00-\u9fff](?:局|厅|部|署|行|院|会|海关|监管局|总队|法院|检察院|中心|集团)|海关)"
)
"""A pattern for one issuing body."""

_ONE = re.compile(ORGAN)
_SHORT_FORM = re.compile(r"(?:省|市|县|区|自治区|州)?(?:人民)?政府(?:办公[厅室])?|[省市县区]委(?:办公[厅室])?|本[省市]")


def split_organs(names: str) -> tuple[str, ...]:
    """Split "商务部 海关总署、税务总局" into its bodies; () if a part is none, or only a short form (市政府)."""
    parts = [part for part in re.split(r"[\s、，,;；]+", names.strip()) if part]
    good = all(_ONE.fullmatch(part) and not _SHORT_FORM.fullmatch(part) for part in parts)
    return tuple(parts) if good else ()
