// SPDX-License-Identifier: MIT

/// Reads the YAML files that people write.
///
/// It promises a place for every fault, and to find as many as it can in one go: a double key does not hide
/// what is wrong below it. Only a fault in the syntax ends the reading of its file. What makes YAML
/// surprising or dangerous is refused with a sentence: anchors and aliases (they can blow up to any size),
/// tags, several documents in a file, invisible characters. Every value stays the text that was written, so
/// that `on`, `no`, `07:30` and `1_000` are what they look like, as keys and as values; only a reader that
/// wants a number or a yes makes one of it.
package enum YAML {
    /// How deeply lists and mappings may stand in each other.
    package static let depthLimit = 50

    /// The content of the file, or nil where it could not be read, with the complaints in `box`.
    ///
    /// A file that holds nothing, or comments only, gives a field that ``YAMLField/isEmpty``. Files above
    /// ``SourceText/sizeLimit`` are refused.
    package static func root(of source: SourceText, into box: ComplaintBox) -> YAMLField? {
        root(of: source, reading: source.text, into: box)
    }

    /// Reads a text that has the lines and columns of `source`.
    ///
    /// Where it holds nothing, complaints point at `fallback`.
    static func root(
        of source: SourceText,
        reading text: String,
        fallback: SourceRange? = nil,
        into box: ComplaintBox
    ) -> YAMLField? {
        box.know(source)
        guard source.text.utf8.count <= SourceText.sizeLimit else {
            box.error(
                "the file is larger than 1 MiB",
                at: source.wholeFile,
                help: "split it into several files"
            )
            return nil
        }
        var composition = YAMLComposition(source: source, box: box)
        guard let node = composition.node(of: text) else { return nil }
        return YAMLField(node: node, name: nil, source: source, box: box, fallback: fallback)
    }
}
