"""Labels that publishers print above a document ("成文日期："), and the metadata field each one fills."""

FIELD_LABELS = {
    "标题": "title", "名称": "title", "信息名称": "title", "文件名称": "title", "文件标题": "title",
    "发文字号": "doc_number", "文号": "doc_number", "文件编号": "doc_number",
    "文件字号": "doc_number", "文件文号": "doc_number",
    "发文机关": "issuers", "发布机构": "issuers", "发文单位": "issuers", "制发机关": "issuers", "发布单位": "issuers",
    "发布机关": "issuers", "发文机构": "issuers", "制定机关": "issuers", "公开机构": "issuers",
    "成文日期": "issued_on", "生成日期": "issued_on", "成文时间": "issued_on",
    "发布日期": "published_on", "公开日期": "published_on", "发文日期": "published_on", "发布时间": "published_on",
    "公布日期": "published_on",
    "生效日期": "effective_on", "实施日期": "effective_on", "施行日期": "effective_on", "生效时间": "effective_on",
    "废止日期": "repealed_on", "失效日期": "repealed_on", "废止时间": "repealed_on", "失效时间": "repealed_on",
    "有效性": "validity", "时效性": "validity", "效力状态": "validity", "有效状态": "validity",
    "文件状态": "validity",
}  # fmt: skip
"""Keys without blanks and colon; values are the manifest's column names."""

OTHER_LABELS = frozenset({
    "索引号", "信息索引号", "主题分类", "信息分类", "分类", "主题词", "关键词", "体裁分类", "组配分类", "服务对象",
    "公开方式", "公开范围", "公开形式", "公开属性", "公开时限", "公开类别", "文件类型", "文种", "统一编号", "登记号",
    "来源", "信息来源", "浏览次数", "点击数", "阅读次数", "字体", "责任编辑", "内容概述", "概述", "有效期",
})  # fmt: skip
"""Labels that fill no field of ours, but stand among those that do."""
