// SPDX-License-Identifier: MIT
import Actions
import ArgumentParser
import Diagnostics
import Rules
import Service

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check settings, rules, answers and examples.",
        discussion: """
            Reads everything the service would read and lists every mistake with its place and a way out.
            Nothing is changed and no server is asked. Exit status 0: fine, 1: warnings, 78: cannot be served.

            Example:   poststelle --settings ./settings.yaml check
            """
    )

    @OptionGroup var workplace: Workplace

    @Option(help: "How complaints are printed: text or json.")
    var format: Format = .text

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func run() async throws {
        try await Terminal.run {
            let box = ComplaintBox()
            do {
                let settings = try workplace.loadedSettings(box)
                let playbook = try workplace.loadedPlaybook(settings, box)
                guard box.complaints.isEmpty else {
                    printComplaints(box)
                    throw ExitCode(Refusal.Status.complaints.rawValue)
                }
                Terminal.say(
                    "fine: \(settings.accounts.count) mailboxes, \(playbook.rulebook.rules.count) rules, "
                        + "\(playbook.answers.count) answers, \(playbook.exampleCount) examples, mode "
                        + settings.shop.mode.rawValue
                )
            } catch let refusal as Refusal where box.complaints.hasErrors {
                printComplaints(box)
                throw ExitCode(refusal.status.rawValue)
            }
        }
    }

    private func printComplaints(_ box: ComplaintBox) {
        switch format {
        case .text:
            Terminal.complain(box.complaints.render() + "\n" + box.complaints.summary)
        case .json:
            Terminal.say(box.complaints.json())
        }
    }
}
