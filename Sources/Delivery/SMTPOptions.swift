// SPDX-License-Identifier: MIT

/// How much is sent ahead, and which extensions are used at all.
package struct SMTPOptions: Sendable, Hashable {
    /// Letters that may be under way at once; each would be `unknown` if the connection broke.
    package var windowLetters: Int

    /// Bytes of letters that may be under way at once; a single larger letter still goes, alone.
    package var windowBytes: Int

    /// A larger letter is sent only after its receiver was accepted, in bytes.
    package var eagerBytes: Int

    /// About how many bytes ``SMTPDialogue/outgoing()`` gives at once.
    package var portion: Int

    /// Whether PIPELINING is used where announced.
    package var usesPipelining: Bool

    /// Whether CHUNKING is used where announced; some middle boxes announce it and do not keep it.
    package var usesChunking: Bool

    /// Creates options; the defaults keep a connection of 20 ms round trip busy.
    package init(
        windowLetters: Int = 24,
        windowBytes: Int = 512 * 1024,
        eagerBytes: Int = 128 * 1024,
        portion: Int = 64 * 1024,
        usesPipelining: Bool = true,
        usesChunking: Bool = true
    ) {
        precondition(windowLetters > 0 && windowBytes > 0 && portion > 0, "a window of nothing sends nothing")
        self.windowLetters = windowLetters
        self.windowBytes = windowBytes
        self.eagerBytes = eagerBytes
        self.portion = portion
        self.usesPipelining = usesPipelining
        self.usesChunking = usesChunking
    }
}
