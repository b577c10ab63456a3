// SPDX-License-Identifier: MIT

/// Which headers of a provider's filter mean spam.
///
/// Only the topmost field of each name is read: it is the provider's, the others may be the sender's.
enum SpamSigns {
    private enum Test: Sendable {
        /// The value begins so; lower case.
        case begins([String])
        /// A number behind this mark, or at the start where the mark is empty, is at least so much.
        case number(after: String, atLeast: Int)
    }

    private static let table: [(StaticString, Test)] = [
        ("x-spam-flag", .begins(["yes"])),
        ("x-spam-status", .begins(["yes"])),
        ("x-spam", .begins(["yes", "true"])),
        ("x-bogosity", .begins(["spam", "yes"])),
        ("x-rspamd-action", .begins(["add header", "rewrite subject", "reject"])),
        // Spam confidence level, Microsoft 365: 5 and more is spam, -1 is a trusted sender.
        ("x-forefront-antispam-report", .number(after: "scl:", atLeast: 5)),
        ("x-ms-exchange-organization-scl", .number(after: "", atLeast: 5)),
        // IONOS, GMX, Web.de.
        ("x-ui-filterresults", .begins(["junk:"])),
        ("x-gmx-antispam", .number(after: "", atLeast: 5)),
        ("x-proofpoint-spam-details", .begins(["rule=spam"])),
    ]

    static func areIn(_ header: HeaderFields) -> Bool {
        table.contains { name, test in
            guard let value = header.text(name)?.lowercased() else { return false }
            switch test {
            case .begins(let starts):
                return starts.contains { value.hasPrefix($0) }
            case .number(let mark, let least):
                return number(in: value, after: mark).map { $0 >= least } ?? false
            }
        }
    }

    private static func number(in value: String, after mark: String) -> Int? {
        if mark.isEmpty { return Int(value.prefix { $0 == "-" || $0.isNumber }) }
        for part in value.split(separator: ";") {
            let word = part.drop { $0 == " " }
            if word.hasPrefix(mark) {
                return Int(word.dropFirst(mark.count).prefix { $0 == "-" || $0.isNumber })
            }
        }
        return nil
    }
}
