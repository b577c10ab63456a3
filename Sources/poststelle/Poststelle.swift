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
        ]
    )

    /// Starts the command named in the arguments; the shop may be named before it.
    static func main() async {
        await main(Self.commandFirst(Array(CommandLine.arguments.dropFirst())))
    }

    /// `--shop x check` as `check --shop x`: options that every command has may stand in front of it.
    static func commandFirst(_ arguments: [String]) -> [String] {
        let shared = ["--shop", "--settings", "--state", "--rules"]
        var front: [String] = []
        var rest = arguments[...]
        while let option = rest.first, shared.contains(where: { option == $0 || option.hasPrefix($0 + "=") })
        {
            let length = option.contains("=") ? 1 : 2
            front += rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        guard let command = rest.first else { return arguments }
        return [command] + front + rest.dropFirst()
    }
}
