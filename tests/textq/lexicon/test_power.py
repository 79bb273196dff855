import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.errors import LexiconError
from textq.lexicon.places import builtin_gazetteer
from textq.lexicon.power import (
    Power,
    builtin_power,
    document_type,
    issued_type,
    issuer_class,
    issuer_level,
    rank_document,
    read_power,
)

GAZETTEER = builtin_gazetteer()
TYPES = sorted({kind for _, _, kind in builtin_power().ranks} - {"*"})


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("国务院关于同意设立中国（杭州）跨境电子商务综合试验区的批复", "批复"),
        ("中国（杭州）跨境电子商务综合试验区实施方案", "方案"),
        ("国务院办公厅关于促进跨境电子商务健康快速发展的指导意见", "意见"),
        ("关于黄金经济政策有关问题的复函", "函"),
        ("杭州市跨境电子商务促进条例", "条例"),
        ("中华人民共和国电子商务法", "法"),
        ("数据计算方法", ""),
        ("《网络交易管理办法》", "办法"),
        ("十四五规划（2021—2025年）", "规划"),
        ("支持跨境电商的若干措施（试行）\n", "措施"),
        ("外商投资规定（暂行）", "暂行规定"),
        ("外商投资暂行规定", "暂行规定"),
        ("海关总署公告2024年第151号（关于监管事项的公告）", "公告"),
        ("国务院令第707号", "令"),
        ("关于发布目录的公告〔2024〕151号", "公告"),
        ("跨境电子商务零售进口商品清单", "清单"),
        ("", ""),
    ],
)
def test_document_type(title, kind):
    assert document_type(title) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("省人民政府关于印发中国（宁波）跨境电子商务综合试验区实施方案的通知", "方案"),
        ("国务院办公厅转发商务部等部门关于扩大出口若干意见的通知", "意见"),
        ("关于转发《国务院办公厅关于印发某某方案的通知》的通知", "方案"),
        ("关于印发《甲办法》和《乙细则》的通知", "办法"),
        ("关于印发《甲办法》等文件的通知", "办法"),
        ("关于印发《甲方案》任务分工的通知", ""),
        ("关于印发《甲管理办法（试行）》的通知", "办法"),
        ("关于公布零售进口商品清单的公告", "清单"),
        ("关于做好节假日安排的通知", ""),
        ("中国（杭州）跨境电子商务综合试验区实施方案", ""),
    ],
)
def test_issued_type(title, kind):
    assert issued_type(title) == kind


@pytest.mark.parametrize(
    ("name", "kind", "level"),
    [
        ("全国人民代表大会常务委员会", "npc", "central"),
        ("国务院", "state_council", "central"),
        ("国务院办公厅", "state_council_office", "central"),
        ("国务院关税税则委员会", "ministry", "central"),
        ("商务部", "ministry", "central"),
        ("商务部办公厅", "ministry", "central"),
        ("国家税务总局", "ministry", "central"),
        ("国家税务总局杭州市税务局", "department", "prefecture"),
        ("杭州海关", "department", "prefecture"),
        ("浙江省人民政府", "government", "province"),
        ("浙江省人民政府办公厅", "general_office", "province"),
        ("浙江省商务厅", "department", "province"),
        ("浙江省发展和改革委员会", "department", "province"),
        ("上海市人民政府", "government", "province"),
        ("杭州市人民政府", "government", "prefecture"),
        ("德宏傣族景颇族自治州人民政府", "government", "prefecture"),
        ("喀什地区行政公署", "government", "prefecture"),
        ("义乌市人民政府", "government", "county"),
        ("余杭区人民政府", "government", "county"),
        ("朝阳区人民政府", "government", "county"),
        ("河北雄安新区管理委员会", "government", "prefecture"),
        ("杭州高新技术产业开发区管理委员会", "department", "prefecture"),
        ("中共杭州市委", "party_committee", "prefecture"),
        ("中共杭州市委办公厅", "general_office", "prefecture"),
        ("深圳市人民代表大会常务委员会", "people_congress", "prefecture"),
        ("浙江省 人民代表大会常务委员会", "people_congress", "province"),
        ("市人民政府", "government", None),
        ("某某有限公司", None, None),
    ],
)
def test_issuers(name, kind, level):
    assert issuer_class(name) == kind
    assert issuer_level(name, GAZETTEER) == level


@pytest.mark.parametrize(
    ("issuer", "kind", "rank"),
    [
        ("全国人民代表大会", "法", 5),
        ("国务院", "条例", 4),
        ("国务院", "暂行条例", 3),
        ("国务院", "方案", 3),
        ("国务院", "意见", 3),
        ("国务院", "通知", 1),
        ("国务院", "批复", 1),
        ("国务院", "函", 1),
        ("国务院办公厅", "意见", 3),
        ("商务部", "令", 4),
        ("商务部", "规定", 3),
        ("商务部", "暂行规定", 2),
        ("商务部", "办法", 2),
        ("商务部", "公告", 1),
    ],
)
def test_the_national_scale(issuer, kind, rank):
    power = rank_document([issuer], "central", kind, "", None)
    assert (power.rank, power.scale) == (rank, "national")


@pytest.mark.parametrize(
    ("issuers", "kind", "rank"),
    [
        (["杭州市人民代表大会常务委员会"], "条例", 5),
        (["杭州市人民政府"], "令", 4),
        (["杭州市人民政府"], "意见", 3),
        (["中共杭州市委"], "方案", 3),
        (["杭州市人民政府"], "通知", 2),
        (["杭州市人民政府办公厅"], "通知", 2),
        (["杭州市商务局", "杭州市财政局"], "通知", 2),
        (["杭州市商务局"], "通知", 1),
        (["杭州市商务局"], "", 1),
        (["杭州市商务局", "杭州市人民政府"], "意见", 3),
    ],
)
def test_the_city_scale(issuers, kind, rank):
    power = rank_document(issuers, "prefecture", kind, "", None)
    assert (power.rank, power.scale) == (rank, "city")


