// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

@Suite("Findings")
struct FindingTests {
    private static let patterns = [#"\d{4}-\d{4,6}"#, #"AB-\d{5}"#, #"#?\d{4,6}"#]

    private func find(_ text: String, _ kinds: Set<Reading.Finding.Kind>) throws -> [Reading.Finding] {
        var text = text
        let reader = try FindingReader(orderNumberPatterns: Self.patterns)
        return text.withUTF8 { reader.findings(in: $0) }.filter { kinds.contains($0.kind) }
    }

    @Test(
        "An order number is found by the shop's patterns and the marketplaces'",
        arguments: [
            ("Bestellung 2026-1183", "2026-1183", "2026-1183"),
            ("(Bestellnummer 2026-1183)", "2026-1183", "2026-1183"),
            ("Größe: Nr. 2026-1183.", "Nr. 2026-1183", "2026-1183"),
            ("meine ab-20931!", "ab-20931", "AB-20931"),
            ("Order #4711, please", "#4711", "4711"),
            ("Auftrag 12345 Danke", "12345", "12345"),
            ("Bestellnummer: 015112", "015112", "015112"),
            ("Amazon 302-1234567-7654321", "302-1234567-7654321", "302-1234567-7654321"),
            ("eBay 12-34567-89012", "12-34567-89012", "12-34567-89012"),
        ]
    )
    func orderNumbers(text: String, written: String, value: String) throws {
        let found = try find(text, [.orderNumber])
        #expect(found.map(\.text) == [written])
        #expect(found.map(\.value) == [value])
        let bytes = Array(text.utf8)
        #expect(found.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) } == [written])
    }

    @Test(
        "What only looks like an order number is none",
        arguments: [
            "Tel. 0341-223344", "Telefon: 2026-1183", "mobil 0151 23456789", "+49 3412-22334",
            "0341 / 223344",
            "04109 Leipzig", "CH-8004 Zürich", "D-04109 Leipzig", "1200 € bezahlt", "EUR 1.299,00",
            "kostet 1299,00",
            "am 12.11.2026", "am 2026-11-12", "12.2026", "1500 ml", "2400 mm lang", "2026-11830000",
            "32026-1183",
            "2026-1183-4", "X2026-1183", "0034 0434 1610 9404 2557", "DE89 3704 0044 0532 0130 00",
        ]
    )
    func confusions(text: String) throws {
        #expect(try find(text, [.orderNumber]) == [])
    }

    @Test(
        "What the writer calls an order number is one, without any pattern of the shop",
        arguments: [
            ("Größe? Bestellnummer 2026-11834", "2026-11834", "2026-11834"),
            ("Auftrag Nr. AB-20931 bitte", "Nr. AB-20931", "AB-20931"),
            ("my order number 4711 please", "4711", "4711"),
            ("my order number is #4711.", "#4711", "4711"),
            ("Hi, order #4711 isn't here", "#4711", "4711"),
            ("Meine Bestellung (#4711) fehlt", "#4711", "4711"),
            ("Bestell-Nr.: 88213", "Nr.: 88213", "88213"),
            ("Bestellung 61007 Danke", "61007", "61007"),
            ("Die Nummer meiner Bestellung lautet 70-3341", "70-3341", "70-3341"),
            ("Der Auftrag trägt die Nummer 70-3341", "70-3341", "70-3341"),
            ("Es geht um die bestellte Lampe, Nr. 5512", "Nr. 5512", "5512"),
            ("Order no. SO12345 costs 59.80", "no. SO12345", "SO12345"),
            ("#5120 is the order I mean", "#5120", "5120"),
            ("Order ref: k-55102", "k-55102", "K-55102"),
        ]
    )
    func calledOrders(text: String, written: String, value: String) throws {
        var copy = text
        let reader = try FindingReader(orderNumberPatterns: [])
        let found = copy.withUTF8 { reader.findings(in: $0) }.filter { $0.kind == .orderNumber }
        #expect(found.map(\.text) == [written])
        #expect(found.map(\.value) == [value])
        let bytes = Array(text.utf8)
        #expect(found.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) } == [written])
    }

    @Test(
        "A number beside the word is none where it is a date, a price, a count, a year or called otherwise",
        arguments: [
            "Bestellung 2026", "Bestellung 12.11.2026", "Bestellung 2026-11-12", "Bestellung 3-11-2026",
            "Bestellung vom 3. November", "Bestellung 1200 €", "Bestellung 1500 Stück", "Bestellung Nr. 2",
            "order 1500 pieces", "I'd like to order 1500 flyers", "We order 2000 sheets a month",
            "Bestellung, Tel. 0341 223344", "Bestellung 0341-223344", "Bestellung unter 0171 5550123",
            "Bestellung 5000er Puzzle", "Bestellung mit Rechnung Nr. 4711", "Rechnungsnummer 4711",
            "Kundennummer 30412 und die Bestellung", "order, invoice no. 4711",
            "my customer number 4711, order",
            "Bestellung\n04109 Leipzig", "border 4711", "#4711", "Nr. 4711", "Auftrag für 04109 Leipzig",
            "Bestellung 00340434161094042557",
        ]
    )
    func notCalled(text: String) throws {
        var text = text
        let reader = try FindingReader(orderNumberPatterns: [])
        #expect(text.withUTF8 { reader.findings(in: $0) }.filter { $0.kind == .orderNumber } == [])
    }

    @Test(
        "A tracking number is found in the shape of its carrier",
        arguments: [
            ("DHL 00340434161094042557", "00340434161094042557"),
            ("0034 0434 1610 9404 2557 bitte", "00340434161094042557"),
            ("JJD000390007827501234", "JJD000390007827501234"),
            ("UPS 1Z999AA10123456784", "1Z999AA10123456784"),
            ("1z 999 aa1 01 2345 6784", "1Z999AA10123456784"),
            ("RR473124829DE", "RR473124829DE"),
            ("DPD 01405400945058", "01405400945058"),
            ("GLS Paket 51234567890", "51234567890"),
            ("Sendungsnummer: 123 456 789 012", "123456789012"),
            ("tracking number is 9876543210", "9876543210"),
            ("https://track.example/?id=00340434161094042557&x", "00340434161094042557"),
        ]
    )
    func trackingNumbers(text: String, value: String) throws {
        #expect(try find(text, [.trackingNumber]).map(\.value) == [value])
    }

    @Test(
        "A number with a wrong check digit, or of another kind, is no tracking number",
        arguments: [
            "1Z999AA10123456785", "RR473124828DE", "0151 23456789012", "51234567890", "4111111111111111",
        ]
    )
    func noTracking(text: String) throws {
        #expect(try find(text, [.trackingNumber]) == [])
    }

    @Test("Several facts are listed in the order of the text; account numbers are masked")
    func order() throws {
        let text = "Am 3. November 59,80 € für 2026-1183 überwiesen, DE89 3704 0044 0532 0130 00."
        let found = try find(text, Set(Reading.Finding.Kind.allCases))
        #expect(found.map(\.kind) == [.date, .amount, .orderNumber, .iban])
        #expect(found.map(\.value) == ["3. November", "59,80 €", "2026-1183", "DE••••••••••••••••3000"])
        #expect(!found.contains { $0.text.contains("3704") })
    }

    @Test("A pattern that is not valid is refused in RE2's words")
    func invalid() {
        #expect(throws: PatternError(pattern: "(", reason: "missing ): (")) {
            try FindingReader(orderNumberPatterns: ["("])
        }
    }
}
