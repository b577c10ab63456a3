// SPDX-License-Identifier: MIT
import Mail
import Testing

@Suite("Text out of HTML")
struct HTMLTextTests {
    @Test(
        "A reader sees these words",
        arguments: [
            ("<p>Guten Tag</p><p>wo ist mein <b>Paket</b>?</p>", "Guten Tag\n\nwo ist mein Paket?"),
            ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"), ("a<br>b<br/>c", "a\nb\nc"),
            ("<ul><li>eins<li>zwei</ul>", "- eins\n- zwei"),
            (
                "<table><tr><td>Name<td>Müller</tr><tr><td>Nr.</td><td>7</td></tr></table>",
                "Name\tMüller\nNr.\t7"
            ),
            ("<a href=\"https://evil.example\">hier</a> klicken", "hier klicken"),
            (
                "Preis &lt; 20&nbsp;&euro; &amp; &Uuml;ber &#228;&#xDF;&#128; &unbekannt; R&D",
                "Preis < 20 € & Über äß€ &unbekannt; R&D"
            ),
            ("<style>p{}</style><script>x<y</script><title>t</title>Text<!-- nein > nein -->!", "Text!"),
            ("viel   \n\n  Leerraum", "viel Leerraum"), ("<pre>a\n b</pre>", "a\nb"),
            ("Preis < 20 und > 3", "Preis < 20 und > 3"),
            ("<![if !mso]>a<![endif]><!--[if mso]>b<![endif]-->", "a"),
            ("<o:p>Outlook</o:p>", "Outlook"), ("kein <b>Ende", "kein Ende"), ("<", ""), ("<p", ""),
            ("<!--", ""),
            ("&#0;&#xFFFFFFFF;x", "\u{FFFD}x"), ("<a title='>'>x</a>", "x"), ("a&#173;b\u{200B}c", "abc"),
        ]
    )
    func words(html: String, expected: String) {
        #expect(text(ofHTML: html) == expected)
    }

    @Test(
        "What is hidden is left out",
        arguments: [
            "<div style=\"display:none\">Vorschau</div>Text",
            "<span style='color:red; DISPLAY : None;'>Vorschau</span>Text",
            "<div hidden>Vorschau</div>Text",
            "<div style=\"max-height:0px;overflow:hidden\"><p>Vorschau</p></div>Text",
            "<p style=\"visibility:hidden\">Vorschau<p>Text",
            "<img src=\"x\" width=1 height=1 alt=\"Vorschau\">Text",
            "<div style=display:none>Vor<div>schau</div></div>Text",
        ]
    )
    func hidden(html: String) {
        #expect(text(ofHTML: html) == "Text")
    }

    @Test("Columns inside a wrapper of font size 0 are seen")
    func seen() {
        #expect(
            text(ofHTML: "<td style=\"font-size:0\"><div style=\"font-size:14px\">Text</div></td>") == "Text"
        )
    }

    @Test(
        "Quotes are marked like those of plain text",
        arguments: [
            ("neu<blockquote>alt<br>auch alt</blockquote>mehr", "neu\n> alt\n> auch alt\nmehr"),
            ("neu<blockquote>a<blockquote>b</blockquote></blockquote>", "neu\n> a\n> > b"),
            ("neu<div class=\"moz-cite-prefix\">Am … schrieb</div>", "neu\n> Am … schrieb"),
            ("neu<div name=\"quote\" style=\"x\">alt</div>", "neu\n> alt"),
        ]
    )
    func quotes(html: String, expected: String) {
        #expect(text(ofHTML: html) == expected)
    }

    @Test(
        "However broken or deep, it is read in linear time",
        .timeLimit(.minutes(1)),
        arguments: [
            "<div>", "<b><i>", "</p>", "<b></i>", "<blockquote>", "<a b=c ", "<!--", "<p style=\"", "&", "&#",
            "<li>",
            "<td>", "<table><tr><td>", "<script>", "<br>", "<x y='", "<div style='display:none'>", "\"<",
            "&amp",
        ]
    )
    func hostile(piece: String) {
        let html = String(repeating: piece, count: piece == "<div>" ? 100_000 : 10_000)
        _ = message("Content-Type: text/html\n\n<p>Anfang</p>\(html)")
    }
}
