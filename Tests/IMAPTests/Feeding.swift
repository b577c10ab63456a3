// SPDX-License-Identifier: MIT

import Testing

/// A reader of bytes under test: takes what came and returns what it understood.
typealias Reader<Event> = (_ bytes: [UInt8]) throws -> [Event]

/// Feeds bytes to fresh readers whole, one by one, and cut in two at every position.
///
/// Each way must give the same events; those of the first are returned. Time grows with the square of the
/// length: for transcripts of a few kilobytes.
func feed<Event: Equatable>(
    _ bytes: [UInt8],
    to makeReader: () throws -> Reader<Event>,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [Event] {
    let whole = try makeReader()(bytes)
    let reader = try makeReader()
    let single = try bytes.flatMap { try reader([$0]) }
    #expect(single == whole, "fed byte by byte", sourceLocation: sourceLocation)
    for cut in bytes.indices.dropFirst() {
        let reader = try makeReader()
        let events = try reader(Array(bytes[..<cut])) + reader(Array(bytes[cut...]))
        guard events != whole else { continue }
        Issue.record("cut at byte \(cut) of \(bytes.count): \(events)", sourceLocation: sourceLocation)
        break
    }
    return whole
}

/// Feeds bytes to fresh readers whole and in pieces of random length, `times` times; same demands.
func feed<Event: Equatable>(
    _ bytes: [UInt8],
    cutBy random: inout SeededNumbers,
    times: Int,
    to makeReader: () throws -> Reader<Event>,
    sourceLocation: SourceLocation = #_sourceLocation
) throws -> [Event] {
    let whole = try makeReader()(bytes)
    for _ in 0..<times {
        let longest = [3, 40, 1500, 16_384].randomElement(using: &random) ?? 40
        let reader = try makeReader()
        var events: [Event] = []
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: 1...longest, using: &random))
            events += try reader(Array(bytes[start..<end]))
            start = end
        }
        #expect(events == whole, "pieces of up to \(longest) bytes", sourceLocation: sourceLocation)
    }
    return whole
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Text as it travels: every line ends in CRLF, also the last.
func wire(_ lines: String...) -> [UInt8] {
    lines.flatMap { Array($0.utf8) + [0x0D, 0x0A] }
}
