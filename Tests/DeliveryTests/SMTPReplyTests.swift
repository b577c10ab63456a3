// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Delivery

@Suite("SMTP answers")
struct SMTPReplyTests {
    @Test(
        "Answers are put together line by line, and the last line decides",
        arguments: [
            ("250 ok\r\n", [250]),
            ("250 ok\n", [250]),
            ("250\r\n", [250]),
            ("250 \r\n", [250]),
            ("250-a\r\n250-\r\n250 b\r\n", [250]),
            ("250-a\r\n550 b\r\n", [550]),
            ("250 a\r\n354 b\r\n599 c\r\n", [250, 354, 599]),
            ("550 5.1.1 Postfach unbekannt \u{FC}\r\n", [550]),
            ("250-goes on\r\n", []),
            ("250 no end", []),
        ]
    )
    func reading(text: String, codes: [Int]) throws {
        #expect(try replies(in: text).map(\.code) == codes)
    }

    @Test("All lines are kept as they came, without their endings")
    func words() throws {
        let reply = try replies(in: "550-5.1.1 no such user\r\n550-\r\n550  see  there\r\n").first
        #expect(reply?.words == "550-5.1.1 no such user\n550-\n550  see  there")
    }

    @Test("Bytes that are no UTF-8 are repaired, not refused")
    func notUTF8() throws {
        var reader = SMTPReplyReader()
        var reply: SMTPReply?
        for byte in Array("550 k".utf8) + [0xFC, 0x0D, 0x0A] { reply = try reader.read(byte) }
        #expect(reply?.lines == ["550 k\u{FFFD}"])
    }

    @Test(
        "A line that is no answer is a fault",
        arguments: [
            "\r\n", "ok\r\n", "25 ok\r\n", "2500 ok\r\n", "250_ok\r\n", "150 ok\r\n", "650 ok\r\n",
            " 250\r\n",
        ]
    )
    func garbage(text: String) {
        #expect(throws: SMTPReplyReader.Fault.self) { try replies(in: text) }
    }

    @Test("A line may have 4096 bytes with its ending, and no more")
    func longLine() throws {
        let longest = "250 " + String(repeating: "x", count: SMTPReplyReader.longestLine - 6)
        #expect(try replies(in: longest + "\r\n").count == 1)
        #expect(throws: SMTPReplyReader.Fault.self) { try replies(in: longest + "x\r\n") }
        #expect(throws: SMTPReplyReader.Fault.self) { try replies(in: longest + "xxx") }
    }

    @Test("An answer may have 200 lines, and no more")
    func manyLines() throws {
        let most = String(repeating: "250-x\r\n", count: SMTPReplyReader.mostLines - 1)
        #expect(try replies(in: most + "250 x\r\n").first?.lines.count == SMTPReplyReader.mostLines)
        #expect(throws: SMTPReplyReader.Fault.self) { try replies(in: most + "250-x\r\n250 x\r\n") }
    }

    @Test("What the server can do is read from its answer to EHLO")
    func capabilities() throws {
        let text = """
            250-mail.example greets shop.example\r
            250-pipelining\r
            250-SIZE 1000\r
            250-8bitMIME\r
            250-SMTPUTF8\r
            250-CHUNKING\r
            250-ENHANCEDSTATUSCODES\r
            250-AUTH=LOGIN\r
            250-\r
            250 X-NEW thing\r

            """
        var wanted = SMTPCapabilities()
        wanted.pipelining = true
        wanted.chunking = true
        wanted.eightBitMIME = true
        wanted.smtpUTF8 = true
        wanted.enhancedStatusCodes = true
        wanted.size = true
        wanted.sizeLimit = 1000
        let reply = try #require(try replies(in: text).first)
        #expect(SMTPCapabilities(ehlo: reply) == wanted)
    }

    @Test(
        "A size that names no usable limit limits nothing",
        arguments: ["SIZE", "SIZE 0", "SIZE many", "SIZE -5", "SIZE 99999999999999999999999"]
    )
    func noLimit(line: String) {
        let capabilities = SMTPCapabilities(ehlo: SMTPReply(code: 250, lines: ["250-hi", "250 " + line]))
        #expect(capabilities.size)
        #expect(capabilities.sizeLimit == nil)
    }

    @Test("The greeting line is no capability")
    func greetingIsNoCapability() {
        let reply = SMTPReply(code: 250, lines: ["250 PIPELINING"])
        #expect(SMTPCapabilities(ehlo: reply) == SMTPCapabilities())
    }

    @Test(
        "The recorded answers of real servers are understood",
        .enabled(if: RecordedAnswers.isPresent, "the recordings in ../shared/data are absent")
    )
    func recorded() throws {
        let files = RecordedAnswers.files
        #expect(files.count >= 30)
        for file in files {
            let bytes = try Data(contentsOf: file)
            let read = try replies(in: String(decoding: bytes, as: UTF8.self))
            let name = file.lastPathComponent
            #expect(read.count == (name.hasPrefix("pipelined") ? 2 : 1), "\(name)")
            let lines = bytes.split(separator: UInt8(ascii: "\n")).count
            #expect(read.reduce(0) { $0 + $1.lines.count } == lines, "\(name)")
            guard name.hasPrefix("comcast-ehlo"), let reply = read.first else { continue }
            let capabilities = SMTPCapabilities(ehlo: reply)
            #expect(capabilities.sizeLimit == 36_700_160, "\(name)")
            #expect(capabilities.eightBitMIME && capabilities.enhancedStatusCodes, "\(name)")
            #expect(capabilities.chunking == name.contains("binarymime"), "\(name)")
            #expect(capabilities.smtpUTF8 == name.contains("smtputf8"), "\(name)")
        }
    }

    private func replies(in text: String) throws -> [SMTPReply] {
        var reader = SMTPReplyReader()
        return try text.utf8.compactMap { try reader.read($0) }
    }
}

private enum RecordedAnswers {
    static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "shared/data/mail/mailkit-transcripts/UnitTests/Net/Smtp/Resources")

    static let files =
        (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []

    static var isPresent: Bool { !files.isEmpty }
}
