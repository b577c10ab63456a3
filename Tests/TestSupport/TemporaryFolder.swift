// SPDX-License-Identifier: MIT

import Foundation
import Glibc

/// A new folder that is removed, with all in it, as soon as nobody holds it any more.
///
/// When the test process dies first, ``ProcessGuard`` removes it.
package final class TemporaryFolder: Sendable {
    /// The absolute path, without a slash at the end; short enough for Unix sockets inside.
    package let path: String

    /// Makes the folder in the system's folder for temporary files.
    ///
    /// - Parameter openToAll: Whether other users may enter and read it (mode 0755 instead of 0700).
    /// - Throws: The system's reason.
    package init(openToAll: Bool = false) throws {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/poststelle-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ChildProcess.Failure(description: "\(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        if openToAll { chmod(path, 0o755) }
        ProcessGuard.remove(path)
    }

    /// The last part of the path, which no other folder has.
    package var name: String { String(path.split(separator: "/").last ?? "") }

    /// The path of something inside.
    ///
    /// - Parameter name: A relative path.
    /// - Returns: The absolute path; nothing is created.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, and the folders above it.
    ///
    /// - Parameters:
    ///   - text: The content.
    ///   - name: A relative path.
    /// - Returns: The absolute path.
    /// - Throws: The system's reason.
    @discardableResult
    package func write(_ text: String, to name: String) throws -> String {
        let url = URL(filePath: path(name))
        let parent = url.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
