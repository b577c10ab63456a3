// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc

/// A message in a file of its own.
package struct MailFile: Sendable {
    /// What was read, untouched.
    let bytes: [UInt8]
    /// The file's size in bytes.
    let size: Int
    /// When it was written last.
    let written: Date

    /// What the system refused, and why.
    package struct Failure: Error, Hashable, CustomStringConvertible {
        /// The path and the system's words.
        package let description: String

        fileprivate init(_ path: String, _ words: String) {
            description = "\(path): \(words)"
        }

        /// Made right after the call that failed.
        fileprivate init(_ path: String, call: String) {
            self.init(path, "\(String(cString: strerror(errno))) (\(call))")
        }
    }

    /// Reads a file, or only its beginning when it is larger than the limit; all in bytes.
    init(path: String, limit: Int, excerpt: Int) throws(Failure) {
        // Without O_NONBLOCK a pipe among the files would be waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw Failure(path, call: "open") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Failure(path, call: "fstat") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path, "is not a file") }
        size = Int(status.st_size)
        written = Date(timeIntervalSince1970: Double(status.st_mtim.tv_sec))
        let wanted = size > limit ? min(excerpt, size) : size
        var bytes = [UInt8](repeating: 0, count: wanted)
        var count = 0
        while count < wanted {
            let step = bytes.withUnsafeMutableBytes { buffer in
                read(file, buffer.baseAddress.map { $0 + count }, wanted - count)
            }
            guard step != 0 else { break }
            guard step > 0 || errno == EINTR else { throw Failure(path, call: "read") }
            count += max(0, step)
        }
        // A file that is being shortened is read as it is now.
        bytes.removeLast(wanted - count)
        self.bytes = bytes
    }

    /// The messages in a folder, ordered by the names of their files.
    static func paths(in folder: String) throws(Failure) -> [String] {
        let names = try names(in: folder)
        var files: [(name: String, path: String)] = []
        let inner = ["cur", "new"].filter(names.contains)
        for part in inner {
            let place = "\(folder)/\(part)"
            for name in try Self.names(in: place) { files.append((name, "\(place)/\(name)")) }
        }
        if inner.isEmpty {
            files = names.filter { $0.lowercased().hasSuffix(".eml") }.map { ($0, "\(folder)/\($0)") }
        }
        return files.sorted { ($0.name, $0.path) < ($1.name, $1.path) }.map(\.path)
    }

    private static func names(in folder: String) throws(Failure) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
        } catch {
            throw Failure(folder, "the folder cannot be read")
        }
    }
}
