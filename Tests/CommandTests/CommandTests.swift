// SPDX-License-Identifier: MIT
import Foundation
import TestSupport
import Testing

/// Runs the real program as a person at a terminal does.
@Suite("The command line", .timeLimit(.minutes(2)))
struct CommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path("state"),
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(
            atPath: try ShippedRules.model.get(),
            toPath: folder.path("state/model")
        )
        try folder.write("", to: "orders.jsonl")
    }

    private func poststelle(_ arguments: String...) async throws -> ChildProcess.Output {
        try await ChildProcess.run(
            try ChildProcess.builtProduct("poststelle"),
            arguments,
            folder: folder.path,
            within: .seconds(60)
        )
    }

    private var place: [String] { ["--state", folder.path("state"), "--rules", ShippedRules.folder] }

    private func check(_ settings: String) async throws -> ChildProcess.Output {
        try folder.write(settings, to: "settings.yaml")
        return try await poststelle(
            "check",
            "--settings",
            "settings.yaml",
            place[0],
            place[1],
            place[2],
            place[3]
        )
    }

    static let good = """
        shop: Teeladen Nord
        mailboxes:
          support:
            address: support@teeladen.example
            imap: {host: imap.example, user: support, credential: mail}
            smtp: {host: smtp.example, user: support, credential: mail}
        teams: {service: team@teeladen.example}
        default_team: service
        orders: {file: orders.jsonl, numbers: ['2026-\\d+']}

        """

    @Test("Right settings are fine, and the sums are shown")
    func fine() async throws {
        let output = try await check(Self.good)
        #expect(output.ending == .exited(0), "\(output.errorText)")
        #expect(output.text.hasPrefix("fine: 1 mailboxes, "))
        #expect(output.text.contains("mode observe"))
    }

    @Test("All mistakes of the settings come in one run, with place, caret and remedy")
    func complaints() async throws {
        let output = try await check(
            """
            shop: Teeladen Nord
            mode: sned
            time_zone: Europe/Belrin
            mailboxes:
              support:
                adress: support@teeladen.example
                imap: {host: imap.example, port: 99999, user: support, password: geheim}
                smtp: {host: smtp.example}
            teams: {service: team}
            default_team: servcie
            """
        )
        #expect(output.ending == .exited(78))
        #expect(!output.errorText.contains("geheim"), "a secret is never shown")
        #expect(
            output.errorText == """
                settings.yaml:2:7: error: unknown value for `mode`: `sned`
                  |
                2 | mode: sned
                  |       ^^^^
                help: did you mean `send`?

                settings.yaml:3:12: error: unknown time zone `Europe/Belrin`
                  |
                3 | time_zone: Europe/Belrin
                  |            ^^^^^^^^^^^^^
                help: write a name such as `Europe/Berlin`

                settings.yaml:6:5: error: `address` is missing
                  |
                6 |     adress: support@teeladen.example
                  |     ^^^^^^
                help: add a line `address: …`

                settings.yaml:6:5: error: unknown key `adress`
                  |
                6 |     adress: support@teeladen.example
                  |     ^^^^^^
                help: did you mean `address`?

                settings.yaml:7:11: error: `credential` is missing
                  |
                7 |     imap: {host: imap.example, port: 99999, user: support, password: ••••••}
                  |           ^
                help: add a line `credential: …`

                settings.yaml:7:38: error: expected a whole number from 1 to 65535, found the number 99999
                  |
                7 |     imap: {host: imap.example, port: 99999, user: support, password: ••••••}
                  |                                      ^^^^^

                settings.yaml:7:70: error: secrets are never written into the settings
                  |
                7 |     imap: {host: imap.example, port: 99999, user: support, password: ••••••}
                  |                                                                      ^^^^^^
                help: write `credential: NAME` and put the password into the file `credentials/NAME`

                settings.yaml:9:18: error: `team` is not a mail address
                  |
                9 | teams: {service: team}
                  |                  ^^^^
                help: write it like `support@shop.example`

                settings.yaml:10:15: error: unknown team `servcie`
                   |
                10 | default_team: servcie
                   |               ^^^^^^^
                help: did you mean `service`?

                9 errors in 1 file

                """
        )
    }

    @Test("A mistake in the shop's own rule file is shown at its place")
    func ruleFile() async throws {
        try folder.write(
            """
            rules:
              - name: Eigene Regel
                when:
                  intnet: where_is_my_order
                do:
                  - forward
            """,
            to: "rules/15-eigene.yaml"
        )
        let output = try await check(Self.good)
        #expect(output.ending == .exited(78))
        #expect(
            output.errorText.contains(
                """
                rules/15-eigene.yaml:4:7: error: unknown condition `intnet`
                  |
                4 |       intnet: where_is_my_order
                  |       ^^^^^^
                help: did you mean `intent`?
                """
            ),
            "\(output.errorText)"
        )
    }

    @Test("The shop may be named before the command or after it")
    func optionsFirst() async throws {
        try folder.write(Self.good, to: "settings.yaml")
        let before = try await poststelle(
            "--settings",
            "settings.yaml",
            "check",
            place[0],
            place[1],
            place[2],
            place[3]
        )
        #expect(before.ending == .exited(0), "\(before.errorText)")
    }

    @Test(
        "What cannot be done is said with its exit status",
        arguments: [
            (["check", "--settings", "nowhere.yaml"], Int32(78), "nowhere.yaml"),
            (["status", "--settings", "nowhere.yaml", "--state", "nowhere"], 73, "nowhere"),
            (["check", "--sop", "x"], 64, "--sop"),
            (
                ["outbox", "--settings", "settings.yaml", "--state", "state", "--retry", "1", "--hold", "2"],
                64, "one of"
            ),
            (
                ["outbox", "--settings", "settings.yaml", "--state", "state", "--retry", "17"], 73,
                "no ledger"
            ),
        ]
    )
    func refusals(arguments: [String], status: Int32, words: String) async throws {
        let output = try await ChildProcess.run(
            try ChildProcess.builtProduct("poststelle"),
            arguments,
            folder: folder.path,
            within: .seconds(60)
        )
        #expect(output.ending == .exited(status), "\(output.errorText)")
        #expect(output.errorText.contains(words), "\(output.errorText)")
    }

    @Test(
        "Every command's help shows an example",
        arguments: ["demo", "check", "run", "status", "outbox", "read", "explain"]
    )
    func help(command: String) async throws {
        let output = try await poststelle("help", command)
        #expect(output.succeeded)
        #expect(output.text.contains("Example"), "\(output.text)")
        #expect(output.text.contains("poststelle"))
    }

    @Test("`read --jsonl` answers every line in its order")
    func readLines() async throws {
        let binary = try ChildProcess.builtProduct("poststelle")
        let lines =
            #"{"id": "a", "text": "Wo bleibt mein Paket?"}"# + "\n"
            + #"{"id": "b", "text": "Where is my parcel?"}"# + "\n"
        try folder.write(lines, to: "texts.jsonl")
        let output = try await ChildProcess.run(
            "/bin/sh",
            [
                "-c", "exec \"$0\" read --jsonl --state \"$1\" --rules \"$2\" < texts.jsonl", binary,
                place[1], place[3],
            ],
            folder: folder.path,
            within: .seconds(60)
        )
        #expect(output.succeeded, "\(output.errorText)")
        let objects = try output.text.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["id"] as? String } == ["a", "b"])
        #expect(objects.map { $0["language"] as? String } == ["de", "en"])
        let best = objects.map { ($0["intents"] as? [[String: Any]])?.first?["name"] as? String }
        #expect(best == ["where_is_my_order", "where_is_my_order"])
    }
}

