// SPDX-License-Identifier: MIT
import Actions
import Delivery
import Foundation
import Mail
import Service
import State
import Synchronization
import TestSupport
import Testing
import Wire

@Suite("An SMTP server makes trouble", .serialized, .timeLimit(.minutes(1)))
struct SMTPPeerTests {
    typealias Step = PeerPost.Moment.Step

    @Test(
        "What is refused for now is tried again at its time, and arrives once",
        arguments: [Step.sender, .recipient, .data, .letter],
        [Customer.Question.parcel, .parcelAndInvoice]
    )
    func refusedForNow(step: Step, question: Customer.Question) async throws {
        let post = PeerPost { $0.step == step && $0.connection == 1 ? .say("451 4.7.1 later") : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1, question)
            try await shop.takeIn(1)
            try await shop.house.settleAll()
            let entry = try #require(try await shop.ledger.outbox().first)
            #expect(entry.state == "waiting")
            #expect(entry.attempt == 1)
            #expect(entry.words?.contains("it said `451 4.7.1 later`") == true)
            #expect(entry.due == Self.due(after: 1, of: entry.key, at: shop.now))
            // Before that nothing is tried.
            shop.wait(until: entry.due.addingTimeInterval(-1))
            try await shop.house.settleAll()
            #expect(post.accepted.isEmpty)
            post.behave()
            shop.wait(until: entry.due)
            try await shop.house.settleAll()
            #expect(try await shop.entry(entry.key)?.state == "delivered")
            let lines = shop.log.lines(of: "effect.settled")
            #expect(lines.count == 2)
            #expect(lines.first?.contains("451 4.7.1 later") == true)
            #expect(lines.last?.contains("taken as") == true)
        }
    }

    @Test(
        "An answer that is refused for good becomes a person's message, with the server's reason",
        arguments: [Step.recipient, .letter]
    )
    func answerRefused(step: Step) async throws {
        let words = "550 5.1.1 <zanderbek1@kunde.example> unknown here"
        let post = PeerPost { $0.step == step && $0.recipient == Customer(1).address ? .say(words) : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1)
            try await shop.takeIn(1)
            #expect(try await shop.settleInTime() == [shop.now])
            #expect(try await shop.outcomes() == [1: .forwarded])
            let answer = try #require(try await shop.entry("m1.answer"))
            #expect(answer.state == "refused")
            #expect(answer.words?.contains("it said `\(words)`") == true)
            let forward = try #require(shop.letters(to: PeerShop.team, about: 1).first?.text)
            #expect(forward.contains("our answer was refused"))
            #expect(forward.contains("550 5.1.1"))
        }
    }

    @Test("A letter for the team that is refused for good stays in sight until a person lets it go again")
    func forwardRefused() async throws {
        let post = PeerPost { $0.step == .recipient ? .say("550 5.7.1 not from you") : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1, .parcelAndInvoice)
            try await shop.takeIn(1)
            try await shop.house.settleAll()
            let entry = try #require(try await shop.ledger.outbox().first)
            #expect(entry.state == "rejected")
            #expect(entry.words?.contains("it said `550 5.7.1 not from you`") == true)
            // It is not tried again by itself.
            #expect(try await shop.dispatcher.nextDue() == nil)
            post.behave()
            #expect(try await shop.ledger.order(.retry, effect: entry.id, now: shop.now))
            try await shop.house.settleAll()
            #expect(try await shop.entry(entry.key)?.state == "delivered")
        }
    }

    @Test(
        "A server that has enough in the middle of a batch gets the rest over another connection",
        arguments: [Step.sender, .recipient, .letter]
    )
    func batch(step: Step) async throws {
        let post = PeerPost { moment in
            moment.step == step && moment.letters == 2 ? .leave("421 4.3.2 two letters are enough") : .usual
        }
        try await PeerShop.with(posts: [post]) { shop in
            for customer in 1...6 { shop.ask(customer) }
            try await shop.takeIn(6)
            try await shop.settleInTime()
            for customer in 1...6 {
                #expect(
                    shop.letters(to: Customer(customer).address, about: customer).count(where: \.isAccepted)
                        == 1
                )
            }
            #expect(try await shop.ledger.outboxCounts() == ["delivered": 6])
        }
    }

    @Test("After an answer whose fate nobody knows a person looks, and the customer gets no second one")
    func answerCut() async throws {
        let post = PeerPost { $0.step == .letter && $0.letters == 2 && $0.connection == 1 ? .cut : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            for customer in 1...5 { shop.ask(customer) }
            try await shop.takeIn(5)
            try await shop.settleInTime()
            let unknown = try await shop.ledger.outbox(all: true).filter { $0.state == "unknown" }
            #expect(unknown.map(\.attempt) == [1])
            #expect(unknown.first?.words?.contains("may have taken the letter") == true)
            #expect(shop.log.lines(of: "effect.settled").count { $0.contains("outcome=unknown") } == 1)
            let forwards = shop.posts[0].accepted(for: PeerShop.team)
            #expect(forwards.count == 1)
            #expect(forwards.first?.text.contains("nobody knows whether our answer arrived") == true)
            #expect(try await shop.outcomes().values.count { $0 == .answered } == 4)
            // A week later nothing more is sent.
            shop.wait(7 * 86_400)
            try await shop.house.settleAll()
            #expect(post.received.count == 6)
        }
    }

    @Test("A server that says nothing after the letter: a person looks; one that does not greet: again later")
    func silence() async throws {
        let post = PeerPost { moment in
            switch moment.step {
            case .greeting where moment.connection == 1: .silence
            case .letter where moment.recipient != PeerShop.team: .silence
            default: .usual
            }
        }
        let isImpatient = Mutex(true)
        var setup = PeerShop.Setup()
        setup.limits = SMTPCourier.Limits(
            connecting: .milliseconds(300),
            patience: { wait in
                // The letter for the team, which comes next, shall not be in doubt on a busy machine.
                let isFirst = wait == .acceptance && isImpatient.withLock { $0 }
                if isFirst { isImpatient.withLock { $0 = false } }
                return isFirst ? .milliseconds(200) : .seconds(20)
            }
        )
        try await PeerShop.with(setup, posts: [post]) { shop in
            shop.ask(1)
            try await shop.takeIn(1)
            try await shop.house.settleAll()
            #expect(try await shop.entry("m1.answer")?.words?.contains("did not greet in time") == true)
            try await shop.settleInTime()
            #expect(try await shop.entry("m1.answer")?.state == "unknown")
            #expect(try await shop.entry("m1.answer")?.words?.contains("no answer") == true)
        }
    }

    @Test("A letter for the team whose fate nobody knows comes again, the same and under the same Message-ID")
    func forwardCut() async throws {
        let post = PeerPost { $0.step == .letter && $0.attempt < 3 ? .cut : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1, .parcelAndInvoice)
            try await shop.takeIn(1)
            #expect(try await shop.settleInTime().count == 3)
            #expect(post.received.count == 3)
            #expect(Set(post.received.compactMap(\.message.messageID)).count == 1)
            #expect(try await shop.entry("m1.forward")?.attempt == 3)
        }
    }

    @Test(
        "Ten minutes without a server: everything is tried at its time and arrives once afterwards",
        arguments: [PeerPost.Play.cut, .leave("421 4.3.2 down for repair"), .leave("554 5.3.2 not for you")],
        [Customer.Question.parcel, .parcelAndInvoice]
    )
    func down(play: PeerPost.Play, question: Customer.Question) async throws {
        let post = PeerPost { _ in play }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1, question)
            try await shop.takeIn(1)
            let key = try #require(try await shop.ledger.outbox().first?.key)
            let end = shop.now.addingTimeInterval(600)
            var attempt = 1
            while true {
                let tried = shop.now
                try await shop.house.settleAll()
                let due = try #require(try await shop.dispatcher.nextDue())
                #expect(due == Self.due(after: attempt, of: key, at: tried))
                if case .leave(let words) = play {
                    #expect(try await shop.entry(key)?.words?.contains(words) == true)
                }
                guard due < end else { break }
                attempt += 1
                shop.wait(until: due)
            }
            #expect((4...5).contains(attempt))
            post.behave()
            try await shop.settleInTime()
            #expect(try await shop.entry(key)?.state == "delivered")
            #expect(try await shop.entry(key)?.attempt == attempt + 1)
            #expect(post.received.count == 1)
        }
    }

    @Test("An answer that does not get through for hours is withdrawn; a person gets the message")
    func answerTooLate() async throws {
        let post = PeerPost { $0.recipient == Customer(1).address ? .say("452 4.2.2 mailbox full") : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1)
            try await shop.takeIn(1)
            try await shop.settleInTime()
            #expect(try await shop.entry("m1.answer")?.state == "withdrawn")
            #expect(try await shop.outcomes() == [1: .forwarded])
            #expect(post.accepted(for: PeerShop.team).count == 1)
        }
    }

    @Test("A letter for the team that nobody takes for days is given up in sight, not silently")
    func givenUp() async throws {
        let post = PeerPost { $0.step == .recipient ? .say("450 4.2.1 try later") : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1, .parcelAndInvoice)
            try await shop.takeIn(1)
            let moments = try await shop.settleInTime(atMost: 100)
            #expect(moments.count < 100)
            let entry = try #require(try await shop.ledger.outbox().first)
            #expect(entry.state == "rejected")
            #expect(entry.words?.hasPrefix("given up after \(moments.count) attempts") == true)
            #expect(entry.words?.contains("450 4.2.1 try later") == true)
            #expect(shop.now.timeIntervalSince(entry.queued) > 2.9 * 86_400)
            post.behave()
            #expect(try await shop.ledger.order(.retry, effect: entry.id, now: shop.now))
            try await shop.house.settleAll()
        }
    }

    @Test(
        "The service is stopped while a server keeps silent after a letter: it ends soon, and the next start goes on"
    )
    func stopped() async throws {
        let post = PeerPost { $0.step == .letter && $0.recipient != PeerShop.team ? .silence : .usual }
        var setup = PeerShop.Setup()
        setup.limits = SMTPCourier.Limits(grace: .milliseconds(200))
        try await PeerShop.with(setup, posts: [post]) { shop in
            shop.ask(1)
            shop.ask(2)
            let clock = ContinuousClock()
            var begun = clock.now
            try await shop.running {
                try await eventually("a letter on its way", within: .seconds(20)) {
                    post.received.isEmpty ? nil : true
                }
                begun = clock.now
            }
            #expect(clock.now - begun < .seconds(5))
            #expect(try await shop.ledger.outboxCounts()["claimed"] == nil)
            #expect(try await shop.ledger.outbox(all: true).count { $0.state == "unknown" } == 1)
            post.behave()
            shop.wait(3600)
            try await shop.running { try await shop.settled(2) }
        }
    }

    @Test("A slow server is waited for")
    func slow() async throws {
        let post = PeerPost { _ in .late(.milliseconds(40)) }
        try await PeerShop.with(posts: [post]) { shop in
            for customer in 1...3 { shop.ask(customer, customer == 2 ? .parcelAndInvoice : .parcel) }
            try await shop.takeIn(3)
            try await shop.house.settleAll()
            #expect(
                try await shop.ledger.outbox(all: true).map(\.state) == [
                    "delivered", "delivered", "delivered",
                ]
            )
            #expect(try await shop.ledger.outbox(all: true).map(\.attempt) == [1, 1, 1])
        }
    }

    @Test("A refused login is told in the server's words, without the password, and costs no letter")
    func login() async throws {
        let post = PeerPost(announcing: ["AUTH PLAIN"]) { moment in
            moment.step == .login ? .say("535 5.7.8 \(PeerMailbox.password) is not right") : .usual
        }
        var setup = PeerShop.Setup()
        setup.logsInToSend = true
        try await PeerShop.with(setup, posts: [post]) { shop in
            shop.ask(1)
            shop.ask(2, .parcelAndInvoice)
            try await shop.takeIn(2)
            try await shop.house.settleAll()
            for entry in try await shop.ledger.outbox() {
                #expect(entry.state == "waiting")
                #expect(
                    entry.words?.contains("refused the login; it said `535 5.7.8 *** is not right`") == true
                )
            }
            post.behave()
            try await shop.settleInTime()
            #expect(try await shop.ledger.outboxCounts() == ["delivered": 2])
        }
    }

    @Test(
        "A refusal that comes in one packet with the answers before it counts, also on a connection used before"
    )
    func onePacket() async throws {
        try await ScriptedServer.with { connection in
            try connection.write("220 post\r\n")
            for _ in 1...2 {
                try connection.expect("EHLO")
                try connection.write("250-post\r\n250 PIPELINING\r\n")
            }
            for number in 1...2 {
                if number == 2 { try connection.expect("RSET") }
                for command in ["MAIL", "RCPT", "DATA"] { try connection.expect(command) }
                try connection.write(
                    (number == 2 ? "250 reset\r\n" : "") + "250 sender\r\n450 later\r\n554 nobody\r\n"
                )
            }
            try connection.listen()
        } during: { server in
            let courier = SMTPCourier(
                endpoint: Endpoint(.smtp, host: "127.0.0.1", port: server.port, security: .none),
                name: "shop.example"
            )
            let letter = Consignment(
                key: Effect.Key("m1.answer"),
                sender: "support@shop.example",
                recipient: Customer(1).address,
                bytes: Array("Subject: 1\r\n\r\nHello\r\n".utf8)
            )
            let words =
                "127.0.0.1:\(server.port) has not taken the letter yet (recipient): it said `450 later`"
            for _ in 1...2 { #expect(await courier.deliver([letter]) == [.retry(words)]) }
            #expect(server.connectionCount == 1)
            #expect(server.complaints.isEmpty)
        }
    }

    /// When the schedule lets a letter be tried again, in whole seconds.
    static func due(after attempt: Int, of key: String, at now: Date) -> Date? {
        let next = RetrySchedule().next(afterAttempt: attempt, age: .zero, seed: Effect.Key(key).seed)
        guard case .retry(let wait) = next else { return nil }
        return now.addingTimeInterval(Double(wait.components.seconds))
    }
}
