// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import Cases

@Suite("Which case a message joins")
struct CaseTests {
    static let now = Date(timeIntervalSince1970: 1_795_251_840)

    private static func known(_ number: Int64, writer: String = "anna@example.de", age: TimeInterval = 3600)
        -> Case
    {
        Case(
            id: Case.ID(number),
            opened: now.addingTimeInterval(-age),
            writer: writer,
            order: "2026-1183",
            lastMessage: now.addingTimeInterval(-age)
        )
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var writer = "anna@example.de"
        var candidates: Case.Candidates
        var number: Int64?
        var tie: Case.Tie?
    }

    static let rows = [
        Row(testDescription: "nothing leads anywhere", candidates: Case.Candidates()),
        Row(
            testDescription: "our signature joins the writer",
            candidates: Case.Candidates(byToken: known(1)),
            number: 1,
            tie: .token
        ),
        Row(
            testDescription: "our signature joins a second address of the customer",
            writer: "anna@office.example",
            candidates: Case.Candidates(byToken: known(1)),
            number: 1,
            tie: .token
        ),
        Row(
            testDescription: "our signature joins even where nobody is named",
            writer: "",
            candidates: Case.Candidates(byToken: known(1)),
            number: 1,
            tie: .token
        ),
        Row(
            testDescription: "our signature comes before everything else",
            candidates: Case.Candidates(byToken: known(1), byReference: [known(2)], byOrder: [known(3)]),
            number: 1,
            tie: .token
        ),
        Row(
            testDescription: "a reference joins the case's own writer, however written",
            writer: "Anna@Example.DE",
            candidates: Case.Candidates(byReference: [known(2)]),
            number: 2,
            tie: .references
        ),
        Row(
            testDescription: "a reference joins after months too",
            candidates: Case.Candidates(byReference: [known(2, age: 200 * 86_400)]),
            number: 2,
            tie: .references
        ),
        Row(
            testDescription: "a reference of a stranger joins nothing",
            writer: "eve@example.org",
            candidates: Case.Candidates(byReference: [known(2)])
        ),
        Row(
            testDescription: "of several references the newest of the writer's own",
            candidates: Case.Candidates(byReference: [
                known(5, writer: "eve@example.org"), known(4), known(2),
            ]),
            number: 4,
            tie: .references
        ),
        Row(
            testDescription: "a reference comes before the same order",
            candidates: Case.Candidates(byReference: [known(2)], byOrder: [known(3)]),
            number: 2,
            tie: .references
        ),
        Row(
            testDescription: "the same order, just within the patience",
            candidates: Case.Candidates(byOrder: [known(3, age: Case.patience - 1)]),
            number: 3,
            tie: .sameOrder
        ),
        Row(
            testDescription: "the same order, when the patience is over",
            candidates: Case.Candidates(byOrder: [known(3, age: Case.patience)])
        ),
        Row(
            testDescription: "the same order, another writer",
            writer: "eve@example.org",
            candidates: Case.Candidates(byOrder: [known(3)])
        ),
        Row(
            testDescription: "a message of nobody joins nobody's case",
            writer: "",
            candidates: Case.Candidates(byReference: [known(2, writer: "")], byOrder: [known(3, writer: "")])
        ),
    ]

    @Test("Signature, reference, same order: each joins whom it may", arguments: rows)
    func joined(row: Row) {
        let found = Case.joined(by: row.writer, at: Self.now, among: row.candidates)
        #expect(found?.case.id.number == row.number)
        #expect(found?.tie == row.tie)
    }

    @Test("A case number is shown as people write it and stored as a number")
    func number() throws {
        #expect("\(Case.ID(4711))" == "#4711")
        #expect(String(decoding: try JSONEncoder().encode([Case.ID(4711)]), as: UTF8.self) == "[4711]")
        #expect(try JSONDecoder().decode([Case.ID].self, from: Data("[4711]".utf8)) == [Case.ID(4711)])
        #expect(Case.ID(9) < Case.ID(10))
    }
}