/// The samples are documentation: what is said there must happen.
@Suite("The samples", .timeLimit(.minutes(3)))
struct SampleTests {
    private struct Expected: Decodable {
        var mail: String
        var outcome: String
        var order: String?
        var answer: String?
        var tags: [String]
    }

    @Test("Every sample mail comes to the outcome that is written beside it")
    func outcomes() async throws {
        let root = FileManager.default.currentDirectoryPath
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: try ShippedRules.model.get(), toPath: folder.path("model"))
        let file = try String(contentsOfFile: root + "/samples/expected.jsonl", encoding: .utf8)
        for line in file.split(separator: "\n") {
            let expected = try JSONDecoder().decode(Expected.self, from: Data(line.utf8))
            let output = try await ChildProcess.run(
                try ChildProcess.builtProduct("poststelle"),
                [
                    "explain", "\(root)/samples/mails/\(expected.mail)", "--settings",
                    "\(root)/samples/settings.yaml",
                    "--state", folder.path, "--rules", ShippedRules.folder, "--at",
                    "2026-11-21T10:04:00+01:00",
                    "--format", "json",
                ],
                within: .seconds(60)
            )
            #expect(output.succeeded, "\(expected.mail): \(output.errorText)")
            let fields = try #require(
                JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any],
                "\(expected.mail)"
            )
            #expect(fields["outcome"] as? String == expected.outcome, "\(expected.mail)")
            #expect(fields["answer"] as? String == expected.answer, "\(expected.mail)")
            #expect(
                (fields["order"] as? [String: Any])?["number"] as? String == expected.order,
                "\(expected.mail)"
            )
            let tags = Set(fields["tags"] as? [String] ?? [])
            #expect(tags.isSuperset(of: expected.tags), "\(expected.mail): \(tags)")
        }
    }

    @Test("The demonstration runs without a server and its books balance")
    func demo() async throws {
        let cache = try TemporaryFolder()
        let output = try await ChildProcess.run(
            try ChildProcess.builtProduct("poststelle"),
            ["demo"],
            environment: ["HOME": cache.path, "PATH": "/usr/bin:/bin"],
            folder: FileManager.default.currentDirectoryPath,
            within: .seconds(90)
        )
        #expect(output.succeeded, "\(output.errorText)")
        #expect(output.text.contains("27 messages = "))
        #expect(output.text.contains("+ 0 open"))
        #expect(output.text.contains("An answer in full"))
        #expect(output.text.contains("A forward in full"))
        #expect(!output.text.contains("{{"))
    }
}
