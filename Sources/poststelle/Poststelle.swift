// SPDX-License-Identifier: MIT
import ArgumentParser

@main
struct Poststelle: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poststelle",
        abstract: "The mail room of a small online shop.",
        discussion: """
            Watches the shop's mailboxes, answers routine questions from the shop's own order data, and carries
            everything else, with the order beside it, to the right team.

            Try it without a mailbox:   poststelle demo
            Check your files:           poststelle --shop teeladen check
            Run the service:            poststelle --shop teeladen run
            """,
        version: "0.1.0",
        subcommands: [
            Demo.self, Check.self, Run.self, Status.self, OutboxCommand.self, Read.self, Explain.self,
        ])
}
