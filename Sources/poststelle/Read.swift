// SPDX-License-Identifier: MIT
import Actions
import ArgumentParser
import Diagnostics
import Foundation
import Mail
import Service
import Understanding

struct Read: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what Poststelle understands of mails or texts.",
        discussion: """
            Writes one JSON object per mail, or per line with --jsonl, in the same order. No order is looked up and
            nothing is sent.

            Examples:   poststelle read mail.eml
                        poststelle read --jsonl < texts.jsonl
            """
    )

    @OptionGroup var workplace: Workplace

    @Flag(help: "Read lines {\"id\", \"subject\", \"text\"} from standard input.")
    var jsonl = false

    @Argument(help: ArgumentHelp("Mails in RFC 5322 form; - is standard input.", valueName: "file"))
    var files: [String] = []

    func run() async throws {
        try await Terminal.run {
            let box = ComplaintBox()
            let isNamed = workplace.settings != nil || workplace.shop != nil
            let settings = isNamed ? try workplace.loadedSettings(box) : Settings.unnamed
            let view = ReadingView(playbook: try workplace.loadedPlaybook(settings, box), shop: settings.shop)
            if jsonl { return try readLines(view) }
            guard !files.isEmpty else { throw Refusal("name a mail, or - for standard input", .usage) }
            for file in files { Terminal.say(try view.json(mail: try bytes(of: file), named: file)) }
        }
    }

    private func bytes(of file: String) throws -> [UInt8] {
        let data =
            file == "-"
            ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: file)
        guard let data else { throw Refusal("\(file) cannot be read", .input) }
        return Array(data)
    }

    private func readLines(_ view: ReadingView) throws {
        struct Line: Decodable {
            var id: String?
            var subject: String?
            var text: String
        }
        var number = 0
        while let line = readLine() {
            number += 1
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            do {
                let one = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
                Terminal.say(try view.json(text: one.text, subject: one.subject, id: one.id ?? "\(number)"))
            } catch is DecodingError {
                throw Refusal(
                    "line \(number) is no object with a `text`; write for instance {\"id\": \"m1\", \"text\": \"…\"}",
                    .input
                )
            }
        }
    }
}
