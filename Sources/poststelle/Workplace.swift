// SPDX-License-Identifier: MIT
import Actions
import ArgumentParser
import Diagnostics
import Foundation
import Service
import State

/// Where the files of the shop are; the options that all commands share.
struct Workplace: ParsableArguments {
    @Option(help: ArgumentHelp("The shop's name: its files lie in /etc/poststelle/NAME.", valueName: "name"))
    var shop: String?

    @Option(help: ArgumentHelp("A settings file in another place.", valueName: "file"))
    var settings: String?

    @Option(help: ArgumentHelp("The folder of the ledger.", valueName: "dir"))
    var state: String?

    @Option(help: ArgumentHelp("The shipped rules, if they are not in their usual place.", valueName: "dir"))
    var rules: String?

    /// Where the administrators' files are.
    private static let etc = "/etc/poststelle"
    private static let shippedRules = "/usr/share/poststelle/rules"

    /// The settings file that is meant.
    func settingsPath() throws -> String {
        if let settings { return settings }
        if let shop { return "\(Self.etc)/\(shop)/settings.yaml" }
        let shops = (FileManager.default.subpaths(atPath: Self.etc) ?? []).filter {
            $0.hasSuffix("/settings.yaml")
        }
        guard shops.count == 1 else {
            throw Refusal(
                shops.isEmpty
                    ? "there is no shop in \(Self.etc); name a file with --settings FILE, or try `poststelle demo`"
                    : "there are several shops in \(Self.etc); say which one with --shop NAME",
                .usage
            )
        }
        return "\(Self.etc)/\(shops[0])"
    }

    /// The settings, checked; complaints are printed and end the command.
    func loadedSettings(_ box: ComplaintBox) throws -> Settings {
        let path = try settingsPath()
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Refusal(
                "the settings \(path) cannot be read; is the path right, and may you read it?",
                .settings
            )
        }
        let folder = (path as NSString).deletingLastPathComponent
        guard let source = SourceText.decode(Array(data), name: path, into: box),
            let settings = SettingsReader(folder: folder.isEmpty ? "." : folder, box: box).read(source)
        else { throw refusal(box) }
        return settings
    }

    /// The rules, answers and the model for these settings.
    func loadedPlaybook(_ settings: Settings, _ box: ComplaintBox) throws -> Playbook {
        guard let playbook = ruleFolder(settings.folder).playbook(for: settings, box: box) else {
            throw refusal(box)
        }
        return playbook
    }

    func ruleFolder(_ settingsFolder: String?) -> RuleFolder {
        let shipped = rules ?? (isFolder(Self.shippedRules) ? Self.shippedRules : "rules")
        let own = settingsFolder.map { [$0 + "/rules"] } ?? []
        return RuleFolder(folders: own + [shipped], modelCache: modelCache())
    }

    /// The trained model is kept in the state folder, else in the user's own cache.
    private func modelCache() -> String? {
        if let folder = state ?? shop.map({ "/var/lib/poststelle/\($0)" }), isFolder(folder) {
            return folder + "/model"
        }
        let cache =
            ProcessInfo.processInfo.environment["XDG_CACHE_HOME"]
            ?? ProcessInfo.processInfo.environment["HOME"].map { $0 + "/.cache" }
        guard let cache else { return nil }
        let folder = cache + "/poststelle"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            return nil
        }
        return folder + "/model"
    }

    /// The ledger of the shop; only the service makes a new one.
    func ledger(isNewAllowed: Bool = false) throws -> Ledger {
        let name =
            try shop ?? ((settingsPath() as NSString).deletingLastPathComponent as NSString).lastPathComponent
        let folder = state ?? "/var/lib/poststelle/\(name)"
        guard isFolder(folder) else {
            throw Refusal(
                "the state folder \(folder) does not exist; create it or name another with --state DIR",
                .cannotCreate
            )
        }
        let path = folder + "/ledger.sqlite"
        guard isNewAllowed || FileManager.default.fileExists(atPath: path) else {
            throw Refusal("there is no ledger in \(folder) yet; `poststelle run` makes one", .cannotCreate)
        }
        do {
            return try Ledger(at: path)
        } catch let error as LedgerError {
            throw Refusal(error.description, error.isTemporary ? .tryAgain : .cannotCreate)
        }
    }

    private func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }

    /// The complaints as an error that ends the command with their text.
    func refusal(_ box: ComplaintBox) -> Refusal {
        Refusal(box.complaints.render() + "\n" + box.complaints.summary, .settings)
    }
}

/// A sentence for the person at the terminal, and the exit status that goes with it.
struct Refusal: Error, CustomStringConvertible {
    var description: String
    var status: Status

    /// The exit statuses of `sysexits`, as far as they are used.
    enum Status: Int32 {
        case complaints = 1
        case usage = 64
        case unavailable = 69
        case cannotCreate = 73
        case input = 74
        case tryAgain = 75
        case settings = 78
    }

    init(_ description: String, _ status: Status) {
        self.description = description
        self.status = status
    }
}

/// Writing for people and programs: results on descriptor 1, everything else on 2.
enum Terminal {
    static func say(_ text: String) {
        write(text + "\n", to: 1)
    }

    static func complain(_ text: String) {
        write(text + "\n", to: 2)
    }

    /// A value as programs read it: times in ISO 8601, keys in snake case.
    static func json(_ value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Takes away a folder that a command made for itself.
    static func remove(_ folder: String) {
        do {
            try FileManager.default.removeItem(atPath: folder)
        } catch {
            complain("the folder \(folder) could not be removed: \(error)")
        }
    }

    /// Runs a command; a refusal is printed and becomes the exit status.
    static func run(_ command: () async throws -> Void) async throws {
        do {
            try await command()
        } catch let refusal as Refusal {
            complain(refusal.description)
            throw ExitCode(refusal.status.rawValue)
        }
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
