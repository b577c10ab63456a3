// SPDX-License-Identifier: MIT
import FoundationEssentials
import IMAP

/// What has come of the messages that are asked for.
///
/// Only what was asked for is kept, and each part once: a server cannot fill the memory by talking.
struct Harvest {
    /// A message as far as it is there.
    enum Yield {
        case complete(Crop)
        /// Nothing came.
        case missing
        /// Something came, but not the text that was asked for.
        case damaged
        /// The text is larger than may be kept.
        case tooLarge
    }

    struct Crop {
        var raw: [UInt8]
        var size: Int?
        var arrived: Date?
        var isWhole: Bool
    }

    private struct Entry {
        let form: FetchPlan.Form
        var listed: Listed
        var parts: [String: SectionContent] = [:]
    }

    private var entries: [UID: Entry] = [:]

    /// How much of texts is held, in bytes.
    private(set) var bytes = 0

    /// Gets ready for the answers to a command.
    mutating func expect(_ window: FetchPlan.Window) {
        for message in window.messages { entries[message.uid] = Entry(form: window.form, listed: message) }
    }

    mutating func take(_ message: FetchedMessage) {
        guard let uid = message.uid, var entry = entries[uid] else { return }
        entries[uid] = nil
        entry.listed.learn(message)
        for section in message.sections where section.offset == 0 {
            guard ["", "HEADER", "TEXT"].contains(section.name), entry.parts[section.name] == nil else {
                continue
            }
            entry.parts[section.name] = section.content
            bytes += section.content.count
        }
        entries[uid] = entry
    }

    /// What came of a message; it is given out once.
    mutating func remove(_ uid: UID) -> Yield {
        guard let entry = entries.removeValue(forKey: uid) else { return .missing }
        for content in entry.parts.values { bytes -= content.count }
        let raw: [UInt8]
        switch (entry.form, entry.parts["", default: .null], entry.parts["HEADER", default: .null]) {
        case (.nothing, _, _): raw = []
        case (.whole, .bytes(let whole), _): raw = whole
        case (.whole, .omitted, _): return .tooLarge
        // An empty message has no text, and some servers say so by NIL.
        case (.whole, .null, _) where !entry.parts.isEmpty && entry.listed.size == 0: raw = []
        case (.header, _, .bytes(let header)): raw = header
        case (.excerpt, _, .bytes(let header)):
            if case .bytes(let text)? = entry.parts["TEXT"] { raw = header + text } else { raw = header }
        default: return entry.parts.isEmpty ? .missing : .damaged
        }
        return .complete(
            Crop(
                raw: raw,
                size: entry.listed.size,
                arrived: entry.listed.arrived,
                isWhole: entry.form == .whole
            )
        )
    }

    /// The messages that are complete already, in no order.
    var ready: [UID] {
        entries.filter { $0.value.form == .whole && ($0.value.parts[""]?.isText ?? false) }.map(\.key)
    }
}

extension SectionContent {
    fileprivate var isText: Bool {
        if case .bytes = self { true } else { false }
    }

    fileprivate var count: Int {
        if case .bytes(let bytes) = self { bytes.count } else { 0 }
    }
}
