// SPDX-License-Identifier: MIT
import FoundationEssentials
import Glibc
package import Orders

/// Orders in a file of JSON Lines that some other program writes: one order per line.
///
/// The file is read again when its size or time of change differs from the last look. A line that cannot be read
/// is complained about with its number and skipped; the others count. Unknown fields are kept and named once.
package actor OrdersFile {
    private let path: String
    private var lastSeen: Stamp?
    private var named: Set<String> = []

    private struct Stamp: Equatable {
        var size: Int64
        var seconds: Int
        var nanoseconds: Int
    }

    /// An order together with the line it was written as.
    package struct Line: Sendable {
        package var order: Order
        package var json: String
    }

    /// What one look at the file brought.
    package struct Look: Sendable {
        package var lines: [Line] = []
        /// One sentence per fault, with file and line.
        package var complaints: [String] = []
    }

    package init(path: String) {
        self.path = path
    }

    /// The orders if the file changed since the last call; `nil` if it did not.
    package func changes() -> Look? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            let isNew = lastSeen != Stamp(size: -1, seconds: 0, nanoseconds: 0)
            lastSeen = Stamp(size: -1, seconds: 0, nanoseconds: 0)
            return isNew
                ? Look(complaints: ["\(path): cannot be read: \(String(cString: strerror(errno)))"]) : nil
        }
        let stamp = Stamp(
            size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec,
            nanoseconds: status.st_mtim.tv_nsec
        )
        guard stamp != lastSeen else { return nil }
        lastSeen = stamp
        do {
            return read(try Data(contentsOf: URL(filePath: path)))
        } catch {
            return Look(complaints: ["\(path): cannot be read: \(error)"])
        }
    }

    private func read(_ data: Data) -> Look {
        var look = Look()
        var numbers: [String: Int] = [:]
        for (index, bytes) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.contains(where: { !$0.isWhitespace }) else { continue }
            let place = "\(path):\(index + 1)"
            do {
                let order = try Order.decoder.decode(Order.self, from: Data(bytes))
                if order.number.isEmpty {
                    look.complaints.append("\(place): the order has an empty number; the line is skipped")
                    continue
                }
                if let first = numbers[order.number] {
                    look.complaints.append(
                        "\(place): order \(order.number) stands on line \(first) already; the last one counts"
                    )
                }
                numbers[order.number] = index + 1
                look.lines.append(Line(order: order, json: text))
                nameUnknown(in: Data(bytes), at: place, &look)
            } catch let error as DecodingError {
                look.complaints.append("\(place): \(Self.words(error)); the line is skipped")
            } catch {
                look.complaints.append("\(place): \(error); the line is skipped")
            }
        }
        return look
    }

    private func nameUnknown(in data: Data, at place: String, _ look: inout Look) {
        guard let fields = Self.decodedKeys(data) else { return }
        let known = Set(Order.CodingKeys.allCases.map(\.rawValue))
        for field in fields where !known.contains(field) && named.insert(field).inserted {
            look.complaints.append("\(place): unknown field `\(field)` is kept but not used")
        }
    }

    private static func decodedKeys(_ data: Data) -> [String]? {
        do {
            return try Order.decoder.decode(Keys.self, from: data).names
        } catch {
            return nil
        }
    }

    private struct Keys: Decodable {
        var names: [String]

        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { return nil }
        }

        init(from decoder: any Decoder) throws {
            names = try decoder.container(keyedBy: Key.self).allKeys.map(\.stringValue).sorted()
        }
    }

    /// What is wrong with a line, in words for the person who wrote it.
    private static func words(_ error: DecodingError) -> String {
        func name(_ path: [any CodingKey]) -> String {
            path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
                .replacing(".[", with: "[")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "`\(name(context.codingPath + [key]))` is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "`\(name(context.codingPath))` is not what it should be: \(context.debugDescription)"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "this is not JSON: one whole order must stand on one line"
                : "`\(name(context.codingPath))` cannot be read: \(context.debugDescription)"
        @unknown default:
            return "\(error)"
        }
    }
}
