// SPDX-License-Identifier: MIT
import Actions
package import Diagnostics
import FoundationEssentials
import Mail
import Orders
import Understanding
import Wire

/// Reads `settings.yaml`; every mistake becomes a complaint with its place.
package struct SettingsReader {
    private let folder: String
    private let box: ComplaintBox

    /// A reader of one file.
    ///
    /// - Parameters:
    ///   - folder: The settings file's folder, from which relative paths start.
    ///   - box: Where complaints go.
    package init(folder: String, box: ComplaintBox) {
        self.folder = folder
        self.box = box
    }

    /// The settings; `nil` where something needed is missing or wrong, with complaints about all of it.
    package func read(_ source: SourceText) -> Settings? {
        // Complaints show lines of the file, and end in logs: a secret that stands there by mistake does not.
        let source = SourceText(name: source.name, text: Self.withoutSecrets(source.text))
        box.know(source)
        guard let top = YAML.root(of: source, into: box)?.mapping() else { return nil }
        let name = top.string("shop", required: true)
        let language = top.oneOf("language", ["de", "en"]) ?? "de"
        let calendar = self.calendar(top)
        let handling = top.int("handling", in: 0...60) ?? 2
        let stalled = top.duration("stalled_after")
        let mode = top.choice("mode", of: Shop.Mode.self) ?? .observe
        let hold = top.duration("hold") ?? .seconds(180)
        let answersUntil = top.duration("answers_until") ?? .seconds(2 * 86_400)
        let keepsRaw = top.duration("keep_originals") ?? .seconds(7 * 86_400)
        let limits = limits(top.mapping("limits"))
        let accounts = accounts(top)
        let (teams, defaultTeam) = teams(top)
        let orders = orders(top.mapping("orders"))
        top.finish()
        guard let name, let calendar, let accounts, let teams, let defaultTeam, !box.complaints.hasErrors
        else {
            return nil
        }
        var promise = ShopPromise(handlingDays: handling, calendar: calendar)
        if let stalled { promise.stalledAfter = stalled }
        let shop = Shop(
            name: name,
            language: language,
            promise: promise,
            mode: mode,
            hold: Self.seconds(hold),
            answersUntilAge: Self.seconds(answersUntil),
            limits: limits,
            mailboxes: accounts.map(\.mailbox),
            teams: teams,
            defaultTeam: defaultTeam
        )
        return Settings(
            shop: shop,
            accounts: accounts,
            ordersFile: orders.file,
            orderNumbers: orders.numbers,
            keepsRaw: Self.seconds(keepsRaw),
            folder: folder
        )
    }

    /// The text with the value behind each `password:` dotted out, of the same length.
    static func withoutSecrets(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard let key = line.firstRange(of: "password:") else { return String(line) }
            // In braces a comma or the brace ends the value; otherwise the line does.
            let isInBraces = line[..<key.lowerBound].contains("{")
            let value = line[key.upperBound...].drop { $0 == " " }
            let secret = isInBraces ? value.prefix { $0 != "," && $0 != "}" } : value.prefix { $0 != "\r" }
            let dots = String(repeating: "•", count: secret.count)
            return line[..<secret.startIndex] + dots + line[secret.endIndex...]
        }.joined(separator: "\n")
    }

    private static func seconds(_ duration: Duration) -> TimeInterval {
        TimeInterval(duration.components.seconds)
    }

    private func calendar(_ top: YAMLMapping) -> ShopCalendar? {
        let field = top.field("time_zone")
        let name = field?.string() ?? "Europe/Berlin"
        let holidays = (top.list("holidays") ?? []).compactMap { item -> Day? in
            guard let text = item.string() else { return nil }
            guard let day = Day(text) else {
                item.error("`\(text)` is not a day", help: "write it like `2026-12-24`")
                return nil
            }
            return day
        }
        guard let zone = TimeZone(identifier: name) else {
            field?.error("unknown time zone `\(name)`", help: "write a name such as `Europe/Berlin`")
            return nil
        }
        return ShopCalendar(zone: zone, holidays: Set(holidays))
    }

    private func limits(_ fields: YAMLMapping?) -> Shop.Limits {
        var limits = Shop.Limits()
        guard let fields else { return limits }
        limits.perPeer = fields.int("per_address_and_day", in: 0...1000) ?? limits.perPeer
        limits.perCase = fields.int("per_case", in: 0...1000) ?? limits.perCase
        limits.perDay = fields.int("per_day", in: 0...1_000_000) ?? limits.perDay
        fields.finish()
        return limits
    }

    private func teams(_ top: YAMLMapping) -> ([String: String]?, String?) {
        guard let fields = top.mapping("teams", required: true) else { return (nil, nil) }
        var teams: [String: String] = [:]
        for entry in fields.entries {
            guard let address = address(entry.value) else { continue }
            teams[entry.key] = address
        }
        guard let field = top.field("default_team", required: true), let name = field.string() else {
            return (teams, nil)
        }
        guard fields.entries.contains(where: { $0.key == name }) else {
            box.unknown("team", name, at: field.place, among: fields.entries.map(\.key))
            return (teams, nil)
        }
        return (teams, name)
    }

    private func orders(_ fields: YAMLMapping?) -> (file: String?, numbers: [String]) {
        guard let fields else { return (nil, []) }
        let file = fields.string("file", required: true).map(path)
        var numbers: [String] = []
        for item in fields.field("numbers")?.oneOrMany() ?? [] {
            guard let source = item.string() else { continue }
            do throws(PatternError) {
                _ = try TextPattern(source)
                numbers.append(source)
            } catch {
                item.error(
                    "this pattern cannot be used: \(error.reason)",
                    help: "patterns are written in RE2's syntax"
                )
            }
        }
        fields.finish()
        return (file, numbers)
    }

    // MARK: - Mailboxes

    private func accounts(_ top: YAMLMapping) -> [Settings.Account]? {
        guard let fields = top.mapping("mailboxes", required: true) else { return nil }
        if fields.entries.isEmpty { box.error("no mailbox is named", at: fields.place) }
        let accounts = fields.entries.compactMap { entry in
            entry.value.mapping().flatMap { account(named: entry.key, $0) }
        }
        return accounts.count == fields.entries.count ? accounts : nil
    }

    private func account(named name: String, _ fields: YAMLMapping) -> Settings.Account? {
        let own = fields.field("address", required: true).flatMap { address($0) }
        let aliases = (fields.field("aliases")?.oneOrMany() ?? []).compactMap { address($0) }
        let trust: Mailbox.Trust =
            switch fields.string("authentication") {
            case nil, "none": .nobody
            case "topmost": .topmost
            case .some(let server): .server(server)
            }
        let source = source(fields)
        let sender = sender(fields)
        let sent = fields.strings("sent") ?? []
        let backlog = fields.oneOf("backlog", ["ignore", "admit"]) ?? "ignore"
        fields.finish()
        guard let own, let source, let sender else { return nil }
        return Settings.Account(
            mailbox: Mailbox(name: name, addresses: [own] + aliases, trust: trust),
            source: source,
            sender: sender,
            sentFolders: sent,
            admitsBacklog: backlog == "admit"
        )
    }

    private func source(_ fields: YAMLMapping) -> Settings.Account.Source? {
        if let folder = fields.mapping("source") {
            let path = folder.string("folder", required: true).map(path)
            folder.finish()
            return path.map { .folder($0) }
        }
        return fields.mapping("imap", required: true).flatMap { server(.imap, $0) }.map { .imap($0) }
    }

    private func sender(_ fields: YAMLMapping) -> Settings.Account.Sender? {
        if let folder = fields.mapping("letters") {
            let path = folder.string("folder", required: true).map(path)
            folder.finish()
            return path.map { .folder($0) }
        }
        return fields.mapping("smtp", required: true).flatMap { server(.smtp, $0) }.map { .smtp($0) }
    }

    private func server(_ service: Endpoint.Service, _ fields: YAMLMapping) -> Settings.Server? {
        let host = fields.string("host", required: true)
        let port = fields.int("port", in: 1...65_535)
        let securityField = fields.field("security")
        let security: Endpoint.Security? =
            switch securityField?.oneOf(["tls", "starttls", "none"]) ?? (securityField == nil ? "tls" : nil) {
            case "tls": .tls
            case "starttls": .startTLS
            case "none": Endpoint.Security.none
            default: nil
            }
        let user = fields.string("user", required: service == .imap)
        let credential = fields.string("credential", required: service == .imap)
        if let field = fields.field("password") {
            field.error(
                "secrets are never written into the settings",
                help: "write `credential: NAME` and put the password into the file `credentials/NAME`"
            )
        }
        let authorities = fields.string("ca").map(path)
        let helloName = fields.string("hello")
        fields.finish()
        if user != nil, credential == nil, service == .smtp {
            box.error(
                "`credential` is missing",
                at: fields.place,
                help: "add a line `credential: smtp-password`"
            )
        }
        guard let host, let security else { return nil }
        let endpoint = Endpoint(
            service,
            host: host,
            port: port,
            security: security,
            trust: authorities.map { .authorities(file: $0) } ?? .system,
            clientName: helloName
        )
        return Settings.Server(endpoint: endpoint, user: user, credential: credential)
    }

    private func address(_ field: YAMLField) -> String? {
        guard let text = field.string() else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.value > 32 && !"<>,;\"()".unicodeScalars.contains($0)
        }
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), isPlain else {
            field.error("`\(text)` is not a mail address", help: "write it like `support@shop.example`")
            return nil
        }
        return text.lowercased()
    }

    /// Relative paths start at the settings' folder.
    private func path(_ text: String) -> String {
        text.hasPrefix("/") ? text : folder + "/" + text
    }
}
