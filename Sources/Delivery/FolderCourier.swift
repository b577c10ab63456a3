// SPDX-License-Identifier: MIT

package import Actions
import Glibc

/// Puts each letter into a folder as a file named after its key, instead of sending it.
///
/// For demonstrations and dry runs. A letter is complete or not there at all, also after a power failure, and
/// an existing file is never changed: the same key is the same letter. Whatever the disk refuses is `retry`.
package actor FolderCourier: Courier {
    private let folder: String

    /// Creates a courier for an existing folder, given as a path without a slash at its end.
    package init(folder: String) {
        self.folder = folder
    }

    /// Writes each letter to `<key>.eml` and says what became of each, in the same order.
    ///
    /// Whatever is not a letter, a digit or one of `-_@.` in a key, and a dot at its start, is written as `%`
    /// and two hexadecimal digits.
    package func deliver(_ parcels: [Consignment]) async -> [Delivery] {
        let deliveries = parcels.map(put)
        do throws(DiskError) {
            // One for all: a name that is not on the disk yet would be lost with the power.
            try Self.synchronise(folder)
            return deliveries
        } catch {
            return deliveries.map { delivery in
                if case .delivered = delivery { .retry(error.words) } else { delivery }
            }
        }
    }

    private func put(_ parcel: Consignment) -> Delivery {
        let name = Self.fileName(for: parcel.key)
        let path = "\(folder)/\(name)"
        do throws(DiskError) {
            guard access(path, F_OK) != 0 else { return .delivered("already in \(path)") }
            // A leftover of a crash is written anew; its name begins with a dot, which no key's does.
            let draft = "\(folder)/.\(name).new"
            try Self.write(parcel.bytes, to: draft)
            guard rename(draft, path) == 0 else {
                let error = DiskError("rename", path)
                unlink(draft)
                throw error
            }
            return .delivered("written to \(path)")
        } catch {
            return .retry(error.words)
        }
    }

    /// A file name that no other key has.
    private static func fileName(for key: Effect.Key) -> String {
        var name = ""
        for byte in key.text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "@"):
                name.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: ".") where !name.isEmpty:
                name += "."
            default:
                name += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return name + ".eml"
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(DiskError) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DiskError("open", path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw abandon(file, path, DiskError("write", path))
            }
        }
        guard fsync(file) == 0 else { throw abandon(file, path, DiskError("fsync", path)) }
        guard close(file) == 0 else {
            let error = DiskError("close", path)
            unlink(path)
            throw error
        }
    }

    private static func abandon(_ file: Int32, _ path: String, _ error: DiskError) -> DiskError {
        close(file)
        unlink(path)
        return error
    }

    private static func synchronise(_ folder: String) throws(DiskError) {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw DiskError("open", folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw DiskError("fsync", folder) }
    }

    /// What the system refused, and why.
    private struct DiskError: Error {
        let words: String

        /// Made right after the call that failed.
        init(_ call: String, _ path: String) {
            words = "\(path): \(String(cString: strerror(errno))) (\(call))"
        }
    }
}
