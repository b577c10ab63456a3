// SPDX-License-Identifier: MIT

/// Check digits of numbers that people copy by hand.
enum CheckDigits {
    /// The postal services' thirteen characters: weights 8 6 4 2 3 5 9 7, modulo 11 (UPU S10, section 6).
    static func isS10(_ number: String) -> Bool {
        let digits = number.dropFirst(2).dropLast(2).compactMap(\.wholeNumberValue)
        guard number.utf8.count == 13, digits.count == 9 else { return false }
        let sum = zip(digits, [8, 6, 4, 2, 3, 5, 9, 7]).reduce(0) { $0 + $1.0 * $1.1 }
        let rest = 11 - sum % 11
        return digits[8] == (rest == 10 ? 0 : rest == 11 ? 5 : rest)
    }

    /// UPS: after `1Z` fifteen characters and a digit; letters count (position in the alphabet + 2) modulo
    /// 10.
    static func isUPS(_ number: String) -> Bool {
        let characters = Array(number.utf8.dropFirst(2))
        guard characters.count == 16, (0x30...0x39).contains(characters[15]) else { return false }
        var sum = 0
        for (index, byte) in characters.prefix(15).enumerated() {
            let value = byte < 0x41 ? Int(byte) - 0x30 : (Int(byte) - 0x41 + 2) % 10
            sum += index % 2 == 0 ? value : 2 * value
        }
        return (10 - sum % 10) % 10 == Int(characters[15]) - 0x30
    }

    /// ISO 13616: the first four characters go last, letters are 10 to 35, the rest modulo 97 is 1.
    static func isIBAN(_ number: String) -> Bool {
        let characters = Array(number.utf8)
        guard (15...34).contains(characters.count) else { return false }
        var rest = 0
        for byte in characters.dropFirst(4) + characters.prefix(4) {
            switch byte {
            case 0x30...0x39: rest = (rest * 10 + Int(byte) - 0x30) % 97
            case 0x41...0x5A: rest = (rest * 100 + Int(byte) - 0x41 + 10) % 97
            default: return false
            }
        }
        return rest == 1
    }

    /// Country and last four characters only.
    static func masked(_ number: String) -> String {
        number.prefix(2) + String(repeating: "•", count: max(0, number.count - 6)) + number.suffix(4)
    }
}
