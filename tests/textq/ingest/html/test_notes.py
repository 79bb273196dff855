"""Notes at the foot of a page stand behind the text; their marks break no sentence."""

from textq.ingest.html import read_html


def test_notes_and_their_marks():
    page = (
        "<div id=zoom><p>企业<sup><a href='#f1' id=r1>[1]</a></sup>应当申报。政策<a href='#f2'>②</a>有效。</p>"
        "<div id=f1><p><a href='#r1'>[1]</a>指跨境企业。</p></div><p><a name=f2></a>②见前。</p><p>二、结尾。</p></div>"
    )
    extract = read_html(page.encode())
    assert extract.text == "企业应当申报。政策有效。\n二、结尾。\n[1]指跨境企业。\n②见前。"
    assert [extract.text[span.start : span.end] for span in extract.footnotes] == ["[1]指跨境企业。", "②见前。"]


def test_a_table_of_contents_is_no_note():
    page = "<div id=zoom><p><a href='#c1'>第一章</a></p><h2 id=c1>第一章</h2><p>第一条 目的。</p></div>"
    extract = read_html(page.encode())
    assert (extract.text, extract.footnotes) == ("第一章\n第一章\n第一条 目的。", ())


def test_raised_characters_are_text():
    assert read_html("<div id=zoom>面积2000m<sup>2</sup>，排放CO<sub>2</sub>。</div>".encode()).text == (
        "面积2000m2，排放CO2。"
    )


def test_a_note_of_two_paragraphs_and_one_with_a_roman_number():
    page = (
        "<p>企业<a href='#sdfootnote1sym'><sup>1</sup></a>应当申报<a href='#_edn1'>i</a>。</p>"
        "<div id=sdfootnote1><p><a name=sdfootnote1sym href='#x'>1</a>指跨境企业。</p><p>含个体户。</p></div>"
        "<div id=edn1><p><a name=_edn1>i</a>见前。</p></div>"
    )
    extract = read_html(page.encode())
    assert extract.text == "企业应当申报。\n1指跨境企业。\n含个体户。\ni见前。"
    assert extract.footnotes[0].start == len("企业应当申报。\n")
