// SPDX-License-Identifier: MIT

import Foundation
import IMAP
import Testing

/// Answers recorded from real servers, read from beside the project where they are present.
@Suite("Answers recorded from real servers")
struct RecordedAnswerTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "../shared/data/mail/mailkit-transcripts/UnitTests/Net/Imap/Resources")
        .standardizedFileURL

    private static let servers: [String] =
        (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []

    /// How many lines of these files are no IMAP, and why.
    private static let damaged = [
        // A response code stands alone, without the `* OK` in front of it.
        "exchange/issue115.txt": 1,
        // The empty line of the message got a space when it was stored: the literal is longer than announced.
        "gmail/headers.1+unsolicited-info.txt": 2,
    ]

    @Test(
        "Every recorded answer is understood, and the same however it is cut (seed 11)",
        .enabled(if: !servers.isEmpty, "../shared/data/mail/mailkit-transcripts is absent"),
        .timeLimit(.minutes(1)),
        arguments: servers
    )
    func recorded(server: String) throws {
        var random = SeededNumbers(seed: 11)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Self.folder.appending(path: server).path
        )
        for name in names.sorted() where name.hasSuffix(".txt") {
            let bytes = try Self.bytes(of: "\(server)/\(name)")
            let responses =
                bytes.count <= 300
                ? try feed(bytes, to: { parser() })
                : try feed(bytes, cutBy: &random, times: bytes.count < 20_000 ? 8 : 2, to: { parser() })
            let unparsable = responses.filter { if case .unparsable = $0 { true } else { false } }
            #expect(
                unparsable.count == Self.damaged["\(server)/\(name)"] ?? 0,
                "\(server)/\(name): \(unparsable)"
            )
            #expect(!responses.isEmpty, "\(server)/\(name)")
        }
    }

    @Test(
        "Every recorded message arrives whole",
        .enabled(if: !servers.isEmpty, "../shared/data/mail/mailkit-transcripts is absent")
    )
    func messages() throws {
        var count = 0
        for number in 1...50 {
            guard let bytes = try? Self.bytes(of: "gmail/fetch.\(number).txt") else { continue }
            for response in try parser()(bytes) {
                guard case .fetched(let message) = response else { continue }
                let body = try #require(message.message ?? message.bytes(of: "HEADER"), "fetch.\(number).txt")
                #expect(bytes.count - body.count < 200, "fetch.\(number).txt")
                count += 1
            }
        }
        #expect(count == 21)
    }

    /// The recording with the line endings it had: they were taken off when it was stored as text.
    private static func bytes(of name: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in [UInt8](try Data(contentsOf: folder.appending(path: name))) {
            if byte == 0x0A { bytes.append(0x0D) }
            bytes.append(byte)
        }
        return bytes
    }
}
