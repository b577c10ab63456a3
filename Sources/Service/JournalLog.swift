// SPDX-License-Identifier: MIT
import Glibc
package import Logging

/// Writes log lines to standard error: `event key=value …`, for the journal with its priority in front.
///
/// Where systemd's journal reads the descriptor it adds the time itself and understands `<N>`; elsewhere each line
/// begins with the time in UTC.
package struct JournalLog: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.info
    private let isJournal: Bool

    package init() {
        isJournal = getenv("JOURNAL_STREAM") != nil
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(Self.quoted("\($0.value)"))" }
        let head = isJournal ? "<\(Self.priority(event.level))>" : Self.time() + " \(event.level) "
        let line = ([head + "\(event.message)"] + fields).joined(separator: " ") + "\n"
        // One write a line: lines of several threads do not mix.
        _ = line.withCString { write(2, $0, strlen($0)) }
    }

    private static func quoted(_ value: String) -> String {
        // Words of servers may hold anything; a line stays one line, and a terminal is told nothing.
        func isControl(_ character: Character) -> Bool {
            character.isNewline
                || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
        }
        guard value.contains(where: { $0 == " " || $0 == "\"" || isControl($0) }) else { return value }
        let plain = value.map { isControl($0) ? " " : $0 == "\"" ? "'" : $0 }
        return "\"" + String(plain) + "\""
    }

    /// The numbers of syslog(3).
    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    private static func time() -> String {
        var now = Glibc.time(nil)
        var parts = tm()
        gmtime_r(&now, &parts)
        var buffer = [CChar](repeating: 0, count: 32)
        let length = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
