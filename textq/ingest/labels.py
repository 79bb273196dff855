"""Labels that publishers print above a document ("成文日期："), and the metadata field each one fills."""

FIELD_LABELS = {
    "标题": "title", "名称": "title", "信息名称": "title", "文件名称": "title",
    "发文字号": "doc_number", "文号": "doc_number", "文件编号": "doc_number",
    "发文机关": "issuers", "发布机构": "issuers", "发文单位": "issuers", "制发机关": "issuers", "发布单位": "issuers",
    "成文日期": "issued_on", "生成日期": "issued_on",
    "发布日期": "published_on", "公开日期": "published_on", "发文日期": "published_on", "发布时间": "published_on",
    "生效日期": "effective_on", "实施日期": "effective_on", "施行日期": "effective_on",
    "废止日期": "repealed_on", "失效日期": "repealed_on",
}  # fmt: skip
"""Keys without blanks and colon; values are the manifest's column names."""
