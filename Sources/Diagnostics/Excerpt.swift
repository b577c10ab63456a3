// SPDX-License-Identifier: MIT

/// One line of a file as it is shown under a complaint, with the carets below it.
///
/// Carets are placed by what a terminal draws: a tab is shown as four spaces, wide characters and emoji take
/// two cells, combining marks none. A line that is too long is shown as a window around the carets.
struct Excerpt {
    /// The widest window onto a line, in terminal cells, marks of omission included.
    static let widest = 100
    /// How many cells are shown before the carets where the line had to be cut.
    static let lead = 40

    /// The line as shown.
    var line: String
    /// Spaces and carets below it.
    var carets: String

    /// The line `text` with carets under `range`.
    init(of text: Substring, range: SourceRange) {
        let cells = text.map(Cell.init)
        let first = range.column - 1
        let last = first + max(range.length, 1) - 1

        var starts: [Int] = []
        var width = 0
        var scalars = 0
        var caretStart: Int?
        var caretEnd = 0
        for cell in cells {
            starts.append(width)
            let next = scalars + cell.scalars
            if next > first, scalars <= last {
                caretStart = caretStart ?? width
                caretEnd = width + cell.width
            }
            width += cell.width
            scalars = next
        }
        let from = caretStart ?? width + max(0, first - scalars)
        let to = max(caretEnd, from + 1)

        guard width > Self.widest else {
            line = cells.map(\.shown).joined()
            carets = String(repeating: " ", count: from) + String(repeating: "^", count: to - from)
            return
        }
        let wanted = to > Self.widest - 1 ? max(0, min(from, width) - Self.lead) : 0
        let begin = starts.firstIndex { $0 >= wanted } ?? cells.count
        let origin = begin < starts.count ? starts[begin] : width
        let before = begin > 0 ? "…" : ""
        let room = Self.widest - before.count
        var shown = ""
        var used = 0
        var index = begin
        while index < cells.count {
            let isLast = index == cells.count - 1
            guard used + cells[index].width + (isLast ? 0 : 1) <= room else { break }
            shown += cells[index].shown
            used += cells[index].width
            index += 1
        }
        line = before + shown + (index < cells.count ? "…" : "")
        let offset = before.count + from - origin
        carets =
            String(repeating: " ", count: offset)
            + String(repeating: "^", count: max(1, min(to - origin, used) - (from - origin)))
    }

    /// The text with everything made visible that a terminal or a log would obey instead of showing.
    static func visible(_ text: some StringProtocol) -> String {
        guard text.unicodeScalars.contains(where: isObeyed) else { return String(text) }
        return text.map { $0 == "\t" ? " " : Cell($0).shown }.joined()
    }

    /// Control, format and line separating characters.
    static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value < 0x20 || scalar.value > 0x7E else { return false }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// One character as the terminal draws it.
    private struct Cell {
        var shown: String
        var width: Int
        var scalars: Int

        init(_ character: Character) {
            scalars = character.unicodeScalars.count
            shown = String(character)
            width = 1
            guard let scalar = character.unicodeScalars.first else { return }
            if scalar == "\t" {
                shown = "    "
                width = 4
            } else if scalar.value == 0x7F {
                shown = "\u{2421}"
            } else if scalar.value < 0x20 {
                // The "control pictures" of Unicode stand in the same order as the characters they depict.
                shown = Unicode.Scalar(0x2400 + scalar.value).map { String(Character($0)) } ?? "\u{FFFD}"
            } else if Excerpt.isObeyed(scalar) {
                shown = "\u{FFFD}"
            } else if Self.isWide(scalar) || character.unicodeScalars.contains("\u{FE0F}") {
                width = 2
            }
        }

        /// East Asian Wide and Fullwidth (Unicode annex 11), and emoji that are drawn as pictures.
        static func isWide(_ scalar: Unicode.Scalar) -> Bool {
            guard scalar.value >= 0x1100 else { return false }
            return switch scalar.value {
            case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
                0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
                true
            default: scalar.properties.isEmojiPresentation
            }
        }
    }
}
