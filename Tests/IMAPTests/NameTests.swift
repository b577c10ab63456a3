// SPDX-License-Identifier: MIT

import IMAP
import Testing

@Suite("Names of folders")
struct FolderNameTests {
    @Test(
        "Names in any language travel in ASCII and come back",
        arguments: [
            ("Gesendete Objekte", "Gesendete Objekte"), ("Entwürfe", "Entw&APw-rfe"), ("R&D", "R&-D"),
            ("&", "&-"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"), ("Envoyés", "Envoy&AOk-s"),
            ("😀", "&2D3eAA-"), ("ü&ü", "&APw-&-&APw-"), ("", ""), ("a\tb", "a&AAk-b"),
        ]
    )
    func roundTrip(text: String, wire: String) {
        #expect(FolderName(text).wire == Array(wire.utf8))
        #expect(FolderName(wire: Array(wire.utf8)).text == text)
    }

    @Test(
        "A name that breaks the rules is shown as it is and sent back unchanged",
        arguments: ["Entw&APw", "Ünicode", "a&!!!-", "&2D0-", "&AA-", "&APz-"]
    )
    func damaged(name: String) {
        let folder = FolderName(wire: Array(name.utf8))
        #expect(folder.text == name)
        #expect(folder.wire == Array(name.utf8))
    }

    @Test("INBOX is the same folder in any case; no other name is")
    func inbox() {
        #expect(FolderName("Inbox") == .inbox)
        #expect(FolderName("Inbox.Sent") != FolderName("INBOX.Sent"))
    }

    @Test("Flags are the same in any case and keep their spelling")
    func flags() {
        #expect(Flag("\\SEEN") == .seen)
        #expect(Set<Flag>(["$Done", "$DONE", "$done"]).count == 1)
        #expect(Flag("$Done").description == "$Done")
        #expect(Flag("$Done").isKeyword && !Flag.seen.isKeyword)
    }
}

@Suite("Dates of receipt")
struct InternalDateTests {
    @Test(
        "A date is read and written as servers write it",
        arguments: [
            ("17-Jul-1996 02:44:25 -0700", 837_596_665, -420), (" 1-Jan-1970 00:00:00 +0000", 0, 0),
            ("29-Feb-2024 23:59:59 +0000", 1_709_251_199, 0),
            ("01-Mar-2000 00:00:00 +0530", 951_849_000, 330),
            ("31-Dec-1969 23:00:00 +0000", -3600, 0), ("21-Nov-2026 10:04:00 +0100", 1_795_251_840, 60),
        ]
    )
    func roundTrip(text: String, seconds: Int64, zone: Int) throws {
        let date = try #require(InternalDate(parsing: text))
        #expect((date.seconds, date.zoneMinutes) == (seconds, zone))
        #expect(InternalDate(parsing: date.description)?.zoneMinutes == zone)
        #expect(InternalDate(parsing: date.description) == date)
    }

    @Test("The same moment is the same date, in whatever zone it is told")
    func zones() {
        let here = InternalDate(parsing: "21-Nov-2026 10:04:00 +0100")
        #expect(here != nil && here == InternalDate(parsing: "21-Nov-2026 09:04:00 +0000"))
        #expect(Set([here, InternalDate(parsing: "21-Nov-2026 09:04:00 +0000")]).count == 1)
        #expect(here != InternalDate(parsing: "21-Nov-2026 10:04:00 +0000"))
    }

    @Test("Days are padded with a space, as the grammar has it")
    func padding() {
        #expect(InternalDate(seconds: 0)?.description == " 1-Jan-1970 00:00:00 +0000")
        #expect(InternalDate(seconds: 253_402_127_999)?.description == "29-Dec-9999 23:59:59 +0000")
        #expect(InternalDate(seconds: 253_402_128_000) == nil)
    }

    @Test(
        "What is no date is refused",
        arguments: [
            "", "yesterday", "17-Jul-1996", "17-Jul-96 02:44:25 -0700", "32-Jul-1996 02:44:25 -0700",
            "17-Jux-1996 02:44:25 -0700", "17-Jul-1996 24:44:25 -0700", "17-Jul-1996 02:44:25 GMT",
            "17-Jul-1996 02:44:25 -07:00", "99999999999999999999-Jul-1996 02:44:25 -0700",
            "17-Jul-0000 02:44:25 -0700", "17-Jul-1996 02:44:25 -0790", "17--1996 02:44:25 +0000",
        ]
    )
    func refused(text: String) {
        #expect(InternalDate(parsing: text) == nil)
    }

    @Test("Random moments come back (seed 3)")
    func random() throws {
        var numbers = SeededNumbers(seed: 3)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: -62_135_510_400..<253_402_128_000, using: &numbers)
            let zone = Int.random(in: -1439...1439, using: &numbers)
            let date = try #require(InternalDate(seconds: seconds, zoneMinutes: zone))
            #expect(InternalDate(parsing: date.description) == date)
        }
    }
}

@Suite("What folders are for")
struct SpecialUseTests {
    private func folder(_ name: String, _ delimiter: Character = "/", _ attributes: Set<Flag> = []) -> Folder
    {
        Folder(name: FolderName(name), delimiter: delimiter, attributes: attributes)
    }

    @Test(
        "A Sent folder is found by its name in the languages of mail programs",
        arguments: [
            "Sent", "SENT ITEMS", "Sent Messages", "Gesendet", "Gesendete Objekte", "Gesendete Elemente",
            "[Gmail]/Gesendet", "[Google Mail]/Gesendet", "INBOX/Sent", "Envoyés", "Envoye\u{301}s",
            "Posta inviata",
            "Enviados", "Verzonden", "Отправленные", "送信済み",
        ]
    )
    func names(name: String) {
        #expect(SpecialUse.sent.candidates(in: [folder("INBOX"), folder(name)]) == [folder(name)])
    }

    @Test("Courier's names below INBOX count too")
    func below() {
        let folders = [folder("INBOX", "."), folder("INBOX.Gesendet", "."), folder("INBOX.Entwürfe", ".")]
        #expect(SpecialUse.sent.candidates(in: folders) == [folders[1]])
        #expect(SpecialUse.drafts.candidates(in: folders) == [folders[2]])
    }

    @Test("A second Sent folder made by a mail program is found behind the announced one")
    func second() {
        let folders = [folder("Sent"), folder("Gesendete Elemente", "/", ["\\Sent", "\\HasNoChildren"])]
        #expect(SpecialUse.sent.candidates(in: folders) == [folders[1], folders[0]])
    }

    @Test("A folder deeper down, without messages, or announced for something else is not taken")
    func near() {
        let folders = [
            folder("Projekte/Sent"), folder("Archive/2025"), folder("Sent", "/", ["\\Noselect"]),
            folder("Trash", "/", ["\\Junk"]), folder("[Gmail]/Archiv", "/", ["\\All"]),
        ]
        #expect(SpecialUse.sent.candidates(in: folders).isEmpty)
        #expect(SpecialUse.archive.candidates(in: folders).isEmpty)
        #expect(SpecialUse.trash.candidates(in: folders).isEmpty)
        #expect(SpecialUse.junk.candidates(in: folders) == [folders[3]])
    }

    @Test("No name stands for two uses")
    func distinct() {
        for name in [
            "Sent", "Drafts", "Junk", "Trash", "Archive", "Spam", "Papierkorb", "Bin", "Utkast", "Koš",
        ] {
            let uses = SpecialUse.allCases.filter { !$0.candidates(in: [folder(name)]).isEmpty }
            #expect(uses.count == 1, "\(name): \(uses)")
        }
    }
}
