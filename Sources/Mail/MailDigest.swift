// SPDX-License-Identifier: MIT
import CGMime

/// The fingerprint by which two copies of one mail are known to be one.
///
/// It covers what the sender made and leaves out what servers add on the way: the fields named below, each
/// on one line with its blanks collapsed, and the body with LF line ends and without empty lines at its end.
package enum MailDigest {
    /// The digest of a mail, as ``Message/digest`` holds it; it needs no parser and never fails.
    package static func of(_ raw: [UInt8]) -> String {
        of(HeaderFields(raw))
    }

    static func of(_ header: HeaderFields) -> String {
        var hash = Hash()
        for name in fields {
            for field in header.all(name) {
                name.withUTF8Buffer { hash.add($0) }
                hash.add(0x3A)
                addCollapsed(header.bytes, field.value, to: &hash)
                hash.add(0x0A)
            }
        }
        hash.add(0x0A)
        addBody(header.bytes, from: header.bodyStart, to: &hash)
        return hash.finish()
    }

    /// What a sender writes and no server on the way touches, RFC 5322 section 3.6 and RFC 2045.
    private static let fields: [StaticString] = [
        "from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to",
        "references",
        "content-type", "content-transfer-encoding", "content-disposition",
    ]

    private static func addCollapsed(_ bytes: [UInt8], _ range: Range<Int>, to hash: inout Hash) {
        var blank = false
        var begun = false
        for index in range {
            let byte = bytes[index]
            if byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A {
                blank = true
                continue
            }
            if blank, begun { hash.add(0x20) }
            blank = false
            begun = true
            hash.add(byte)
        }
    }

    private static func addBody(_ bytes: [UInt8], from start: Int, to hash: inout Hash) {
        bytes.withUnsafeBufferPointer { buffer in
            var index = start
            var pendingLines = 0
            while index < buffer.count {
                var stop = index
                while stop < buffer.count, buffer[stop] != 0x0A, buffer[stop] != 0x0D { stop += 1 }
                if stop > index {
                    while pendingLines > 0 {
                        hash.add(0x0A)
                        pendingLines -= 1
                    }
                    hash.add(UnsafeBufferPointer(rebasing: buffer[index..<stop]))
                }
                guard stop < buffer.count else { return }
                pendingLines += 1
                let isPair = buffer[stop] == 0x0D && stop + 1 < buffer.count && buffer[stop + 1] == 0x0A
                index = stop + (isPair ? 2 : 1)
            }
        }
    }

    /// SHA-256 by GLib, fed in blocks since each call into it costs more than a short line.
    private struct Hash: ~Copyable {
        private let checksum = g_checksum_new(G_CHECKSUM_SHA256)
        private var block: [UInt8] = []

        init() {
            block.reserveCapacity(Self.blockSize)
        }

        private static let blockSize = 8192

        mutating func add(_ byte: UInt8) {
            block.append(byte)
            if block.count >= Self.blockSize { flush() }
        }

        mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
            if block.count + bytes.count > Self.blockSize { flush() }
            if bytes.count > Self.blockSize {
                g_checksum_update(checksum, bytes.baseAddress, bytes.count)
            } else {
                block.append(contentsOf: bytes)
            }
        }

        private mutating func flush() {
            g_checksum_update(checksum, block, block.count)
            block.removeAll(keepingCapacity: true)
        }

        mutating func finish() -> String {
            flush()
            return g_checksum_get_string(checksum).map { String(cString: $0) } ?? ""
        }

        deinit {
            g_checksum_free(checksum)
        }
    }
}