def test_a_notice_has_the_rank_of_what_it_issues():
    title = "浙江省人民政府关于印发中国（杭州）跨境电子商务综合试验区实施方案的通知"
    assert rank_document(["浙江省人民政府"], "province", "", title, "浙政发〔2015〕1号") == Power(
        3, "city", "city: government 方案 (issued by 通知)"
    )


def test_a_notice_that_issues_something_without_a_type_keeps_its_own_rank():
    power = rank_document(["商务部"], "central", "", "关于印发商品清单的通知", None)
    assert (power.rank, power.rule) == (1, "national: ministry 通知 (its own type)")


@pytest.mark.parametrize("number", ["商务部令2019年第1号", "商务部令第5号", "令〔2020〕5号"])
def test_an_order_is_known_by_its_number(number):
    assert rank_document(["商务部"], "central", "办法", "某管理办法", number).rank == 4


def test_an_order_of_the_state_council_is_ranked_by_its_text():
    assert rank_document(["国务院"], "central", "条例", "专利代理条例", "国令第706号").rank == 4
    assert rank_document(["国务院"], "central", "办法", "某办法", "国令第706号").rank == 3


def test_without_a_level_the_issuer_chooses_the_scale():
    assert rank_document(["商务部"], None, "意见", "", None).scale == "national"
    assert rank_document(["杭州市人民政府"], None, "意见", "", None).scale == "city"


@pytest.mark.parametrize(
    ("issuers", "kind", "why"),
    [
        ([], "意见", "no issuer"),
        (["某某有限公司"], "意见", "某某有限公司"),
        (["国务院"], "", "no document type"),
        (["最高人民法院"], "解释", "judicial with 解释"),
        (["国务院"], "章程", "state_council with 章程"),
    ],
)
def test_no_rule_no_rank(issuers, kind, why):
    power = rank_document(issuers, "central", kind, "", None)
    assert power.rank is None
    assert why in power.rule


@given(
    st.lists(st.sampled_from(["国务院", "商务部", "杭州市人民政府", "杭州市商务局", "杭州海关", "某公司"]), max_size=4),
    st.sampled_from([None, "central", "province", "prefecture", "county"]),
    st.sampled_from(["", *TYPES]),
    st.text(st.sampled_from("关于印发《》方案的通知办法（）令第1号"), max_size=20),
)
def test_ranks_are_one_to_five_or_none_with_a_reason(issuers, level, kind, title):
    power = rank_document(issuers, level, kind, title, None)
    assert power.rank in (None, 1, 2, 3, 4, 5)
    assert power.rule.startswith("no rank") == (power.rank is None)


@given(
    st.lists(st.sampled_from(["浙江省人民政府", "杭州市人民政府办公厅", "杭州市商务局"]), min_size=1),
    st.sampled_from(TYPES),
)
def test_a_further_issuer_never_lowers_the_rank(issuers, kind):
    ranks = [rank_document(issuers[:count], "province", kind, "", None).rank or 0 for count in (1, len(issuers))]
    assert ranks[0] <= ranks[1]


@given(st.text(st.sampled_from("关于印发转的《》方案通知（试行）"), max_size=40))
def test_types_are_listed_types(title):
    known = {*builtin_power().endings.values(), ""}
    assert document_type(title) in known
    assert issued_type(title) in known


def write(folder, **changes):
    lists = {
        "issuers": "pattern,match,issuer_class,level,note\n部,ends,ministry,central,\n",
        "title_endings": "ending,document_type,note\nact,act,\n",
        "document_types": "scale,issuer_class,document_type,rank,source,note\nnational,ministry,act,5,own,\n",
    }
    for name, text in {**lists, **changes}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_lists_of_ones_own(tmp_path):
    own = read_power(write(tmp_path))
    assert rank_document(["甲部"], "central", "", "An act", None, lists=own).rank == 5


@pytest.mark.parametrize(
    ("name", "row", "why"),
    [
        ("issuers", "部,within,ministry,central,", "match"),
        ("issuers", "部,ends,ministry,world,", "unknown level"),
        ("issuers", "部,ends,ministry,,\n部,ends,department,,", "twice"),
        ("title_endings", "act,act,\nact,act,", "twice"),
        ("document_types", "national,ministry,act,6,own,", "1 to 5"),
        ("document_types", "national,ministry,act,12,own,", "1 to 5"),
        ("document_types", "world,ministry,act,5,own,", "scale"),
        ("document_types", "national,ministry,bill,5,own,", "no ending"),
        ("document_types", "national,ministry,act,5,own,\nnational,ministry,act,4,own,", "twice"),
    ],
)
def test_broken_rows_are_refused(tmp_path, name, row, why):
    heads = {
        "issuers": "pattern,match,issuer_class,level,note",
        "title_endings": "ending,document_type,note",
        "document_types": "scale,issuer_class,document_type,rank,source,note",
    }
    with pytest.raises(LexiconError, match=why):
        read_power(write(tmp_path, **{name: f"{heads[name]}\n{row}\n"}))


def test_no_endings_are_refused(tmp_path):
    with pytest.raises(LexiconError, match="no endings"):
        read_power(write(tmp_path, title_endings="ending,document_type,note\n"))
