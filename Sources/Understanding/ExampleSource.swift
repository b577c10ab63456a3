// SPDX-License-Identifier: MIT

/// An example file, read from wherever it lies: `rules/understanding/ASPECT/LABEL.LANG.txt`.
///
/// One line is one example; a whole mail stands between two lines `---` and is taken as it is; `#` at the
/// beginning of a line makes it a comment. In single lines `(a|b)` are alternatives, `[c]` may be left out,
/// `{parcel}` is any line of the word list `words/parcel.LANG.txt`, and `\` takes such a sign literally.
package struct ExampleSource: Sendable, Hashable {
    /// The path, for complaints only.
    package var name: String
    /// `intent`, `act`, `mood`, `guarded`, `near` or `words`.
    package var aspect: String
    package var label: String
    /// ISO 639-1.
    package var language: String
    package var text: String

    package init(name: String, aspect: String, label: String, language: String, text: String) {
        self.name = name
        self.aspect = aspect
        self.label = label
        self.language = language
        self.text = text
    }

    /// A file by its path, whose last two parts must be `ASPECT/LABEL.LANG.txt`; `nil` for any other.
    package init?(path: String, text: String) {
        let parts = path.split(separator: "/")
        guard let file = parts.last, parts.count >= 2 else { return nil }
        let words = file.split(separator: ".", omittingEmptySubsequences: false)
        guard words.count == 3, words[2] == "txt", !words[0].isEmpty, !words[1].isEmpty else { return nil }
        self.init(
            name: path,
            aspect: String(parts[parts.count - 2]),
            label: String(words[0]),
            language: String(words[1]),
            text: text
        )
    }
}

/// A mistake in an example file: the line is left out, everything else is learned.
package struct ExampleComplaint: Sendable, Hashable, CustomStringConvertible {
    /// The name of the source.
    package var file: String
    /// Counted from 1; 0 where the whole file is meant.
    package var line: Int
    /// The Unicode scalar in the line, counted from 1; 0 where the whole line is meant.
    package var column: Int
    /// What is wrong; lower case, no full stop.
    package var message: String
    /// The way out, where there is one to name.
    package var help: String?

    package init(file: String, line: Int = 0, column: Int = 0, message: String, help: String? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.help = help
    }

    /// `file:line:column: message`, and the help on a second line.
    package var description: String {
        let place = line == 0 ? file : column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
        return "\(place): \(message)" + (help.map { "\nhelp: \($0)" } ?? "")
    }
}
