// SPDX-License-Identifier: MIT

/// What one subject's measurements came to: a table, and the comparisons drawn from it.
struct Report: Sendable {
    var title: String
    private var rows: [[String]] = []
    private var remarks: [String] = []

    init(_ title: String) {
        self.title = title
    }

    /// A line of the table: the medians of several rounds of one program.
    mutating func add(_ rounds: [Measurement]) {
        guard let first = rounds.first else { return }
        func memory(_ bytes: [Int]) -> String { bytes.max().map { Self.number(Double($0) / 1e6) } ?? "-" }
        let isTimed = first.wall > 0
        rows.append([
            first.name, "\(first.count)", isTimed ? Self.number(rounds.map(\.wall).median) : "-",
            isTimed ? Self.number(rounds.map(\.perSecond).median) : "-",
            Self.number(rounds.map(\.microseconds).median), memory(rounds.compactMap(\.peak)),
            memory(rounds.compactMap(\.own)),
        ])
    }

    /// How we stand to a peer: the median of the rounds' own ratios, since both ran in each.
    ///
    /// - Parameters:
    ///   - ours: Our rounds.
    ///   - peer: The peer's, in the same order.
    ///   - speed: The budget for speed, as words; empty where there is none.
    ///   - processor: The budget for processor time, likewise; `-` leaves the comparison out.
    mutating func compare(
        _ ours: [Measurement],
        with peer: [Measurement],
        speed: String = "",
        processor: String = ""
    ) {
        guard let own = ours.first, let other = peer.first else { return }
        let faster = zip(ours, peer).map { $0.perSecond / $1.perSecond }
        var parts = ["\(Self.number(faster.median)) × as fast\(Self.aim(speed)), \(Self.spread(faster))"]
        if processor != "-" {
            let dearer = zip(ours, peer).map { $0.microseconds / $1.microseconds }
            parts.append(
                "\(Self.number(dearer.median)) × the CPU\(Self.aim(processor)), \(Self.spread(dearer))"
            )
        }
        remark("\(own.name) : \(other.name) = " + parts.joined(separator: "; "))
    }

    /// A line below the table.
    mutating func remark(_ words: String) { remarks.append(words) }

    /// The report as it is printed.
    var text: String {
        let titles = ["", "n", "s", "per s", "CPU µs each", "peak MB", "own MB"]
        let all = rows.isEmpty ? [] : [titles] + rows
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { row in
            // Names to the left, figures to the right.
            row.enumerated().map { column, cell in
                let blanks = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + blanks : blanks + cell
            }.joined(separator: "  ")
        }
        return ([title] + (lines + remarks).map { "  " + $0 }).joined(separator: "\n") + "\n"
    }

    /// Three figures that count, with thousands set apart.
    static func number(_ value: Double) -> String {
        let digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
        let scale = [1.0, 10, 100][digits]
        let rounded = Int((value * scale).rounded())
        let whole = Array("\(rounded / Int(scale))")
        let grouped = whole.enumerated().map { index, digit in
            index > 0 && (whole.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
        guard digits > 0 else { return grouped }
        let fraction = "\(rounded % Int(scale))"
        return grouped + "." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    private static func aim(_ words: String) -> String { words.isEmpty ? "" : " (aim \(words))" }

    private static func spread(_ ratios: [Double]) -> String {
        guard ratios.count > 1, let least = ratios.min(), let most = ratios.max() else { return "one round" }
        return "\(number(least)) to \(number(most)) in \(ratios.count) rounds"
    }
}
