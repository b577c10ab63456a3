// SPDX-License-Identifier: MIT
import IMAP

/// In which portions and in which order messages are asked for.
struct FetchPlan {
    /// What is asked for with one command.
    struct Window: Sendable {
        var messages: [Listed]
        var form: Form
        /// Whether nothing else may be under way, so that it is known who is to blame.
        var isSuspect = false

        /// The command, or nothing if nothing is asked for any more.
        func command(excerpt: UInt32) -> IMAPCommand? {
            let uids = UIDSet(messages.map(\.uid))
            let items: [FetchItem] =
                switch form {
                case .whole: [.message]
                case .excerpt: [.text(.header, 0..<Self.longestHeader), .text(.body, 0..<max(1, excerpt))]
                case .header: [.text(.header, 0..<Self.longestHeader)]
                case .nothing: []
                }
            return items.isEmpty ? nil : .uidFetch(uids, [.uid, .size, .internalDate] + items)
        }

        /// More than any header that is read.
        private static let longestHeader: UInt32 = 256 << 10
    }

    /// How much of a message is asked for.
    enum Form: Sendable, Hashable {
        case whole
        /// Its header and the beginning of its text.
        case excerpt
        case header
        case nothing
    }

    private let options: IMAPSource.Options
    private let suspects: Suspects
    private var rest: ArraySlice<Listed>
    private var last: ArraySlice<Listed>

    /// What a message counts in a window whose size is not known.
    private static let unknownSize = 1 << 20

    /// A plan for messages, ascending by UID; `isForSuspects`: suspects that are due come too, at the end.
    init(_ messages: [Listed], suspects: Suspects, isForSuspects: Bool, options: IMAPSource.Options) {
        self.options = options
        self.suspects = suspects
        rest = messages.filter { !suspects.contains($0.uid.value) }[...]
        last =
            isForSuspects
            ? messages.filter { suspects.contains($0.uid.value) && suspects.isDue($0.uid.value) }[...] : []
    }

    /// The next portion; nothing at the end, or while a suspect must wait for others.
    mutating func next(isFirst: Bool) -> Window? {
        if let first = rest.first { return take(first) }
        guard isFirst, let suspect = last.popFirst() else { return nil }
        return Window(messages: [suspect], form: form(of: suspect), isSuspect: true)
    }

    private mutating func take(_ first: Listed) -> Window {
        let form = form(of: first)
        guard form == .whole else {
            rest.removeFirst()
            return Window(messages: [first], form: form)
        }
        var bytes = 0
        var count = 0
        for message in rest {
            guard count < max(1, options.window.messages), self.form(of: message) == .whole else { break }
            bytes += message.size ?? Self.unknownSize
            guard count == 0 || bytes <= options.window.bytes else { break }
            count += 1
        }
        defer { rest.removeFirst(count) }
        return Window(messages: Array(rest.prefix(count)), form: .whole)
    }

    private func form(of message: Listed) -> Form {
        let uid = message.uid.value
        switch suspects.failures(of: uid) {
        case ..<Suspects.headerAfter:
            return suspects.isLarge(uid) || (message.size ?? 0) > options.sizeLimit ? .excerpt : .whole
        case ..<Suspects.nothingAfter: return .header
        default: return .nothing
        }
    }
}
