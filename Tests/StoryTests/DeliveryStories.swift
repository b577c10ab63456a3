// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import Rules
import Service
import Testing

@Suite("Stories: the mail server does not do what it should", .timeLimit(.minutes(1)))
struct DeliveryStories {
    static let customer = "katrin.brandl@example.de"

    /// The question is asked at the start; the server answers as the script says.
    func story(_ script: @escaping StoryCourier.Script) -> Story {
        var story = Story(orders: [Teeladen.order("2026-11834", of: Self.customer)])
        story.script = script
        story.arrives("question", .question)
        return story
    }

    /// A script that says `trouble` for some time and then delivers.
    func troubled(for duration: Double, _ trouble: Delivery) -> StoryCourier.Script {
        { _, now in now < Teeladen.start.addingTimeInterval(duration) ? trouble : .delivered("250 Ok") }
    }

    @Test(
        "A server that is down or defers is tried again until it takes the answer, once",
        arguments: [
            (600.0, "connection refused"), (3600, "451 4.3.0 try again later"), (4800, "421 closing"),
        ]
    )
    func deferring(duration: Double, words: String) async throws {
        var story = story(troubled(for: duration, .retry(words)))
        story.passes(.seconds(3 * 3600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .answered])
        #expect(end.letters.map(\.recipient) == [Self.customer])
    }

    @Test("An answer that could not leave before its facts are old goes to a person instead")
    func expired() async throws {
        var story = story(troubled(for: 7 * 3600, .retry("451 4.3.0 try again later")))
        story.passes(.seconds(12 * 3600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
        #expect(end.states["m1.answer"] == "withdrawn")
    }

    @Test(
        "After an answer that could not leave, no other answer is tried: the message would be lost behind its key"
    )
    func secondAnswer() async throws {
        var story = story(troubled(for: 7 * 3600, .retry("451 4.3.0 try again later")))
        story.adapt = { playbook in
            playbook.answers["second"] = playbook.answers["wismo-moving"]
            playbook.answers["second"]?.name = "second"
            playbook.answers["second"]?.maxAge = nil
            for index in playbook.rulebook.rules.indices where playbook.rulebook.rules[index].name == "Moving"
            {
                playbook.rulebook.rules[index].actions.append(.end(.answer("second")))
            }
        }
        story.passes(.seconds(12 * 3600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
    }

    @Test("An answer that the server refuses goes to a person")
    func refused() async throws {
        var story = story { parcel, _ in
            parcel.recipient == Self.customer ? .rejected("550 5.1.1 no such user") : .delivered("250 Ok")
        }
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
        #expect(end.states["m1.answer"] == "refused")
    }

    @Test("An answer that may have arrived is never sent again; a person is told")
    func unknown() async throws {
        var story = story { parcel, _ in
            parcel.recipient == Self.customer
                ? .unknown("no reply after the final dot") : .delivered("250 Ok")
        }
        story.passes(.seconds(86_400))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.letters.map(\.recipient) == [Self.customer, Teeladen.team])
        #expect(end.states["m1.answer"] == "unknown")
    }

    @Test("A forward that may have arrived is sent again as the same letter, ever more rarely")
    func unknownForward() async throws {
        var story = Story()
        story.script = troubled(for: 3600, .unknown("no reply after the final dot"))
        story.arrives("concern", .concern)
        story.passes(.seconds(5 * 3600))
        let end = try await story.play()
        #expect(end.outcomes == ["concern": .forwarded])
        #expect(end.states["m1.forward"] == "delivered")
        #expect((2...8).contains(end.letters.count), "\(end.letters.count)")
        #expect(Set(end.letters.map { $0.message.messageID }).count == 1)
    }

    @Test("A forward that the team's server refuses stays in sight in the outbox")
    func refusedForward() async throws {
        var story = Story()
        story.script = { _, _ in .rejected("550 5.1.1 no such user") }
        story.arrives("concern", .concern)
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.states == ["m1.forward": "rejected"])
    }

    @Test("A server that does not take the original gets the forward with a pointer to it")
    func originalRefused() async throws {
        var story = Story()
        story.script = { parcel, _ in
            String(decoding: parcel.bytes, as: UTF8.self).contains("original.eml")
                ? .rejected("552 5.3.4 message too big") : .delivered("250 Ok")
        }
        story.arrives("concern", .concern)
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.states == ["m1.forward": "delivered"])
        #expect(end.letters.count == 1)
        #expect(end.letters.first?.message.text.contains("[original: Message-ID <") == true)
    }

    @Test("What is given up after three days of trying stays in sight as well")
    func givenUp() async throws {
        var story = Story()
        // Deferred twice, then not tried for so long that its time is over.
        story.script = { _, _ in .retry("451 4.3.0 try again later") }
        story.arrives("concern", .concern)
        story.passes(.seconds(120))
        story.sleeps(.seconds(4 * 86_400))
        story.passes(.seconds(60))
        let end = try await story.play()
        #expect(end.states == ["m1.forward": "rejected"])
    }
}

extension Post {
    /// A return, which always goes to the team.
    static let concern = Post(
        from: "Jens Petersen <jens@example.de>",
        subject: "Rücksendung",
        id: "c1@example.de",
        body: """
            Guten Tag,

            ich möchte die Teekanne zurückgeben, sie gefällt mir nicht. Wohin schicke ich sie?

            Jens Petersen
            """
    )
}
