// SPDX-License-Identifier: MIT

import CRE2

/// A regular expression in RE2's syntax; searching takes time linear in the text, whoever wrote either.
final class Pattern: Sendable {
    private let handle: cre2_pattern
    /// As written.
    let source: String

    /// Compiles `source`, in which the first group, where there is one, marks what is wanted of a match.
    init(_ source: String, ignoringCase: Bool = false) throws(PatternError) {
        var copy = source
        let handle = copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cre2_pattern_new($0.baseAddress, $0.count, ignoringCase, 1 << 20)
            }
        }
        if let reason = cre2_pattern_error(handle) {
            let words = String(cString: reason)
            cre2_pattern_free(handle)
            throw PatternError(pattern: source, reason: words)
        }
        self.source = source
        self.handle = handle
    }

    deinit { cre2_pattern_free(handle) }

    /// A match: its whole place and that of its first group, as offsets in the text.
    struct Match {
        var whole: Range<Int>
        var group: Range<Int>
    }

    /// The matches in `text` from the left, none touching another, at most `limit`.
    func matches(in text: UnsafeBufferPointer<UInt8>, limit: Int) -> [Match] {
        guard let base = text.baseAddress else { return [] }
        var found: [Match] = []
        var from = 0
        base.withMemoryRebound(to: CChar.self, capacity: text.count) { bytes in
            while found.count < limit, from < text.count {
                var start = 0
                var end = 0
                var groupStart = 0
                var groupEnd = 0
                guard cre2_pattern_find(handle, bytes, text.count, from, &start, &end, &groupStart, &groupEnd)
                else { break }
                // An empty match says nothing, and would be found for ever.
                if end > start { found.append(Match(whole: start..<end, group: groupStart..<groupEnd)) }
                from = max(end, start + 1)
                // Never begin inside a character.
                while from < text.count, text[from] & 0xC0 == 0x80 { from += 1 }
            }
        }
        return found
    }
}

/// Why a pattern of the settings cannot be used.
package struct PatternError: Error, Sendable, Hashable, CustomStringConvertible {
    /// As written.
    package var pattern: String
    /// RE2's own words.
    package var reason: String

    /// One line for the administrator.
    package var description: String { "the pattern `\(pattern)` is not valid: \(reason)" }
}

/// Many patterns that are searched for in one pass.
final class PatternSet: Sendable {
    private let handle: cre2_set
    let count: Int

    /// Compiles patterns that are part of the program; a wrong one is a mistake of ours and stops it.
    init(_ patterns: [String]) {
        handle = cre2_set_new(false, 8 << 20)
        count = patterns.count
        for pattern in patterns {
            var copy = pattern
            let index = copy.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { cre2_set_add(handle, $0.baseAddress, $0.count) }
            }
            precondition(index >= 0, "a built-in pattern is not valid: \(pattern)")
        }
        precondition(cre2_set_compile(handle), "the built-in patterns need too much memory")
    }

    deinit { cre2_set_free(handle) }

    /// The indices of the patterns that occur in `text`, ascending; `nil` where RE2 cannot say.
    func indices(in text: UnsafeBufferPointer<UInt8>) -> [Int]? {
        guard let base = text.baseAddress, !text.isEmpty else { return [] }
        return base.withMemoryRebound(to: CChar.self, capacity: text.count) { bytes in
            withUnsafeTemporaryAllocation(of: CInt.self, capacity: count) { buffer in
                let found = cre2_set_match(handle, bytes, text.count, buffer.baseAddress, CInt(buffer.count))
                guard found >= 0 else { return nil }
                return buffer.prefix(Int(found)).map(Int.init).sorted()
            }
        }
    }
}
