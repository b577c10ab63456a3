// SPDX-License-Identifier: MIT
import Actions
import Cases
package import Logging
import Mail
package import State

/// The postmaster's log: one line per message concluded and per letter settled, under stable names.
///
/// It carries numbers of the ledger, names of rules and words of servers; never a customer's name, address or
/// text. Servers repeat addresses in their replies, so those are taken out.
package struct EventLog: Sendable {
    private let logger: Logger

    package init(_ logger: Logger) {
        self.logger = logger
    }

    /// What can happen; the names stand in the log and are documented.
    package enum Event: String, Sendable, CaseIterable {
        case serviceStarted = "service.started"
        case serviceStopped = "service.stopped"
        case messageConcluded = "message.concluded"
        /// The day's ceiling for automatic letters holds them back: a loop, or a shop that has outgrown it.
        case breakerTripped = "breaker.tripped"
        case effectSettled = "effect.settled"
        case claimsRecovered = "claims.recovered"
        case mailboxFailing = "mailbox.failing"
        case mailboxBack = "mailbox.back"
        case ordersRead = "orders.read"
        case ordersFaulty = "orders.faulty"
        case originalsDropped = "originals.dropped"
        case loopFailed = "loop.failed"
    }

    package func concluded(_ message: OpenMessage, _ conclusion: Conclusion) {
        var fields: Logger.Metadata = [
            "message": "\(message.id)", "source": "\(message.place.mailbox)/\(message.place.folder)",
            "outcome": "\(conclusion.outcome.rawValue)",
        ]
        if let id = conclusion.caseID { fields["case"] = "\(id.number)" }
        if let rule = conclusion.record?.plan.rule { fields["rule"] = "\(rule)" }
        if let reason = conclusion.reason { fields["reason"] = "\(reason)" }
        write(.messageConcluded, conclusion.outcome == .setAside ? .warning : .notice, fields)
        let failed = conclusion.record?.plan.withheld.flatMap(\.verdict.failed) ?? []
        if let ceiling = failed.first(where: { $0.reason == .dayBudget }) {
            write(.breakerTripped, .error, ["letters": "\(ceiling.detail ?? "?")"])
        }
    }

    package func settled(_ claimed: Claimed, _ settlement: Settlement) {
        var fields: Logger.Metadata = [
            "effect": "\(claimed.effect.key)", "message": "\(claimed.message)",
            "case": "\(claimed.caseID.number)",
            "kind": "\(claimed.effect.kind.rawValue)", "attempt": "\(claimed.attempt)",
        ]
        let words: String
        switch settlement {
        case .delivered(let reply): (fields["outcome"], words) = ("delivered", reply)
        case .retry(_, let reply): (fields["outcome"], words) = ("retry", reply)
        case .changed(_, let reply): (fields["outcome"], words) = ("retry without the original", reply)
        case .rejected(let reply, _): (fields["outcome"], words) = ("rejected", reply)
        case .unknown(let reply, _): (fields["outcome"], words) = ("unknown", reply)
        }
        // Servers also name the mailbox alone: "user anna.brandl unknown".
        let local = claimed.effect.letter.to.address.prefix { $0 != "@" }
        let masked = local.count < 3 ? words : words.replacing(local, with: "<…>")
        fields["words"] = "\(Self.withoutAddresses(masked))"
        let isDelivered = if case .delivered = settlement { true } else { false }
        write(.effectSettled, isDelivered ? .notice : .warning, fields)
    }

    /// A loop's error, which is logged once where the loop goes on.
    package func failed(_ loop: String, _ error: any Error) {
        write(.loopFailed, .error, ["loop": "\(loop)", "words": "\(Self.withoutAddresses("\(error)"))"])
    }

    package func write(_ event: Event, _ level: Logger.Level = .notice, _ fields: Logger.Metadata = [:]) {
        logger.log(level: level, "\(event.rawValue)", metadata: fields)
    }

    /// Words of a server with everything that looks like a mail address replaced.
    package static func withoutAddresses(_ words: String) -> String {
        words.split(separator: " ", omittingEmptySubsequences: false)
            .map { $0.contains("@") ? "<…>" : String($0) }
            .joined(separator: " ")
    }
}
