// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import Service
import Understanding

/// A reading in the JSON form that programs rely on.
struct ReadingView {
    let playbook: Playbook
    let shop: Shop

    func json(text: String, subject: String?, id: String) throws -> String {
        let message = Message(parsing: Array("\n".utf8) + Array(text.utf8), in: shop.mailboxes[0])
        let words = message.ownWords.isEmpty ? text : message.ownWords
        return try Self.line(fields(playbook.reader.read(words, subject: subject), findingsIn: text, id: id))
    }

    func json(mail: [UInt8], named name: String) throws -> String {
        let message = Message(parsing: mail, in: shop.mailboxes[0])
        let reading = playbook.reader.read(message.ownWords, subject: message.subject)
        var fields = fields(reading, findingsIn: message.text, id: name)
        fields["message"] = Self.fields(message)
        return try Self.line(fields)
    }

    /// The reading's part of the object.
    func fields(_ reading: Reading, findingsIn text: String, id: String?) -> [String: Any] {
        let answers = playbook.answers.values.sorted { $0.name < $1.name }
        let own = Set(reading.findings.map(\.value))
        let findings = playbook.reader.findings(in: text).filter { own.contains($0.value) }
        let covered = answers.filter { answer in
            guard case .covered = reading.coverage(of: answer.concern) else { return false }
            return reading.guarded.isEmpty
        }
        var fields: [String: Any] = [
            "language": reading.language ?? NSNull(), "mood": reading.mood.rawValue,
            "guarded": reading.guarded.map(\.name),
            "covered": covered.map(\.name),
            "intents": reading.intents.map { intent in
                let threshold = answers.filter { $0.covers.contains(intent.name) }.map(\.threshold).min()
                return [
                    "name": intent.name, "score": Self.rounded(intent.score), "act": intent.act.rawValue,
                    "above_threshold": threshold.map { intent.score >= $0 } ?? false,
                    "evidence": intent.evidence,
                ] as [String: Any]
            },
            "findings": findings.map { finding in
                [
                    "kind": finding.kind.rawValue, "text": finding.text, "value": finding.value,
                    "start": finding.start, "end": finding.end,
                ] as [String: Any]
            },
        ]
        if let id { fields["id"] = id }
        return fields
    }

    static func fields(_ message: Message) -> [String: Any] {
        func one(_ address: Message.Address?) -> Any {
            guard let address else { return NSNull() }
            return ["name": address.name ?? NSNull(), "address": address.address] as [String: Any]
        }
        return [
            "from": one(message.from), "reply_to": one(message.replyTo.first), "to": message.to.map(one),
            "cc": message.cc.map(one), "subject": message.subject,
            "date": message.date.map { $0.formatted(.iso8601) } ?? NSNull(),
            "message_id": message.messageID ?? NSNull(), "channel": message.channel.rawValue,
            "text": message.text,
            "own_words": message.ownWords,
            "attachments": message.attachments.map {
                ["name": $0.name, "type": $0.type, "size": $0.size] as [String: Any]
            },
            "automatic": message.automatic.map { ["reason": $0.rawValue] } ?? NSNull(),
            "bounce": message.bounce.map { bounce in
                [
                    "kind": bounce.kind.rawValue, "address": bounce.address ?? NSNull(),
                    "status": bounce.status ?? NSNull(),
                ]
                    as [String: Any]
            } ?? NSNull(),
            "forwarded": message.forwarded.map { ["from": one($0.from)] } ?? NSNull(),
            "authentication": message.authentication.rawValue, "damage": message.damage,
        ]
    }

    static func rounded(_ score: Double) -> Double {
        (score * 1000).rounded() / 1000
    }

    static func line(_ fields: [String: Any], pretty: Bool = false) throws -> String {
        let options: JSONSerialization.WritingOptions =
            pretty
            ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return String(
            decoding: try JSONSerialization.data(withJSONObject: fields, options: options),
            as: UTF8.self
        )
    }
}
