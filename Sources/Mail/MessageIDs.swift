// SPDX-License-Identifier: MIT

/// Reads `Message-ID`, `References` and `In-Reply-To`, RFC 5322 section 3.6.4.
enum MessageIDs {
    /// The ids of a value without their brackets; where no brackets are, the words with an `@`.
    static func all(in value: [UInt8]) -> [String] {
        var ids: [String] = []
        var id: [UInt8]?
        for byte in value {
            if byte == 0x3C {
                id = []
            } else if byte == 0x3E {
                if let id, !id.isEmpty { ids.append(String(decoding: id, as: UTF8.self)) }
                id = nil
            } else if byte > 0x20 {
                id?.append(byte)
            }
        }
        if !ids.isEmpty { return ids }
        return value.split(separator: 0x20).filter { $0.contains(0x40) }
            .map { String(decoding: $0.filter { $0 != 0x3C && $0 != 0x3E }, as: UTF8.self) }
    }

    /// The first id of a value; without brackets and `@` the whole value, for there are such.
    static func first(in value: [UInt8]?) -> String? {
        guard let value, !value.isEmpty else { return nil }
        if let id = all(in: value).first { return id }
        let word = value.filter { $0 > 0x20 && $0 != 0x3C && $0 != 0x3E }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    /// The ids of `References`, then those of `In-Reply-To` that it lacks.
    static func references(of header: HeaderFields) -> [String] {
        var ids: [String] = []
        var seen: Set<String> = []
        for field in header.all("references") + header.all("in-reply-to") {
            for id in all(in: header.unfolded(field)) where seen.insert(id).inserted { ids.append(id) }
        }
        return ids
    }
}
