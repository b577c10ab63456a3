// SPDX-License-Identifier: MIT

import Actions
import Delivery
import Foundation
import TestSupport
import Testing

@Suite("A courier to a folder")
struct FolderCourierTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    @Test("Each letter becomes one file, byte for byte, and nothing else is left")
    func writes() async throws {
        let courier = FolderCourier(folder: folder.path)
        let told = await courier.deliver([consignment(1), consignment(2, "Käse\n.\n")])
        #expect(
            told == [1, 2].map { .delivered("written to \(folder.path("m\($0).answer.eml"))") }
        )
        #expect(try files() == ["m1.answer.eml", "m2.answer.eml"])
        #expect(try text("m2.answer.eml") == "Subject: 2\r\n\r\nKäse\n.\n")
    }

    @Test("The same key is the same letter: it counts as delivered and its file stays as it is")
    func repeats() async throws {
        let courier = FolderCourier(folder: folder.path)
        let told = await courier.deliver([consignment(1, "first"), consignment(1, "second")])
        #expect(told.last == .delivered("already in \(folder.path("m1.answer.eml"))"))
        _ = await FolderCourier(folder: folder.path).deliver([consignment(1, "third")])
        #expect(try files() == ["m1.answer.eml"])
        #expect(try text("m1.answer.eml").hasSuffix("first"))
    }

    @Test(
        "No key leads out of the folder, hides a file or meets another key",
        arguments: [
            ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd.eml"), (".hidden", "%2Ehidden.eml"), ("", ".eml"),
            ("a b", "a%20b.eml"), ("a%20b", "a%2520b.eml"), ("ä", "%C3%A4.eml"), ("a\0b\n", "a%00b%0A.eml"),
        ]
    )
    func names(key: String, name: String) async throws {
        var letter = consignment(1)
        letter.key = Effect.Key(key)
        let told = await FolderCourier(folder: folder.path).deliver([letter])
        #expect(told == [.delivered("written to \(folder.path(name))")])
        #expect(try files() == [name])
    }

    @Test("What a crash left half-written is written anew")
    func leftover() async throws {
        try Data("half a let".utf8).write(to: URL(filePath: folder.path(".m1.answer.eml.new")))
        _ = await FolderCourier(folder: folder.path).deliver([consignment(1)])
        #expect(try files() == ["m1.answer.eml"])
        #expect(try text("m1.answer.eml") == "Subject: 1\r\n\r\nHallo\r\n")
    }

    @Test("What the disk refuses is tried again later, with the place and the reason")
    func refused() async throws {
        let missing = folder.path("missing")
        let told = await FolderCourier(folder: missing).deliver([consignment(1)])
        #expect(told == [.retry("\(missing)/.m1.answer.eml.new: No such file or directory (open)")])
        var long = consignment(2)
        long.key = Effect.Key(String(repeating: "x", count: 300))
        let mixed = await FolderCourier(folder: folder.path).deliver([long, consignment(1)])
        #expect(mixed[0].words.hasSuffix(".eml.new: File name too long (open)"))
        #expect(mixed[1] == .delivered("written to \(folder.path("m1.answer.eml"))"))
    }
}
