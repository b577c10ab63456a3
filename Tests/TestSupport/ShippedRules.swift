// SPDX-License-Identifier: MIT

import Foundation

/// The rules of this checkout, and the model that the real program trains on them.
package enum ShippedRules {
    /// The folder `rules` of the checkout the tests run in.
    package static let folder = FileManager.default.currentDirectoryPath + "/rules"

    private static let home = Result { try TemporaryFolder() }

    /// A file with the trained model, made once for all tests of a process; training takes seconds.
    package static let model = Result {
        let place = try home.get()
        let process = Process()
        process.executableURL = URL(filePath: try ChildProcess.builtProduct("poststelle"))
        process.arguments = ["read", "--rules", folder, "--state", place.path, "--jsonl"]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return place.path("model")
    }
}
