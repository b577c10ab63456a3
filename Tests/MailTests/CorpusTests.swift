// SPDX-License-Identifier: MIT
import FoundationEssentials
import Mail
import Testing

/// Mails that nobody here wrote, beside the project; the tests are skipped where they are absent.
@Suite("Foreign mails")
struct CorpusTests {
    static let folder = "../shared/data/mail"
    static let isPresent = FileManager.default.fileExists(atPath: folder)

    /// Every file that is a mail or a torture test of one.
    static func files() -> [String] {
        guard isPresent, let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
            return []
        }
        let endings = [".eml", ".txt", ".msg", ".raw", ".mbox"]
        return paths.filter { path in endings.contains { path.hasSuffix($0) } }.sorted()
    }

    @Test(
        "Each is read without a crash, within the limits, and the same way twice",
        .enabled(if: isPresent, "skipped: ../shared/data/mail is absent"),
        .timeLimit(.minutes(2))
    )
    func parse() throws {
        var count = 0
        for path in Self.files() {
            let raw = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.folder)/\(path)")))
            let mail = Message(parsing: raw, in: support)
            #expect(mail.text.utf8.count <= Message.textLimit, "\(path)")
            #expect(mail.attachments.count <= 1001, "\(path)")
            #expect(!mail.subject.utf8.contains { $0 < 0x20 }, "\(path)")
            #expect(!mail.text.utf8.contains { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 }, "\(path)")
            #expect(mail.ownWords.utf8.count <= mail.text.utf8.count, "\(path)")
            #expect(mail.digest == MailDigest.of(raw), "\(path)")
            #expect(mail.authentication == .none, "\(path)")
            count += 1
        }
        #expect(count > 1000)
    }

    @Test(
        "A mail cut off anywhere is still read",
        .enabled(if: isPresent, "skipped: ../shared/data/mail is absent"),
        .timeLimit(.minutes(1))
    )
    func cut() throws {
        for path in Self.files().filter({ $0.hasPrefix("stalwart-mail-parser") }).prefix(20) {
            let raw = [UInt8](try Data(contentsOf: URL(filePath: "\(Self.folder)/\(path)")))
            for end in stride(from: 0, to: min(raw.count, 6000), by: 53) {
                _ = Message(parsing: Array(raw[..<end]), in: support)
            }
        }
    }
}
