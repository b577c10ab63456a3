// SPDX-License-Identifier: MIT
import Logging
import Synchronization

/// Keeps every log line, as text, whatever its level.
final class RecordedLog: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    /// The lines of one event, by its name.
    func lines(of event: String) -> [String] { lines.filter { $0.hasPrefix(event + " ") } }

    var logger: Logger {
        Logger(label: "peers") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            log.kept.withLock { $0.append("\(event.message) level=\(event.level)" + fields.joined()) }
        }
    }
}
