// SPDX-License-Identifier: MIT

@testable import Diagnostics

/// A source text with markers `1️⃣`, `2️⃣`, … at the exact spots that complaints must point to.
///
/// The markers are taken out before anything reads the text.
struct MarkedText {
    let source: SourceText
    /// The spots as `line:column`, in the order of the markers in the text, by marker.
    let spots: [Character: String]

    init(_ marked: String, name: String = "rules/a.yaml") {
        var text = ""
        var spots: [Character: String] = [:]
        var line = 1
        var column = 1
        for character in marked {
            if character.unicodeScalars.last == "\u{20E3}" {
                spots[character] = "\(line):\(column)"
                continue
            }
            text.append(character)
            if character.isNewline {
                line += 1
                column = 1
            } else {
                column += character.unicodeScalars.count
            }
        }
        source = SourceText(name: name, text: text)
        self.spots = spots
    }

    /// What is written in front of a complaint at this marker.
    func at(_ marker: Character) -> String {
        "\(source.name):\(spots[marker] ?? "no such marker")"
    }
}

/// Reads `marked` as YAML, lets `read` look at it, and gives all complaints as one text.
func complaints(_ marked: MarkedText, _ read: (YAMLField) -> Void = { _ in }) -> String {
    let box = ComplaintBox()
    if let root = YAML.root(of: marked.source, into: box) { read(root) }
    return box.complaints.render()
}

/// The first lines of the complaints, one per complaint or note, without the lines of the file.
func headlines(_ marked: MarkedText, _ read: (YAMLField) -> Void = { _ in }) -> [String] {
    complaints(marked, read)
        .split(separator: "\n")
        .filter { $0.hasPrefix(marked.source.name) || $0.hasPrefix("help: ") }
        .map(String.init)
}
