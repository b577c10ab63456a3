// SPDX-License-Identifier: MIT
import Mail
import Testing

@Suite("The writer's own words")
struct OwnWordsTests {
    @Test(
        "An introduction and the quote below it go",
        arguments: [
            "Am 18.11.2026 um 09:12 schrieb Teeladen Nord:\n> alt",
            "Am Mi., 18. Nov. 2026 um 09:12 Uhr schrieb Teeladen Nord <support@teeladen.example>:\n\n> alt",
            "Am Mi., 18. Nov. 2026 um 09:12 Uhr schrieb Teeladen Nord <\nsupport@teeladen.example>:\n\n> alt\n> alt",
            "Teeladen <support@teeladen.example> schrieb am Mi., 18. Nov. 2026, 09:12:\nalt ohne Zeichen",
            "Teeladen Nord <support@teeladen.example> hat am 18.11.2026 09:12 CET geschrieben:\n\nalt",
            "Am Mittwoch, 18. November 2026 um 09:12:33 MEZ hat Teeladen <s@teeladen.example> Folgendes geschrieben:\n\nalt",
            "On Wed, Nov 18, 2026 at 9:12 AM Teeladen <support@teeladen.example> wrote:\n> old",
            "On Wed, 18 Nov 2026 at 09:12, Teeladen Nord\n<support@teeladen.example> wrote:\n\n> old",
            "On 18 Nov 2026, at 09:12, Teeladen wrote:\nold",
            "2026-11-18 9:12 GMT+01:00 Teeladen <support@teeladen.example>:\n\n> old",
            "On Nov 18, 2026, at 9:12 AM, Teeladen <\nsupport@teeladen.example>\nwrote:\n\nold",
            "On Nov 18, 2026 9:12 AM, \"Teeladen\" <\nr+7f1b@teeladen.example> wrote:\n\n> old",
            "Teeladen Nord schrieb:\n> alt",
            "Le mer. 18 nov. 2026 à 09:12, Teeladen <s@teeladen.example> a écrit :\n> vieux",
            "-----Ursprüngliche Nachricht-----\nVon: Teeladen\nGesendet: Mittwoch\nAn: Jörg\nBetreff: x\n\nalt",
            "-----Original Message-----\nFrom: Teeladen\n\nold",
            "-------- Original-Nachricht --------\nalt",
            "Von: Teeladen <support@teeladen.example>\nGesendet: Mittwoch, 18. November 2026 09:12\nAn: Jörg\nBetreff: Ihre Bestellung\n\nalt",
            "________________________________\nFrom: Teeladen <s@teeladen.example>\nSent: Wednesday\nTo: Jörg\nSubject: x\n\nold",
            "Gesendet: Mittwoch, 18. November 2026 um 09:12 Uhr\nVon: \"Teeladen\" <s@teeladen.example>\nAn: j@kunde.example\nBetreff: x\nalt",
            "*Von:* Teeladen\n*Gesendet:* Mittwoch\n*An:* Jörg\n*Betreff:* x\n\nalt",
            "---------- Forwarded message ---------\nVon: Teeladen\n\nalt",
        ]
    )
    func quotes(quote: String) {
        #expect(ownWords("Wo bleibt mein Paket?\n\nJörg\n\n\(quote)\n") == "Wo bleibt mein Paket?\n\nJörg")
    }

    @Test(
        "Signatures, footers and disclaimers go",
        arguments: [
            "-- \nJörg Müller\nTeestraße 1", "--\nJörg Müller", "Von meinem iPhone gesendet",
            "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.", "Sent from my iPad",
            "Gesendet von Outlook für Android", "Get Outlook for iOS", "Gesendet mit der WEB.DE Mail App",
            "Diese E-Mail enthält vertrauliche Informationen.\nBitte löschen Sie sie.",
            "This email and any attachments are confidential.\n\nPlease delete it.",
            "Virenfrei.www.avast.com",
            "Von meinem iPhone gesendet\n\n> Am 18.11.2026 schrieb Teeladen:\n> alt",
        ]
    )
    func footers(footer: String) {
        #expect(ownWords("Wo bleibt mein Paket?\n\n\(footer)\n") == "Wo bleibt mein Paket?")
    }

    @Test("Answers written between quoted lines are kept")
    func interleaved() {
        let text = """
            Hallo,

            Am 18.11.2026 um 09:12 schrieb Teeladen:
            > Wie war Ihre Nummer?
            2026-1183
            > Und die Adresse?

            Teestraße 1
            > Danke
            """
        #expect(ownWords(text) == "Hallo,\n\n2026-1183\n\nTeestraße 1")
    }

    @Test(
        "Sentences that only look like such marks are the writer's",
        arguments: [
            "Am 18.11.2026 schrieb ich Ihnen folgendes:\nwo ist mein Paket?",
            "Meine Frau schrieb Ihnen:\nkeine Antwort!", "Ich habe zwei Fragen:\n1. wo?\n2. wann?",
            "Von: Jörg\nBetreff: Paket\nNachricht: wo ist es?",
            "Von meinem Nachbarn habe ich nichts bekommen.",
            "Bestellt habe ich:\n- Tee\n- Kanne", "An: niemanden", "---\nkein Paket", "Tel: 040 1234",
            "On the 18th I ordered tea:\nit never came", "5 > 3 ist wahr",
        ]
    )
    func kept(text: String) {
        #expect(ownWords(text) == text)
    }

    @Test("Quotes of HTML mails go too")
    func html() {
        let mail = message(
            """
            Content-Type: text/html; charset=utf-8

            <div dir="ltr">Wo bleibt es?</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">Am Mi.,
            18. Nov. 2026 um 09:12 Uhr schrieb Teeladen &lt;<a href="mailto:s@t.example">s@t.example</a>&gt;:<br></div>
            <blockquote class="gmail_quote"><p>alt</p><p>alt</p></blockquote></div>
            """
        )
        #expect(mail.ownWords == "Wo bleibt es?")
        #expect(mail.text.contains("> alt"))
    }

    @Test("Outlook's header block in HTML ends the own words")
    func outlook() {
        let mail = message(
            """
            Content-Type: text/html; charset=utf-8

            <p class=MsoNormal>Wo bleibt es?</p><div style='border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal>
            <b>Von:</b> Teeladen &lt;s@t.example&gt; <br><b>Gesendet:</b> Mittwoch, 18. November 2026 09:12<br>
            <b>An:</b> Jörg<br><b>Betreff:</b> Ihre Bestellung</p></div><p>alt</p>
            """
        )
        #expect(mail.ownWords == "Wo bleibt es?")
    }
}
