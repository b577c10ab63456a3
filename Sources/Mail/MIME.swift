// SPDX-License-Identifier: MIT
import CGMime

/// GMime as this room uses it: the tree of parts, transfer encodings, encoded words, addresses, charsets.
///
/// The only file besides ``MailDigest`` that calls GMime or GLib. Every object made here is released here;
/// nothing of theirs leaves. All functions are total: what cannot be read comes back empty or `nil`.
enum MIME {
    /// Deepest nesting of parts that is read.
    static let depthLimit = 20
    /// Most parts that are read.
    static let partLimit = 1000
    /// Longest list of addresses that is read, in bytes.
    private static let addressLimit = 64 * 1024
    /// From this size on a body is searched for structures made to exhaust the parser.
    private static let guardedSize = 128 * 1024
    /// Most boundary-like lines, and most header-like lines without a blank line between, in such a body.
    private static let structureLimit = 20_000

    /// Starts GMime once; safe to call from several threads.
    static let isReady: Bool = {
        g_mime_init()
        // Raw 8-bit words in headers, which RFC 5322 forbids and many mailers write.
        let charsets: [StaticString] = ["utf-8", "windows-1252"]
        var names: [UnsafePointer<CChar>?] = charsets.map {
            UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        names.append(nil)
        g_mime_parser_options_set_fallback_charsets(g_mime_parser_options_get_default(), &names)
        return true
    }()

    // MARK: Header values

    /// Text of a header with its encoded words decoded, RFC 2047, on one line.
    static func decodedText(_ raw: [UInt8]) -> String {
        guard isReady, !raw.isEmpty else { return "" }
        if isPlain(raw) { return oneLine(String(decoding: raw, as: UTF8.self)) }
        return withCString(raw) { take(g_mime_utils_header_decode_text(nil, $0)) }.map(oneLine) ?? ""
    }

    /// The mailboxes of an address header, RFC 5322 section 3.4; members of groups included.
    static func addresses(_ raw: [UInt8]) -> [Message.Address] {
        guard isReady, !raw.isEmpty else { return [] }
        let cut = raw.count > addressLimit ? Array(raw[..<addressLimit]) : raw
        guard let list = withCString(cut, { internet_address_list_parse(nil, $0) }) else { return [] }
        defer { g_object_unref(list) }
        var found: [Message.Address] = []
        collect(list, depth: 0, into: &found)
        return found
    }

    private static func collect(
        _ list: UnsafeMutablePointer<InternetAddressList>,
        depth: Int,
        into found: inout [Message.Address]
    ) {
        for index in 0..<internet_address_list_length(list) {
            guard let entry = internet_address_list_get_address(list, index) else { continue }
            if isKind(entry, internet_address_group_get_type()) {
                guard depth < 2 else { continue }
                let members = entry.withMemoryRebound(to: InternetAddressGroup.self, capacity: 1) {
                    internet_address_group_get_members($0)
                }
                if let members { collect(members, depth: depth + 1, into: &found) }
            } else if isKind(entry, internet_address_mailbox_get_type()) {
                let written = entry.withMemoryRebound(to: InternetAddressMailbox.self, capacity: 1) {
                    internet_address_mailbox_get_addr($0)
                }
                let name = internet_address_get_name(entry).map { oneLine(String(cString: $0)) }
                guard let address = written.flatMap({ normalisedAddress(String(cString: $0)) }) else {
                    continue
                }
                found.append(Message.Address(name: name?.isEmpty == false ? name : nil, address: address))
            }
        }
    }

    /// `local@domain` with the domain in lower case; `nil` for what is no address.
    static func normalisedAddress(_ text: String) -> String? {
        var address = Array(oneLine(text).utf8)
        if address.last == 0x2E { address.removeLast() }
        guard let at = address.lastIndex(of: 0x40), at > 0, at + 1 < address.count else { return nil }
        for index in (at + 1)..<address.count {
            if address[index] == 0x20 { return nil }
            address[index] = address[index].asciiLowercased
        }
        let written = String(decoding: address, as: UTF8.self)
        guard address[at...].contains(where: { $0 >= 0x80 }) else { return written }
        let domain = written.utf8.lastIndex(of: 0x40).map { written[$0...].lowercased() } ?? ""
        return String(decoding: address[..<at], as: UTF8.self) + domain
    }

    /// On one line, without control characters, ends trimmed.
    static func oneLine(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            let blank = byte < 0x20 || byte == 0x7F || byte == 0x20
            if blank, bytes.isEmpty { continue }
            bytes.append(blank ? 0x20 : byte)
        }
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isPlain(_ raw: [UInt8]) -> Bool {
        var previous: UInt8 = 0
        for byte in raw {
            if byte >= 0x80 || (byte == 0x3F && previous == 0x3D) { return false }
            previous = byte
        }
        return true
    }

    // MARK: Contents

    /// The decoded content of a part, at most `limit` bytes of it.
    static func content(of part: MIMEPart, in mail: [UInt8], limit: Int = .max) -> [UInt8] {
        let source = mail[part.content]
        switch part.encoding {
        case .none:
            return Array(source.prefix(limit))
        case .base64:
            return step(
                source.prefix(limit > .max / 2 ? limit : limit * 2),
                g_mime_encoding_base64_decode_step
            )
        case .quotedPrintable:
            return step(
                source.prefix(limit > .max / 3 ? limit : limit * 3),
                g_mime_encoding_quoted_decode_step
            )
        case .uuencode:
            return step(source.prefix(limit > .max / 2 ? limit : limit * 2), g_mime_encoding_uudecode_step)
        }
    }

    private typealias Step = (
        UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<CInt>?,
        UnsafeMutablePointer<guint32>?
    ) -> Int

    private static func step(_ source: ArraySlice<UInt8>, _ decode: Step) -> [UInt8] {
        source.withUnsafeBufferPointer { input in
            // No decoder yields more than it reads, plus what was kept from a broken group.
            [UInt8](unsafeUninitializedCapacity: input.count + 64) { output, count in
                var state: CInt = 0
                var saved: guint32 = 0
                count = decode(input.baseAddress, input.count, output.baseAddress, &state, &saved)
            }
        }
    }

    /// The size of a part's decoded content in bytes, without decoding base64.
    static func size(of part: MIMEPart, in mail: [UInt8]) -> Int {
        guard part.encoding == .base64 else { return content(of: part, in: mail).count }
        var letters = 0
        for byte in mail[part.content]
        where byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2B || byte == 0x2F {
            letters += 1
        }
        return letters * 3 / 4
    }

    /// Bytes in a named charset as UTF-8; `nil` if the charset is unknown or the bytes break its rules.
    static func converted(_ bytes: [UInt8], from charset: String) -> [UInt8]? {
        guard isReady, !charset.isEmpty, charset.utf8.count < 64 else { return nil }
        return bytes.withUnsafeBufferPointer { input in
            input.withMemoryRebound(to: CChar.self) { input -> [UInt8]? in
                var written: gsize = 0
                let name = g_mime_charset_iconv_name(charset)
                let output = g_convert(
                    input.baseAddress,
                    gssize(input.count),
                    "UTF-8",
                    name,
                    nil,
                    &written,
                    nil
                )
                guard let output else { return nil }
                defer { g_free(output) }
                return output.withMemoryRebound(to: UInt8.self, capacity: Int(written)) {
                    Array(UnsafeBufferPointer(start: $0, count: Int(written)))
                }
            }
        }
    }

    // MARK: Structure

    /// The tree of parts of a mail whose header has been cut.
    ///
    /// GMime is given the `Content-*` fields and the body only: of what servers add on the way, often half of
    /// the mail, nothing concerns the structure. A mail of a single part is read without it.
    static func structure(of header: HeaderFields, damage: inout [String]) -> MIMEPart {
        guard isReady else { return MIMEPart(type: "text/plain") }
        var root = MIMEPart(type: "text/plain")
        if let raw = header.first("content-type").map(header.unfolded), !raw.isEmpty {
            if let type = withCString(raw, { g_mime_content_type_parse(nil, $0) }) {
                defer { g_object_unref(type) }
                read(type, into: &root)
            } else {
                damage.append("the Content-Type cannot be read; taken for plain text")
            }
        }
        if root.isMultipart || root.type.hasPrefix("message/") {
            return parsed(header, damage: &damage)
        }
        if let raw = header.first("content-disposition").map(header.unfolded),
            let disposition = withCString(raw, { g_mime_content_disposition_parse(nil, $0) })
        {
            defer { g_object_unref(disposition) }
            read(disposition, into: &root)
        }
        if let encoding = header.text("content-transfer-encoding") {
            root.encoding = self.encoding(g_mime_content_encoding_from_string(encoding))
        }
        root.content = header.bodyStart..<header.bytes.count
        return root
    }

    private static func parsed(_ header: HeaderFields, damage: inout [String]) -> MIMEPart {
        var input: [UInt8] = []
        let end = guardedEnd(header, damage: &damage)
        input.reserveCapacity(1024 + end - header.bodyStart)
        for field in header.fields {
            let name = header.bytes[field.name]
            guard name.count > 8, name.first?.asciiLowercased == 0x63 else { continue }
            guard header.name(field).hasPrefix("content-") else { continue }
            input.append(contentsOf: name)
            input.append(0x3A)
            input.append(contentsOf: header.unfolded(field))
            input.append(0x0A)
        }
        input.append(0x0A)
        let shift = header.bodyStart - input.count
        input.append(contentsOf: header.bytes[header.bodyStart..<end])

        return input.withUnsafeMutableBufferPointer { buffer in
            var array = GByteArray(data: buffer.baseAddress, len: guint(buffer.count))
            return withUnsafeMutablePointer(to: &array) { array in
                walk(array, shift: shift, damage: &damage)
            }
        }
    }

    private static func walk(
        _ array: UnsafeMutablePointer<GByteArray>,
        shift: Int,
        damage: inout [String]
    ) -> MIMEPart {
        let unread = MIMEPart(type: "application/octet-stream")
        guard let stream = g_mime_stream_mem_new() else { return unread }
        defer { g_object_unref(stream) }
        stream.withMemoryRebound(to: GMimeStreamMem.self, capacity: 1) { memory in
            g_mime_stream_mem_set_byte_array(memory, array)
            g_mime_stream_mem_set_owner(memory, 0)
        }
        guard let parser = g_mime_parser_new_with_stream(stream) else { return unread }
        defer { g_object_unref(parser) }
        guard let root = g_mime_parser_construct_part(parser, nil) else {
            damage.append("the parts cannot be read")
            return unread
        }
        defer { g_object_unref(root) }
        var walker = Walker(shift: shift)
        let part = walker.part(root, depth: 0)
        if walker.isTooDeep { damage.append("parts nested deeper than \(depthLimit) were not read") }
        if walker.count > partLimit { damage.append("more than \(partLimit) parts; the rest was not read") }
        return part
    }

    /// Where to stop reading a large body, so that one built of millions of tiny parts or fields costs nothing.
    private static func guardedEnd(_ header: HeaderFields, damage: inout [String]) -> Int {
        let bytes = header.bytes
        guard bytes.count - header.bodyStart > guardedSize else { return bytes.count }
        var boundaries = 0
        var fields = 0
        var index = header.bodyStart
        while index < bytes.count {
            let start = index
            var colon = false
            while index < bytes.count, bytes[index] != 0x0A {
                if bytes[index] == 0x3A, index - start < 80 { colon = true }
                index += 1
            }
            let length = index - start
            if length == 0 || (length == 1 && bytes[start] == 0x0D) {
                fields = 0
            } else if colon {
                fields += 1
            }
            if length > 2, bytes[start] == 0x2D, bytes[start + 1] == 0x2D { boundaries += 1 }
            if boundaries > structureLimit || fields > structureLimit {
                damage.append("too many boundary or header lines; the rest was not read")
                return start
            }
            index += 1
        }
        return bytes.count
    }

    /// Turns GMime's objects into parts, within the limits.
    private struct Walker {
        var shift: Int
        var count = 0
        var isTooDeep = false

        mutating func part(_ object: UnsafeMutablePointer<GMimeObject>, depth: Int) -> MIMEPart {
            count += 1
            var part = MIMEPart(type: "text/plain")
            if let type = g_mime_object_get_content_type(object) { read(type, into: &part) }
            if let disposition = g_mime_object_get_content_disposition(object) {
                read(disposition, into: &part)
            }
            part.contentID = g_mime_object_get_content_id(object).map { String(cString: $0) }
            if isKind(object, g_mime_multipart_get_type()) {
                object.withMemoryRebound(to: GMimeMultipart.self, capacity: 1) { multipart in
                    for index in 0..<g_mime_multipart_get_count(multipart) {
                        guard let child = g_mime_multipart_get_part(multipart, index) else { continue }
                        guard depth < depthLimit else { return isTooDeep = true }
                        guard count <= partLimit else { return }
                        part.children.append(self.part(child, depth: depth + 1))
                    }
                }
                // A multipart without a single part: whatever its type says, it is text.
                if part.children.isEmpty, !isTooDeep { part.type = "multipart/mixed" }
            } else if isKind(object, g_mime_part_get_type()) {
                object.withMemoryRebound(to: GMimePart.self, capacity: 1) { leaf in
                    part.encoding = MIME.encoding(g_mime_part_get_content_encoding(leaf))
                    if let content = g_mime_part_get_content(leaf),
                        let stream = g_mime_data_wrapper_get_stream(content)
                    {
                        part.content = range(of: stream)
                    }
                }
            } else if isKind(object, g_mime_message_part_get_type()) {
                object.withMemoryRebound(to: GMimeMessagePart.self, capacity: 1) { enclosed in
                    guard let message = g_mime_message_part_get_message(enclosed) else { return }
                    part.content = enclosedRange(message, depth: depth)
                }
            }
            return part
        }

        /// Where a content lies in the mail: GMime keeps it as a window on the stream it was read from.
        private func range(of stream: UnsafeMutablePointer<GMimeStream>) -> Range<Int> {
            let start = Int(stream.pointee.bound_start)
            let end = start + max(0, Int(g_mime_stream_length(stream)))
            return max(0, start + shift)..<max(0, end + shift)
        }

        /// From the first header of an enclosed message to the end of its last part.
        private mutating func enclosedRange(
            _ message: UnsafeMutablePointer<GMimeMessage>,
            depth: Int
        ) -> Range<Int> {
            var start = Int.max
            let headers = message.withMemoryRebound(to: GMimeObject.self, capacity: 1) {
                g_mime_object_get_header_list($0)
            }
            for index in 0..<(headers.map { g_mime_header_list_get_count($0) } ?? 0) {
                guard let header = g_mime_header_list_get_header_at(headers, index) else { continue }
                let offset = Int(g_mime_header_get_offset(header))
                if offset >= 0 { start = min(start, offset + shift) }
            }
            guard start < .max, start >= 0 else { return 0..<0 }
            var end = start
            if depth < depthLimit, count <= partLimit, let body = g_mime_message_get_mime_part(message) {
                end = part(body, depth: depth + 1).flattened.map(\.content.upperBound).max() ?? start
            }
            return start..<max(start, end)
        }
    }

    private static func read(_ type: UnsafeMutablePointer<GMimeContentType>, into part: inout MIMEPart) {
        if let name = take(g_mime_content_type_get_mime_type(type)) { part.type = name.lowercased() }
        if let list = g_mime_content_type_get_parameters(type) {
            part.parameters = parameters(list)
            part.fileName = part.parameters["name"].map(oneLine).flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    private static func read(
        _ disposition: UnsafeMutablePointer<GMimeContentDisposition>,
        into part: inout MIMEPart
    ) {
        part.disposition = g_mime_content_disposition_get_disposition(disposition)
            .map { String(cString: $0).lowercased() }
        if let list = g_mime_content_disposition_get_parameters(disposition),
            let name = parameters(list)["filename"].map(oneLine), !name.isEmpty
        {
            part.fileName = name
        }
    }

    private static func parameters(_ list: UnsafeMutablePointer<GMimeParamList>) -> [String: String] {
        var found: [String: String] = [:]
        for index in 0..<min(g_mime_param_list_length(list), 50) {
            guard let parameter = g_mime_param_list_get_parameter_at(list, index),
                let name = g_mime_param_get_name(parameter), let value = g_mime_param_get_value(parameter)
            else { continue }
            found[String(cString: name).lowercased()] = String(cString: value)
        }
        return found
    }

    private static func encoding(_ encoding: GMimeContentEncoding) -> MIMEPart.Encoding {
        switch encoding {
        case GMIME_CONTENT_ENCODING_BASE64: .base64
        case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE: .quotedPrintable
        case GMIME_CONTENT_ENCODING_UUENCODE: .uuencode
        default: .none
        }
    }

    // MARK: C

    private static func isKind(_ object: UnsafeMutablePointer<some Any>, _ type: GType) -> Bool {
        object.withMemoryRebound(to: GTypeInstance.self, capacity: 1) {
            g_type_check_instance_is_a($0, type) != 0
        }
    }

    /// Takes over a string that GLib allocated.
    private static func take(_ string: UnsafeMutablePointer<CChar>?) -> String? {
        guard let string else { return nil }
        defer { g_free(string) }
        return String(cString: string)
    }

    private static func withCString<Result>(
        _ raw: [UInt8],
        _ body: (UnsafePointer<CChar>) -> Result?
    ) -> Result? {
        var terminated = raw
        for index in terminated.indices where terminated[index] == 0 { terminated[index] = 0x20 }
        terminated.append(0)
        return terminated.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.flatMap(body) }
        }
    }
}
