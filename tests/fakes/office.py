"""Documents of office programs made by hand: just what their readers look at."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SLIDE = "http://schemas.openxmlformats.org/presentationml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = {"[Content_Types].xml": "<Types/>"}
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"


def make_zip(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            # Whoever looks at the first bytes of the file is to see its type.
            package.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def make_docx(*blocks: str, title: str = "", author: str = "", created: str = "") -> bytes:
    """`# ` and `## ` begin headings, `- ` items; `a|b` is a row of a table."""
    return make_zip(
        {
            **_TYPES,
            "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>'
            f"{''.join(map(_word_block, blocks))}</w:body></w:document>",
            "word/styles.xml": f'<w:styles xmlns:w="{_WORD}">'
            '<w:style w:styleId="a1"><w:name w:val="heading 1"/></w:style>'
            '<w:style w:styleId="a2"><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style></w:styles>',
            "docProps/core.xml": _core(title, author, created),
        }
    )


def make_pptx(*slides: tuple[str, Sequence[str], str]) -> bytes:
    """Each slide: its title, its lines, the speaker's notes."""
    files: dict[str, str] = {
        **_TYPES,
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{_SLIDE}" xmlns:r="{_OFFICE}">'
        "<p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in range(len(slides)))
        + "</p:sldIdLst></p:presentation>",
        # The files are numbered the other way round: their order is the presentation's.
        "ppt/_rels/presentation.xml.rels": _relations(
            {f"rId{n}": f"slides/slide{len(slides) - n}.xml" for n in range(len(slides))}
        ),
    }
    for n, (title, lines, notes) in enumerate(slides):
        name = f"slide{len(slides) - n}.xml"
        shapes = _shape("title", [title]) + _shape("body", lines) + _shape("sldNum", [str(n + 1)])
        files[f"ppt/slides/{name}"] = _tree("sld", shapes)
        files[f"ppt/slides/_rels/{name}.rels"] = _relations({"rId1": f"../notesSlides/{name}"})
        files[f"ppt/notesSlides/{name}"] = _tree("notes", _shape("body", [notes]))
    return make_zip(files)


def make_xlsx(**sheets: Sequence[Sequence[str | float]]) -> bytes:
    """A number in a cell is a day since 1900, text is shared."""
    strings = [
        cell for rows in sheets.values() for row in rows for cell in row if isinstance(cell, str)
    ]
    files = {
        **_TYPES,
        "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" r:id="r{n}"/>' for n, name in enumerate(sheets))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            {f"r{n}": f"/xl/worksheets/sheet{n}.xml" for n in range(len(sheets))}
        ),
        "xl/styles.xml": f'<styleSheet xmlns="{_SHEET}"><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_SHEET}">'
        + "".join(f"<si><t>{escape(each)}</t></si>" for each in strings)
        + "</sst>",
    }
    for n, rows in enumerate(sheets.values()):
        cells = ("<row>" + "".join(_cell(cell, strings) for cell in row) + "</row>" for row in rows)
        files[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{"".join(cells)}</sheetData></worksheet>'
        )
    return make_zip(files)


def make_odf(kind: str, body: str, *, title: str = "", author: str = "", date: str = "") -> bytes:
    """`kind`: text, presentation or spreadsheet; `body`: its XML."""
    names = "".join(
        f' xmlns:{each}="{_ODF}{each if each != "draw" else "drawing"}:1.0"'
        for each in ("office", "text", "table", "draw", "meta")
    )
    return make_zip(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content{names}><office:body><office:{kind}>{body}"
            f"</office:{kind}></office:body></office:document-content>",
            "meta.xml": f'<office:document-meta{names} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:meta><dc:title>{title}</dc:title><meta:initial-creator>{author}"
            f"</meta:initial-creator><meta:creation-date>{date}</meta:creation-date>"
            "</office:meta></office:document-meta>",
        }
    )


