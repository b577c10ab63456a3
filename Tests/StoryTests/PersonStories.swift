// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import State
import Testing

@Suite("Stories: what a person has to read", .timeLimit(.minutes(1)))
struct PersonStories {
    static let order = Teeladen.order("2026-11834", of: "katrin.brandl@example.de")

    /// Plays one mail to its end; nobody but the team may get a letter.
    func carried(
        _ post: Post,
        kind: Story.MailKind = Story.MailKind(),
        location: SourceLocation = #_sourceLocation
    ) async throws -> (outcome: Outcome?, letters: [Consignment]) {
        var story = Story(orders: [Self.order])
        story.arrives("mail", post, kind: kind)
        story.passes(.seconds(600))
        let end = try await story.play(at: location)
        #expect(end.letters.allSatisfy { $0.recipient == Teeladen.team }, sourceLocation: location)
        return (end.outcomes["mail"] ?? nil, end.letters)
    }

    @Test("A second concern goes to the team, with the order beside it and the original attached")
    func secondConcern() async throws {
        var post = Post.question
        post.body += "\nAußerdem brauche ich bitte noch eine Rechnung mit meiner Firmenadresse.\n"
        let (outcome, letters) = try await carried(post)
        #expect(outcome == .forwarded)
        let letter = try #require(letters.first?.message)
        #expect(letter.text.contains("Bestellung 2026-11834"))
        #expect(letter.text.contains("00340434161094042557"))
        #expect(letter.replyTo.map(\.address) == ["katrin.brandl@example.de"])
        #expect(letter.from?.address == Teeladen.support)
        #expect(letter.attachments.count == 1)
    }

    @Test("A stranger who names the order's number learns nothing; the team is warned")
    func stranger() async throws {
        var post = Post.question
        post.from = "K. Brandl <paketfreund77@example.org>"
        let (outcome, letters) = try await carried(post)
        #expect(outcome == .forwarded)
        #expect(letters.first?.message.text.contains("Achtung") == true)
    }

    @Test("A sender whose domain disowns the mail gets no answer")
    func forged() async throws {
        var post = Post.question
        post.dmarc = "fail"
        let (outcome, letters) = try await carried(post)
        #expect(outcome == .forwarded)
        #expect(letters.count == 1)
    }

    @Test("An answer is never diverted by Reply-To")
    func replyTo() async throws {
        var post = Post.question
        post.headers = ["Reply-To: dieb@example.net"]
        #expect(try await carried(post).outcome == .forwarded)
    }

    @Test(
        "Mail that nobody typed for us is never answered",
        arguments: [
            (["Auto-Submitted: auto-replied"], "Automatische Antwort: Bestellung", Outcome.left),
            (["Return-Path: <>"], "Wo bleibt meine Bestellung?", .left),
            // A mailing list or a spam filter may be wrong about a customer of ours: a person looks.
            (["Precedence: bulk", "List-Id: <n.example.net>"], "Wo bleibt meine Bestellung?", .forwarded),
            (["X-Spam-Flag: YES"], "Wo bleibt meine Bestellung?", .forwarded),
        ]
    )
    func robots(headers: [String], subject: String, outcome: Outcome) async throws {
        var post = Post.question
        post.headers = headers
        post.subject = subject
        #expect(try await carried(post).outcome == outcome)
    }

    @Test("A newsletter stays where it is")
    func newsletter() async throws {
        let (outcome, letters) = try await carried(
            Post(
                from: "Porzellan Kontor <news@porzellan.example.net>",
                subject: "Neu im Sortiment",
                id: "n1@example.net",
                headers: ["List-Unsubscribe: <https://example.net/u/1>", "Precedence: bulk"],
                body: "Winterware ist da. Wo bleibt Ihre Bestellung?"
            )
        )
        #expect(outcome == .left)
        #expect(letters.isEmpty)
    }

    @Test("A delivery report is no occasion to send anything to anybody but the team")
    func bounce() async throws {
        var post = Post(
            from: "MAILER-DAEMON@mx.teeladen.example",
            subject: "Undelivered Mail Returned to Sender",
            id: "b1@mx",
            headers: ["Return-Path: <>", "Auto-Submitted: auto-replied"],
            body: ""
        )
        post.dmarc = nil
        let report = """
            Content-Type: text/plain

            <katrin.brandl@example.de>: 550 5.1.1 User unknown

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.teeladen.example

            Final-Recipient: rfc822; katrin.brandl@example.de
            Action: failed
            Status: 5.1.1

            --b--
            """
        let raw = String(decoding: post.raw, as: UTF8.self)
            .replacing(
                "text/plain; charset=utf-8",
                with: "multipart/report; report-type=delivery-status; boundary=b"
            )
        var story = Story(orders: [Self.order])
        story.arrives("bounce") { _ in Array((raw + "--b\r\n" + report.replacing("\n", with: "\r\n")).utf8) }
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["bounce": .forwarded])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
    }

    @Test(
        "Mail that is old, or was there before us, is never answered",
        arguments: [
            Story.MailKind(age: 3 * 86_400), Story.MailKind(isBacklog: true), Story.MailKind(isWhole: false),
        ]
    )
    func old(kind: Story.MailKind) async throws {
        #expect(try await carried(.question, kind: kind).outcome == .forwarded)
    }

    @Test("In observe mode nothing at all leaves the house, also not what was queued before")
    func observing() async throws {
        var story = Story(orders: [Self.order])
        story.shop.mode = .observe
        story.arrives("question", .question)
        var other = Post.questionWithoutNumber
        other.body += "\nUnd ich möchte meine letzte Bestellung widerrufen.\n"
        story.arrives("other", other)
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .left, "other": .left])
        #expect(end.letters.isEmpty)
    }

    @Test("A message that cannot be decided is carried to a person untouched, and holds up no other one")
    func setAside() async throws {
        var story = Story(orders: [Self.order])
        story.tells(lines: [.init(Teeladen.order("2026-66666", of: "x@example.de"), json: "{broken")])
        var poison = Post.question.with(id: "p1@example.org")
        poison.from = "x@example.de"
        poison.subject = "Wo ist 2026-66666?"
        poison.body = "Hallo, wo ist meine Bestellung 2026-66666?"
        story.arrives("poison", poison)
        story.arrives("question", .question)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["poison": .setAside, "question": .answered])
        let aside = try #require(end.letters.first { $0.key.text == "m1.set-aside" })
        #expect(aside.recipient == Teeladen.team)
        #expect(aside.message.attachments.count == 1)
        #expect(String(decoding: aside.bytes, as: UTF8.self).contains("p1@example.org"))
    }

    @Test("A message that ended the service three times is set aside at the next start")
    func crashing() async throws {
        let folder = try StoryFolder()
        defer { folder.remove() }
        var story = Story(orders: [Self.order])
        story.arrives("mail", .question)
        let run = try StoryRun(story, ledger: folder.path("ledger"))
        try await run.play(from: 0)
        for attempt in 1...3 {
            // The start, and the attempt that the process does not survive.
            try await run.recover()
            let open = try await run.ledger.openMessages(limit: 50)
            #expect(open.map(\.attempts) == [attempt])
            try await run.ledger.countAttempt(at: open[0].id)
        }
        try await run.recover()
        try await run.work(until: Teeladen.start.addingTimeInterval(600))
        let end = try await run.ending()
        #expect(end.outcomes == ["mail": .setAside])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
    }
}
