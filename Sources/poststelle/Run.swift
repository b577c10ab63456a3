// SPDX-License-Identifier: MIT
import ArgumentParser
import Diagnostics
import Foundation
import Logging
import Service
import ServiceLifecycle
import UnixSignals

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the service until it is told to stop.",
        discussion: """
            Watches the mailboxes, decides, and sends. SIGTERM or Ctrl-C ends it: the work at hand is finished
            first. Log lines go to standard error.

            Example:   poststelle --shop teeladen run
            """
    )

    @OptionGroup var workplace: Workplace

    func run() async throws {
        try await Terminal.run {
            let box = ComplaintBox()
            let settings = try workplace.loadedSettings(box)
            let playbook = try workplace.loadedPlaybook(settings, box)
            if !box.complaints.isEmpty { Terminal.complain(box.complaints.render()) }
            let ledger = try workplace.ledger(isNewAllowed: true)
            var logger = Logger(label: "poststelle", factory: { _ in JournalLog() })
            logger.logLevel = .info
            let house = House(
                settings: settings,
                playbook: playbook,
                ledger: ledger,
                credentials: Credentials(
                    environment: ProcessInfo.processInfo.environment,
                    settings: settings.folder
                ),
                events: EventLog(logger)
            )
            // The lifecycle's own remarks are not the postmaster's business.
            logger.logLevel = .warning
            var configuration = ServiceGroupConfiguration(
                services: [house.supervisor],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            configuration.maximumGracefulShutdownDuration = .seconds(8)
            try await ServiceGroup(configuration: configuration).run()
        }
    }
}