def make_hwpx(*paragraphs: str, title: str = "", table: Sequence[Sequence[str]] = ()) -> bytes:
    names = ' xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph"'
    rows = "".join(
        "<hp:tr>"
        + "".join(
            f"<hp:tc><hp:subList><hp:p><hp:run><hp:t>{cell}</hp:t></hp:run></hp:p></hp:subList></hp:tc>"
            for cell in row
        )
        + "</hp:tr>"
        for row in table
    )
    text = "".join(f"<hp:p><hp:run><hp:t>{each}</hp:t></hp:run></hp:p>" for each in paragraphs)
    text += f"<hp:p><hp:run><hp:tbl>{rows}</hp:tbl></hp:run></hp:p>" if table else ""
    return make_zip(
        {
            "mimetype": "application/hwp+zip",
            "Contents/content.hpf": '<opf:package xmlns:opf="http://www.idpf.org/2007/opf/">'
            f"<opf:metadata><opf:title>{title}</opf:title>"
            '<opf:meta name="creator">가람</opf:meta>'
            '<opf:meta name="CreatedDate">2024-05-06T07:08:09Z</opf:meta>'
            "</opf:metadata></opf:package>",
            "Contents/section0.xml": f"<sec{names}>{text}</sec>",
        }
    )


def make_epub(*chapters: str, title: str = "") -> bytes:
    """Each chapter: the inside of its body."""
    items = "".join(f'<item id="c{n}" href="text/{n}.xhtml"/>' for n in range(len(chapters)))
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/>'
        "</rootfiles></container>",
        "OEBPS/book.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>{title}</dc:title><dc:creator>A. Writer</dc:creator>"
        "<dc:date>2023-04-05</dc:date>"
        f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
    }
    for n, chapter in enumerate(chapters):
        files[f"OEBPS/text/{n}.xhtml"] = (
            "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE html>"
            f"<html><head><title>x</title></head><body><section>{chapter}</section></body></html>"
        )
    return make_zip(files)


def _word_block(block: str) -> str:
    if "|" in block:
        cells = "".join(f"<w:tc>{_word_block(cell)}</w:tc>" for cell in block.split("|"))
        return f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
    for mark, form in (
        ("# ", '<w:pStyle w:val="a1"/>'),
        ("## ", '<w:pStyle w:val="a2"/>'),
        ("- ", "<w:numPr/>"),
    ):
        if block.startswith(mark):
            return f"<w:p><w:pPr>{form}</w:pPr>{_run(block.removeprefix(mark))}</w:p>"
    return f"<w:p>{_run(block)}</w:p>"


def _run(text: str) -> str:
    half = len(text) // 2
    return "".join(
        f'<w:r><w:t xml:space="preserve">{escape(each)}</w:t></w:r>'
        for each in (text[:half], text[half:])
    )


def _core(title: str, author: str, created: str) -> str:
    return (
        '<cp:coreProperties xmlns:cp="core" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/">'
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>"
        f"<dcterms:created>{created}</dcterms:created></cp:coreProperties>"
    )


def _relations(targets: Mapping[str, str]) -> str:
    each = "".join(f'<Relationship Id="{id_}" Target="{to}"/>' for id_, to in targets.items())
    return f'<Relationships xmlns="{_RELATIONS}">{each}</Relationships>'


def _tree(name: str, shapes: str) -> str:
    return (
        f'<p:{name} xmlns:p="{_SLIDE}" xmlns:a="{_DRAWING}"><p:cSld><p:spTree>{shapes}'
        f"</p:spTree></p:cSld></p:{name}>"
    )


def _shape(kind: str, lines: Sequence[str]) -> str:
    text = "".join(f"<a:p><a:r><a:t>{escape(line)}</a:t></a:r></a:p>" for line in lines)
    return (
        f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
        f"<p:txBody>{text}</p:txBody></p:sp>"
    )


def _cell(cell: str | float, strings: list[str]) -> str:
    if isinstance(cell, str):
        return f'<c t="s"><v>{strings.index(cell)}</v></c>'
    return f'<c s="1"><v>{cell}</v></c>'
