// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
import Intake
import Mail
import TestSupport
import Testing

@Suite("A folder of files is read")
struct FolderSourceTests {
    /// What the desk was told of a folder.
    static func read(
        _ folder: TemporaryFolder,
        sizeLimit: Int = 1 << 20,
        arrived: Date? = nil,
        desk: RecordingDesk = RecordingDesk()
    ) async throws -> RecordingDesk.Records {
        let source = FolderSource(mailbox: "shop", path: folder.path, arrived: arrived, sizeLimit: sizeLimit)
        try await source.watch(for: desk)
        return await desk.records
    }

    @Test("Files ending in .eml are messages, in the order of their names; others are left alone")
    func files() async throws {
        let folder = try TemporaryFolder()
        for name in ["2.eml", "1.eml", "10.EML", "notes.txt", ".hidden.eml"] {
            try folder.write("Subject: \(name)\r\n\r\n", to: name)
        }
        let moment = Date(timeIntervalSince1970: 1000)
        let records = try await Self.read(folder, arrived: moment)
        #expect(records.subjects == ["1.eml", "10.EML", "2.eml"])
        #expect(records.arrivals.map(\.place.uid) == [1, 2, 3])
        #expect(records.arrivals.allSatisfy { $0.arrived == moment && $0.isWhole && $0.place.validity == 1 })
        #expect(records.inbox?.lastUID == 3 && records.looks == [nil])
    }

    @Test("Reading it again brings the same messages in the same places")
    func again() async throws {
        let folder = try TemporaryFolder()
        for name in ["a.eml", "b.eml"] { try folder.write("Subject: \(name)\r\n\r\n", to: name) }
        let desk = RecordingDesk()
        _ = try await Self.read(folder, desk: desk)
        let records = try await Self.read(folder, desk: desk)
        #expect(records.batches == [[1, 2], [1, 2]] && records.arrivals.count == 2)
    }

    @Test("A Maildir is read from cur and new together")
    func maildir() async throws {
        let folder = try TemporaryFolder()
        try folder.write("Subject: second\r\n\r\n", to: "cur/1002.x:2,S")
        try folder.write("Subject: first\r\n\r\n", to: "new/1001.x")
        try folder.write("Subject: half\r\n\r\n", to: "tmp/1000.x")
        #expect(try await Self.read(folder).subjects == ["first", "second"])
    }

    @Test("A file that cannot be read is told with its path, and the others go on")
    func unreadable() async throws {
        let folder = try TemporaryFolder()
        try folder.write("Subject: a\r\n\r\n", to: "a.eml")
        try folder.write("Subject: c\r\n\r\n", to: "c.eml")
        #expect(mkfifo(folder.path("b.eml"), 0o600) == 0)
        let records = try await Self.read(folder)
        #expect(records.subjects == ["a", "c"])
        #expect(records.looks == ["\(folder.path)/b.eml: is not a file"])
    }

    @Test("Of a giant file the beginning is handed over, and it says so")
    func giant() async throws {
        let folder = try TemporaryFolder()
        try folder.write("Subject: giant\r\n\r\n" + String(repeating: "x", count: 100_000), to: "a.eml")
        let records = try await Self.read(folder, sizeLimit: 70_000)
        #expect(records.arrivals[0].raw.count == 65536 && !records.arrivals[0].isWhole)
        #expect(records.arrivals[0].size == 100_018)
    }

    @Test("The date of a file is the date of its message, and many files come in batches")
    func batches() async throws {
        let folder = try TemporaryFolder()
        for number in 1...450 { try folder.write("Subject: \(number)\r\n\r\n", to: "\(1000 + number).eml") }
        var times = [timeval(tv_sec: 5000, tv_usec: 0), timeval(tv_sec: 5000, tv_usec: 0)]
        #expect(utimes(folder.path("1001.eml"), &times) == 0)
        let records = try await Self.read(folder)
        #expect(records.batches.map(\.count) == [200, 200, 50])
        #expect(records.arrivals[0].arrived == Date(timeIntervalSince1970: 5000))
    }

    @Test("A folder that is not there is an error that names it")
    func absent() async throws {
        let source = FolderSource(mailbox: "shop", path: "/nowhere/at/all")
        let error = await #expect(throws: MailFile.Failure.self) {
            try await source.watch(for: RecordingDesk())
        }
        #expect(error?.description == "/nowhere/at/all: the folder cannot be read")
    }
}
