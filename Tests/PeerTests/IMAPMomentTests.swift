// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Intake
import Mail
import Service
import State
import Synchronization
import TestSupport
import Testing

@Suite("An IMAP server breaks off, lies or falls silent", .timeLimit(.minutes(1)))
struct IMAPMomentTests {
    /// Three customers ask; all must be served though the server behaves like this.
    static func serveThree(
        _ setup: PeerShop.Setup = PeerShop.Setup(),
        complaint: String?,
        fault: @escaping PeerMailbox.Fault,
        then check: (PeerShop) async throws -> Void = { _ in }
    ) async throws {
        try await PeerShop.with(setup, mailboxes: [PeerMailbox { $0.fault = fault }]) { shop in
            shop.ask(1)
            shop.ask(2, .parcelAndInvoice)
            shop.ask(3)
            try await shop.running {
                try await shop.settled(3)
                try await eventually("a good look after a bad one", within: .seconds(20)) { () -> Bool? in
                    let look = try await shop.ledger.looks().first
                    let isWell = look?.complaint == nil && look?.succeeded != nil
                    return isWell && !shop.log.lines(of: "mailbox.back").isEmpty ? true : nil
                }
            }
            #expect(try await shop.outcomes() == [1: .answered, 2: .forwarded, 3: .answered])
            if let complaint {
                let lines = shop.log.lines(of: "mailbox.failing")
                #expect(lines.contains { $0.contains(complaint) }, "\(lines)")
            }
            try await check(shop)
        }
    }

    @Test("Cut in the middle of a letter: nothing is lost, nothing is half")
    func cutLiteral() async throws {
        try await Self.serveThree(complaint: "closed the connection") { moment, connection in
            guard moment.asksForTexts, moment.connection == 1 else { return false }
            let mail = Customer(1).mail(.parcel, to: "support", at: PeerClock.start)
            let answer = PeerMailbox.described(
                .init(uid: 1, raw: mail, arrived: PeerClock.start),
                at: 1,
                moment.arguments
            )
            try connection.write(String(answer.prefix(answer.count / 2)))
            connection.cut()
            return true
        }
    }

    @Test("A good-bye at any moment costs nothing", arguments: 0...9)
    func bye(number: Int) async throws {
        try await Self.serveThree(complaint: "back soon") { moment, connection in
            guard moment.connection == 1, moment.number == number else { return false }
            try connection.write("* BYE [UNAVAILABLE] back soon\r\n")
            connection.cut()
            return true
        }
    }

    @Test("Silence at any moment is noticed and costs nothing", arguments: 0...9)
    func silence(number: Int) async throws {
        try await Self.serveThree(.impatient, complaint: "in time") { moment, connection in
            guard moment.connection == 1, moment.number == number else { return false }
            try connection.listen()
            return true
        }
    }

    @Test(
        "A literal's size that is a lie costs the connection, not the mail",
        arguments: [0, 40, 100_000, 99_999_999_999]
    )
    func lyingSizes(size: Int) async throws {
        try await Self.serveThree(.impatient, complaint: nil) { moment, connection in
            guard moment.asksForTexts, moment.connection == 1 else { return false }
            for number in 1...3 {
                let mail = Customer(number).mail(.parcel, to: "support", at: PeerClock.start)
                try connection.write(
                    PeerMailbox.described(
                        .init(uid: UInt32(number), raw: mail, arrived: PeerClock.start),
                        at: number,
                        moment.arguments,
                        literal: number == 2 ? size : nil
                    )
                )
            }
            try connection.write("\(moment.tag) OK done\r\n")
            return true
        } then: { shop in
            #expect(!shop.log.lines(of: "mailbox.failing").isEmpty)
        }
    }

    @Test("A line that does not end is left, and so is an answer that does not end")
    func endless() async throws {
        let isLeft = Mutex(false)
        try await Self.serveThree(.impatient, complaint: nil) { moment, connection in
            guard moment.verb == "EXAMINE", moment.connection < 3 else { return false }
            do {
                for _ in 0..<10_000 {
                    let isLine = moment.connection == 2
                    try connection.write(String(repeating: "x", count: isLine ? 20 : 100_000))
                    if isLine { try connection.write("\r\n* OK still there ") }
                    if isLine { try connection.pause(.milliseconds(5)) }
                }
            } catch ScriptedServer.Trouble.gone {
                isLeft.withLock { $0 = true }
                throw ScriptedServer.Trouble.gone
            }
            return true
        } then: { shop in
            #expect(isLeft.withLock { $0 })
            #expect(shop.log.lines(of: "mailbox.failing").contains { $0.contains("did not end") })
        }
    }
}
