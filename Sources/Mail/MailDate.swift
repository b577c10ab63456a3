// SPDX-License-Identifier: MIT
import FoundationEssentials

/// Dates of mail headers, RFC 5322 sections 3.3 and 4.3.
enum MailDate {
    /// Reads what mailers write: comments, missing weekday or seconds, two-digit years, named zones.
    static func date(_ raw: [UInt8]) -> Date? {
        let words = words(raw)
        var index = words.first.map { $0.first?.isASCIIDigit == false } ?? false ? 1 : 0
        guard index + 2 < words.count else { return nil }
        var day = number(words[index])
        var month = month(words[index + 1])
        if day == nil, month == nil, let first = self.month(words[index]) {
            // "Nov 21 2026", as some scripts write.
            month = first
            day = number(words[index + 1])
        }
        guard let day, let month, var year = number(words[index + 2]) else { return nil }
        if words[index + 2].count <= 3 { year += year < 50 ? 2000 : 1900 }
        index += 3
        guard (1...31).contains(day), (1900...9999).contains(year) else { return nil }
        var clock = (0, 0, 0)
        if index < words.count, let time = time(words[index]) {
            clock = time
            index += 1
        }
        let zone = index < words.count ? offset(words[index]) : 0
        let seconds = days(year, month, day) * 86_400 + clock.0 * 3600 + clock.1 * 60 + clock.2 - zone
        return Date(timeIntervalSince1970: Double(seconds))
    }

    /// A date as RFC 5322 section 3.3 writes it, in a zone so many seconds east of UTC.
    static func text(_ date: Date, secondsFromGMT: Int) -> String {
        let zone = secondsFromGMT / 60
        let local = Int(date.timeIntervalSince1970.rounded(.down)) + zone * 60
        let dayNumber = Int((Double(local) / 86_400).rounded(.down))
        let rest = local - dayNumber * 86_400
        let (year, month, day) = civil(dayNumber)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((dayNumber % 7) + 7) % 7]
        let minutes = abs(zone)
        return "\(weekday), \(day) \(months[month - 1]) \(year) "
            + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60)) "
            + "\(zone < 0 ? "-" : "+")\(two(minutes / 60))\(two(minutes % 60))"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }

    /// Words in lower case; comments are left out, commas and the hyphens of a date part them.
    private static func words(_ raw: [UInt8]) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var depth = 0
        for byte in raw.prefix(200) {
            if byte == 0x28 {
                depth += 1
            } else if byte == 0x29 {
                depth = max(0, depth - 1)
            } else if depth > 0 {
                continue
            } else if byte == 0x20 || byte == 0x09 || byte == 0x2C {
                if !word.isEmpty { words.append(word) }
                word = []
            } else if (byte == 0x2D && words.count < 3 || byte == 0x2B), !word.isEmpty {
                // "21-Nov-2026", and a zone that sticks to its time.
                words.append(word)
                word = byte == 0x2B ? [byte] : []
            } else {
                word.append(byte.asciiLowercased)
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    private static func number(_ word: [UInt8]) -> Int? {
        guard !word.isEmpty, word.count <= 4, word.allSatisfy(\.isASCIIDigit) else { return nil }
        return word.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func month(_ word: [UInt8]) -> Int? {
        guard word.count >= 3 else { return nil }
        let start = String(decoding: word.prefix(3), as: UTF8.self)
        if start == "mär" || start == "mrz" { return 3 }
        if start == "mai" { return 5 }
        if start == "okt" { return 10 }
        if start == "dez" { return 12 }
        return months.firstIndex { $0.lowercased() == start }.map { $0 + 1 }
    }

    private static func time(_ word: [UInt8]) -> (Int, Int, Int)? {
        let parts = word.split { $0 == 0x3A || $0 == 0x2E }.map { number(Array($0)) }
        guard parts.count >= 2, let hour = parts[0], let minute = parts[1] else { return nil }
        let second = parts.count > 2 ? parts[2] ?? 0 : 0
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        return (hour, minute, second)
    }

    /// Seconds east of UTC; RFC 5322 section 4.3: unknown names and military letters count as UTC.
    private static func offset(_ word: [UInt8]) -> Int {
        if let sign = word.first, sign == 0x2B || sign == 0x2D {
            guard let number = number(Array(word.dropFirst())) else { return 0 }
            let seconds = (number / 100) * 3600 + (number % 100) * 60
            guard seconds < 86_400 else { return 0 }
            return sign == 0x2D ? -seconds : seconds
        }
        let hours: [String: Int] = [
            "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "cet": 1,
            "met": 1, "mez": 1, "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "eest": 3, "bst": 1, "wet": 0,
            "west": 1, "msk": 3, "jst": 9,
        ]
        return (hours[String(decoding: word, as: UTF8.self)] ?? 0) * 3600
    }

    /// Days from 1 January 1970 in the Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(_ dayNumber: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * part + 2) / 5 + 1)
    }
}
