// SPDX-License-Identifier: MIT
import Cases
import FoundationEssentials
import Mail
import Orders
import Understanding

extension Condition {
    /// The names that a condition can ask for.
    ///
    /// The list is the manual: each case is one line of it.
    package enum Term: String, Sendable, Hashable, CaseIterable {
        /// What the writer wants (`intents.md`), one or several.
        case intent
        /// What the writer threatens with.
        case threatens
        /// Matters that always go to a person.
        case guarded
        case mood
        case language
        case channel
        case mailbox
        case subject
        /// Everything visible.
        case text
        /// The writer's own new words.
        case ownWords = "own_words"
        case from
        case to
        /// Why it is automatic mail, or `true`/`false`.
        case automatic
        case bounce
        case forwarded
        case spam
        case authentication
        case attachments
        case backlog
        /// Whether an order was found.
        case order
        case orderNumber = "order.number"
        case orderSituation = "order.situation"
        case orderStatus = "order.status"
        case orderPlatform = "order.platform"
        /// Since it was placed.
        case orderAge = "order.age"
        /// Whether the writer's address is the order's own.
        case orderBelongsToWriter = "order.belongs_to_writer"
        /// Whether the message itself names a number.
        case orderNamed = "order.named"
        /// Whether the message belongs to a case that was there before.
        case caseExists = "case.exists"
        /// Whether a person of the shop has written in that case.
        case casePerson = "case.person"

        /// What a rule may compare it with.
        package enum Kind: Sendable, Hashable {
            case words
            /// Words out of a closed list.
            case choice([String])
            case flag
            /// A flag that can also be asked for its reason.
            case flagOrWords([String])
            case duration
            case number
            /// Words out of a list that depends on the installation.
            case intent, guarded
        }

        package var kind: Kind {
            switch self {
            case .intent, .threatens: .intent
            case .guarded: .guarded
            case .mood: .choice(Reading.Mood.allCases.map(\.rawValue))
            case .channel: .choice(Message.Channel.allCases.map(\.rawValue))
            case .authentication: .choice(["pass", "fail", "none"])
            case .orderSituation: .choice(Situation.allCases.map(\.rawValue))
            case .orderStatus: .choice(Order.Status.allCases.map(\.rawValue))
            case .automatic: .flagOrWords(Message.Automatic.allCases.map(\.rawValue))
            case .language, .mailbox, .subject, .text, .ownWords, .from, .to, .orderNumber, .orderPlatform:
                .words
            case .bounce, .forwarded, .spam, .backlog, .order, .orderBelongsToWriter, .orderNamed,
                .caseExists,
                .casePerson:
                .flag
            case .attachments: .number
            case .orderAge: .duration
            }
        }

        /// Whether it is compared with words, of which there may be a list.
        var takesWords: Bool {
            switch kind {
            case .words, .choice, .flagOrWords, .intent, .guarded: true
            case .flag, .duration, .number: false
            }
        }

        /// Whether its value is text or an address that somebody wrote.
        var isWritten: Bool {
            switch self {
            case .subject, .text, .ownWords, .from, .to: true
            default: false
            }
        }

        func value(in facts: Facts) -> Value {
            let message = facts.message
            let order = facts.order.order
            func word(_ text: String?) -> Value { text.map { .words([$0]) } ?? .absent }
            switch self {
            case .intent: return .words(facts.wanted)
            case .threatens:
                return .words(facts.reading.intents.filter { $0.act == .threatens }.map(\.name))
            case .guarded: return .words(facts.reading.guarded.map(\.name))
            case .mood: return word(facts.reading.mood.rawValue)
            case .language: return word(facts.reading.language)
            case .channel: return word(message.channel.rawValue)
            case .mailbox: return word(facts.mailbox)
            case .subject: return word(message.subject)
            case .text: return word(message.text)
            case .ownWords: return word(message.ownWords)
            case .from: return word(message.from?.address)
            case .to: return .words((message.to + message.cc).map(\.address))
            case .automatic: return .words(message.automatic.map { [$0.rawValue] } ?? [])
            case .bounce: return .flag(message.bounce != nil)
            case .forwarded: return .flag(message.forwarded != nil)
            case .spam: return .flag(message.isSpam)
            case .authentication: return word(message.authentication.rawValue)
            case .attachments: return .number(Double(message.attachments.count))
            case .backlog: return .flag(facts.isBacklog)
            case .order: return .flag(order != nil)
            case .orderNumber: return word(order?.number)
            case .orderSituation: return word(facts.order.situation?.rawValue)
            case .orderStatus: return word(order?.status.rawValue)
            case .orderPlatform: return word(order?.platform)
            case .orderAge:
                return order?.placed.map { .number(facts.now.timeIntervalSince($0)) } ?? .absent
            case .orderBelongsToWriter: return .flag(facts.order.belongsToWriter)
            case .orderNamed: return .flag(facts.order.isNamed)
            case .caseExists: return .flag(facts.existingCase != nil)
            case .casePerson: return .flag(facts.existingCase?.personWrote != nil)
            }
        }
    }
}
