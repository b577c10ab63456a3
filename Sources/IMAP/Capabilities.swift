// SPDX-License-Identifier: MIT

/// What a server says it can do (RFC 9051, section 7.2.2).
package struct Capabilities: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// The names, in capitals.
    package let names: Set<String>

    /// The capabilities with these names, in any case.
    package init(_ names: some Sequence<String>) {
        self.names = Set(names.map { Ascii.uppercased(Array($0.utf8)[...]) })
    }

    /// Capabilities written in the source.
    package init(arrayLiteral names: String...) {
        self.init(names)
    }

    /// Whether this one is announced; `name` is in capitals.
    package func contains(_ name: String) -> Bool { names.contains(name) }

    /// Whether a literal of this many bytes may be sent without asking first (RFC 7888).
    func takesUnasked(literalOf count: Int) -> Bool {
        contains("LITERAL+") || contains("LITERAL-") && count <= 4096
    }
}
