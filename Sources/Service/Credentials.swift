// SPDX-License-Identifier: MIT
import FoundationEssentials

/// The secrets that the settings name: files given by systemd, or beside the settings.
package struct Credentials: Sendable {
    private let folders: [String]

    /// - Parameters:
    ///   - environment: Where systemd names its folder as `CREDENTIALS_DIRECTORY`.
    ///   - settings: The settings' folder; `credentials/` in it is looked at second.
    package init(environment: [String: String], settings: String) {
        folders = [environment["CREDENTIALS_DIRECTORY"], settings + "/credentials"].compactMap { $0 }
    }

    /// The secret with this name, without the line end after it.
    package func secret(_ name: String) throws(Missing) -> String {
        for folder in folders where !name.contains("/") {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
            var text = String(decoding: data, as: UTF8.self)
            while let last = text.last, last.isNewline { text.removeLast() }
            if !text.isEmpty { return text }
        }
        throw Missing(name: name, folders: folders)
    }

    /// A credential that no file holds.
    package struct Missing: Error, CustomStringConvertible {
        package var name: String
        package var folders: [String]

        package var description: String {
            "the credential `\(name)` is not in \(folders.joined(separator: " or ")); "
                + "put the password into a file of that name, or add LoadCredential=\(name):… to the unit"
        }
    }
}
