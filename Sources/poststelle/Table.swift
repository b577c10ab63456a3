// SPDX-License-Identifier: MIT

/// Rows of text in columns that line up.
struct Table {
    private var rows: [[String]]
    /// The widest a column may be; longer cells are cut with `…`.
    private let widths: [Int]

    init(_ titles: [String], widths: [Int]) {
        rows = [titles]
        self.widths = widths
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    var text: String {
        let shown = rows.map { row in zip(row, widths).map { Self.cut($0, to: $1) } }
        let used = widths.indices.map { column in shown.map { Self.width($0[column]) }.max() ?? 0 }
        return shown.map { row in
            var line = row.enumerated()
                .map { $1 + String(repeating: " ", count: used[$0] - Self.width($1)) }
                .joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }

    private static func cut(_ text: String, to width: Int) -> String {
        let line = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        return line.count <= width ? String(line) : String(line.prefix(width - 1)) + "…"
    }

    /// Columns on a terminal: East Asian wide characters and emoji take two.
    private static func width(_ text: String) -> Int {
        text.reduce(0) { sum, character in
            let scalar = character.unicodeScalars.first
            let isWide = scalar.map { scalar in
                scalar.properties.isEmojiPresentation || (0x1100...0x115F).contains(scalar.value)
                    || (0x2E80...0xA4CF).contains(scalar.value) || (0xAC00...0xD7A3).contains(scalar.value)
                    || (0xFF00...0xFF60).contains(scalar.value)
            }
            return sum + (isWide ?? false ? 2 : 1)
        }
    }
}
